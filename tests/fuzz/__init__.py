"""Does any input end in a stack trace, a hang or a full memory? `python -m tests.fuzz --help`."""

"""What happens before and after the command line runs? Nothing shadows it, and Ctrl-C is quiet."""

import gc
import os
import sys

# `python -m` puts the working folder first, whose `yaml.py` would pass for the library.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
else:
    # What `signal` is made of is there from the start. To import that module takes some
    # milliseconds, in which Ctrl-C would print a trace.
    import _signal as signal

__all__ = ["main"]


def _leave(*_: object) -> None:
    os._exit(130)


if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
    signal.signal(signal.SIGINT, _leave)


def _import_msgspec() -> None:
    """Import msgspec without ``typing_extensions``, which takes longer than msgspec itself.

    It asks there first for three names, and goes on with those of ``typing``, which every Python
    has that rfcalc runs on. Whatever is imported later finds the package as ever.
    """
    name = "typing_extensions"
    if name in sys.modules:
        return
    hidden: dict[str, object] = {name: None}
    sys.modules |= hidden  # pyright: ignore[reportAttributeAccessIssue, reportCallIssue, reportArgumentType]
    try:
        import msgspec  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        del sys.modules[name]


def main() -> None:
    """Run the command line: the console script, and ``python -m rfcalc``."""
    wanted = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    if wanted:
        # While modules are imported, and once the work is done, there is nothing to undo.
        signal.signal(signal.SIGINT, _leave)
    # A process of one command makes little that only a search for cycles would free; the searches
    # take a fifth of the time of large files, and as many of the first ten milliseconds.
    gc.set_threshold(50_000, 20, 50)
    _import_msgspec()
    from rfcalc.cli import main as run
    from rfcalc.cli.interruption import interrupt

    try:
        if wanted:
            signal.signal(signal.SIGINT, interrupt)
        run()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if wanted:
            signal.signal(signal.SIGINT, _leave)


if __name__ == "__main__":
    main()

"""Print the JSON Schema of the network file, for editors and validators."""

from rfcalc.cli import options
from rfcalc.cli.output import say

NEEDS = False


def command(output: options.Output = None) -> None:
    import json

    from rfcalc.files import target, write
    from rfcalc.spec.schema import schema

    text = json.dumps(schema(), indent=2) + "\n"
    if output is None:
        say(text)
    else:
        write(target(output), text.encode())

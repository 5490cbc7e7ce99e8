"""Print the JSON Schema of the network file, for editors and validators."""

import typer

from rfcalc.cli import options
from rfcalc.cli.output import to_reader

NEEDS = False


def command(output: options.Output = None) -> None:
    import json

    from rfcalc.files import target, write
    from rfcalc.spec.schema import schema

    text = json.dumps(schema(), indent=2) + "\n"
    if output is None:
        with to_reader():
            typer.echo(text, nl=False)
    else:
        write(target(output), text.encode())

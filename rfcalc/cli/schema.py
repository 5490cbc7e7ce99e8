"""Print the JSON Schema of the network file, for editors and validators."""

from rfcalc.cli import options
from rfcalc.cli.output import deliver

NEEDS = False
WRITES = {"json": (".json",)}


def command(output: options.Output = None, quiet: options.Quiet = False) -> None:
    import json

    from rfcalc.spec.schema import schema

    deliver(json.dumps(schema(), indent=2) + "\n", output, quiet)

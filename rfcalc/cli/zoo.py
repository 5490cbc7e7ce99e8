"""List the published networks that ship with rfcalc, or print the file of one."""

from typing import Annotated, Optional, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.completion import specimens
from rfcalc.cli.output import deliver, show
from rfcalc.cli.outputs import RESULTS, unwritable

NEEDS = False
WRITES = RESULTS | {"yaml": (".yaml", ".yml")}


def command(
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(
            metavar="NAME",
            help="The network to print; all are listed when left out.",
            autocompletion=specimens,
        ),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.loading.texts import shipped
    from rfcalc.render.zoo import specimen, zoo_document
    from rfcalc.zoo import zoo_names

    kind = cast("str", format)  # A file may be the network's.
    name = None if name in ("list", "ls", "all") else name
    if name is None and kind == "yaml":
        raise unwritable(str(output), tuple(s for of in RESULTS.values() for s in of))
    if name is None:
        show(zoo_document([specimen(known) for known in zoo_names()]), format, output, quiet)
    elif kind not in ("table", "yaml"):
        show(zoo_document([specimen(name.removeprefix("zoo:"))]), format, output, quiet)
    else:
        deliver(shipped(name.removeprefix("zoo:")), output, quiet)

"""List the published networks that ship with rfcalc, or print the file of one."""

from typing import Annotated, Optional, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.completion import specimens
from rfcalc.cli.output import deliver, show
from rfcalc.cli.outputs import RESULTS, SUFFIXES, unwritable

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
    from rfcalc.library.shelves import zoo
    from rfcalc.render.zoo import zoo_document

    kind = cast("str", format)  # A file may be the network's.
    name = None if name in ("list", "ls", "all") else name
    if name is None and kind == "yaml":
        raise unwritable(str(output), SUFFIXES)
    found = zoo(name)
    if name is not None and kind in ("table", "yaml"):
        deliver(found.text, output, quiet)
    else:
        show(zoo_document(found.networks), format, output, quiet)

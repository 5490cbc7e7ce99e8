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
    from rfcalc.architectures import zoo_names, zoo_text
    from rfcalc.architectures.listed import listed
    from rfcalc.render.zoo import zoo_document

    kind = cast("str", format)  # A file may be the network's.
    name = None if name in ("list", "ls", "all") else name
    if name is None and kind == "yaml":
        raise unwritable(str(output), SUFFIXES)
    if name is None:
        found = [listed(each, zoo_text(each)) for each in zoo_names()]
        show(zoo_document(found), format, output, quiet)
        return
    from rfcalc.loading.texts import shipped

    known = name.removeprefix("zoo:")
    if kind not in ("table", "yaml"):
        show(zoo_document([listed(known, shipped(known))]), format, output, quiet)
    else:
        deliver(shipped(known), output, quiet)

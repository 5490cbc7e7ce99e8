"""List the published networks that ship with rfcalc, or print the file of one."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import say, show

NEEDS = False


def command(
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(metavar="NAME", help="The network to print; all are listed when left out."),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.render.zoo import specimen, zoo_document
    from rfcalc.zoo import zoo_names

    if name is None:
        show(zoo_document([specimen(known) for known in zoo_names()]), format, output, quiet)
    elif format != "table":
        show(zoo_document([specimen(name.removeprefix("zoo:"))]), format, output, quiet)
    else:
        _print(name.removeprefix("zoo:"), output, quiet)


def _print(name: str, output: str | None, quiet: bool) -> None:
    """Print the network file as it stands, or copy it."""
    from rfcalc.errors import fail
    from rfcalc.files import target, write
    from rfcalc.spelling import nearest
    from rfcalc.zoo import zoo_names, zoo_text

    if name not in zoo_names():
        raise fail("RF117", f"the zoo has no network '{name}'", nearest(name, zoo_names()))
    if output is not None:
        write(target(output), zoo_text(name).encode())
    elif not quiet:
        say(zoo_text(name))

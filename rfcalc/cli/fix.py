"""Remove the gridding of a network file by the least change of its dilations."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show, wrote

NEEDS = True


def command(
    net: options.NetworkFile,
    output: options.Output = None,
    keep: Annotated[
        int,
        typer.Option("--keep", metavar="PERCENT", help="Share of its field each layer keeps."),
    ] = 100,
    max_dilation: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--max-dilation",
            metavar="D",
            help="Largest dilation that may be written. [default: three times the largest]",
        ),
    ] = None,
    input: options.Input = None,
    format: options.Printed = "table",
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.arguments import shape
    from rfcalc.errors import fail
    from rfcalc.files import write
    from rfcalc.loading import source_text
    from rfcalc.render.repair import repair_document
    from rfcalc.repair import repair

    if not 0 <= keep <= 100:
        raise fail("RF406", f"--keep is {keep}", "it takes a percentage from 0 to 100")
    if max_dilation is not None and max_dilation < 1:
        raise fail("RF406", f"--max-dilation is {max_dilation}", "it takes 1 or more")
    text, file = source_text(net)
    shapes = [shape(text) for text in input or ()]
    found = repair(text, file, size=shapes or None, keep=keep, max_dilation=max_dilation)
    show(repair_document(found, text, file), format, None, quiet)
    if found.text is None:
        raise typer.Exit(1)
    if output is not None:
        mark = BOM_UTF8 if Path(net).is_file() and Path(net).read_bytes()[:3] == BOM_UTF8 else b""
        write(output, mark + found.text.encode())
        wrote(Path(output), (), quiet)

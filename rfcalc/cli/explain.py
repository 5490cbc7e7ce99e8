"""Say what a diagnostic or finding means, and how to cure it."""

from typing import Annotated, Any, Optional

import typer

from rfcalc import __version__
from rfcalc.cli import options
from rfcalc.cli.output import show

NEEDS = False


def command(
    code: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(metavar="CODE", help="A code such as RF102 or RG101; all when left out."),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.codes import CODES
    from rfcalc.errors import fail
    from rfcalc.render.document import Column, Document, Lines, Table
    from rfcalc.spelling import nearest

    data: dict[str, Any]
    if code is None:
        rows = tuple((name, entry.title) for name, entry in CODES.items())
        columns = (Column("code", "left"), Column("meaning", "left"))
        data = {"rfcalc": __version__} | {name: entry._asdict() for name, entry in CODES.items()}
        show(Document((Table("", columns, rows),), data), format, output, quiet)
        return
    name = code.upper()
    if name not in CODES:
        raise fail("RF406", f"there is no code '{code}'", nearest(name, list(CODES)))
    entry = CODES[name]
    part = Lines(f"{name}  {entry.title}", (("", entry.meaning), ("info", f"help: {entry.cure}")))
    if format == "csv":
        columns = tuple(Column(head) for head in ("code", "title", "meaning", "cure"))
        part = Table("", columns, ((name, entry.title, entry.meaning, entry.cure),))
    data = {"rfcalc": __version__, name: entry._asdict()}
    show(Document((part,), data), format, output, quiet)

"""How are missed gates shown as a table? A row per failure, and what was judged."""

from rfcalc.render.checks import Checks
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.render.gates import checks_data, lines

__all__ = ["checks_document"]

_COLUMNS = (
    Column("network", "left"),
    Column("code", "left", 90),
    Column("gate", "left"),
    Column("layer", "left", 95),
    Column("failure", "left"),
    Column("cure", "left", 50),
)


def checks_document(found: Checks) -> Document:
    """Return the document of a check: every failure, what was assumed, and the count."""
    rows = tuple(
        (net.net, one.code, one.gate, one.layer, one.message, one.help)
        for net in found.nets
        for one in net.failures
    )
    rest = lines(found)[len(rows) :]
    return Document((Table("", _COLUMNS, rows), Lines("", rest)), lambda: checks_data(found))

"""How are arrays shown? One row each: of what, where it starts, its shape and type."""

from collections.abc import Sequence

from rfcalc.arrays import Exported, exported_data
from rfcalc.render.document import Column, Document, Table, by_axis, granted

__all__ = ["exports_document"]

_COLUMNS = (
    Column("layer", "left"),
    Column("source", "left"),
    Column("array", "left"),
    Column("start"),
    Column("shape"),
    Column("type", "left"),
)


def exports_document(found: Sequence[Exported]) -> Document:
    """Return the document of the arrays; its data are those of ``.json``."""
    rows = tuple(
        (
            one.layer,
            one.source,
            one.what,
            by_axis(one.start),
            by_axis(one.values.shape),
            "integers" if one.values.dtype == object else str(one.values.dtype),
        )
        for one in found
    )
    notes = dict.fromkeys(fact for one in found for fact in one.assumed)
    parts = (Table("", _COLUMNS, rows), *granted(list(notes)))
    return Document(parts, lambda: exported_data(found))

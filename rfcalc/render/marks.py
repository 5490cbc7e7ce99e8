"""Which cells of a table tell of holes? They stand in colour, whatever the table is about."""

from rfcalc.render.document import Table

__all__ = ["marks"]

_NONE = ("-", "", "none", "not known", "0")
"""What a column about holes says where there are none, or none that are known."""
_TOLD_BY = {"density": "hole", "largest hole": "holes"}
"""A column that tells of holes where another says that there are some."""


def marks(table: Table) -> set[tuple[int, int]]:
    """Return row and column of the cells that tell of holes.

    Where networks stand side by side each has a column of its own, as ``hole a`` and ``hole b``.
    """
    heads = {column.head: place for place, column in enumerate(table.columns)}
    found: set[tuple[int, int]] = set()
    for head, place in heads.items():
        word, blank, label = head.partition(" ")
        if word not in ("hole", "holes"):
            continue
        beside = [heads.get(f"{name}{blank}{label}") for name, by in _TOLD_BY.items() if by == word]
        if word == "holes":
            beside.append(heads.get("density"))
        for number, row in enumerate(table.rows):
            if row[place] not in _NONE:
                found |= {(number, at) for at in (place, *beside) if at is not None}
    return found

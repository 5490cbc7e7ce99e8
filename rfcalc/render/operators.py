"""How is the list of operators that a reader handles shown?"""

from collections.abc import Sequence

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.importers.tables import Handled
from rfcalc.render.document import Column, Document, Lines, Table

__all__ = ["operators_document"]

_COLUMNS = (Column("operator", "left", 100), Column("kind", "left", 99), Column("how", "left", 98))


def operators_document(framework: str, rows: Sequence[Handled], *, grouped: bool) -> Document:
    """Return the list: one row per operator, or grouped by kind and by what is done with them."""
    data: dict[str, Data] = {
        "rfcalc": __version__,
        "framework": framework,
        "operators": [{"name": row.name, "kind": row.kind, "how": row.how} for row in rows],
    }
    if not grouped:
        cells = tuple((row.name, row.kind, row.how) for row in rows)
        return Document((Table("", _COLUMNS, cells),), data)
    kinds: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        kinds.setdefault(row.kind, {}).setdefault(row.how, []).append(row.name)
    parts = [
        Lines(kind, tuple(("", _entry(names, how)) for how, names in told.items()))
        for kind, told in kinds.items()
    ]
    refused = sum(row.kind == "refused" for row in rows)
    handled = len(rows) - refused
    total = f"{many(handled, 'operator')} of {framework} {'is' if handled == 1 else 'are'} handled"
    if refused:
        total += f", {refused} refused by name"
    return Document((*parts, Lines("", (("", total),))), data)


def _entry(names: Sequence[str], how: str) -> tuple[str, str]:
    return f"  {', '.join(names)}", f"      {how}"

"""How is a network file shown that was written of a model? Its lines, and what it lacks."""

from rfcalc import __version__
from rfcalc.conversion import Converted
from rfcalc.documents import Data
from rfcalc.render.document import Column, Document, Lines, Table, granted

__all__ = ["converted_document"]


def converted_document(found: Converted) -> Document:
    """Return the document of a conversion."""
    rows = tuple((str(number), line) for number, line in enumerate(found.text.splitlines(), 1))
    table = Table("", (Column("line"), Column("network file", "left")), rows)
    lost = tuple(("info", f"renamed: {name}") for name in found.lost)
    parts = [table, *([Lines("", lost)] if lost else []), *granted(found.assumed)]
    data: dict[str, Data] = {
        "rfcalc": __version__,
        "text": found.text,
        "folded": found.folded,
        "layers": found.layers,
        "lost": list(found.lost),
        "exact": found.exact,
        "assumed": list(found.assumed),
    }
    return Document(tuple(parts), data)

"""How is it shown what codes mean? One in full, several by their titles."""

from collections.abc import Mapping, Sequence

from rfcalc import __version__
from rfcalc.codes import CODES
from rfcalc.documents import Data
from rfcalc.render.document import Column, Document, Lines, Table

__all__ = ["explanation_document", "meanings_document"]

_HEADS = ("code", "title", "meaning", "cure")


def meanings_document(names: Sequence[str], help: str = "") -> Document:
    """Return the document of several codes, and what else helps who asked."""
    rows = tuple((name, CODES[name].title) for name in names)
    columns = (Column("code", "left"), Column("meaning", "left"))
    parts: list[Table | Lines] = [Table("", columns, rows)]
    if help:
        parts.append(Lines("", (("info", f"help: {help}"),)))
    return Document(tuple(parts), _data(names))


def explanation_document(name: str, as_row: bool = False) -> Document:
    """Return the document of one code, in lines or as a row."""
    entry = CODES[name]
    part = Lines(f"{name}  {entry.title}", (("", entry.meaning), ("info", f"help: {entry.cure}")))
    if as_row:
        columns = tuple(Column(head, "left") for head in _HEADS)
        part = Table("", columns, ((name, entry.title, entry.meaning, entry.cure),))
    return Document((part,), _data([name]))


def _data(names: Sequence[str]) -> Mapping[str, Data]:
    return {"rfcalc": __version__} | {name: CODES[name]._asdict() for name in names}

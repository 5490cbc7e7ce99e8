"""How are a table and a piece of code written in Markdown?"""

from collections.abc import Iterable, Sequence

__all__ = ["anchor", "code", "row", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    return "\n".join([row(heads), row(["---"] * len(heads)), *map(row, rows)]) + "\n"


def row(cells: Sequence[str]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(_flat(cell) for cell in cells)} |"


def _flat(cell: str) -> str:
    """Return a cell on one line; a bar in it stays text, where it is not code as well."""
    parts = " ".join(cell.split()).split("`")
    parts[::2] = [part.replace("|", "\\|") for part in parts[::2]]
    return "`".join(parts)


def code(text: str) -> str:
    """Return text as code, or nothing for an empty text."""
    return f"`{text}`" if text else ""


def anchor(heading: str, name: str) -> str:
    """Return a heading with an anchor of its own."""
    return f"{heading} {{ #{name} }}"

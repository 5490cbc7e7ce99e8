"""How does a document look in HTML? Its tables and lines, every sign of theirs as text."""

import re
from collections.abc import Sequence
from html import escape

from rfcalc.render.document import Column, Lines, Table, text_of
from rfcalc.render.page.heads import HEADS, LEAST, MINOR

__all__ = ["html_head", "html_parts", "html_table", "side"]


def html_parts(parts: Sequence[Table | Lines]) -> str:
    """Return the parts of a document one below the other."""
    return "".join(_lines(part) if isinstance(part, Lines) else html_table(part) for part in parts)


def html_head(head: str) -> str:
    """Return the attribute that tells what a head means, empty where it needs no words."""
    words = HEADS.get(head)
    return "" if words is None else f' title="{escape(words, quote=True)}"'


def side(head: str, align: str) -> str:
    """Return the class of the cells of a column."""
    kinds = {"left": align == "left", "minor": head in MINOR, "least": head in LEAST}
    names = " ".join(name for name, is_one in kinds.items() if is_one)
    return f' class="{names}"' if names else ""


def html_table(part: Table) -> str:
    """Return a table under its title."""
    heads = "".join(
        f'<th scope="col"{_side(column)}{html_head(column.head)}>{escape(column.head)}</th>'
        for column in part.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_side(column)}>{escape(text)}</td>"
            for column, text in zip(part.columns, row, strict=True)
        )
        + "</tr>"
        for row in part.rows
    )
    return (
        f'{_title(part.title)}<div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _side(column: Column) -> str:
    """Return the class of a column's cells; a notebook has no style sheet for it."""
    own = ' style="text-align: left"' if column.align == "left" else ""
    return side(column.head, column.align) + own


def _lines(part: Lines) -> str:
    text = "\n".join(text_of(line) for _, line in part.lines)
    return f"{_title(part.title)}<pre>{escape(text)}</pre>\n"


def _title(title: str) -> str:
    """Return a heading; a sentence begins with a capital, a name stays as it is written."""
    if re.match(r"[a-z]+( |$)", title):
        title = title[0].upper() + title[1:]
    return f"<h3>{escape(title)}</h3>" if title else ""

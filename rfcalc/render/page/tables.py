"""How does a document look in HTML? Its tables and lines, every sign of theirs as text."""

from html import escape
from typing import Any, cast

from rfcalc.render.document import Document, Lines, Table

__all__ = ["html_parts", "html_table"]


def html_parts(document: Document) -> str:
    """Return the parts of a document one below the other."""
    return "".join(
        _lines(part) if isinstance(part, Lines) else html_table(part) for part in document.parts
    )


def html_table(part: Table) -> str:
    """Return a table under its title."""
    heads = "".join(
        f'<th scope="col"{_side(column.align)}>{escape(column.head)}</th>'
        for column in part.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{_side(column.align)}>{escape(text)}</td>"
            for column, text in zip(part.columns, row, strict=True)
        )
        + "</tr>"
        for row in part.rows
    )
    return (
        f'{_title(part.title)}<div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _lines(part: Lines) -> str:
    text = "\n".join(_plain(line) for _, line in part.lines)
    return f"{_title(part.title)}<pre>{escape(text)}</pre>\n"


def _title(title: str) -> str:
    return f"<h3>{escape(title[:1].upper() + title[1:])}</h3>" if title else ""


def _side(align: str) -> str:
    return ' class="left" style="text-align: left"' if align == "left" else ""


def _plain(line: Any) -> str:
    if isinstance(line, tuple):
        return "\n".join(cast("tuple[str, ...]", line))
    return line if isinstance(line, str) else str(line.plain)

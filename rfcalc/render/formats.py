"""How is a document printed? As a table for the terminal, JSON, CSV, Markdown, LaTeX."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from rfcalc.render.document import Column, Document, Lines, Table, as_json_text
from rfcalc.render.inert import csv_cell, markdown
from rfcalc.render.latex import as_latex
from rfcalc.shown import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["RENDERERS", "as_table"]

_STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "good": "green",
    "bad": "bold red",
    "dim": "dim",
    "": "",
}


def as_table(document: Document, console: "Console") -> None:
    """Print the parts of a document; columns that do not fit are left out and named."""
    from rich.text import Text

    for number, part in enumerate(_cleaned(document)):
        if number:
            console.print()
        if part.title:
            console.print(Text(part.title, style="bold"), soft_wrap=True)
        if isinstance(part, Lines):
            for style, line in part.lines:
                if isinstance(line, str):
                    line = Text(line, style=_STYLES[style])
                    line = _wrapped(line, console) if console.is_terminal else line
                console.print(line, soft_wrap=True)
            continue
        kept, dropped = _fitting(part, console.width if console.is_terminal else 0)
        nameless = any(not part.columns[i].head for i in dropped)
        if dropped and (nameless or len(kept) == 1):
            console.print(Text("\n".join(_records(part))), soft_wrap=True)
            continue
        head, *rows = _aligned(part, kept)
        console.print(Text(head, style="bold"), soft_wrap=True)
        if rows:
            console.print(Text("\n".join(rows)), soft_wrap=True)
        if dropped:
            names = ", ".join(part.columns[i].head for i in dropped)
            note = f"left out for width: {names} (widen the terminal, or --format markdown)"
            console.print(Text(note, style="dim"))


def as_json(document: Document) -> str:
    """Return the data of a document as JSON, never coloured."""
    return as_json_text(document.data, _plain)


def as_csv(document: Document) -> str:
    """Return the first table of a document as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for part in document.parts:
        if isinstance(part, Table):
            writer.writerow([column.head for column in part.columns])
            writer.writerows(map(csv_cell, row) for row in part.rows)
            break
    return out.getvalue()


def as_markdown(document: Document) -> str:
    """Return the parts of a document as Markdown."""
    blocks: list[str] = []
    for part in _cleaned(document):
        if part.title:
            blocks.append(f"**{markdown(part.title)}**")
        if isinstance(part, Lines):
            lines = [line if isinstance(line, str) else line.plain for _, line in part.lines]
            drawn = any(not isinstance(line, str) for _, line in part.lines)
            shown = "\n".join(lines)
            blocks.append(f"```\n{shown}\n```" if drawn else _listed(lines))
        else:
            head = [_cell(column.head) for column in part.columns]
            rule = ["---:" if column.align == "right" else ":---" for column in part.columns]
            rows = [[_cell(text) for text in row] for row in part.rows]
            blocks.append("\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows)))
    return "\n\n".join(blocks) + "\n"


RENDERERS: dict[str, Callable[[Document], str]] = {
    "json": as_json,
    "csv": as_csv,
    "markdown": as_markdown,
    "latex": as_latex,
}
"""Formats that do not depend on the terminal."""


def _cleaned(document: Document) -> list[Table | Lines]:
    """Return the parts of a document without what a terminal would obey; names come from files."""
    parts: list[Table | Lines] = []
    for part in document.parts:
        title = visible(part.title)
        if isinstance(part, Lines):
            parts.append(Lines(title, tuple((style, _lines(line)) for style, line in part.lines)))
            continue
        heads = tuple(Column(visible(c.head), c.align, c.keep) for c in part.columns)
        parts.append(Table(title, heads, tuple(tuple(map(visible, row)) for row in part.rows)))
    return parts


def _lines(text: Any) -> Any:
    """Return a text without line ends of its own, and several texts one below the other."""
    if isinstance(text, tuple):
        return "\n".join(map(visible, cast("tuple[str, ...]", text)))
    return visible(text) if isinstance(text, str) else text


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {markdown(line)}" for line in lines)


def _cell(text: str) -> str:
    return markdown(text).replace("|", "\\|")


def _plain(value: Any) -> Any:
    """Return a Fraction as an integer where it is one, else as a float."""
    return value.numerator if value.denominator == 1 else float(value)


def _widths(table: Table) -> list[int]:
    """Return the width of each column in cells of the terminal."""
    from rich.cells import cell_len

    return [
        max([cell_len(column.head), *(cell_len(row[index]) for row in table.rows)])
        for index, column in enumerate(table.columns)
    ]


def _aligned(table: Table, kept: Sequence[int]) -> list[str]:
    """Return the head and the rows of the kept columns as lines, without trailing blanks.

    Rich's own table takes ten times as long, which is noticed on a network of 500 layers.
    """
    from rich.cells import cell_len

    widths = _widths(table)
    lines: list[str] = []
    for row in (tuple(column.head for column in table.columns), *table.rows):
        cells: list[str] = []
        for index in kept:
            blank = " " * (widths[index] - cell_len(row[index]))
            right = table.columns[index].align == "right"
            cells.append(blank + row[index] if right else row[index] + blank)
        lines.append("  ".join(cells).rstrip())
    return lines


def _wrapped(text: "Text", console: "Console") -> "Text":
    """Return a text in lines of the terminal's width, each as far in as the line it goes on."""
    from rich.text import Text

    found: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        indent = len(line.plain) - len(line.plain.lstrip())
        room = max(1, console.width - indent)
        for part in line[indent:].wrap(console, room):
            part.rstrip()
            found.append(Text(" " * indent) + part)
    return Text("\n").join(found)


def _records(table: Table) -> list[str]:
    """Return the rows one below the other.

    So they stand on a terminal in which no two columns fit, or where a column that has no name,
    by which it could be said to be left out, does not.
    """
    heads = [column.head for column in table.columns]
    lines: list[str] = []
    for first, *others in table.rows:
        lines.append(first)
        pairs = zip(heads[1:], others, strict=True)
        lines += [f"  {head}: {text}" if head else f"  {text}" for head, text in pairs if text]
    return lines


def _fitting(table: Table, width: int) -> tuple[list[int], list[int]]:
    """Return the columns that fit into a width, and those left out; 0 is no limit."""
    widths = _widths(table)
    kept = list(range(len(table.columns)))
    while width and len(kept) > 1 and sum(widths[i] + 2 for i in kept) - 2 > width:
        kept.remove(min(kept, key=lambda i: (table.columns[i].keep, -i)))
    return kept, [i for i in range(len(table.columns)) if i not in kept]

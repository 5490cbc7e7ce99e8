"""How is a document printed? As a table for the terminal, JSON, CSV, Markdown, LaTeX."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rfcalc.render.columns import aligned, fitting, records
from rfcalc.render.document import Column, Document, Lines, Table, as_json_text, text_of
from rfcalc.render.inert import csv_cell, markdown, markdown_line
from rfcalc.render.latex import as_latex
from rfcalc.shown import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from rfcalc.render.document import Line

__all__ = ["RENDERERS", "as_table", "as_text"]

_STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "good": "green",
    "bad": "bold red",
    "dim": "dim",
    "": "",
}


_HEAD = 20
"""Most characters before the colon of a line that says how grave it is."""


def as_table(document: Document, console: "Console", cure: str = "widen the terminal") -> None:
    """Print the parts of a document; columns that do not fit are left out, and a line says so."""
    from rich.text import Text

    for number, part in enumerate(_cleaned(document)):
        if number:
            console.print()
        if part.title:
            console.print(Text(part.title, style="bold"), soft_wrap=True)
        if isinstance(part, Lines):
            for style, line in part.lines:
                if isinstance(line, str):
                    line = _coloured(style, line)
                    line = _wrapped(line, console) if console.is_terminal else line
                console.print(line, soft_wrap=True)
            continue
        _print_table(part, console, cure)


def _print_table(part: Table, console: "Console", cure: str) -> None:
    """Print what fits of a table, row by row as records where hardly a column does."""
    from rich.text import Text

    kept, dropped = fitting(part, console.width if console.is_terminal else 0)
    nameless = any(not part.columns[i].head for i in dropped)
    if dropped and (nameless or len(kept) == 1):
        console.print(Text("\n".join(records(part))), soft_wrap=True)
        return
    (head, *rows), marked = aligned(part, kept)
    console.print(Text(head, style="bold"), soft_wrap=True)
    if rows:
        text = Text("\n".join(rows))
        for begin, end in marked:
            text.stylize(_STYLES["bad"], begin, end)
        console.print(text, soft_wrap=True)
    if dropped:
        names = ", ".join(part.columns[i].head for i in dropped)
        note = f"left out for width: {names} ({cure})"
        console.print(Text(note, style="dim"))


def as_text(document: Document) -> str:
    """Return the parts of a document without colours, whole: what ``as_table`` prints to a file."""
    lines: list[str] = []
    for number, part in enumerate(_cleaned(document)):
        lines += [""] * bool(number) + [part.title] * bool(part.title)
        if isinstance(part, Lines):
            lines += [text_of(line) for _, line in part.lines]
        else:
            lines += aligned(part, range(len(part.columns)))[0]
    return "".join(f"{line}\n" for line in lines)


def as_json(document: Document) -> str:
    """Return the data of a document as JSON, never coloured."""
    return as_json_text(document.data, _plain)


def as_csv(document: Document) -> str:
    """Return the first table of a document as CSV."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for part in document.parts:
        if isinstance(part, Table):
            writer.writerow([csv_cell(column.head) for column in part.columns])
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
            lines = [text_of(line) for _, line in part.lines]
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
        rows = tuple(tuple(map(visible, row)) for row in part.rows)
        parts.append(Table(title, heads, rows))
    return parts


def _lines(text: "Line") -> "Line":
    """Return a text without line ends of its own, and several texts one below the other."""
    if isinstance(text, tuple):
        return "\n".join(map(visible, text))
    return visible(text) if isinstance(text, str) else text


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {markdown_line(line)}" for line in lines)


def _cell(text: str) -> str:
    return markdown(text).replace("|", "\\|")


def _plain(value: Fraction) -> int | float:
    """Return a Fraction as an integer where it is one, else as a float."""
    return value.numerator if value.denominator == 1 else float(value)


def _coloured(style: str, line: str) -> "Text":
    """Return a line in its style; of a finding only what says how grave it is."""
    from rich.text import Text

    head, sign, rest = line.partition(": ")
    if style in ("error", "warning", "info") and sign and len(head) < _HEAD:
        return Text.assemble((head + sign, _STYLES[style]), rest)
    return Text(line, style=_STYLES[style])


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

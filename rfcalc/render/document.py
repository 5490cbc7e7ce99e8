"""What does a result look like before it has a format? Tables and lines, and the data."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from rfcalc.documents import Data
from rfcalc.render.plain import Plain

if TYPE_CHECKING:
    from rich.text import Text

    Line: TypeAlias = str | tuple[str, ...] | Plain | Text

__all__ = [
    "Column",
    "Document",
    "Layers",
    "Lines",
    "Table",
    "as_json_text",
    "by_axis",
    "fraction_data",
    "granted",
    "text_of",
]


class Column(msgspec.Struct, frozen=True):
    """A column: its head, its side, and how long it is kept when room is short (higher first)."""

    head: str
    align: Literal["left", "right"] = "right"
    keep: int = 100


class Layers(msgspec.Struct, frozen=True):
    """What the rows of a table are of: their layers by name, and what several are as one row.

    ``joined`` returns the cells of a row that stands for the rows of the given numbers, in their
    order: a sum, what they share, or what the last of them says.
    """

    names: tuple[str, ...]
    joined: Callable[[Sequence[int]], tuple[str, ...]]


class Table(msgspec.Struct, frozen=True):
    """Rows of text under columns; ``layers`` is ``None`` where they are not of layers."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    layers: Layers | None = None


class Lines(msgspec.Struct, frozen=True):
    """Lines of text under a title, each with the style of its severity.

    A line is a text, several that stand one below the other, or what rich prints and whose
    ``plain`` is its text.
    """

    title: str
    lines: "tuple[tuple[str, Line], ...]"


class Document(msgspec.Struct, frozen=True):
    """A result to be printed: the parts for people, the data for scripts, or what makes them."""

    parts: tuple[Table | Lines, ...]
    source: Mapping[str, Data] | Callable[[], Mapping[str, Data]]

    @property
    def data(self) -> Mapping[str, Data]:
        """The data, which no table has to wait for."""
        return self.source() if callable(self.source) else self.source


def as_json_text(
    data: object, default: Callable[[Fraction], int | float | str] | None = None
) -> str:
    r"""Return data as JSON in which letters stand as they are, and controls as escapes.

    >>> print(as_json_text(["\u5c64 \u202e"]), end="")
    [
      "層 \u202e"
    ]
    """
    import json

    text = json.dumps(data, indent=2, ensure_ascii=False, default=default)
    return "\n".join(map(_written_out, text.split("\n"))) + "\n"


def text_of(line: "Line") -> str:
    """Return the text of a line, several one below the other."""
    if isinstance(line, tuple):
        return "\n".join(line)
    return line if isinstance(line, str) else line.plain


def granted(notes: Sequence[str]) -> list[Table | Lines]:
    """Return the part that lists what was taken for granted, none when nothing was."""
    return [Lines("assumed", tuple(("warning", text) for text in notes))] if notes else []


def by_axis(values: Sequence[object] | None) -> str:
    """Return per-axis values in short: one where all axes agree, else joined by ``x``."""
    if values is None:
        return "-"
    shown = ["-" if value is None else str(value) for value in values]
    return shown[0] if len(set(shown)) == 1 else "x".join(shown)


def fraction_data(value: Fraction) -> int | str:
    """Return a whole fraction as an integer, any other as text that ``Fraction`` reads.

    >>> fraction_data(Fraction(4)), fraction_data(Fraction(1, 2))
    (4, '1/2')
    """
    return value.numerator if value.denominator == 1 else str(value)


def _written_out(line: str) -> str:
    """Return a line of JSON whose controls, which stand in strings alone, are escapes."""
    if line.isprintable():
        return line
    import json

    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in line)

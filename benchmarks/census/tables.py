"""How is a table of the page written? In Markdown, cell by cell."""

from collections.abc import Iterable, Sequence
from statistics import median

__all__ = ["by_sides", "share", "spread", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; numbers stand to the right.

    >>> print(table(("model", "holes"), [("a|b", 3)]), end="")
    | model | holes |
    | --- | ---: |
    | a\\|b | 3 |
    """
    listed = [list(row) for row in rows]
    right = [
        bool(listed) and all(isinstance(row[at], int | float) for row in listed)
        for at in range(len(heads))
    ]
    lines = [
        f"| {' | '.join(heads)} |",
        f"| {' | '.join('---:' if side else '---' for side in right)} |",
    ]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in listed]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def by_sides(sides: Sequence[int | None] | None) -> str:
    """Return a size in words.

    >>> by_sides((3, None)), by_sides(None)
    ('3 x all', '')
    """
    return " x ".join("all" if side is None else f"{side:,}" for side in sides or ())


def share(part: int, whole: int) -> str:
    """Return a share with its count.

    >>> share(1, 8), share(0, 0)
    ('1 (12.5%)', '0')
    """
    return f"{part:,} ({part / whole:.1%})" if whole else "0"


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the least value, the median and the largest.

    >>> spread([4, 1, 2])
    (1, 2, 4)
    """
    return min(values), median(values), max(values)

"""How large is a cell, and how many panels stand in a row? What the width of a figure allows."""

from collections.abc import Sequence

from rfcalc.cells import Cells
from rfcalc.plots.means import even_step
from rfcalc.plots.style import Style

__all__ = [
    "COUNTED",
    "LIMIT",
    "NEXT",
    "RIGHT",
    "SIDE",
    "TITLE",
    "columns_within",
    "fit",
    "fit_fine",
    "left_of",
    "profiled",
]

LIMIT = 2400
"""Most cells along an axis that are drawn one by one, one pixel each, before blocks are formed."""
_GRID, _ROW = 5.6, 7.2
"""Longest side of a picture, and of the pictures of a row, in inches, when no size is given."""
_NARROW = 2.0
"""Width in inches below which a map is drawn without profiles."""
_FINE = 3
"""Least pixels of a block in a map of energies; finer patterns beat with what shows them."""
TITLE = 48
"""Least width of a panel that has a title, in points: its longest clause fits beside the rim."""


RIGHT, NEXT = 14, 6
"""Points on the right of a panel, and on the left of one that shares the ticks of another."""
COUNTED = 44
"""Points on the left of a strip with a profile above it, whose counts stand there."""
SIDE = 44
"""Height in points of the two profiles beside a map."""
_BESIDE = 0.7
"""Inches beside a panel, at the least."""
Frame = Sequence[Cells]
"""The cells of a panel along each of its axes."""


def fit(frames: Sequence[Frame], style: Style, across: int = 1) -> tuple[int, int]:
    """Return cells per block and pixels per block, for panels of the given frames.

    Each cell has a whole number of pixels. A plane that is too large for that is drawn in
    blocks of two pixels or more, which is what marks a block with holes.

    Parameters
    ----------
    across : panels per row.
    """
    target = max(8, int(_room(frames, style, across) * style.dpi / across))
    longest = _longest(frames)
    if longest <= (target if style.size is not None or across > 1 else max(target, LIMIT)):
        return 1, max(1, min(target // longest, round(style.dpi * 0.3)))
    step = -(-longest // max(1, target // 2))
    return step, max(2, target // -(-longest // step))


def columns_within(columns: int, frames: Sequence[Frame], style: Style) -> int:
    """Return the panels per row, at most those wanted, that the width asked for has room for."""
    if style.size is None:
        return columns
    left = left_of(frames, len(frames[0]) == 1)
    between = NEXT if len({tuple(frame) for frame in frames}) == 1 else left
    each = TITLE + RIGHT + between
    return max(1, min(columns, int((72 * style.size - left + between) // each)))


def profiled(style: Style) -> bool:
    """Return whether a map has room for profiles beside it."""
    return style.size is None or style.size >= _NARROW


def fit_fine(frames: Sequence[Frame], style: Style, across: int = 1) -> tuple[int, int]:
    """Return cells per block, a power of two, and pixels per block, three or more of them."""
    side = SIDE if len(frames[0]) == 2 and profiled(style) else 0
    target = max(8, int(_room(frames, style, across, side) * style.dpi / across))
    longest = _longest(frames)
    step = even_step(longest, target, _FINE)
    return step, min(target // -(-longest // step), round(style.dpi * 0.3))


def left_of(frames: Sequence[Frame], strip: bool) -> float:
    """Return the points on the left of a panel for its ticks, and for the name of its axis."""
    ends = [end for frame in frames for span in frame for end in (span.start, span.stop - 1)]
    digits = max(len(str(end)) for end in ends)
    return 8 + 2.6 * digits if strip else 22 + 5.2 * digits


def _room(frames: Sequence[Frame], style: Style, across: int, side: int = 0) -> float:
    """Return the inches for the pictures of a row; ``side`` : points of a profile beside each."""
    if style.size is None:
        return _GRID if across == 1 else _ROW
    left = COUNTED if len(frames[0]) == 1 else left_of(frames, False)
    beside = max(_BESIDE, (left + RIGHT + side) / 72)
    return max(0.2, style.size - beside * across)


def _longest(frames: Sequence[Frame]) -> int:
    return max(span.extent for frame in frames for span in frame)

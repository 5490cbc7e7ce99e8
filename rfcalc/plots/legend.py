"""What do the colours and marks of a picture stand for? A row of swatches with their words."""

from collections.abc import Sequence

import msgspec

from rfcalc.plots.colours import FLAT, HATCH, INPUT, LINE, MARK, Colour
from rfcalc.plots.planes import BEYOND, HOLE, PADDING, PART, SAMPLED
from rfcalc.plots.sheet import Sheet, text_size

__all__ = [
    "BOX",
    "CENTRE",
    "CONTOUR",
    "WHOLE",
    "Key",
    "broken",
    "draw_keys",
    "key_width",
    "state_keys",
]

CENTRE, BOX, WHOLE, CONTOUR = -1, -2, -3, -4
"""Marks that are not states of a cell."""

_GROUND = "#404060"
"""What lines are shown on: they are light."""


class Key(msgspec.Struct, frozen=True):
    """A state or a mark, its words, its colour and the colour it is dithered with.

    ``dashed`` tells of a line that it has gaps.
    """

    state: int
    words: str
    colour: Colour | None
    second: Colour | None = None
    dashed: bool = False


def state_keys(held: Colour) -> tuple[Key, ...]:
    """Return the keys of the states of a cell; ``held`` is the colour of sampled ones."""
    return (
        Key(SAMPLED, "sampled", held),
        Key(PART, "sampled in part: has holes", held, FLAT[HOLE]),
        Key(HOLE, "hole: not sampled", FLAT[HOLE]),
        Key(BEYOND, "outside the field", FLAT[BEYOND]),
        Key(PADDING, "padding", FLAT[PADDING], HATCH),
    )


def key_width(key: Key, dpi: int) -> int:
    """Return the pixels that a swatch and its words take in a line."""
    return round(text_size(key.words, 8, dpi)[0] + 26 * dpi / 72)


def broken(keys: Sequence[Key], width: int, dpi: int) -> list[list[tuple[Key, int]]]:
    """Break the legend into lines no wider than the given pixels; every key with its width."""
    lines: list[list[tuple[Key, int]]] = []
    used = width
    for key in keys:
        wide = key_width(key, dpi)
        if used + wide > width:
            lines.append([])
            used = 0
        lines[-1].append((key, wide))
        used += wide
    return lines


def draw_keys(sheet: Sheet, lines: Sequence[Sequence[tuple[Key, int]]], y: int) -> None:
    """Draw a swatch and words per key, each line in the middle."""
    side = sheet.points(8)
    for line in lines:
        x = (sheet.width - sum(wide for _, wide in line)) // 2
        for key, wide in line:
            _swatch(sheet, key, x + sheet.points(4), y, side)
            sheet.text(x + sheet.points(16), y + side / 2, key.words, 8, va="center_baseline")
            x += wide
        y += sheet.points(15)


def _swatch(sheet: Sheet, key: Key, x: int, y: int, side: int) -> None:
    if key.state == CENTRE:
        sheet.wedge([(x, y), (x + side, y), (x + side / 2, y + side)], MARK)
        return
    if key.state in (WHOLE, CONTOUR):
        sheet.fill(x, y, side, side, _GROUND)
        line, middle = sheet.points(1), y + side // 2
        parts = [(0, 2 / 5), (3 / 5, 2 / 5)] if key.dashed else [(0, 1)]
        for start, long in parts:
            colour = INPUT if key.state == WHOLE else LINE
            sheet.fill(x + round(start * side), middle, round(long * side), line, colour)
        return
    if key.colour is not None:
        sheet.fill(x, y, side, side, [part / 255 for part in key.colour])
    line = sheet.points(1 if key.state == BOX else 0.5)
    sheet.frame(x, y, side, side, MARK if key.state == BOX else "#000000", line)
    if key.second is not None:
        quarter = side / 4
        for n in range(16):
            if (n // 4 + n) % 2:
                left, top = x + n % 4 * quarter, y + n // 4 * quarter
                sheet.fill(left, top, quarter, quarter, [part / 255 for part in key.second])

"""What does a mask look like in a terminal? Half blocks in colour, plain characters without."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from rfcalc.blocks import EMPTY_BLOCK, FULL_BLOCK, PART_BLOCK, blocks, section
from rfcalc.cells import Cells
from rfcalc.region import Region
from rfcalc.render.plain import Plain

if TYPE_CHECKING:
    from rich.text import Text

    Drawing = list[Plain | Text]

__all__ = ["draw_cells", "draw_mask", "legend", "sparkline"]

_COLOURS = {EMPTY_BLOCK: "#440154", PART_BLOCK: "#21918c", FULL_BLOCK: "#fde725"}
"""Dark to light in lightness as in hue, so that neither colour blindness nor grey hides a hole."""
_DOT = "#6b3a7d"
_HALVES: dict[tuple[int, int | None], tuple[str, int, int | None]] = {
    (EMPTY_BLOCK, None): ("˙", EMPTY_BLOCK, None),
    (FULL_BLOCK, FULL_BLOCK): ("█", FULL_BLOCK, FULL_BLOCK),
    (EMPTY_BLOCK, EMPTY_BLOCK): ("·", EMPTY_BLOCK, EMPTY_BLOCK),
    (PART_BLOCK, PART_BLOCK): ("▒", PART_BLOCK, PART_BLOCK),
    (EMPTY_BLOCK, FULL_BLOCK): ("▄", FULL_BLOCK, EMPTY_BLOCK),
    (EMPTY_BLOCK, PART_BLOCK): ("▄", PART_BLOCK, EMPTY_BLOCK),
    (PART_BLOCK, FULL_BLOCK): ("▄", FULL_BLOCK, PART_BLOCK),
}
"""Signs of two cells, one above the other, that say without their colours what is a hole."""
_PLAIN = {EMPTY_BLOCK: "·", PART_BLOCK: "▒", FULL_BLOCK: "█"}
_ASCII = {EMPTY_BLOCK: ".", PART_BLOCK: "+", FULL_BLOCK: "#"}
_SPARKS = "▁▂▃▄▅▆▇█"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_LARGEST_ZOOM = 4
_LARGEST_DOUBLE = 60
_MOST_LINES = 6


def draw_cells(
    cells: Cells, width: int = 80, colour: bool = False, unicode: bool = True
) -> "Drawing":
    """Return the cells of one axis as lines of blocks, holes visible, each with its offsets.

    A set that is wider than a line goes on in the next one; beyond six lines a character stands
    for several cells, and is full only when all of them are in the set.

    Examples
    --------
    >>> [line.plain for line in draw_cells(Cells.of([0, 1, 2, 5, 6]))]
    ['0 ███··██ 6']
    """
    if not cells:
        return [Plain("nothing is sampled")]
    span = Cells.run(cells.start, cells.extent)
    digits = max(len(str(cells.start)), len(str(cells.stop - 1)))
    room, step = _room(span, width), _line_step(span, width)
    states = blocks(Region(((cells,),)), [span], [step])[0]
    signs = _PLAIN if unicode else _ASCII
    lines: Drawing = []
    for first in range(0, len(states), room):
        part = states[first : first + room]
        low = cells.start + first * step
        high = min(cells.stop, low + len(part) * step) - 1
        drawn = [(signs[state], _style(state, state)) for state in part]
        lines.append(_line([(f"{low:>{digits}} ", ""), *drawn, (f" {high}", "")], colour))
    return lines


def draw_mask(
    region: Region, width: int = 80, colour: bool = False, unicode: bool = True
) -> "Drawing":
    """Return a region of one, two or three axes as lines of text, scaled to the width.

    Cells are square. In colour a character holds two cells, one above the other; without, a
    small mask takes two characters per cell, a larger one a braille dot per cell, and a still
    larger one a character per block of cells. A block is full only when each of its cells is
    sampled. Three axes are drawn as three sections through the centre.
    """
    bounds = region.bounds
    if bounds is None:
        return [Plain("nothing is sampled")]
    if len(bounds) == 1:
        return draw_cells(_joined(region), width, colour, unicode)
    if len(bounds) == 2:
        return _plane(region, bounds, width, colour, unicode)
    lines: Drawing = []
    for axis, span in enumerate(bounds):
        middle = span.start + (span.extent - 1) // 2
        rest = " and ".join(str(a) for a in range(3) if a != axis)
        lines.append(Plain(f"axes {rest}, at {middle} of axis {axis}"))
        flat = section(region, axis, middle)
        frame = [span for a, span in enumerate(bounds) if a != axis]
        lines += _plane(flat, frame, width, colour, unicode)
    return lines


def legend(
    region: Region, width: int = 80, colour: bool = False, unicode: bool = True
) -> "Plain | Text":
    """Return the line that says what the signs of ``draw_mask`` stand for."""
    bounds = region.bounds
    if bounds is None:
        return Plain("")
    signs = _PLAIN if unicode else _ASCII
    if len(bounds) == 1:
        step = (_line_step(bounds[0], width),)
    else:
        frames = [
            [s for a, s in enumerate(bounds) if len(bounds) == 2 or a != axis]
            for axis in range(1 if len(bounds) == 2 else 3)
        ]
        fits = [_fit(frame, width, colour, unicode) for frame in frames]
        if all(fit.sign == "braille" for fit in fits):
            return Plain("a dot is a sampled cell")
        step = max((fit.step for fit in fits), key=lambda step: step[0] * step[1])
    parts: list[tuple[str, str]] = []
    words = {FULL_BLOCK: "sampled", PART_BLOCK: "partly", EMPTY_BLOCK: "not sampled"}
    for state, word in words.items():
        if state != PART_BLOCK or set(step) != {1}:
            parts += [("  " if parts else "", ""), (signs[state], _style(state, state))]
            parts.append((f" {word}", ""))
    if set(step) != {1}:
        parts.append((f"  (a sign: {' x '.join(map(str, step))} cells)", ""))
    return _line(parts, colour)


def _line(parts: Sequence[tuple[str, str]], colour: bool) -> "Plain | Text":
    """Return signs side by side, each with its style where there are colours."""
    if not colour:
        return Plain("".join(sign for sign, _ in parts))
    from rich.text import Text

    return Text.assemble(*parts, no_wrap=True, overflow="ignore")


def sparkline(values: Sequence[float], unicode: bool = True) -> str:
    """Return one character per value, its height in proportion to the largest.

    >>> sparkline([1, 3, 7, 15])
    '▁▂▄█'
    """
    top = max(values, default=0)
    if top <= 0:
        return ""
    if not unicode:
        return "".join(str(min(9, int(9 * value / top))) for value in values)
    last = len(_SPARKS) - 1
    return "".join(_SPARKS[min(last, max(0, round(last * value / top)))] for value in values)


def _joined(line: Region) -> Cells:
    cells = line.boxes[0][0]
    for box in line.boxes[1:]:
        cells |= box[0]
    return cells


class _Fit(msgspec.Struct, frozen=True):
    """How a plane fits a width: cells per sign on each axis, and the kind of sign."""

    step: tuple[int, int]
    sign: Literal["halves", "double", "braille", "single"]
    zoom: int = 1


def _line_step(span: Cells, width: int) -> int:
    """Return how many cells of a line share a character."""
    return max(1, -(-span.extent // (_room(span, width) * _MOST_LINES)))


def _room(span: Cells, width: int) -> int:
    """Return how many characters a line has between its two offsets."""
    return max(1, width - 2 * max(len(str(span.start)), len(str(span.stop - 1))) - 2)


def _fit(frame: Sequence[Cells], width: int, colour: bool, unicode: bool) -> _Fit:
    """Choose the signs for a plane: whole cells while they fit, else square blocks of cells."""
    longest = max(span.extent for span in frame)
    step = -(-longest // width)
    if colour:
        return _Fit((step, step), "halves", max(1, min(width // longest, _LARGEST_ZOOM)))
    if 2 * longest <= min(width, _LARGEST_DOUBLE):
        return _Fit((1, 1), "double")
    if unicode and longest <= 2 * width:
        return _Fit((1, 1), "braille")
    # A character is about twice as tall as it is wide.
    return _Fit((2 * step, step), "single")


def _plane(
    region: Region, frame: Sequence[Cells], width: int, colour: bool, unicode: bool
) -> "Drawing":
    """Return two axes as lines of text."""
    fit = _fit(frame, width, colour, unicode)
    states = blocks(region, frame, fit.step)
    if fit.sign == "halves":
        zoom = range(fit.zoom)
        tall = [bytes(s for s in row for _ in zoom) for row in states for _ in zoom]
        return [_halves(tall[i], *tall[i + 1 : i + 2]) for i in range(0, len(tall), 2)]
    if fit.sign == "braille":
        lines = _braille(states)
    else:
        signs, times = _PLAIN if unicode else _ASCII, 2 if fit.sign == "double" else 1
        lines = ["".join(signs[s] * times for s in row) for row in states]
    return [Plain(line) for line in lines]


def _halves(upper: bytes, lower: bytes | None = None) -> "Text":
    """Return one line of half blocks: the sign's own colour above, its background below."""
    from rich.text import Text

    text = Text(no_wrap=True, overflow="ignore")
    start = 0
    for end in range(1, len(upper) + 1):
        here = (upper[start], lower[start] if lower else None)
        if end < len(upper) and (upper[end], lower[end] if lower else None) == here:
            continue
        sign, ink, ground = _HALVES.get(here, ("▀", *here))
        text.append(sign * (end - start), _style(ink, ground))
        start = end
    return text


def _style(ink: int, ground: int | None) -> str:
    """Return the colours of a sign and of what is behind it; a hole's dot is hardly seen."""
    if ground is None:
        return _COLOURS[ink]
    return f"{_DOT if ink == ground == EMPTY_BLOCK else _COLOURS[ink]} on {_COLOURS[ground]}"


def _braille(rows: Sequence[bytes]) -> list[str]:
    """Return two by four cells per character."""
    lines: list[str] = []
    for top in range(0, len(rows), 4):
        line: list[str] = []
        for left in range(0, len(rows[0]), 2):
            code = 0x2800
            for row, dots in zip(rows[top : top + 4], _DOTS, strict=False):
                for state, dot in zip(row[left : left + 2], dots, strict=False):
                    code |= dot if state == FULL_BLOCK else 0
            line.append(chr(code))
        lines.append("".join(line))
    return lines

"""How do panels, heading, colour bar and legend make one figure? In rows, from the top."""
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import fail
from rfcalc.plots.colours import FLAT, HATCH, MARK, Colour, paint, ramp
from rfcalc.plots.planes import BEYOND, HOLE, PADDING, PART, SAMPLED, Plane
from rfcalc.plots.scale import Scale
from rfcalc.plots.sheet import Sheet, text_size, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["LIMIT", "Panel", "Style", "compose", "fit"]

LIMIT = 2400
"""Most cells along an axis that are drawn one by one, one pixel each, before blocks are formed."""
DPI = range(30, 1201)
_GRID = 5.6
"""Length of the longest side of a picture in inches, when no size is asked for."""
_STRIP = 30
_PROFILE = 90


class Style(msgspec.Struct, frozen=True):
    """How a figure is to look: dots per inch, width in inches, colour map, first line."""

    dpi: int = 150
    size: float | None = None
    cmap: str = "viridis"
    title: str | None = None

    def checked(self) -> "Style":
        """Return the style when it can be drawn.

        Raises
        ------
        RfcalcError
            RF412: a resolution or a size out of range.
        """
        if self.dpi not in DPI:
            fact = f"--dpi is {self.dpi}"
            raise fail("RF412", fact, f"from {DPI.start} to {DPI.stop - 1}")
        if self.size is not None and not 0.5 <= self.size * self.dpi / 150 <= 60:
            fact = f"--size is {self.size:g} inches at {self.dpi} dpi"
            raise fail("RF412", fact, "a figure has 75 to 9000 pixels across")
        return self


class Panel(msgspec.Struct, frozen=True):
    """One plane with its words, its field's box and the centre to be marked, per drawn axis."""

    plane: Plane
    title: str = ""
    box: tuple[Cells | None, Cells | None] = (None, None)
    centre: tuple[float | None, float | None] = (None, None)
    picture: "NDArray[Any] | None" = None


def fit(extents: Sequence[int], style: Style, across: int = 1) -> tuple[int, int]:
    """Return cells per block and pixels per block, for panels of the given cells per axis.

    Each cell has a whole number of pixels. A plane that is too large for that is drawn in
    blocks of two pixels or more, which is what marks a block with holes.
    """
    room = (_GRID if style.size is None else max(0.2, style.size - 0.8)) * style.dpi
    target = max(8, int(room / across))
    longest = max(extents)
    if longest <= (target if style.size is not None or across > 1 else max(target, LIMIT)):
        return 1, max(1, min(target // longest, round(style.dpi * 0.3)))
    step = -(-longest // max(1, target // 2))
    return step, max(2, target // -(-longest // step))


def compose(
    panels: Sequence[Panel],
    heading: Sequence[str],
    scale: Scale | None,
    label: str,
    zoom: int,
    style: Style,
    columns: int = 0,
) -> "Figure":
    """Return the figure of one or more panels in rows, on one scale.

    Parameters
    ----------
    heading : the title, then lines of facts.
    label : what the colour bar measures.
    columns : panels per row, all in one row by default.
    """
    columns = columns or len(panels)
    pictures = [_picture(panel, scale, style, zoom) for panel in panels]
    point = style.dpi / 72
    strip = len(panels[0].plane.axes) == 1
    digits = max(
        len(str(end)) for p in panels for s in p.plane.frame for end in (s.start, s.stop - 1)
    )
    left = round((10 if strip else 22 + 5.2 * digits) * point)
    gap = round((26 if strip else 30) * point)
    right = round(14 * point)
    titled = round(15 * point) if any(panel.title for panel in panels) else round(4 * point)
    profile = round(_PROFILE * point) if strip and scale is not None else 0
    if profile:
        left = round(44 * point)
    wide = max(picture.shape[1] for picture in pictures)
    high = max(picture.shape[0] for picture in pictures)
    rows = -(-len(panels) // columns)
    inner = columns * (left + wide + right)
    width = max(inner, round((3.4 if style.size is None else min(3.4, style.size)) * style.dpi))
    shift = (width - inner) // 2
    words = _heading(heading, style, width - round(16 * point))
    top = round(7 * point) + sum(height for *_, height in words)
    pitch = titled + profile + high + gap
    keys = _keys(panels, scale)
    lines = _legend_lines(keys, width - 2 * round(8 * point), style.dpi)
    bar = round(46 * point) if scale is not None else 0
    height = top + rows * pitch + bar + round(15 * point) * len(lines) + round(4 * point)
    sheet = Sheet(width, height, style.dpi)
    at = round(7 * point)
    for line, size, weight, tall in words:
        sheet.text(round(8 * point), at, line, size, weight=weight)
        at += tall
    for number, (panel, picture) in enumerate(zip(panels, pictures, strict=True)):
        row, column = divmod(number, columns)
        x = shift + column * (left + wide + right) + left
        x += (wide - picture.shape[1]) // 2 if columns == 1 else 0
        y = top + row * pitch + titled + profile
        _panel(sheet, panel, picture, x, y, zoom, scale if profile else None, profile)
        sheet.text(x, y - profile - round(5 * point), panel.title, 8, va="bottom")
    y = top + rows * pitch
    if scale is not None:
        _bar(sheet, scale, label, style, y, width)
    held = FLAT[SAMPLED] if scale is None else tuple(map(int, ramp(style.cmap)[128]))
    _legend(sheet, lines, y + bar, held)
    return sheet.figure


def _picture(panel: Panel, scale: Scale | None, style: Style, zoom: int) -> "NDArray[Any]":
    picture = panel.picture
    if picture is None:
        picture = paint(panel.plane, scale, style.cmap, zoom)
    if len(panel.plane.axes) == 1:
        tall = max(zoom, round(_STRIP * style.dpi / 72))
        picture = picture.repeat(-(-tall // picture.shape[0]), axis=0)[:tall]
    return picture


def _heading(heading: Sequence[str], style: Style, width: int) -> list[tuple[str, float, str, int]]:
    """Return lines of text with size, weight and height."""
    lines: list[tuple[str, float, str, int]] = []
    for number, words in enumerate(heading):
        size, weight = (10.0, "bold") if number == 0 else (8.5, "normal")
        high = round(1.45 * size * style.dpi / 72)
        broken = wrapped(words, size, style.dpi, width, weight)
        lines += [(line, size, weight, high) for line in broken]
    return lines


def _panel(
    sheet: Sheet,
    panel: Panel,
    picture: "NDArray[Any]",
    x: int,
    y: int,
    zoom: int,
    scale: Scale | None,
    profile: int,
) -> None:
    """Draw one plane with its ticks, its field's box, the marks of its centre, its profile."""
    drawn = panel.plane
    first = [span.start for span in drawn.frame]
    last = [f + n * drawn.step for f, n in zip(first, drawn.states.shape, strict=True)]
    extent = (first[1] - 0.5, last[1] - 0.5, last[0] - 0.5, first[0] - 0.5)
    axes = sheet.picture(picture, x, y, extent)
    tall, wide = picture.shape[:2]
    axes.set_xticks(_ticks(drawn.frame[1], wide, sheet))
    axes.set_xlabel(f"axis {drawn.axes[-1]}", fontsize=8, labelpad=1)
    if len(drawn.axes) == 1:
        axes.set_yticks([])
    else:
        axes.set_yticks(_ticks(drawn.frame[0], tall, sheet))
        axes.set_ylabel(f"axis {drawn.axes[0]}", fontsize=8, labelpad=1)
    cell = [zoom / drawn.step] * 2 if len(drawn.axes) == 2 else [tall, zoom / drawn.step]
    if all(span is not None for span in panel.box):
        _box(sheet, panel, x, y, cell)
    for axis, middle in enumerate(panel.centre):
        if middle is None:
            continue
        place = (middle + 0.5 - first[axis]) * cell[axis]
        size = sheet.points(4)
        if axis == 1:
            base = y - sheet.points(1.2)
            points = [(x + place, base), (x + place - size / 2, base - size)]
            sheet.wedge([*points, (x + place + size / 2, base - size)], MARK)
        else:
            base = x + wide + sheet.points(1.2)
            points = [(base, y + place), (base + size, y + place - size / 2)]
            sheet.wedge([*points, (base + size, y + place + size / 2)], MARK)
    if scale is not None and drawn.counts is not None:
        _profile(sheet, drawn, scale, x, y - profile, wide, profile - sheet.points(8))


def _box(sheet: Sheet, panel: Panel, x: int, y: int, cell: Sequence[float]) -> None:
    """Outline the receptive field, on the cells around it and never on its own."""
    spans = [span for span in panel.box if span is not None]
    frame = panel.plane.frame
    low = [(s.start - f.start) * c for s, f, c in zip(spans, frame, cell, strict=True)]
    high = [(s.stop - f.start) * c for s, f, c in zip(spans, frame, cell, strict=True)]
    top, left = int(low[0]), int(low[1])
    bottom, right = -int(-high[0] // 1), -int(-high[1] // 1)
    line = sheet.points(1)
    sheet.frame(x + left, y + top, right - left, bottom - top, MARK, line)


def _profile(
    sheet: Sheet, drawn: Plane, scale: Scale, x: int, y: int, wide: int, tall: int
) -> None:
    """Draw the counts of a strip as steps above it."""
    import numpy as np

    axes = sheet.axes(x, y, wide, tall)
    assert drawn.counts is not None
    first = drawn.frame[1].start
    edges = [first - 0.5 + drawn.step * n for n in range(drawn.states.shape[1] + 1)]
    # On decades a count of 1 would have no height; holes stay on the ground.
    foot = 0.06 if scale.log else 0.0
    level = np.where(drawn.states[0] >= PART, foot + scale.position(drawn.counts[0]), 0.0)
    colour = tuple(part / 255 for part in FLAT[SAMPLED])
    axes.stairs(level, edges, fill=True, color=colour, linewidth=0)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.04 + foot)
    axes.set_xticks([])
    places = scale.ticks(4)
    axes.set_yticks([foot + place for place, _ in places], [word for _, word in places])
    axes.spines["left"].set_visible(True)
    axes.spines["bottom"].set_visible(True)


def _ticks(span: Cells, pixels: int, sheet: Sheet) -> list[int]:
    """Return round cell numbers that leave room for their labels."""
    digits = max(len(str(span.start)), len(str(span.stop - 1)))
    most = max(1, int(pixels / (sheet.points(6) * (digits + 1.5))))
    steps = (factor * 10**exponent for exponent in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if span.extent / step <= most)
    ticks = list(range(-(-span.start // step) * step, span.stop, step))
    return ticks or [span.start]


def _bar(sheet: Sheet, scale: Scale, label: str, style: Style, y: int, width: int) -> None:
    """Draw the colour bar with its ticks."""
    long = min(width - sheet.points(60), sheet.points(260))
    colours = ramp(style.cmap, long)[None].repeat(sheet.points(9), axis=0)
    x = (width - long) // 2
    axes: Axes = sheet.picture(colours, x, y + sheet.points(3), (0, 1, 0, 1))
    axes.set_yticks([])
    places = scale.ticks(6)
    axes.set_xticks([place for place, _ in places], [word for _, word in places])
    axes.set_xlabel(label + (" (log scale)" if scale.log else ""), fontsize=8, labelpad=2)


_CENTRE, _BOX = -1, -2
_Key = tuple[int, str]


def _keys(panels: Sequence[Panel], scale: Scale | None) -> list[_Key]:
    """Return the states and marks that occur, with the words for them."""
    found: set[int] = set()
    for panel in panels:
        found |= {int(state) for state in set(panel.plane.states.flat)}
        if any(middle is not None for middle in panel.centre):
            found.add(_CENTRE)
        if all(span is not None for span in panel.box):
            found.add(_BOX)
    words = {
        SAMPLED: "sampled",
        PART: "sampled in part: has holes",
        HOLE: "hole: not sampled",
        BEYOND: "outside the field",
        PADDING: "padding",
        _BOX: "receptive field",
        _CENTRE: "its centre",
    }
    return [(s, w) for s, w in words.items() if s in found and (s != SAMPLED or scale is None)]


def _legend_lines(keys: Sequence[_Key], width: int, dpi: int) -> list[list[tuple[_Key, int]]]:
    """Break the legend into lines; every key with its width."""
    lines: list[list[tuple[_Key, int]]] = []
    used = width
    for key in keys:
        wide = round(text_size(key[1], 8, dpi)[0] + 26 * dpi / 72)
        if used + wide > width:
            lines.append([])
            used = 0
        lines[-1].append((key, wide))
        used += wide
    return lines


def _legend(
    sheet: Sheet, lines: Sequence[Sequence[tuple[_Key, int]]], y: int, held: Colour
) -> None:
    """Draw a swatch and words per key; ``held`` is the colour of sampled cells."""
    side = sheet.points(8)
    for line in lines:
        x = (sheet.width - sum(wide for _, wide in line)) // 2
        for (state, words), wide in line:
            _swatch(sheet, state, x + sheet.points(4), y, side, held)
            sheet.text(x + sheet.points(16), y + side / 2, words, 8, va="center_baseline")
            x += wide
        y += sheet.points(15)


def _swatch(sheet: Sheet, state: int, x: int, y: int, side: int, held: Colour) -> None:
    """Draw what stands for a state or a mark."""
    if state == _CENTRE:
        sheet.wedge([(x, y), (x + side, y), (x + side / 2, y + side)], MARK)
        return
    flat = {**FLAT, PART: held, SAMPLED: held, _BOX: (255, 255, 255)}[state]
    sheet.fill(x, y, side, side, [part / 255 for part in flat])
    line = sheet.points(1 if state == _BOX else 0.5)
    sheet.frame(x, y, side, side, MARK if state == _BOX else "#000000", line)
    quarter = side / 4
    if state in (PART, PADDING):
        mark = [part / 255 for part in (FLAT[HOLE] if state == PART else HATCH)]
        for n in range(16):
            if (n // 4 + n) % 2:
                sheet.fill(x + n % 4 * quarter, y + n // 4 * quarter, quarter, quarter, mark)

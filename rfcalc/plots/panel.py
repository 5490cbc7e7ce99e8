"""Where does a panel's information go? Cells in whole pixels, everything else around them."""
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.cells import Cells
from rfcalc.plots.beside import draw_contours, draw_input, draw_sums
from rfcalc.plots.colours import FLAT, MARK, paint
from rfcalc.plots.contours import Contour
from rfcalc.plots.labels import Labels
from rfcalc.plots.planes import PART, SAMPLED, Plane
from rfcalc.plots.scale import Scale
from rfcalc.plots.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["Panel", "draw_panel", "pixels"]


class Panel(msgspec.Struct, frozen=True):
    """One plane with its words, its field's box and the centre to be marked, per drawn axis.

    ``scale`` : its own, in place of that of the figure. ``whole`` : the input to be outlined.
    ``sums`` : of each row and of each column, beside it.
    """

    plane: Plane
    title: str = ""
    box: tuple[Cells | None, Cells | None] = (None, None)
    centre: tuple[float | None, float | None] = (None, None)
    picture: "NDArray[Any] | None" = None
    whole: tuple[Cells, Cells] | None = None
    contours: tuple[Contour, ...] = ()
    labels: Labels | None = None
    scale: Scale | None = None
    sums: "tuple[NDArray[Any], NDArray[Any]] | None" = None


def pixels(panel: Panel, scale: Scale | None, cmap: str, zoom: int, tall: int) -> "NDArray[Any]":
    """Return a panel's cells as pixels; a strip is drawn at least so tall."""
    picture = panel.picture
    if picture is None:
        picture = paint(panel.plane, panel.scale or scale, cmap, zoom)
    if len(panel.plane.axes) == 1:
        tall = max(zoom, tall)
        picture = picture.repeat(-(-tall // picture.shape[0]), axis=0)[:tall]
    return picture


def draw_panel(
    sheet: Sheet,
    panel: Panel,
    picture: "NDArray[Any]",
    x: int,
    y: int,
    zoom: int,
    scale: Scale | None,
    profile: int,
    named: tuple[bool, bool] = (True, True),
) -> None:
    """Draw one plane with its ticks, its field's box, the marks of its centre, its profile.

    ``named`` : whether the rows and the columns have labels at their ticks.
    """
    drawn = panel.plane
    first = [span.start for span in drawn.frame]
    last = [f + n * drawn.step for f, n in zip(first, drawn.states.shape, strict=True)]
    extent = (first[1] - 0.5, last[1] - 0.5, last[0] - 0.5, first[0] - 0.5)
    axes = sheet.picture(picture, x, y, extent)
    tall, wide = picture.shape[:2]
    _label(axes, panel, sheet, (tall, wide), named)
    cell = [zoom / drawn.step] * 2 if len(drawn.axes) == 2 else [tall, zoom / drawn.step]
    if all(span is not None for span in panel.box):
        _box(sheet, panel, x, y, cell)
    draw_contours(axes, drawn.frame, panel.contours)
    if panel.whole is not None:
        draw_input(sheet, panel.whole, drawn, x, y, zoom)
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
    if panel.sums is not None:
        draw_sums(sheet, drawn, panel.sums, x, y, tall, wide, profile)
    elif scale is not None and drawn.counts is not None:
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


def _label(
    axes: "Axes", panel: Panel, sheet: Sheet, extents: tuple[int, int], named: tuple[bool, bool]
) -> None:
    """Set ticks at round values, and the names of the axes."""
    drawn, words = panel.plane, panel.labels
    last = drawn.axes[-1]
    if words is None:
        names = tuple(f"axis {axis}" for axis in range(max(drawn.axes) + 1))
        words = Labels(names, ("cells",) * len(names), (Fraction(1),) * len(names))
    room = [pixels / sheet.points(6) for pixels in extents]
    ticks = words.ticks(last, drawn.frame[1], room[1])
    axes.set_xticks([place for place, _ in ticks], [t for _, t in ticks] if named[1] else [])
    if named[1]:
        axes.set_xlabel(words.word(last), fontsize=8, labelpad=1)
    if len(drawn.axes) == 1:
        axes.set_yticks([])
        return
    ticks = words.ticks(drawn.axes[0], drawn.frame[0], room[0])
    axes.set_yticks([place for place, _ in ticks], [t for _, t in ticks] if named[0] else [])
    if named[0] and extents[0] >= sheet.points(64):
        axes.set_ylabel(words.word(drawn.axes[0]), fontsize=8, labelpad=1)

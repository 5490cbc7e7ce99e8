"""What is drawn on and beside a map of energies? Contours, the input's outline, two profiles."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.cells import Cells
from rfcalc.plots.colours import FLAT, INPUT, LINE
from rfcalc.plots.contours import Contour
from rfcalc.plots.planes import SAMPLED, Plane
from rfcalc.plots.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DASHES", "draw_contours", "draw_input", "draw_sums"]

DASHES = {50: "solid", 95: (0, (2.5, 1.5))}
"""Line of each contour by the percent of the energy inside."""


def draw_contours(axes: "Axes", frame: Sequence[Cells], contours: Sequence[Contour]) -> None:
    """Draw each contour as a light line with a dark edge, which every colour map shows.

    ``frame`` has the rows and the columns of the map.
    """
    from matplotlib.patheffects import Normal, Stroke

    limits = axes.get_xlim(), axes.get_ylim()
    for found in contours:
        look: dict[str, Any] = {"linewidths": 0.9, "linestyles": [DASHES[found.share]]}
        rows, columns = (
            range(span.start - rim, span.stop + rim)
            for span, rim in zip(frame, found.rims, strict=True)
        )
        lines = axes.contour(
            columns, rows, found.heights, levels=[found.level], colors=[LINE], **look
        )
        lines.set_path_effects([Stroke(linewidth=1.9, foreground="#00000080"), Normal()])
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


def draw_input(
    sheet: Sheet, whole: Sequence[Cells], drawn: Plane, x: int, y: int, zoom: int
) -> None:
    """Outline the input by dashes, on the cells at its edge."""
    spans = zip(whole, drawn.frame, strict=True)
    cell = zoom / drawn.step
    (top, bottom), (left, right) = (
        ((s.start - f.start) * cell, (s.stop - f.start) * cell) for s, f in spans
    )
    line, dash = sheet.points(1), sheet.points(4)
    for start, stop, place, along in (
        (left, right, top, True),
        (left, right, bottom - line, True),
        (top, bottom, left, False),
        (top, bottom, right - line, False),
    ):
        at = round(start)
        while at < stop:
            length = min(dash, round(stop) - at)
            if along:
                sheet.fill(x + at, y + round(place), length, line, INPUT)
            else:
                sheet.fill(x + round(place), y + at, line, length, INPUT)
            at += 2 * dash


def draw_sums(
    sheet: Sheet, drawn: Plane, sums: Sequence[Any], x: int, y: int, tall: int, wide: int, side: int
) -> None:
    """Draw the sum of each column above a map and of each row on its right, on one scale."""
    rows, columns = sums
    top = max(float(rows.max()), float(columns.max())) or 1.0
    colour = tuple(part / 255 for part in FLAT[SAMPLED])
    gap = sheet.points(7)
    for values, span, along in ((columns, drawn.frame[1], True), (rows, drawn.frame[0], False)):
        place = (x, y - side, wide, side - gap) if along else (x + wide + gap, y, side - gap, tall)
        axes = sheet.axes(*place)
        edges = [span.start - 0.5 + drawn.step * n for n in range(len(values) + 1)]
        orientation = "vertical" if along else "horizontal"
        axes.stairs(values, edges, fill=True, color=colour, linewidth=0, orientation=orientation)
        ticks, words = [0, top], ["0", f"{top:.2g}"]
        for name in ("left", "bottom"):
            axes.spines[name].set_visible(True)
        if along:
            axes.set_xlim(edges[0], edges[-1])
            axes.set_ylim(0, 1.04 * top)
            axes.set_xticks([])
            axes.set_yticks(ticks, words)
            axes.set_ylabel("per column", fontsize=7, labelpad=1)
        else:
            axes.set_ylim(edges[-1], edges[0])
            axes.set_xlim(0, 1.04 * top)
            axes.set_yticks([])
            axes.set_xticks(ticks, words)
            axes.set_xlabel("per row", fontsize=7, labelpad=1)
        axes.tick_params(labelsize=7)

"""How is an effective field drawn? Measured and expected maps on one scale, with profiles."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rfcalc.cells import Cells
from rfcalc.effective import Effective, EffectiveLayer
from rfcalc.errors import fail
from rfcalc.plots.beside import draw_contours
from rfcalc.plots.contours import SHARES, contours
from rfcalc.plots.means import block_means, even_step
from rfcalc.plots.sheet import drawable, wrapped
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["effective_figure"]

MOST = 8
"""Most rows of a figure."""
_DECADES = 1e-4
"""Smallest share of the maximum that a logarithmic scale shows."""
_COLOURS = {"measured": "#0072b2", "expected": "#d55e00"}
_STYLES = {"measured": "-", "expected": "--"}
_MAP, _PROFILE, _GAP, _LEFT, _TOP, _BELOW = 1.75, 1.6, 0.42, 0.62, 0.34, 0.46
"""Inches, of a figure that is not scaled."""


class _Row(NamedTuple):
    """What a row shows: the maps of one layer, by name."""

    title: str
    layer: EffectiveLayer
    maps: dict[str, Array]


def effective_figure(
    found: Sequence[Effective],
    *,
    squared: bool = False,
    scale: Literal["log", "linear"] = "log",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
) -> "Figure":
    """Return a figure with a row per network, layer and input, all maps on one scale.

    A row has the measured map, the expected one, and the profile of both along every axis: their
    sums over all others. The frame of a map is the box of the exact field; lines are contours
    around the cells that hold 50 % (solid) and 95 % (dashed), orange dashes the border of the
    input where it cuts the box.

    Parameters
    ----------
    squared : draw squares and the energy, in place of absolute values and its square root.
    scale : of colours and profiles.

    Raises
    ------
    RfcalcError
        RF406: more rows than a figure has; RF422: a style that cannot be drawn.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    rows = _rows(found, "_squared" if squared else "")
    style = Style(dpi, size, cmap, title).checked()
    dims = max(one.layer.maps["expected"].ndim for one in rows)
    columns = max(len(one.maps) for one in rows) if dims > 1 else 0
    # A profile that stands alone gets the room of the maps.
    profile = _PROFILE if dims > 1 else 2.8 * _PROFILE
    natural = _LEFT + columns * (_MAP + _GAP) + dims * (profile + _GAP + 0.2) + 0.75 * (dims > 1)
    unit = (style.size or natural) / natural
    words = _heading(found, squared) if title is None else title
    lines = wrapped(words, 10, dpi, 0.94 * natural * unit * dpi, "bold") if words else []
    head = 0.24 * len(lines) + 0.08
    tall = len(rows) * (_MAP + _TOP + _BELOW) * unit + head
    figure = Figure(figsize=(natural * unit, tall), dpi=dpi)
    sheet = _Sheet(figure, natural * unit, tall, unit)
    norm = _norm([values for row in rows for values in row.maps.values()], scale)
    drawn: Any = None
    for number, row in enumerate(rows):
        top = head + number * (_MAP + _TOP + _BELOW) * unit
        across = _LEFT
        for name in ("measured", "expected") if columns else ():
            if name in row.maps:
                axes = sheet.axes(across, top + _TOP * unit, _MAP, _MAP)
                drawn = _draw_map(axes, row, name, norm, cmap, sheet.pixels(_MAP))
            if name in row.maps or columns > 1:
                across += _MAP + _GAP
        for axis in range(row.layer.maps["expected"].ndim):
            across += 0.2
            axes = sheet.axes(across, top + _TOP * unit, profile, _MAP)
            _draw_profile(axes, row, axis, scale)
            across += profile + _GAP
        label = sheet.text(_LEFT, top + 0.14 * unit, row.title)
        label.set_parse_math(False)
    if drawn is not None:
        across = natural - 0.75
        bar = figure.colorbar(drawn, cax=sheet.axes(across, head + _TOP * unit, 0.12, _MAP))
        bar.ax.tick_params(labelsize=7, length=2, width=0.6)
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
        bar.ax.set_title("share", fontsize=7)
        bar.outline.set_linewidth(0.5)  # pyright: ignore[reportCallIssue]
    if lines:
        heading = figure.text(0.02, 1 - 0.08 / tall, "\n".join(lines), fontsize=10, va="top")
        heading.set_fontweight("bold")
        heading.set_parse_math(False)
    return figure


class _Sheet(NamedTuple):
    """A figure whose parts are placed in inches from its upper left."""

    figure: "Figure"
    wide: float
    tall: float
    unit: float

    def axes(self, left: float, top: float, wide: float, tall: float) -> "Axes":
        """Return new axes; ``left``, ``wide`` and ``tall`` grow with the figure."""
        wide, tall, left = wide * self.unit, tall * self.unit, left * self.unit
        return self.figure.add_axes(
            (left / self.wide, 1 - (top + tall) / self.tall, wide / self.wide, tall / self.tall)
        )

    def text(self, left: float, top: float, words: str) -> Any:
        """Return words at a place."""
        place = left * self.unit / self.wide, 1 - top / self.tall
        return self.figure.text(*place, drawable(words), fontsize=8, va="center")

    def pixels(self, inches: float) -> int:
        """Return a length in whole pixels."""
        return max(1, int(inches * self.unit * self.figure.dpi))


def _rows(found: Sequence[Effective], kind: str) -> list[_Row]:
    rows: list[_Row] = []
    for one in found:
        for layer in one.layers:
            held = {
                name: layer.maps[name + kind]
                for name in ("measured", "expected")
                if name + kind in layer.maps
            }
            field = _by(layer.field)
            words = f"{one.network}, {layer.layer} on {layer.source}: field {field}"
            shown = getattr(layer, "measured" + kind) or getattr(layer, "expected" + kind)
            sides = ", ".join(f"{p} % in {_by(shown.side[p])}" for p in SHARES)
            rows.append(_Row(f"{words}; {sides}", layer, held))
    if len(rows) > MOST:
        fact = f"{len(rows)} layers are to share a figure, which has room for {MOST}"
        raise fail("RF406", fact, "name one with `layer=`, or fewer networks")
    return rows


def _by(values: Sequence[int]) -> str:
    return " \u00d7 ".join(map(str, values))


def _heading(found: Sequence[Effective], squared: bool) -> str:
    measured = any(one.how for one in found)
    what = "squared gradient and energy" if squared else "absolute gradient and root of the energy"
    if not measured:
        what = "energy" if squared else "root of the energy"
    start = "Effective receptive field" + "s" * (len(found) > 1)
    return f"{start}: {what}, as shares"


def _norm(maps: Sequence[Array], scale: str) -> Any:
    """Return the one scale of all maps."""
    from matplotlib.colors import LogNorm, Normalize

    top = max(float(values.max()) for values in maps)
    least = min(float(values[values > 0].min()) for values in maps)
    least = min(max(top * _DECADES, least), top / 10)
    return LogNorm(least, top, clip=True) if scale == "log" else Normalize(0, top)


def _draw_map(axes: "Axes", row: _Row, name: str, norm: Any, cmap: str, room: int) -> Any:
    """Draw a map; of more than two axes the sum over the first ones."""
    from matplotlib.patches import Rectangle

    layer = row.layer
    values = row.maps[name]
    while values.ndim > 2:
        values = values.sum(axis=0)
        values = values * (norm.vmax / values.max())
    high, wide = values.shape
    first = layer.start[-2:]
    step = even_step(max(high, wide), room)
    extent = (first[1] - 0.5, first[1] + wide - 0.5, first[0] + high - 0.5, first[0] - 0.5)
    blocks = block_means(values, [step, step])
    # The last blocks reach beyond the map, which the limits below cut.
    ends = [start - 0.5 + step * n for start, n in zip(first, blocks.shape, strict=True)]
    covered = (extent[0], ends[1], ends[0], extent[3])
    drawn = axes.imshow(blocks, norm=norm, cmap=cmap, interpolation="nearest", extent=covered)
    axes.tick_params(labelsize=7, length=2, width=0.6)
    axes.set_title(name, fontsize=8, pad=3, color=_COLOURS[name])
    axes.set_aspect("equal", anchor="NW")
    for spine in axes.spines.values():
        spine.set_linewidth(0.8)
    frame = [Cells.run(start, n) for start, n in zip(first, values.shape, strict=True)]
    draw_contours(axes, frame, contours(values))
    if layer.grid is not None:
        tall, broad = layer.grid[-2:]
        axes.add_patch(
            Rectangle((-0.5, -0.5), broad, tall, fill=False, ec="#e69f00", lw=1.2, ls="--")
        )
    axes.set_xlim(extent[:2])
    axes.set_ylim(extent[2:])
    return drawn


def _draw_profile(axes: "Axes", row: _Row, axis: int, scale: str) -> None:
    """Draw the sums of the maps over all other axes."""
    from matplotlib.ticker import NullFormatter

    start = row.layer.start[axis]
    top, least = 0.0, 1.0
    for name, values in row.maps.items():
        others = tuple(a for a in range(values.ndim) if a != axis)
        line = values.sum(axis=others)
        top, least = max(top, float(line.max())), min(least, float(line[line > 0].min()))
        cells = range(start, start + len(line))
        axes.plot(cells, line, _STYLES[name], color=_COLOURS[name], lw=1.1, label=name)
    if scale == "log":
        axes.set_yscale("log")
        axes.set_ylim(max(top * _DECADES, min(least / 1.6, top / 12)), top * 1.6)
        # Decades alone have words: those between them would reach into the map beside.
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0, top * 1.08)
    extent = row.layer.field[axis]
    axes.set_xlim(start - 0.5, start + extent - 0.5)
    axes.tick_params(labelsize=7, length=2, width=0.6)
    axes.set_title(f"profile, axis {axis}", fontsize=8, pad=3)
    axes.grid(True, linewidth=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if axis == 0 and len(row.maps) > 1:
        look: dict[str, Any] = {"fontsize": 6.5, "frameon": False, "handlelength": 1.6}
        axes.legend(loc="lower center", **look)

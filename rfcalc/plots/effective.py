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
from rfcalc.plots.sheet import wrapped
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
_MAP, _STRIP = 1.75, 4.5
"""Sides of a map, and width of the profile of a single axis, in inches of a figure as it comes."""
_LEAST = 0.95
"""Side in inches below which maps and profiles stand in one more line."""
_LEFT, _BAR = 0.62, 0.78
"""Inches for the words left of a map or a profile, and for the colour bar."""
_LINE, _ABOVE, _BELOW = 0.16, 0.22, 0.32
"""Inches of a line of words, and for the words above and below a map."""


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
    size : width in inches; in a narrow figure the profiles stand below the maps.

    Raises
    ------
    RfcalcError
        RF406: more rows than a figure has; RF422: a style that cannot be drawn.
    """
    from matplotlib.ticker import NullFormatter

    rows = _rows(found, "_squared" if squared else "")
    style = Style(dpi, size, cmap, title).checked()
    dims = max(one.layer.maps["expected"].ndim for one in rows)
    columns = max(len(one.maps) for one in rows) if dims > 1 else 0
    sheet = _sheet(rows, columns, dims, style, _heading(found, squared) if title is None else title)
    norm = _norm([values for row in rows for values in row.maps.values()], scale)
    drawn: Any = None
    for number, row in enumerate(rows):
        for slot, name in enumerate(("measured", "expected") if columns else ()):
            if name in row.maps:
                axes = sheet.axes(number, slot if columns > 1 else 0)
                drawn = _draw_map(axes, row, name, norm, cmap, sheet.pixels(sheet.side))
        for axis in range(row.layer.maps["expected"].ndim):
            _draw_profile(sheet.axes(number, columns + axis), row, axis, scale)
    if drawn is not None:
        bar = sheet.figure.colorbar(drawn, cax=sheet.bar())
        bar.ax.tick_params(labelsize=7, length=2, width=0.6)
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
        bar.ax.set_title("share", fontsize=7)
        bar.outline.set_linewidth(0.5)  # pyright: ignore[reportCallIssue]
    return sheet.figure


def _sheet(rows: "Sequence[_Row]", columns: int, dims: int, style: Style, heading: str) -> "_Sheet":
    """Return the figure with its words: maps and profiles in as many lines as its width needs."""
    from matplotlib.figure import Figure

    slots, bar = columns + dims, _BAR * (columns > 0)
    side, per = _MAP if dims > 1 else _STRIP, slots
    wide = slots * (_LEFT + side) + bar + 0.1
    if style.size is not None:
        wide = style.size
        sides = {n: (wide - bar - 0.1) / n - _LEFT for n in range(1, slots + 1)}
        per = max((n for n, held in sides.items() if held >= _LEAST), default=1)
        side = max(sides[per], 0.1)
    tall = side if dims > 1 else min(side, _MAP)
    room = (wide - 0.2) * style.dpi
    lines = wrapped(heading, 10, style.dpi, room, "bold") if heading else []
    titles = [wrapped(row.title, 8, style.dpi, room) for row in rows]
    key = wrapped(_KEY, 7, style.dpi, room) if columns else []
    tops: list[float] = []
    top = 0.1 + 1.5 * _LINE * len(lines)
    for title in titles:
        tops.append(top + _LINE * len(title))
        top = tops[-1] + -(-slots // per) * (_ABOVE + tall + _BELOW) + 0.08
    height = top + _LINE * len(key) + 0.04
    figure = Figure(figsize=(wide, height), dpi=style.dpi)
    sheet = _Sheet(figure, wide, height, side, tall, per, tuple(tops))
    sheet.text(0.08, lines, size=10, weight="bold")
    for end, title in zip(tops, titles, strict=True):
        sheet.text(end - _LINE * len(title), title, size=8)
    sheet.text(top, key, size=7)
    return sheet


_KEY = "lines: 50 % inside (solid), 95 % inside (dashed), border of the input (orange)"


class _Sheet(NamedTuple):
    """A figure whose parts are placed in inches from its upper left.

    ``side`` by ``tall`` is the size of a map or a profile, ``per`` how many stand in a line, and
    ``tops`` where each row begins below its title.
    """

    figure: "Figure"
    wide: float
    high: float
    side: float
    tall: float
    per: int
    tops: tuple[float, ...]

    def axes(self, row: int, slot: int) -> "Axes":
        """Return new axes for a map or a profile of a row."""
        line, column = divmod(slot, self.per)
        top = self.tops[row] + line * (_ABOVE + self.tall + _BELOW) + _ABOVE
        return self._add(_LEFT + column * (_LEFT + self.side), top, self.side)

    def bar(self) -> "Axes":
        """Return new axes for the colour bar, at the right of the first row."""
        return self._add(self.wide - _BAR + 0.16, self.tops[0] + _ABOVE, 0.12)

    def _add(self, left: float, top: float, wide: float) -> "Axes":
        bottom = 1 - (top + self.tall) / self.high
        box = (left / self.wide, bottom, wide / self.wide, self.tall / self.high)
        return self.figure.add_axes(box)

    def text(self, top: float, lines: Sequence[str], size: float, weight: str = "normal") -> None:
        """Draw lines of words below a place."""
        place = 0.1 / self.wide, 1 - top / self.high
        look: dict[str, Any] = {"fontsize": size, "va": "top"}
        words: Any = self.figure.text(*place, "\n".join(lines), **look)
        words.set_fontweight(weight)
        words.set_parse_math(False)

    def pixels(self, inches: float) -> int:
        """Return a length in whole pixels."""
        return max(1, int(inches * self.figure.dpi))


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

"""Which cells does each layer of a 1-D stack connect? Dots in rows, as in WaveNet's figure."""
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import argument, fail
from rfcalc.footprint import Footprint
from rfcalc.gridding.stages import dilation_of
from rfcalc.interior import footprint, growth
from rfcalc.network import Network
from rfcalc.plots.changing import changing
from rfcalc.plots.labels import labels
from rfcalc.plots.sheet import wrapped
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Level", "connections", "levels"]

MOST = 400
"""Widest field in cells: dots nearer than a hundredth of a page are a line."""
_ROWS = 24
"""Most layers with a row each."""
_USED, _OTHER = "#0b3d91", "#c4c4c4"


class Level(msgspec.Struct, frozen=True):
    """One row of dots: a layer, and which of its cells the output depends on.

    ``jump`` : source cells between neighbours; cell ``i`` stands above source cell ``i * jump``.
    ``reads`` : what its cells read of the row below, no relation for the source.
    """

    name: str
    jump: Fraction
    used: tuple[int, ...]
    reads: Footprint | None
    dilation: int


def levels(network: Network, layer: str | None = None, source: str | None = None) -> list[Level]:
    """Return the rows of a stack, the source first, for output 0 of a layer.

    Raises
    ------
    RfcalcError
        RF406: not one axis, a layer without a jump, too many cells or layers, or branches whose
        cells go around a row.
    """
    if network.dims != 1:
        help = "a chain of one axis: `dims=1`"
        raise fail("RF406", f"connections of {network.dims} axes are asked for", help)
    names, left = changing(network, layer, source, _ROWS)
    if left:
        fact = f"{len(names) + left} layers change the field; {_ROWS} have room"
        raise fail("RF406", fact, _with_room(network, layer, source))
    origin = network.index(source, 0)
    whole = footprint(network, origin, network.index(names[-1], 0))
    region = whole.read((0,))
    if region.bounds is None or region.bounds[0].extent > MOST:
        wide = "no" if region.bounds is None else f"{region.bounds[0].extent:,}"
        fact = f"the field has {wide} cells; {MOST} have room"
        raise fail("RF406", fact, _with_room(network, layer, source))
    rows = {row.name: row for row in growth(network, source).rows}
    found: list[Level] = []
    used: Sequence[int] = (0,)
    for name, before in zip(names[::-1], [*names[-2::-1], network.nodes[origin].name], strict=True):
        jump = rows[name].jump[0]
        if jump is None:
            raise fail("RF406", f"'{name}' has no jump", "ask for an earlier `layer=`")
        reads = footprint(network, network.index(before, 0), network.index(name, 0))
        dilation = (*dilation_of(rows[name].node.layer), 1)[0]
        found.append(Level(name, Fraction(jump), tuple(used), reads, dilation))
        used = sorted({cell for output in used for cell in _read(reads, output)})
    if list(used) != list(_cells(region.boxes)):
        fact = f"'{names[-1]}' reads cells by branches that go around a layer"
        raise fail("RF406", fact, "ask for one of the branches by `source=` and `layer=`")
    found.append(Level(network.nodes[origin].name, Fraction(1), tuple(used), None, 1))
    return found[::-1]


def _with_room(network: Network, layer: str | None, source: str | None) -> str:
    """Return which layer to ask for where the whole has no room."""
    rows = {row.name: row for row in growth(network, source).rows}
    names = changing(network, layer, source, len(rows))[0][:_ROWS]
    fits = [name for name in names if (rows[name].rf or (None,))[0] in range(1, MOST + 1)]
    if not fits:
        return "ask for a later `source=`"
    return f"the deepest that has room: `{argument('layer', fits[-1])}`; or a later `source=`"


def connections(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    *,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    rate: Fraction | None = None,
) -> "Figure":
    """Return the connections of a stack of one axis: a row of dots per layer, the source below.

    What output 0 depends on is dark, what neighbouring outputs read is pale, as in figure 3 of
    van den Oord et al. 2016. Errors as for ``levels``, and RF422 as for ``heatmap``.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    style = Style(dpi, size, "viridis", title, bare, rate=rate).checked()
    words = labels(network, network.index(source, 0), rate)
    rows = levels(network, layer, source)
    low, high = rows[0].used[0], rows[0].used[-1]
    wide = style.size or 7.0
    figure = Figure(figsize=(wide, 0.75 + 0.5 * len(rows)), dpi=dpi, layout="constrained")
    axes = figure.add_subplot()
    dot = max(1.0, min(5.0, 45 * wide / (high - low + 1)))
    # Lines of cells a point apart would run together to a plane.
    line = min(1.0, 18 * wide / (high - low + 1))
    for height, row in enumerate(rows):
        first, last = ceil(low / row.jump), floor(high / row.jump)
        every = range(min(first, row.used[0]), max(last, row.used[-1]) + 1)
        used = set(row.used)
        if row.reads is not None:
            below = rows[height - 1]
            for chosen, colour, width in ((False, _OTHER, line / 2), (True, _USED, line)):
                lines = [
                    [
                        (float(cell * below.jump), height - 1),
                        (float(output * row.jump), float(height)),
                    ]
                    for output in every
                    if (output in used) is chosen
                    for cell in _read(row.reads, output)
                    if chosen or low <= cell * below.jump <= high
                ]
                axes.add_collection(
                    LineCollection(lines, colors=colour, linewidths=width, zorder=1 + chosen)
                )
        for chosen, colour in ((False, _OTHER), (True, _USED)):
            places = [float(n * row.jump) for n in every if (n in used) is chosen]
            across = [height] * len(places)
            axes.plot(places, across, "o", markersize=dot, color=colour, zorder=3 + chosen)
    axes.set_yticks(range(len(rows)), [_name(row) for row in rows], fontsize=8)
    axes.set_ylim(-0.4, len(rows) - 0.6)
    # The names of the layers stand beside the axis, in letters of the same size.
    room = 14 * wide - max(len(_name(row)) for row in rows)
    ticks = words.ticks(0, Cells.run(low, high - low + 1), max(room, 5 * wide))
    axes.set_xticks([place for place, _ in ticks], [word for _, word in ticks], fontsize=8)
    axes.set_xlabel(words.word(0), fontsize=8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    if not style.headless:
        told = title or f"{network.name}: what output 0 of {rows[-1].name} depends on"
        lines = wrapped(told, 10, dpi, 0.94 * wide * dpi, "bold")
        heading = figure.suptitle(
            "\n".join(lines), fontsize=10, fontweight="bold", x=0.02, ha="left"
        )
        heading.set_parse_math(False)
    return figure


def _read(reads: Footprint, output: int) -> list[int]:
    """Return the cells that an output reads, in order."""
    return list(_cells(reads.read((output,)).boxes))


def _cells(boxes: Sequence[tuple[Cells, ...]]) -> list[int]:
    return sorted({cell for box in boxes for cell in box[0]})


def _name(row: Level) -> str:
    return f"{row.name}, dilation {row.dilation}" if row.dilation > 1 else row.name

"""How does the field grow with depth? RF, jump, density and effective width, network by network."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.energies.moments import moments
from rfcalc.errors import fail, many
from rfcalc.gridding.staged import staged
from rfcalc.growth import growth
from rfcalc.network import Network
from rfcalc.plots.page import Style
from rfcalc.plots.sheet import drawable, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Curve", "curve", "curves", "curves_plot", "growth_plot"]

_LOOKS = (
    ("#0072b2", "o", "-"),
    ("#d55e00", "s", "--"),
    ("#009e73", "^", "-."),
    ("#cc79a7", "D", ":"),
    ("#56b4e9", "v", "-"),
    ("#e69f00", "P", "--"),
    ("#000000", "X", "-."),
)
"""Okabe and Ito's colours, each with a mark and a line of its own for grey print."""


_STAGES = {False: "#d6ebe3", True: "#f9d3b4"}
"""Shades of dilated stages, without and with holes."""
_LEAST = 3.4
"""Width in inches below which four plots would lie over each other."""


class Curve(msgspec.Struct, frozen=True):
    """Numbers of one network by depth, each of the layer with the largest field, on its axis.

    ``depth`` counts the layers on the longest way that read more than their own cell;
    ``deviation`` is ``None`` where outputs differ by phase. ``left`` counts the layers that see
    everything, which have no place on the axes. ``stages`` are the depths between which each
    dilated stage lies, and whether it samples its own input with holes.
    """

    name: str
    source: str
    layers: tuple[str, ...]
    depth: tuple[int, ...]
    rf: tuple[int, ...]
    jump: tuple[float, ...]
    density: tuple[float, ...]
    deviation: tuple[float | None, ...]
    left: int
    stages: tuple[tuple[int, int, bool], ...] = ()


def curve(network: Network, source: str | None = None) -> Curve:
    """Return what is plotted of a network."""
    origin = network.index(source, 0)
    spreads = moments(network, origin, range(origin + 1, len(network.nodes)))
    position = {node.name: n for n, node in enumerate(network.nodes)}
    deep, left = {origin: 0}, 0
    points: dict[int, tuple[str, int, int, float, float, float | None]] = {}
    for row in growth(network, source).rows:
        here = position[row.name]
        if here != origin:
            before = max(deep.get(i, 0) for i in row.node.inputs)
            deep[here] = before + (row.node.taps != network.nodes[origin].taps)
        left += row.density is None and not row.bounded
        if row.rf is None or not any(row.rf):
            continue
        extent, axis = max((n, -axis) for axis, n in enumerate(row.rf) if n is not None)
        axis = -axis
        jump = row.jump[axis]
        spread = spreads.get(here)
        wide = None if spread is None else spread.deviation[axis]
        step = 0.0 if jump is None else abs(float(jump))
        if deep[here] not in points or points[deep[here]][2] <= extent:
            dense = math.nan if row.density is None else row.density
            points[deep[here]] = row.name, deep[here], extent, step, dense, wide
    names, depth, rf, jumps, density, wide = zip(*(points[n] for n in sorted(points)), strict=True)
    start = network.nodes[origin].name
    spans = tuple(
        (deep[stage.source], deep[stage.target], holes)
        for stage, holes in staged(network)
        if stage.source in deep and stage.target in deep
    )
    return Curve(network.name, start, names, depth, rf, jumps, density, wide, left, spans)


def curves(networks: Sequence[Network], source: str | None = None) -> tuple[Curve, ...]:
    """Return what is plotted of each network.

    Raises
    ------
    RfcalcError
        RF401: no layer is named ``source``, RF406: more networks than can be told apart.
    """
    if len(networks) > len(_LOOKS):
        fact = f"{len(networks)} networks are to share a plot; {len(_LOOKS)} can be told apart"
        raise fail("RF406", fact, "plot fewer at a time")
    return tuple(curve(network, source) for network in networks)


def growth_plot(
    networks: Sequence[Network],
    *,
    source: str | None = None,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
) -> "Figure":
    """Return four plots: RF, jump and density against depth, effective width against RF.

    The effective width is the standard deviation of the energy (Luo et al. 2016).

    Raises
    ------
    RfcalcError
        RF401: no layer is named ``source``, RF406: more networks than can be told apart, RF422.
    """
    return curves_plot(curves(networks, source), title=title, dpi=dpi, size=size)


def curves_plot(
    curves: Sequence[Curve],
    *,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
) -> "Figure":
    """Return the four plots of curves from one source; errors as for ``growth_plot``."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    style = Style(dpi, size, "viridis", title).checked()
    wide = max(_LEAST, style.size or 7.2)
    figure = Figure(figsize=(wide, max(3.2, 0.78 * wide)), dpi=dpi, layout="constrained")
    plots = [figure.add_subplot(2, 2, n + 1) for n in range(4)]
    for found, (colour, mark, line) in zip(curves, _LOOKS, strict=False):
        every = max(1, len(found.depth) // 12)
        look: dict[str, Any] = {"color": colour, "marker": mark, "linestyle": line}
        look |= {"markersize": 3.5, "linewidth": 1.3, "markevery": every}
        for axes, values in zip(plots, (found.rf, found.jump, found.density), strict=False):
            axes.plot(found.depth, values, **look)
        known = [(r, d) for r, d in zip(found.rf, found.deviation, strict=True) if d is not None]
        plots[3].plot([r for r, _ in known], [d for _, d in known], **look)
    names = ("field, cells", "jump, cells", "density")
    for axes, name in zip(plots, names, strict=False):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _labelled(axes, name, "depth, layers")
    _labelled(plots[3], "deviation, cells", "field, cells")
    _spanned(plots[0], [v for c in curves for v in c.rf])
    _spanned(plots[1], [v for c in curves for v in c.jump])
    for axes in plots[1:]:
        axes.set_ylim(bottom=0 if axes.get_yscale() == "linear" else None)
    plots[2].set_ylim(0, 1.05)
    if len(curves) == 1:
        _shaded(figure, plots[:3], curves[0])
    words = title if title is not None else f"Growth of the receptive field on {curves[0].source}"
    if len(curves) > 1:
        across = max(1, min(len(curves), int(wide // 1.8)))
        # The names come afterwards: a label that begins with `_` would be left out.
        legend = figure.legend(
            plots[0].lines,
            ["."] * len(curves),
            loc="outside lower center",
            ncols=across,
            fontsize=8,
            frameon=False,
        )
        for entry, found in zip(legend.get_texts(), curves, strict=True):
            entry.set_parse_math(False)
            entry.set_text(drawable(found.name))
    elif title is None:
        words = f"{words}: {curves[0].name}"
    left = sum(found.left for found in curves)
    if left and title is None:
        words = f"{words} (without {many(left, 'layer')} that see everything)"
    lines = wrapped(words, 10, dpi, 0.94 * wide * dpi, "bold")
    heading = figure.suptitle("\n".join(lines), fontsize=10, fontweight="bold", x=0.02, ha="left")
    heading.set_parse_math(False)
    return figure


def _labelled(axes: "Axes", up: str, along: str) -> None:
    axes.set_ylabel(up, fontsize=8)
    axes.set_xlabel(along, fontsize=8)
    axes.tick_params(labelsize=8, length=2.5, width=0.6)
    axes.grid(True, linewidth=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _shaded(figure: "Figure", plots: "Sequence[Axes]", found: Curve) -> None:
    """Mark the dilated stages of one network, and say what the colours mean."""
    from matplotlib.patches import Patch

    for axes in plots:
        for low, high, holes in sorted(found.stages, key=lambda span: span[2]):
            axes.axvspan(low, high, color=_STAGES[holes], linewidth=0, zorder=0)
    kinds = sorted({holes for _, _, holes in found.stages})
    if kinds:
        handles = [Patch(color=_STAGES[holes]) for holes in kinds]
        names = ["dilated stage with holes" if holes else "dilated stage" for holes in kinds]
        where = "outside lower center"
        figure.legend(handles, names, loc=where, ncols=2, fontsize=8, frameon=False)


def _spanned(axes: "Axes", values: Sequence[float]) -> None:
    """Use decades where the values span more than two of them."""
    held = [value for value in values if value > 0]
    if held and max(held) > 300 * min(held):
        axes.set_yscale("log")

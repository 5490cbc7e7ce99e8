"""What lies beyond a halo, and what does the halo cost? A curve of each, the chosen one marked."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.plots.sheet import wrapped
from rfcalc.plots.style import Style
from rfcalc.tiling.answer import Practical
from rfcalc.tiling.plan import Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["effect_plot"]

_LOOKS = (
    ("#0072b2", "-"),
    ("#009e73", "--"),
    ("#cc79a7", "-."),
    ("#56b4e9", ":"),
    ("#000000", "--"),
    ("#e69f00", "-."),
)
"""Okabe and Ito's colours, each with a line of its own for grey print; one per edge of a tile."""
_COST, _CHOSEN = "#737373", "#d55e00"
_NARROW = 5.0
"""Width in inches below which the legend has one column."""
_LINE = 0.2
"""Height of a line of the heading or of the legend, in inches."""
_LEAST = 1e-4
"""Share down to which the curve is shown, or a tenth of the one asked for."""


def effect_plot(
    practical: Practical,
    plan: Plan,
    *,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return a plot of the share of an output's effect beyond each halo, and of its overhead.

    A line per edge of a tile, edges that are alike as one, on a logarithmic scale, and a mark at
    the halo that is chosen on each; the overhead on the second axis is that of equally many steps
    on every edge, by the widest of them.

    Raises
    ------
    RfcalcError
        RF422: a resolution or a size out of range.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> from rfcalc.tiling.answer import answer
    >>> found = answer(load("k3,k3,k3"), tile=16, effect=0.01)
    >>> figure = effect_plot(found.practical, found.plan)
    >>> figure.axes[0].lines[0].get_ydata().round(3).tolist()
    [0.398, 0.21, 0.077, 0.0]
    """
    from matplotlib.figure import Figure

    style = Style(dpi, size, "viridis", title, bare).checked()
    wide = style.size or 7.2
    figure = Figure(dpi=dpi, layout="constrained")
    axes = figure.add_subplot()
    cost = axes.twinx()
    drawn = [
        *_edges(axes, practical),
        _mark_share(axes, practical),
        _overhead(cost, practical, plan),
    ]
    _rule(axes, cost, practical)
    high = max(1.8, 0.5 * wide)
    if not style.bare:
        across = 1 if wide < _NARROW else min(3, len(drawn))
        look: dict[str, Any] = {"loc": "outside lower center", "fontsize": 8, "frameon": False}
        figure.legend(handles=drawn, ncols=across, **look)
        high += _LINE * -(-len(drawn) // across)
    if not style.headless:
        said = _words(practical, plan) if title is None else title
        lines = wrapped(said, 10, dpi, 0.94 * wide * dpi, "bold")
        heading = figure.suptitle("\n".join(lines), fontsize=10, weight="bold", x=0.02, ha="left")
        heading.set_parse_math(False)
        high += _LINE * len(lines)
    figure.set_size_inches(wide, high)
    return figure


def _edges(axes: "Axes", practical: Practical) -> list[Any]:
    """Draw the share beyond each halo, edge by edge, and mark the one chosen; return the keys."""
    found, chosen = practical.effects, practical.chosen.halo
    alike: dict[tuple[tuple[int, ...], tuple[float, ...], int], list[tuple[int, int]]] = {}
    for axis, sides in enumerate(found.edges):
        for side, shares in enumerate(sides):
            step, most = found.around.alignment[axis], found.around.cut[axis][side]
            halos = tuple(min(number * step, most) for number in range(len(shares)))
            # Sums from either end differ in their last digits.
            about = tuple(float(f"{share:.6g}") for share in shares)
            alike.setdefault((halos, about, chosen[axis][side]), []).append((axis, side))
    keys: list[Any] = []
    mark: Any = None
    for number, ((halos, _, at), edges) in enumerate(alike.items()):
        colour, line = _LOOKS[number % len(_LOOKS)]
        axis, side = edges[0]
        shares: tuple[float, ...] = found.edges[axis][side]
        label = "effect beyond the halo" if len(alike) == 1 else _edge_words(edges)
        keys += axes.plot(halos, shares, color=colour, linestyle=line, linewidth=1.5, label=label)
        # On a logarithmic scale none is at the foot, whatever it is.
        height = max(shares[halos.index(at)], _foot(practical))
        dot: dict[str, Any] = {"color": _CHOSEN, "markersize": 5, "clip_on": False, "zorder": 4}
        (mark,) = axes.plot([at], [height], "o", label="halo set", **dot)
    return [*keys, mark]


def _edge_words(edges: Sequence[tuple[int, int]]) -> str:
    """Return what edges of a tile are called: by axis where both sides are meant."""
    names: list[str] = []
    for axis in dict.fromkeys(axis for axis, _ in edges):
        sides = [("before", "after")[side] for of, side in edges if of == axis]
        names.append(f"axis {axis}" if len(sides) > 1 else f"{sides[0]}, axis {axis}")
    return "; ".join(names)


def _mark_share(axes: "Axes", practical: Practical) -> Any:
    label = f"share asked for, {100 * practical.share:g} %"
    return axes.axhline(practical.share, color=_CHOSEN, linewidth=0.9, linestyle=":", label=label)


def _overhead(axes: "Axes", practical: Practical, plan: Plan) -> Any:
    """Draw the overhead of each halo by its widest edge."""
    steps = list(practical.effects.steps)
    halos = [max(map(max, step.halo)) for step in steps]
    costs = [100 * step.overhead(plan.tile) for step in steps]
    size = "x".join(map(str, plan.tile))
    label = f"overhead of tiles of {size}"
    return axes.plot(halos, costs, color=_COST, linewidth=1, linestyle=(0, (4, 2)), label=label)[0]


def _foot(practical: Practical) -> float:
    """Return the least share that is shown."""
    return min(_LEAST, practical.share / 10)


def _rule(axes: "Axes", cost: "Axes", practical: Practical) -> None:
    """Set the labels, the scales and the grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(_foot(practical), 1)
    axes.yaxis.set_major_formatter(FuncFormatter(_percent))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("halo, cells", fontsize=8)
    axes.set_ylabel("effect beyond it, %", fontsize=8)
    cost.set_ylim(0, 100)
    cost.set_ylabel("overhead, %", fontsize=8, color=_COST)
    for one in (axes, cost):
        one.tick_params(labelsize=8, length=2.5, width=0.6)
        one.spines["top"].set_visible(False)
    axes.grid(True, linewidth=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)


def _percent(share: float, _: int | None = None) -> str:
    return f"{100 * share:g}"


def _words(practical: Practical, plan: Plan) -> str:
    """Return the heading."""
    sides = [f"{b}" if b == a else f"{b} + {a}" for b, a in practical.chosen.halo]
    halo = sides[0] if len(set(sides)) == 1 else " x ".join(sides)
    name = plan.grids.network.name
    return f"{name}: {practical.effects.kind} effect beyond the halo of a tile; halo set: {halo}"

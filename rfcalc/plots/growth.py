"""How does the field grow with depth? A plot per number, a line per network."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from rfcalc.errors import many
from rfcalc.network import Network
from rfcalc.plots.curves import Curve, curves
from rfcalc.plots.sheet import drawable, wrapped
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

__all__ = ["DRAWN", "curves_plot", "draw_curves", "growth_plot"]

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
_THUMBNAIL = 2
"""Width in inches below which a plot is as high as its words need."""
_NARROW = 5.0
"""Width in inches below which the plots stand above each other."""
_MARKED = 40
"""Most depths that are marked; of a deeper network none is."""


class _Panel(NamedTuple):
    """One plot: what stands above it, and what it takes of a curve."""

    title: str
    of: str
    by_field: bool = False

    def values(self, found: Curve) -> Sequence[float | None]:
        """Return its number of each depth of a curve."""
        if self.of == "density":
            return found.density
        cells = {"rf": found.rf, "jump": found.jump, "deviation": found.deviation}[self.of]
        return _in_unit(cells, found)


def _in_unit(cells: Sequence[float | None], found: Curve) -> Sequence[float | None]:
    """Return lengths in the unit of a curve."""
    unit = found.cells or 1
    return [None if value is None else float(value / unit) for value in cells]


_PANELS = (
    _Panel("receptive field", "rf"),
    _Panel("jump between outputs", "jump"),
    _Panel("density: share of the field read", "density"),
    _Panel("effective width: standard deviation of the energy", "deviation", True),
)


DRAWN = tuple(panel.of for panel in _PANELS)
"""What a plot by itself can show."""


def growth_plot(
    networks: Sequence[Network],
    *,
    source: str | None = None,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    rate: Fraction | None = None,
) -> "Figure":
    """Return plots of RF, jump and density against depth, and of effective width against RF.

    The effective width is the standard deviation of the energy (Luo et al. 2016). With a
    ``rate``, samples of the input per second, lengths are in milliseconds.

    Raises
    ------
    RfcalcError
        RF401: no layer is named ``source``, RF406: more networks than colours or
        a rate without an axis of time, RF422.
    """
    return curves_plot(curves(networks, source, rate), title=title, dpi=dpi, size=size, bare=bare)


def curves_plot(
    curves: Sequence[Curve],
    *,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return the plots of curves from one source; errors as for ``growth_plot``.

    A number that is the same at every depth of every network has no plot; the heading says it.
    """
    from matplotlib.figure import Figure

    style = Style(dpi, size, "viridis", title, bare).checked()
    wide = style.size or 7.2
    panels = [panel for panel in _PANELS if _constant(panel, curves) is None]
    across = 1 if wide < _NARROW or len(panels) == 1 else 2
    down = -(-len(panels) // across)
    high = max(2.0, down * (0.36 if across == 2 else 0.62) * wide + 0.5)
    if wide < _THUMBNAIL:
        # Words take more lines than there is width: they get the height that they need.
        high = 8.0 * down + 4
    figure = Figure(figsize=(wide, high), dpi=dpi, layout="constrained")
    for number, panel in enumerate(panels):
        axes = figure.add_subplot(down, across, number + 1)
        letter = f"({chr(ord('a') + number)}) " if len(panels) > 1 else ""
        lines = wrapped(letter + panel.title, 8, dpi, 0.8 * wide / across * dpi)
        axes.set_title("\n".join(lines), fontsize=8, loc="left")
        _draw_panel(axes, panel, curves)
    if not style.bare:
        _explain(figure, curves, wide)
    if not style.headless:
        words = "\n".join(wrapped(_words(curves, title), 10, dpi, 0.94 * wide * dpi, "bold"))
        heading = figure.suptitle(words, fontsize=10, fontweight="bold", x=0.02, ha="left")
        heading.set_parse_math(False)
    return figure


def draw_curves(
    axes: "Axes",
    curves: Sequence[Curve],
    what: str = "rf",
    *,
    title: str | None = None,
    bare: bool = False,
) -> None:
    """Draw one number, one of ``DRAWN``, on axes of any figure, a line per network."""
    panel = _PANELS[DRAWN.index(what)]
    _draw_panel(axes, panel, curves)
    if bare:
        return
    words = panel.title if title is None else title
    axes.set_title(drawable(words), fontsize="small", parse_math=False)
    if len(curves) > 1:
        lines = axes.lines[-len(curves) :]
        _write_names(axes.legend(lines, ["."] * len(curves), fontsize="small"), curves)


def _draw_panel(axes: "Axes", panel: _Panel, curves: Sequence[Curve]) -> None:
    """Draw a line per network, and the stages of one that is alone."""
    for found, look in zip(curves, _LOOKS, strict=False):
        _line(axes, panel, found, look)
    _set_axes(axes, panel, curves)
    if len(curves) == 1 and not panel.by_field:
        _shade(axes, curves[0])


def _line(axes: "Axes", panel: _Panel, found: Curve, look: tuple[str, str, str]) -> None:
    """Draw one network; a jump holds until the next layer, so it goes in steps."""
    colour, mark, line = look
    along = _in_unit(found.rf, found) if panel.by_field else found.depth
    values = panel.values(found)
    pairs = zip(along, values, strict=True)
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    drawn: dict[str, Any] = {"color": colour, "linestyle": line, "linewidth": 1.3}
    if len(found.depth) <= _MARKED:
        drawn |= {"marker": mark, "markersize": 3.5}
    if panel.of == "jump":
        drawn["drawstyle"] = "steps-post"
    axes.plot([x for x, _ in known], [y for _, y in known], **drawn)


def _constant(panel: _Panel, curves: Sequence[Curve]) -> float | None:
    """Return the one value of a number everywhere, ``None`` where it varies or is the field."""
    values = {value for found in curves for value in panel.values(found)}
    (first, *rest) = values or {None}
    return first if not rest and panel is not _PANELS[0] else None


def _words(curves: Sequence[Curve], title: str | None) -> str:
    """Return the heading, with what is not drawn."""
    if title is not None:
        return title
    words = f"Growth of the receptive field on {curves[0].source}"
    if len(curves) == 1:
        words = f"{words}: {curves[0].name}"
    unit = "" if curves[0].cells is None else " ms"
    notes: list[str] = []
    for panel in _PANELS:
        if (value := _constant(panel, curves)) is not None:
            name = panel.title.split()[0].rstrip(":")
            notes.append(f"{name} {value:g}{unit if panel.of == 'jump' else ''} throughout")
    left = sum(found.left for found in curves)
    if left:
        notes.append(f"without {many(left, 'layer')} that see everything")
    return f"{words} ({'; '.join(notes)})" if notes else words


def _set_axes(axes: "Axes", panel: _Panel, curves: Sequence[Curve]) -> None:
    """Set the labels, the scale and the grid of a plot."""
    from matplotlib.ticker import MaxNLocator

    unit = curves[0].unit
    axes.set_ylabel("" if panel.of == "density" else unit, fontsize=8)
    axes.set_xlabel(f"field, {unit}" if panel.by_field else "depth, layers", fontsize=8)
    axes.tick_params(labelsize=8, length=2.5, width=0.6)
    axes.grid(True, linewidth=0.4, color="#d0d0d0")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if not panel.by_field or unit == "cells":
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if panel is _PANELS[0] and unit == "cells":
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    values = [v for found in curves for v in panel.values(found) if v is not None]
    # Decades where the values span more than two of them.
    held = [value for value in values if value > 0]
    by_decades = panel in _PANELS[:2] and held and max(held) > 300 * min(held)
    if by_decades:
        axes.set_yscale("log")
    elif panel is not _PANELS[0]:
        axes.set_ylim(bottom=0)
    if panel is _PANELS[2]:
        axes.set_ylim(0, 1.05)


def _shade(axes: "Axes", found: Curve) -> None:
    """Mark the dilated stages of one network."""
    for low, high, holes in sorted(found.stages, key=lambda span: span[2]):
        axes.axvspan(low, high, color=_STAGES[holes], linewidth=0, zorder=0)


def _explain(figure: "Figure", curves: Sequence[Curve], wide: float) -> None:
    """Say which line is which network, and of one network what its shades mean."""
    from matplotlib.patches import Patch

    look: dict[str, Any] = {"loc": "outside lower center", "fontsize": 8, "frameon": False}
    if len(curves) == 1:
        kinds = sorted({holes for _, _, holes in curves[0].stages})
        handles = [Patch(color=_STAGES[holes]) for holes in kinds]
        names = ["dilated stage with holes" if holes else "dilated stage" for holes in kinds]
        if kinds:
            figure.legend(handles, names, ncols=2 if wide >= _NARROW else 1, **look)
        return
    across = max(1, min(len(curves), int(wide // 1.8)))
    lines = figure.axes[0].lines
    _write_names(figure.legend(lines, ["."] * len(curves), ncols=across, **look), curves)


def _write_names(legend: "Legend", curves: Sequence[Curve]) -> None:
    """Write the names of networks afterwards: a label that begins with `_` would be left out."""
    for entry, found in zip(legend.get_texts(), curves, strict=True):
        entry.set_parse_math(False)
        entry.set_text(drawable(found.name))

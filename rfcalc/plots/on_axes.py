"""How is a field drawn on axes of any figure? One image in cells of the source, with its box."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rfcalc.plots.colours import MARK, paint, ramp
from rfcalc.plots.fields import Result, field
from rfcalc.plots.heatmap import brief, cuts, panel
from rfcalc.plots.panel import Panel
from rfcalc.plots.planes import PADDING, PART, Plane
from rfcalc.plots.scale import Scale, Spread, scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["draw_field"]

_MOST = 2048
"""Most blocks per axis: a larger field is drawn in blocks of several cells."""


def draw_field(
    axes: "Axes",
    result: Result,
    *,
    cmap: str = "viridis",
    spread: Spread = "auto",
    title: str | None = None,
    rate: Fraction | None = None,
    bare: bool = False,
) -> None:
    """Draw a mask, path counts or an expected field on axes; they keep their place and size.

    One axis is drawn as a strip, two as a plane, three as the section through the centre that
    has the last two axes. What is drawn last is the image of the counts, for a colour bar.

    Parameters
    ----------
    title : above the axes, by default the layer with its field; an empty one for none.
    rate : cells of the input per second; an axis of time is labelled in milliseconds.
    bare : neither title nor names of the axes.

    Raises
    ------
    RfcalcError
        RF406 a rate without an axis of time, RF420 nothing to draw.
    """
    found = field(result)
    step = -(-max(span.extent for span in found.frame) // _MOST)
    drawn = cuts(found, step)[0]
    shown = panel(found, drawn, rate=rate)
    extent = _extent(drawn)
    flat = len(drawn.axes) == 1
    look: dict[str, Any] = {"extent": extent, "interpolation": "nearest", "origin": "upper"}
    look["aspect"] = "auto" if flat else "equal"
    patterned = step > 1 or bool((drawn.states == PADDING).any() or (drawn.states == PART).any())
    axes.imshow(paint(drawn, None, cmap, 4 if patterned else 1), **look)
    if drawn.counts is not None and found.counts is not None:
        shared = scale(found.counts, found.what == "erf", spread)
        _draw_counts(axes, drawn, shared, cmap, look)
    if flat:
        axes.set_yticks([])
    else:
        _draw_box(axes, shown)
    if bare:
        return
    _name(axes, shown, brief(found, found.question.layer) if title is None else title)


def _extent(drawn: Plane) -> tuple[float, float, float, float]:
    """Return the left, right, bottom and top edge in cells; a block may reach beyond the frame."""
    rows, columns = drawn.states.shape
    (top, left) = (span.start - 0.5 for span in drawn.frame)
    return left, left + columns * drawn.step, top + rows * drawn.step, top


def _draw_counts(
    axes: "Axes", drawn: Plane, shared: Scale, cmap: str, look: dict[str, Any]
) -> None:
    """Draw the counts of cells that are read, in the colours of a map from 0 or by decades."""
    import numpy as np
    from matplotlib.colors import LogNorm, Normalize

    assert drawn.counts is not None
    values = np.ma.masked_where(drawn.states < PART, drawn.counts.astype(np.float64))
    high = float(shared.high) or 1.0
    low = float(shared.low)
    # A single number has no decades.
    by_decades = shared.log and 0 < low < high
    norm = LogNorm(low, high) if by_decades else Normalize(0.0, high)
    axes.imshow(values, norm=norm, cmap=_colours(cmap), **look)


def _colours(name: str) -> "Colormap":
    """Return the colours of a map without the end that would pass for a hole."""
    from matplotlib.colors import ListedColormap

    return ListedColormap(ramp(name) / 255, name=name)


def _draw_box(axes: "Axes", shown: Panel) -> None:
    """Outline the receptive field where more than it is drawn."""
    from matplotlib.patches import Rectangle

    rows, columns = shown.box
    if rows is None or columns is None:
        return
    corner = (columns.start - 0.5, rows.start - 0.5)
    line: dict[str, Any] = {"fill": False, "edgecolor": MARK, "linewidth": 1.2}
    axes.add_patch(Rectangle(corner, columns.extent, rows.extent, **line))


def _name(axes: "Axes", shown: Panel, title: str) -> None:
    """Set the title, and what the axes are called with their unit."""
    axes.set_title(title.replace("\u00a0", " "), fontsize="small", parse_math=False)
    words, drawn = shown.labels, shown.plane
    if words is None:
        return
    places = drawn.axes
    axes.set_xlabel(words.word(places[-1]))
    _scale_ticks(axes.xaxis, words.cells[places[-1]])
    if len(places) > 1:
        axes.set_ylabel(words.word(places[0]))
        _scale_ticks(axes.yaxis, words.cells[places[0]])


def _scale_ticks(axis: Any, cells: Fraction) -> None:
    """Let ticks stand at whole cells, or at round values of a unit of several cells."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if cells == 1:
        axis.set_major_locator(MaxNLocator(integer=True))
        return

    def told(place: float, _: int | None = None) -> str:
        return f"{place / float(cells):.4g}"

    axis.set_major_formatter(FuncFormatter(told))

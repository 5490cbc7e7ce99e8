"""Where does the energy of an output fall? A map with its box, contours, input and profiles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from rfcalc.cells import Cells
from rfcalc.errors import fail
from rfcalc.plots.contours import contours
from rfcalc.plots.fitting import fit_fine, profiled
from rfcalc.plots.labels import Labels
from rfcalc.plots.means import block_means, block_sums
from rfcalc.plots.page import compose
from rfcalc.plots.panel import Panel
from rfcalc.plots.planes import BEYOND, HOLE, PADDING, PART, SAMPLED, Plane
from rfcalc.plots.scale import Spread, scale
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["energy_plot"]

_RIM = 40
"""Outside of what is drawn lies one cell for so many, so that outlines are seen."""
_WIDER = 3
"""An input this many times as wide as the field would leave no room for the field."""


class _Section(msgspec.Struct, frozen=True):
    """Two axes of a map, or one, with the cells of its frame; where a third is cut."""

    axes: tuple[int, ...]
    cut: int | None = None
    index: int | None = None


def energy_plot(
    values: "NDArray[np.float64]",
    start: Sequence[int],
    *,
    heading: Sequence[str],
    label: str,
    style: Style,
    box: Sequence[Cells] | None = None,
    whole: Sequence[Cells] | None = None,
    bordered: bool = False,
    read: "NDArray[np.bool_] | None" = None,
    spread: Spread = "auto",
    labels: Labels | None = None,
) -> "Figure":
    """Return a map of energies, expected or measured, on one to three axes.

    Two axes are drawn with contours around the cells that hold 50 and 95 percent of the energy,
    and with the sums of rows and columns beside the map; one axis as a strip below its profile,
    three as sections through the centre of the box. A map too fine for three pixels per cell is
    drawn in blocks with the mean of their cells, a power of two wide: the largest of a block, or
    a block of another width, would beat with the strides of the network and show a moire.

    Parameters
    ----------
    values : float array of one to three axes, energy of each cell, none below zero.
    start : the cell of the first value, per axis.
    heading : the title, then lines of facts; a line is added for maps in blocks.
    label : what the colour bar measures.
    style : how the figure is to look.
    box : the receptive field per axis, which is outlined; by default the cells of ``values``.
    whole : the cells of the input per axis, outlined by dashes; by default there is no outline.
    bordered : whether cells outside ``whole`` are padding.
    read : bool array, shape of ``values``, cells that are read; by default those above zero.
    spread : as for ``heatmap``.
    labels : what stands at the axes; by default their numbers.

    Raises
    ------
    RfcalcError
        RF420: there is no cell; RF421 and RF422 as for ``heatmap``.
    """
    import numpy as np

    style = style.checked()
    if not values.size:
        raise fail("RF420", "the map has no cell", "ask for another output")
    spans = [Cells.run(first, n) for first, n in zip(start, values.shape, strict=True)]
    box = tuple(box or spans)
    dims = values.ndim
    outline = whole if whole is not None and dims == 2 and _fits(whole, box) else None
    drawn_spans = (spans, box) if outline is None else (spans, box, outline)
    frame = [_span(axis, not bordered) for axis in zip(*drawn_spans, strict=True)]
    step, zoom = fit_fine([frame], style, 3 if dims == 3 else 1)
    held = values > 0 if read is None else read
    framed = _on(frame, spans, values), _on(frame, spans, held)
    panels: list[Panel] = []
    for section in _sections(box):
        cells = [_cut(array, section, frame) for array in framed]
        drawn = _plane(cells[0], cells[1], section, frame, box, step)
        if whole is not None and bordered:
            outside = ~_inside(whole, section.axes, drawn)
            drawn.states[outside & (drawn.states < PART)] = PADDING
        one = _panel(drawn, cells[0], section, box, outline, profiled(style))
        if labels is not None and section.cut is not None:
            one = replace(one, title=f"{labels.names[section.cut]} {section.index}")
        panels.append(replace(one, labels=labels))
    sides = " \u00d7 ".join([str(step)] * min(2, dims))
    notes = [f"one square is the mean of {sides} cells"]
    shown = [panel.plane.counts for panel in panels if panel.plane.counts is not None]
    shared = scale(np.concatenate([counts.ravel() for counts in shown]), True, spread)
    return compose(panels, [*heading, *(notes if step > 1 else ())], shared, label, zoom, style)


def _fits(whole: Sequence[Cells], box: Sequence[Cells]) -> bool:
    return all(w.extent <= _WIDER * b.extent for w, b in zip(whole, box, strict=True))


def _span(spans: Sequence[Cells], rimmed: bool) -> Cells:
    """Return the cells from the first of all spans to the last, with a rim around them or none."""
    held = [span for span in spans if span]
    low, high = min(span.start for span in held), max(span.stop for span in held)
    rim = 1 + (high - low) // _RIM if rimmed else 0
    return Cells.run(low - rim, high - low + 2 * rim)


def _on(frame: Sequence[Cells], spans: Sequence[Cells], values: "NDArray[Any]") -> "NDArray[Any]":
    """Return values with zeros around them, as wide as the frame."""
    import numpy as np

    pads = [(s.start - f.start, f.stop - s.stop) for f, s in zip(frame, spans, strict=True)]
    return np.pad(values, pads)


def _sections(box: Sequence[Cells]) -> list[_Section]:
    """Return what is drawn: everything, or three sections through the middle of the box."""
    if len(box) < 3:
        return [_Section(tuple(range(len(box))))]
    middle = [span.start + (span.extent - 1) // 2 for span in box]
    axes = ((1, 2), (0, 2), (0, 1))
    return [_Section(axes[cut], cut, middle[cut]) for cut in range(3)]


def _cut(array: "NDArray[Any]", section: _Section, frame: Sequence[Cells]) -> "NDArray[Any]":
    """Return the rows and columns of a section; one axis is a row."""
    if section.cut is not None and section.index is not None:
        array = array.take(section.index - frame[section.cut].start, axis=section.cut)
    return array.reshape((1,) * (2 - array.ndim) + array.shape)


def _plane(
    values: "NDArray[Any]",
    read: "NDArray[Any]",
    section: _Section,
    frame: Sequence[Cells],
    box: Sequence[Cells],
    step: int,
) -> Plane:
    """Return a section in blocks: the state of each, and the mean of its cells."""
    import numpy as np

    shown = [frame[axis] for axis in section.axes]
    steps = [step] * 2
    if len(shown) == 1:
        shown, steps = [Cells.run(0, 1), *shown], [1, step]
    inside = [box[axis] for axis in section.axes]
    inside = [Cells.run(0, 1)] * (2 - len(inside)) + inside
    # A block at the rim of the box has no hole when all that it lacks lies outside.
    lines = [
        np.array([n in span for n in range(f.start, f.stop)])
        for f, span in zip(shown, inside, strict=True)
    ]
    boxed = block_sums(np.logical_and.outer(*lines) | read, steps)
    count = block_sums(read, steps)
    states = np.full(count.shape, BEYOND, np.uint8)
    states[boxed > 0] = HOLE
    states[count > 0] = PART
    states[(count > 0) & (count == boxed)] = SAMPLED
    means = block_means(values, steps)
    return Plane(states, means, (shown[0], shown[1]), section.axes, step, section.index)


def _inside(whole: Sequence[Cells], axes: Sequence[int], drawn: Plane) -> "NDArray[np.bool_]":
    """Return which blocks have a cell of the input."""
    import numpy as np

    rows, columns = drawn.states.shape
    held = np.ones((rows, columns), dtype=bool)
    for place, axis in enumerate(axes, 2 - len(axes)):
        span, first = whole[axis], drawn.frame[place].start
        starts = [first + drawn.step * n for n in range(held.shape[place])]
        line = np.array([s < span.stop and s + drawn.step > span.start for s in starts])
        held &= line[:, None] if place == 0 else line[None]
    return held


def _panel(
    drawn: Plane,
    values: "NDArray[Any]",
    section: _Section,
    box: Sequence[Cells],
    whole: Sequence[Cells] | None,
    summed: bool,
) -> Panel:
    """Return a section with its outlines, its contours and the sums of its rows and columns."""
    axes, step = section.axes, drawn.step
    flat = len(axes) == 2
    title = "" if section.cut is None else f"section at {section.index} of axis {section.cut}"
    first, last = box[axes[0]], box[axes[-1]]
    middle = [span.start + (span.extent - 1) / 2 for span in (first, last)]
    alone = flat and section.cut is None
    return Panel(
        drawn,
        title,
        (first if flat else drawn.frame[0], last),
        (middle[0] if flat else None, middle[1]),
        whole=None if whole is None or not flat else (whole[axes[0]], whole[axes[1]]),
        contours=contours(values) if alone and values.any() else (),
        sums=(block_means(values.sum(1), [step]), block_means(values.sum(0), [step]))
        if alone and summed
        else None,
    )

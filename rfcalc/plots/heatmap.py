"""What does one output see? A picture of its sampled cells, path counts or expected field."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from rfcalc.cells import Cells
from rfcalc.energies import Energy
from rfcalc.errors import many
from rfcalc.plots.energy_map import energy_plot
from rfcalc.plots.fields import Field, Result, field
from rfcalc.plots.fitting import fit
from rfcalc.plots.labels import labels
from rfcalc.plots.page import compose
from rfcalc.plots.panel import Panel
from rfcalc.plots.planes import Plane, plane
from rfcalc.plots.scale import Spread, scale
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["KINDS", "LABELS", "brief", "cuts", "facts", "headline", "heatmap", "panel"]

KINDS = {"mask": "sampled cells", "paths": "path counts", "erf": "expected effective field"}
"""What is drawn, in words."""
LABELS = {
    "mask": "cells",
    "paths": "paths from the cell to the output",
    "erf": "share of the expected gradient variance",
}


def heatmap(
    result: Result,
    *,
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    letters: bool = False,
    rate: Fraction | None = None,
) -> "Figure":
    """Return the figure of a mask, of path counts or of an expected effective field.

    Every cell is a square of whole device pixels. One axis is drawn as a strip with its profile,
    two as a plane, three as three sections through the centre. Planes too large for a pixel per
    cell are drawn in blocks; a block with a hole is marked, and the heading says so.

    Parameters
    ----------
    spread : ``"log"`` or ``"linear"``; by default path counts go by decades when they span two.
    cmap : a matplotlib colour map for counts.
    title : the first line; an empty one leaves the whole heading away.
    size : largest width of the figure in inches; by default as large as the cells need.
    bare : neither heading nor legend, for a figure with a caption.
    letters : whether panels are called (a), (b), ..
    rate : cells of the input per second; an axis of time is labelled in milliseconds.

    Raises
    ------
    RfcalcError
        RF406 a rate without an axis of time, RF420 nothing to draw, RF421 an unknown colour map,
        RF422 a size out of range.
    """
    style = Style(dpi, size, cmap, title, bare, letters, rate).checked()
    found = field(result)
    if isinstance(result, Energy) and found.mask.region.bounds is not None:
        return _expected(found, style, spread)
    dims = len(found.frame)
    step, zoom = fit([found.frame], style, 3 if dims == 3 else 1)
    planes = cuts(found, step)
    shared = None if found.counts is None else scale(found.counts, found.what == "erf", spread)
    heading = [title or headline(found), *facts(found, step)]
    panels = [panel(found, drawn, rate=rate) for drawn in planes]
    return compose(panels, heading, shared, LABELS[found.what], zoom, style)


def _expected(found: Field, style: Style, spread: Spread) -> "Figure":
    """Return the map of an expected effective field."""
    question = found.question
    assert found.counts is not None
    size = question.grid if question.bordered else question.network.nodes[question.source].size
    whole, note = None, list[str]()
    if size is not None and question.source == 0:
        whole = tuple(Cells.run(0, n) for n in size)
        if not question.bordered and found.centre is not None:
            places = zip(found.centre, size, strict=True)
            whole = tuple(Cells.run(ceil(middle - Fraction(n, 2)), n) for middle, n in places)
            note = [f"input {_by(size)}, its middle at the centre of the field"]
    return energy_plot(
        found.counts,
        found.start,
        heading=[style.title or headline(found), *facts(found), *note],
        label=LABELS["erf"],
        style=style,
        box=found.box,
        whole=whole,
        bordered=question.bordered,
        read=found.mask.array(),
        spread=spread,
        labels=labels(question.network, question.source, style.rate),
    )


def cuts(found: Field, step: int) -> list[Plane]:
    """Return the planes that show a field: one, or three sections through its centre."""
    dims = len(found.frame)
    if dims < 3:
        return [plane(found, tuple(range(dims)), step)]
    spans = found.box or found.frame
    middle = [span.start + (span.extent - 1) // 2 for span in spans]
    middle = [min(max(m, f.start), f.stop - 1) for m, f in zip(middle, found.frame, strict=True)]
    pairs = ((1, 2, 0), (0, 2, 1), (0, 1, 2))
    return [plane(found, (a, b), step, middle[cut]) for a, b, cut in pairs]


def panel(found: Field, drawn: Plane, title: str = "", rate: Fraction | None = None) -> Panel:
    """Return a plane with the box and the centre of its field."""
    box, centre = found.box, found.centre
    words = labels(found.question.network, found.question.source, rate, found.mask.axes)
    if drawn.index is not None and not title:
        cut = next(axis for axis in range(3) if axis not in drawn.axes)
        title = f"{words.names[cut]} {drawn.index}"
    if box is None or centre is None:
        return Panel(drawn, title, labels=words)
    inside = found.question.bordered and box != found.frame
    last = drawn.axes[-1]
    if len(drawn.axes) == 1:
        return Panel(
            drawn,
            title,
            (drawn.frame[0], box[0]) if inside else (None, None),
            (None, float(centre[0])),
            labels=words,
        )
    first = drawn.axes[0]
    outline = (box[first], box[last]) if inside else (None, None)
    return Panel(drawn, title, outline, (float(centre[first]), float(centre[last])), labels=words)


def headline(found: Field) -> str:
    """Return the first line: what is drawn, of which layer of which network."""
    question = found.question
    return f"{question.network.name}: {KINDS[found.what]} of {question.layer} on {question.origin}"


def facts(found: Field, step: int = 1) -> list[str]:
    """Return the lines below: the field, its density, the verdict, and what was reduced."""
    drawn, question = found.mask, found.question
    place: list[str] = []
    if question.bordered:
        place = [f"output ({_by(question.output, ', ')}), borders included"]
    elif any(question.output):
        place = [f"phase ({_by(question.output, ', ')})"]
    region = drawn.region
    bounds = region.bounds
    if bounds is None:
        return [_line([*place, "no cell is read"])]
    extents = [span.extent for span in bounds]
    field = f"RF {_by(extents)}"
    if found.box is not None and extents != (free := [span.extent for span in found.box]):
        field += f" inside, {_by(free)} with padding"
    sampled = f"{drawn.cells:,} of {region.volume:,} cells"
    lines = [_line([*place, field, sampled, f"density {drawn.density:.4g}"])]
    verdict = "no holes"
    if region.holes:
        runs = [region.largest_hole(axis) for axis in range(len(extents))]
        wide = f"{_by(runs, ' and ')} cells (by axis)"
        wide = many(runs[0], "cell") if len(set(runs)) == 1 else wide
        verdict = f"has holes: up to {wide} in a row missing"
    middle = () if found.centre is None else (f"centre ({_by(map(_short, found.centre), ', ')})",)
    lines.append(_line([verdict, *middle]))
    if drawn.beyond:
        lines.append(f"'{question.layer}' {drawn.beyond}: the other axes are drawn")
    if step > 1:
        sides = _by([step] * min(2, len(extents)))
        lines.append(f"reduced: one square shows {sides} cells, dithered when some are holes")
    if found.assumed:
        lines.append(f"not exact, assumed: {', '.join(found.assumed)}")
    return lines


def brief(found: Field, name: str) -> str:
    """Return a name with the extents and the density of its field, for a small panel."""
    bounds = found.mask.region.bounds
    if bounds is None:
        return _line([name, "no cell is read"])
    field = f"RF {_by([span.extent for span in bounds])}"
    return _line([name, field, f"density {found.mask.density:.3g}"])


def _line(clauses: Sequence[str]) -> str:
    """Join clauses so that a line is broken only between them."""
    return " \u00b7 ".join(clause.replace(" ", "\u00a0") for clause in clauses)


def _short(value: Fraction) -> str:
    return f"{value.numerator / 2:.1f}" if value.denominator == 2 else str(value)


def _by(values: "Sequence[object] | map[str]", between: str = " \u00d7 ") -> str:
    return between.join(map(str, values))

"""What does a notebook show of a result, and what does rich print? One form per kind of value."""

from functools import singledispatch
from io import StringIO
from typing import TYPE_CHECKING, Any

from rfcalc.coverage import Fit
from rfcalc.energies import Energy
from rfcalc.errors import RfcalcError
from rfcalc.footprint import Footprint
from rfcalc.hdc import HdcVerdict
from rfcalc.library.input_sizes import InputSizes
from rfcalc.library.places import Places
from rfcalc.masks import Mask
from rfcalc.path_counts import Paths
from rfcalc.render.design import design_document
from rfcalc.render.document import Column, Document, Table
from rfcalc.render.fields import causes
from rfcalc.render.fit import fit_document
from rfcalc.render.formats import as_json, as_table
from rfcalc.render.hdc import hdc_document
from rfcalc.render.inert import html_page
from rfcalc.render.page.tables import html_parts
from rfcalc.render.plain import Plain
from rfcalc.render.report import report_document
from rfcalc.render.sizes import sizes_document
from rfcalc.render.terminal import draw_mask, legend
from rfcalc.render.where import places_document
from rfcalc.report import Report
from rfcalc.schedules import Design
from rfcalc.shown import visible
from rfcalc.taps import Taps

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["data", "html", "png", "text"]


@singledispatch
def document(value: Any) -> Document:
    """Return the document that stands for a value."""
    raise TypeError(f"{type(value).__name__} has no document")


@document.register
def _report(value: Report) -> Document:
    return report_document(value)


@document.register
def _hdc(value: HdcVerdict) -> Document:
    return hdc_document(value, 72, colour=False, unicode=True)


@document.register
def _fit(value: Fit) -> Document:
    return fit_document(value)


@document.register
def _places(value: Places) -> Document:
    return places_document(value.network, value.places)


@document.register
def _input_sizes(value: InputSizes) -> Document:
    found = (value.rules, value.free, value.shares, value.by, value.taps)
    return sizes_document(value.network, *found)


@document.register
def _design(value: Design) -> Document:
    return design_document(value)


_ENDLESS = {"both": "the whole axis", "before": "all before", "after": "all after"}


@document.register
def _footprint(value: Footprint) -> Document:
    """One row per box and axis: what output 0 reads, and how it moves."""
    heads = ("box", "axis", "reads at 0", "cells", "largest hole", "jump", "phases")
    rows: list[tuple[str, ...]] = []
    for number, box in enumerate(value.boxes):
        for axis, taps in enumerate(box):
            if not isinstance(taps, Taps):
                rows.append((str(number), str(axis), _ENDLESS[taps.side], "-", "-", "-", "-"))
                continue
            cells = taps.read(0)
            span = f"{cells.start} .. {cells.stop - 1}" if cells else "nothing"
            numbers = (cells.count, cells.largest_hole, taps.jump, taps.period)
            rows.append((str(number), str(axis), span, *map(str, numbers)))
    cause = "" if value.bounded else f", unbounded by {causes(value.unbounded)}"
    title = f"footprint of {len(value.boxes)} box{'es' * (len(value.boxes) != 1)}{cause}"
    return Document((Table(title, tuple(Column(head) for head in heads), tuple(rows)),), {})


def data(value: Any) -> dict[str, Any]:
    """Return a value as the JSON of its command, with fractions as texts."""
    import json

    return json.loads(as_json(document(value)))


def html(value: Any) -> str:
    """Return a value as HTML that can stand among other elements."""
    return html_page(f'<div class="rfcalc">{html_parts(document(value).parts)}</div>')


def png(value: Mask | Paths | Energy) -> bytes | None:
    """Return the heatmap of a result, ``None`` when there is nothing to draw."""
    from rfcalc import plots

    try:
        return plots.render(plots.heatmap(value, dpi=100), "png")
    except RfcalcError:
        return None


@singledispatch
def text(value: Any) -> "Text":
    """Return a value as rich prints it."""
    from rich.console import Console
    from rich.text import Text

    file = StringIO()
    as_table(document(value), Console(file=file, force_terminal=True, width=100, highlight=False))
    return Text.from_ansi(file.getvalue().rstrip("\n"))


@text.register(Mask)
def _mask(value: Mask) -> "Text":
    from rich.text import Text

    question = value.question
    head = f"{question.layer} on {question.origin}: RF {'x'.join(map(str, value.rf)) or '-'}, "
    head += f"{value.cells} cells, density {value.density:.4g}"
    lines = [*draw_mask(value.region, 72, colour=True), legend(value.region, 72, colour=True)]
    shown = [line.__rich__() if isinstance(line, Plain) else line for line in lines]
    return Text("\n").join([Text(visible(head)), *shown])


@text.register(Paths)
def _paths(value: Paths) -> "Text":
    from rich.text import Text

    question = value.question
    shape = "x".join(map(str, value.shape))
    held = value.counts[value.counts > 0]
    most = f"{held.min()} to {held.max()} paths per cell" if held.size else "no paths"
    head = f"path counts of {question.layer} on {question.origin}: {shape} cells, {most}"
    return Text(visible(head))


@text.register(Energy)
def _energy(value: Energy) -> "Text":
    from rich.text import Text

    question = value.question
    shape = "x".join(map(str, value.shape))
    head = f"expected effective field of {question.layer} on {question.origin}: {shape} cells"
    return Text(visible(head))

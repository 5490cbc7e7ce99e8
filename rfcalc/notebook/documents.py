"""Which document stands for a result? One function per kind of value."""

from functools import singledispatch

from rfcalc.comparison import Comparison
from rfcalc.conversion import Converted
from rfcalc.costs import Costs
from rfcalc.coverage import Fit
from rfcalc.effective import Effective
from rfcalc.footprint import Footprint
from rfcalc.hdc import HdcVerdict
from rfcalc.library.exporting import Exports
from rfcalc.library.input_sizes import InputSizes
from rfcalc.library.meanings import Explanation
from rfcalc.library.places import Places
from rfcalc.library.repairs import Fixed
from rfcalc.library.scans import Scan
from rfcalc.library.shelves import Zoo
from rfcalc.library.streaming import Streaming
from rfcalc.library.tiles import Tiles
from rfcalc.locations import Projection
from rfcalc.network import Network
from rfcalc.render.checks import Checks
from rfcalc.render.compare import comparison_document
from rfcalc.render.conversion import converted_document
from rfcalc.render.costs import costs_document
from rfcalc.render.design import design_document
from rfcalc.render.document import Column, Document, Table
from rfcalc.render.effective import effective_document
from rfcalc.render.explanation import explanation_document, meanings_document
from rfcalc.render.exports import exports_document
from rfcalc.render.fields import causes
from rfcalc.render.fit import fit_document
from rfcalc.render.gate_table import checks_document
from rfcalc.render.hdc import hdc_document
from rfcalc.render.networks import network_document
from rfcalc.render.repair import repair_document
from rfcalc.render.report import report_document
from rfcalc.render.scan import scan_document
from rfcalc.render.sizes import sizes_document
from rfcalc.render.stream import stream_document
from rfcalc.render.tiling import answer_document
from rfcalc.render.verification import verification_document
from rfcalc.render.where import places_document, projection_document
from rfcalc.render.zoo import zoo_document
from rfcalc.report import Report
from rfcalc.schedules import Design
from rfcalc.taps import Taps
from rfcalc.verification.result import Verification

__all__ = ["document_of"]


@singledispatch
def document_of(value: object) -> Document:
    """Return the document that stands for a value."""
    raise TypeError(f"{type(value).__name__} has no document")


@document_of.register
def _network(value: Network) -> Document:
    return network_document(value)


@document_of.register
def _report(value: Report) -> Document:
    return report_document(value)


@document_of.register
def _hdc(value: HdcVerdict) -> Document:
    return hdc_document(value, 72, colour=False, unicode=True)


@document_of.register
def _fit(value: Fit) -> Document:
    return fit_document(value)


@document_of.register
def _places(value: Places) -> Document:
    return places_document(value.network, value.places)


@document_of.register
def _projection(value: Projection) -> Document:
    return projection_document(value)


@document_of.register
def _input_sizes(value: InputSizes) -> Document:
    found = (value.rules, value.free, value.shares, value.by, value.taps)
    return sizes_document(value.network, *found)


@document_of.register
def _design(value: Design) -> Document:
    return design_document(value)


_ENDLESS = {"both": "the whole axis", "before": "all before", "after": "all after"}


@document_of.register
def _tiles(value: Tiles) -> Document:
    proven = (value.proof, value.description, value.model)
    return answer_document(value.answer, value.rules, value.chosen, *proven)


@document_of.register
def _streaming(value: Streaming) -> Document:
    return stream_document(value.network.name, value.needs, value.rate, value.proof)


@document_of.register
def _fixed(value: Fixed) -> Document:
    return repair_document(value.repair, value.before, value.file)


@document_of.register
def _comparison(value: Comparison) -> Document:
    return comparison_document(value)


@document_of.register
def _explanation(value: Explanation) -> Document:
    if value.single:
        return explanation_document(value.code, as_row=True)
    return meanings_document([one.code for one in value])


@document_of.register
def _zoo(value: Zoo) -> Document:
    return zoo_document(value.networks)


@document_of.register
def _converted(value: Converted) -> Document:
    return converted_document(value)


@document_of.register
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


@document_of.register
def _checks(value: Checks) -> Document:
    return checks_document(value)


@document_of.register
def _costs(value: Costs) -> Document:
    return costs_document(value)


@document_of.register
def _effective(value: Effective) -> Document:
    return effective_document([value])


@document_of.register
def _exports(value: Exports) -> Document:
    return exports_document(value.arrays)


@document_of.register
def _scan(value: Scan) -> Document:
    return scan_document(value.lines, value.others, value.before, value.seconds, value.file)


@document_of.register
def _verification(value: Verification) -> Document:
    return verification_document(value)

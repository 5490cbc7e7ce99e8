"""Why does a window not widen the field, or by more than it is wide? Fields phase by phase."""

from collections import Counter

from rfcalc.errors import many
from rfcalc.footprint import Footprint
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import Row, extents, traced
from rfcalc.layers.window import ConvTranspose
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.report import Report

__all__ = ["with_phases"]

_LAYERS = 3
"""Most layers that are explained."""
_EXTENTS = 4
"""Most different fields of a layer that are written out."""
_COLUMNS = (
    Column("layer", "left", 100),
    Column("kernel", keep=50),
    Column("fields by phase", "left", 95),
    Column("of its input", "left", 90),
)
_WHY = (
    "behind an upsampling the field depends on where an output lies between the upsampled cells, "
    "its phase; the table above has the largest, and a kernel may widen the others alone"
)


def with_phases(document: Document, report: Report) -> Document:
    """Return the document of a report with the fields by phase of layers that need them.

    Those are windows whose field is not what the formula of a chain gives, on an axis with several
    phases: the second 3 x 3 behind an upsampling may leave the largest field as it is.
    """
    held = {row.name: row for row in report.rows}
    told = [(row, axis) for row in report.rows if (axis := _axis(row, held)) is not None]
    if not told:
        return document
    network = report.network
    shown = [(row, held[row.inputs[0]], axis) for row, axis in told[:_LAYERS]]
    keep = {network.index(one.name, 0) for row, before, _ in shown for one in (row, before)}
    found = traced(network, report.rows[0].name, keep)[1]
    rows = tuple(
        (
            row.name,
            str(kernel_of(row.node.layer)[axis]),
            _fields(found[network.index(row.name, 0)], axis),
            f"{before.name}: {_fields(found[network.index(before.name, 0)], axis)}",
        )
        for row, before, axis in shown
    )
    notes = [_WHY]
    if len(told) > _LAYERS:
        notes.insert(0, f"and {many(len(told) - _LAYERS, 'more layer')}, alike")
    parts = (Table("", _COLUMNS, rows), Lines("", tuple(("dim", note) for note in notes)))
    return Document((document.parts[0], *parts, *document.parts[1:]), document.source)


def _axis(row: Row, held: dict[str, Row]) -> int | None:
    """Return the first axis on which phases give another field than the formula of a chain."""
    kernel, dilation = kernel_of(row.node.layer), dilation_of(row.node.layer)
    before = held.get(row.inputs[0]) if len(row.inputs) == 1 else None
    if before is None or not kernel or isinstance(row.node.layer, ConvTranspose):
        return None
    for axis, (k, d) in enumerate(zip(kernel, dilation, strict=True)):
        field, last = (one.rf[axis] if one.rf else None for one in (row, before))
        jump, phases = before.jump[axis], max(row.phases[axis], before.phases[axis])
        if field is None or last is None or jump is None or phases == 1 or k == 1:
            continue
        if field != last + (k - 1) * d * jump:
            return axis
    return None


def _fields(found: Footprint, axis: int) -> str:
    """Return the fields on an axis, each with its share of the phases."""
    fields = extents(found, axis)
    counted = sorted(Counter(fields).items())
    if len(counted) == 1:
        return str(fields[0])
    parts = [f"{field} on {times}" for field, times in counted[:_EXTENTS]]
    more = [f"{len(counted) - _EXTENTS} more"] if len(counted) > _EXTENTS else []
    return f"{', '.join([*parts, *more])} of {len(fields)}"

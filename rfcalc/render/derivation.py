"""How does each field come about? Effective kernel, field and jump, written out row by row."""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc.errors import many
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import Row, footprint
from rfcalc.layers.window import ConvTranspose
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.render.report_data import strides
from rfcalc.render.terminal import draw_mask
from rfcalc.report import Report

__all__ = ["derivation", "with_derivation"]

_DRAWN = 4
"""Most fields that are drawn, the first ones."""
_WIDEST = 33
"""Widest field that is drawn, in cells."""
_COLUMNS = (
    Column("layer", "left", 100),
    Column("effective kernel K_c = d*(k-1) + 1", "left", 90),
    Column("field RF = RF before + (k-1)*d*jump before", "left", 99),
    Column("jump after", "left", 80),
)
_NOTES = (
    "the layer's own stride does not enter its field: it multiplies the jump after it",
    "padding moves a field and never widens it",
)
_TRANSPOSED = (
    "a transposed convolution reads at most ceil(k/stride) cells of its input, and divides the "
    "jump by its stride"
)


def with_derivation(
    document: Document, report: Report, width: int = 80, colour: bool = False, unicode: bool = True
) -> Document:
    """Return the document of a report with every row written out before the verdict.

    The first fields of windows are drawn while they are small.
    """
    parts = (*derivation(report), *_pictures(report, width, colour, unicode))
    return Document((*document.parts[:-1], *parts, document.parts[-1]), document.source)


def derivation(report: Report) -> tuple[Table, Lines]:
    """Return the table with every row written out, and what holds of all of them.

    The formula of a chain is written where it gives the field. Where it does not, as behind a
    merge, a transposed convolution or a global layer, the row says so and gives the exact field.
    """
    held = {row.name: row for row in report.growth.rows}
    rows = tuple(_derivation_row(row, held) for row in report.growth.rows)
    several = any(isinstance(row.node.layer, ConvTranspose) for row in report.growth.rows)
    notes = Lines("", tuple(("", note) for note in (*_NOTES, *[_TRANSPOSED] * several)))
    return Table("written out", _COLUMNS, rows), notes


def _derivation_row(row: Row, held: dict[str, Row]) -> tuple[str, str, str, str]:
    """Return the cells of a row."""
    before = held.get(row.inputs[0]) if len(row.inputs) == 1 else None
    kernel, dilation, stride = kernel_of(row.node.layer), dilation_of(row.node.layer), None
    if kernel:
        stride = strides(row.node)
    axes = range(len(row.jump))
    effective = [
        f"{d}*({k}-1) + 1 = {d * (k - 1) + 1}" for k, d in zip(kernel, dilation, strict=True)
    ]
    grown = [_field(row, before, kernel, dilation, stride, axis) for axis in axes]
    moved = [_jump(row, before, stride, axis) for axis in axes]
    return row.name, _join(effective), _join(grown), _join(moved)


def _field(
    row: Row,
    before: Row | None,
    kernel: Sequence[int],
    dilation: Sequence[int],
    stride: Sequence[int] | None,
    axis: int,
) -> str:
    """Return the sum that gives the field on an axis, or the field and why there is no sum."""
    field = row.rf[axis] if row.rf is not None else None
    if field is None:
        return "unbounded"
    if not row.inputs:
        return f"{field}, where counting starts"
    if len(row.inputs) > 1:
        return f"{field}, from the first to the last cell of all {len(row.inputs)} inputs"
    last = before.rf[axis] if before is not None and before.rf is not None else None
    step = before.jump[axis] if before is not None else None
    if not kernel and last == field:
        return f"{field}, as before"
    if kernel and stride and last is not None and step is not None:
        k, d, s = kernel[axis], dilation[axis], stride[axis]
        grown, words = (k - 1) * d * step, f"({k}-1)*{d}*{step}"
        if isinstance(row.node.layer, ConvTranspose):
            grown, words = (-(-k // s) - 1) * step, f"(ceil({k}/{s})-1)*{step}"
        if last + grown == field and (d == 1 or "ceil" not in words):
            return f"{last} + {words} = {field}"
    return f"{field}, not by the formula of a chain"


def _jump(row: Row, before: Row | None, stride: Sequence[int] | None, axis: int) -> str:
    """Return the product that gives the jump on an axis, or the jump."""
    jump = row.jump[axis]
    last = before.jump[axis] if before is not None else None
    if jump is None:
        return "-"
    if stride is None or last is None:
        return str(jump)
    sign, told = "*", last * Fraction(stride[axis])
    if isinstance(row.node.layer, ConvTranspose):
        sign, told = "/", last / Fraction(stride[axis])
    return f"{last}{sign}{stride[axis]} = {jump}" if told == jump else str(jump)


def _join(texts: Sequence[str]) -> str:
    """Return one text where all axes agree, else one per axis."""
    return "; ".join(texts if len(set(texts)) > 1 else texts[:1]) or "-"


def _pictures(report: Report, width: int, colour: bool, unicode: bool) -> list[Lines]:
    """Return drawings ``F1``, ``F2``, .. of what the first windows of the network sample."""
    network = report.network
    origin = network.index(report.growth.rows[0].name, 0)
    drawn: list[Lines] = []
    for row in report.growth.rows:
        extents = row.rf or ()
        small = row.bounded and all(n is not None and n <= _WIDEST for n in extents)
        if not small or max(kernel_of(row.node.layer), default=1) < 2 or len(drawn) == _DRAWN:
            continue
        found = footprint(network, origin, network.index(row.name, network.output))
        size = " x ".join(map(str, extents))
        title = (
            f"F{len(drawn) + 1}: '{row.name}' sees {size}, {many(row.cells or 0, 'cell')} sampled"
        )
        lines = draw_mask(found.read(row.phase), width, colour, unicode)
        drawn.append(Lines(title, tuple(("", line) for line in lines)))
    return drawn

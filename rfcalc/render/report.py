"""How is the analysis of a network shown? Its rows, stages, findings and verdict."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from rfcalc.errors import many
from rfcalc.gridding.measures import Measures
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import Row
from rfcalc.network import Network
from rfcalc.render.document import Column, Document, Layers, Lines, Table, by_axis, granted
from rfcalc.render.fields import causes, extents
from rfcalc.render.hdc import rules
from rfcalc.render.report_data import padding, report_data, strides
from rfcalc.render.stages import NAME, SEEN, TITLE, named, runs_table, seen
from rfcalc.report import Report

if TYPE_CHECKING:
    from rfcalc.gridding.evenness import Evenness

__all__ = ["laid_out", "report_document"]

_FIELD = (
    Column("rf", keep=99),
    Column("jump", keep=90),
    Column("start", keep=35),
    Column("center", keep=30),
    Column("density", keep=80),
    Column("hole", keep=93),
)
_COLUMNS = (
    Column("layer", "left", 100),
    Column("op", "left", 60),
    Column("kernel", keep=70),
    Column("stride", keep=68),
    Column("dilation", keep=92),
    Column("padding", keep=95),
    Column("size", keep=66),
    *_FIELD,
)


def report_document(report: Report, beside: Sequence[Lines] = ()) -> Document:
    """Return the document of an analysis; the data is that of SPEC, section 4.

    Parameters
    ----------
    beside : what stands below the stages, where there are any.
    """
    network = report.network
    size = "x".join(map(str, network.input)) if network.input else "size not given"
    title = f"{network.name}   input {size}, {network.dims}-D{laid_out(network)}"
    title += f", {network.read}" if network.read else ""
    rows = tuple(_cells(report, row) for row in report.rows)
    layers = Layers(tuple(row.name for row in report.rows), partial(_joined, rows))
    parts: list[Table | Lines] = [Table(title, _COLUMNS, rows, layers)]
    if len(report.answers) > 1:
        parts.append(_answers(report))
    if report.stages:
        parts.append(_stages(report))
        runs = runs_table(report.stages)
        parts += [runs] if runs else []
        parts += beside
    if report.measures is not None:
        parts.append(_measures(report.measures))
    if report.findings:
        lines = [
            (f.severity, (f"{f.code} {f.severity}: {f.message}", f"    help: {f.help}"))
            for f in report.findings
        ]
        parts.append(Lines("findings", tuple(lines)))
    parts += granted(report.assumed)
    style = "bad" if report.gridded else "good"
    parts.append(Lines("", ((style, f"verdict: {report.verdict}"),)))
    return Document(tuple(parts), partial(report_data, report))


def laid_out(network: Network) -> str:
    """Return what a title says of the layout of a model's inputs, empty for a network file."""
    return f", layout {' '.join(network.layouts)}" if network.layouts else ""


def _joined(rows: Sequence[tuple[str, ...]], joined: Sequence[int]) -> tuple[str, ...]:
    """Return the cells of several rows in one: the numbers behind the last of them."""
    last = rows[joined[-1]]
    parameters = ("kernel", "stride", "dilation", "padding")
    return tuple(
        "-" if column.head in parameters else text
        for column, text in zip(_COLUMNS, last, strict=True)
    )


def _cells(report: Report, row: Row) -> tuple[str, ...]:
    layer = row.node.layer
    return (
        row.name,
        layer.op,
        by_axis(kernel_of(layer) or None),
        by_axis(strides(row.node)),
        by_axis(dilation_of(layer) or None),
        _pads(padding(report, row.node)),
        by_axis(row.node.size),
        *_field(row),
    )


def _field(row: Row) -> tuple[str, ...]:
    return (
        extents(row.rf, row.unbounded),
        by_axis(row.jump),
        by_axis(row.start),
        by_axis(None if row.center is None else [c and _number(c) for c in row.center]),
        "-" if row.density is None else f"{row.density:.3f}",
        by_axis(row.largest_hole) if row.holes else "-",
    )


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def _pads(pads: list[list[int]] | None) -> str:
    if pads is None:
        return "-"
    return by_axis([str(a) if a == b else f"{a}:{b}" for a, b in pads])


def _answers(report: Report) -> Table:
    columns = (
        Column("output", "left", 100),
        Column("input", "left", 95),
        *_FIELD,
        Column("unbounded by", "left", 40),
    )
    rows: list[tuple[str, ...]] = []
    for answer in report.answers:
        row = answer.row
        if row is None:
            seen = "not told" if answer.depends else "none"
            rows.append((answer.output, answer.source, seen, *["-"] * len(_FIELD)))
        else:
            rows.append((answer.output, answer.source, *_field(row), causes(row.unbounded)))
    return Table("every output against every input", columns, tuple(rows))


def _stages(report: Report) -> Table:
    columns = (NAME, *SEEN, Column("HDC", "left", 50), Column("in input pixels", "left", 40))
    rows: list[tuple[str, ...]] = []
    for stage in report.stages:
        hdc = "-" if stage.hdc is None else rules(stage.hdc)
        pixels = {None: "-", True: "holes", False: "covered"}[stage.input_holes]
        pixels = "unbounded" if stage.unbounded else pixels
        rows.append((named(stage), *seen(stage), hdc, pixels))
    return Table(TITLE, columns, tuple(rows))


def _measures(found: Measures) -> Table:
    columns = (Column("measure", "left"), Column("value", "left"))
    rows = [
        *((("extent", by_axis(found.rf)), ("not known", found.reason)) if found.reason else ()),
        ("largest hole", by_axis(found.largest_hole)),
        ("density", _dense(found)),
        ("sublattices", by_axis(found.sublattices)),
        ("neighbour overlap", by_axis([f"{share:.3f}" for share in found.overlap])),
        ("solid core", by_axis([extent for _, extent in found.core])),
        ("rim holes", by_axis(found.rim_holes)),
        (
            "input read by any output",
            "-" if found.read_share is None else f"{found.read_share:.4f}",
        ),
    ]
    even = found.evenness
    if even is not None:
        rows += _evenness(even, found.rf)
    elif not found.reason:
        rows.append(("energy", "not measured: more cells than can be written out"))
    return Table(f"measures of '{found.layer}'", columns, tuple(rows))


def _dense(found: Measures) -> str:
    if found.density is None or found.cells is None:
        return f"- against '{found.source}'"
    return f"{found.density:.4f} ({many(found.cells, 'cell')}) against '{found.source}'"


def _evenness(even: "Evenness", rf: Sequence[int]) -> list[tuple[str, str]]:
    """Return the rows on path counts and on the energy."""
    counted = even.least is not None and even.most is not None
    center = "not measured" if even.center is None else f"{even.center:.3f}"
    return [
        ("path counts", f"{even.least} to {even.most}" if counted else "not counted: too many"),
        ("variation of the energy", f"{even.cv:.3f}"),
        ("centre / maximum", center),
        *(
            (f"spectral leak at {at}", by_axis([f"{leak[at]:.3f}" for leak in even.leak]))
            for at in even.leak[0]
        ),
        (
            "deviation / rf",
            by_axis([f"{d / r:.3f}" for d, r in zip(even.deviation, rf, strict=True)]),
        ),
        *((f"square with {p} % of energy", str(side)) for p, side in even.squares.items()),
        *(("assumed of the energy", reason) for reason in even.assumed),
    ]

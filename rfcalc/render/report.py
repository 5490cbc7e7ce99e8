"""How is the analysis of a network shown? Its rows, stages, findings and verdict."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from rfcalc import __version__
from rfcalc.errors import NeedsSize
from rfcalc.gridding.measures import Measures
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.growth import Row
from rfcalc.network import Node
from rfcalc.render.document import Column, Document, Lines, Table, by_axis
from rfcalc.render.hdc import hdc_data
from rfcalc.report import Report, StageReport

__all__ = ["measures_data", "report_document", "report_rows"]

_COLUMNS = (
    Column("layer", "left", 100),
    Column("op", "left", 60),
    Column("kernel", keep=70),
    Column("stride", keep=68),
    Column("dilation", keep=69),
    Column("padding", keep=95),
    Column("size", keep=66),
    Column("rf", keep=99),
    Column("jump", keep=90),
    Column("start", keep=35),
    Column("center", keep=30),
    Column("density", keep=80),
    Column("hole", keep=50),
)


def report_document(report: Report) -> Document:
    """Return the document of an analysis; the data is that of SPEC, section 4."""
    network = report.network
    size = "x".join(map(str, network.input)) if network.input else "size not given"
    title = f"{network.name}   input {size}, {network.dims}-D"
    parts: list[Table | Lines] = [Table(title, _COLUMNS, report_rows(report))]
    if report.stages:
        parts.append(_stages(report))
    if report.measures is not None:
        parts.append(_measures(report.measures))
    if report.findings:
        lines = [
            (f.severity, f"{f.code} {f.severity}: {f.message}\n    help: {f.help}")
            for f in report.findings
        ]
        parts.append(Lines("findings", tuple(lines)))
    if report.assumed:
        parts.append(Lines("assumed", tuple(("warning", text) for text in report.assumed)))
    style = "bad" if report.gridded else "good"
    parts.append(Lines("", ((style, f"verdict: {report.verdict}"),)))
    return Document(tuple(parts), report_data(report))


def report_rows(report: Report) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the layer table."""
    return tuple(_cells(report, row) for row in report.rows)


def _cells(report: Report, row: Row) -> tuple[str, ...]:
    layer = row.node.layer
    unseen = "all" if row.unbounded else "-"
    return (
        row.name,
        layer.op,
        by_axis(kernel_of(layer) or None),
        by_axis(_strides(row.node)),
        by_axis(dilation_of(layer) or None),
        _pads(padding(report, row.node)),
        by_axis(row.node.size),
        by_axis(row.rf) if row.rf else unseen,
        by_axis(row.jump),
        by_axis(row.start),
        by_axis(None if row.center is None else [_number(c) for c in row.center]),
        "-" if row.density is None else f"{row.density:.3f}",
        by_axis(row.largest_hole) if row.holes else "-",
    )


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def _strides(node: Node) -> tuple[int, ...] | None:
    layer = node.layer
    if not kernel_of(layer):
        return None
    step: Callable[[int], int] | None = getattr(layer, "step", None)
    return None if step is None else tuple(step(axis) for axis in range(len(node.taps)))


def padding(report: Report, node: Node) -> list[list[int]] | None:
    """Return the resolved padding of a window layer, ``[before, after]`` per axis."""
    pads = getattr(node.layer, "pads", None)
    if pads is None:
        return None
    sizes = report.network.nodes[node.inputs[0]].size if node.inputs else None
    try:
        return [
            list(pads(None if sizes is None else sizes[axis], axis))
            for axis in range(len(node.taps))
        ]
    except NeedsSize:
        return None


def _pads(pads: list[list[int]] | None) -> str:
    if pads is None:
        return "-"
    return by_axis([str(a) if a == b else f"{a}:{b}" for a, b in pads])


def _stages(report: Report) -> Table:
    columns = (
        Column("stage", "left", 100),
        Column("dilations", "left", 20),
        Column("rf", keep=90),
        Column("density", keep=85),
        Column("hole", keep=84),
        Column("sublattices", keep=60),
        Column("HDC", "left", 50),
        Column("in input pixels", "left", 40),
    )
    rows: list[tuple[str, ...]] = []
    for stage in report.stages:
        found = stage.measures
        seen = {None: "unbounded", True: "holes", False: "covered"}[stage.input_holes]
        rows.append(
            (
                f"{found.source} -> {found.layer}",
                _short([by_axis(d) if isinstance(d, tuple) else str(d) for d in stage.dilations]),
                by_axis(found.rf),
                f"{found.density:.3f}",
                by_axis(found.largest_hole),
                by_axis(found.sublattices),
                "-" if stage.hdc is None else ("holds" if stage.hdc.published else "broken"),
                seen,
            )
        )
    return Table("dilated stages, each against its own input", columns, tuple(rows))


def _short(rates: list[str]) -> str:
    """Return a list with repetitions counted, as in ``2 x6, 4 x2``."""
    runs: list[tuple[str, int]] = []
    for rate in rates:
        if runs and runs[-1][0] == rate:
            runs[-1] = (rate, runs[-1][1] + 1)
        else:
            runs.append((rate, 1))
    shown = [rate if times == 1 else f"{rate} x{times}" for rate, times in runs]
    return ", ".join(shown[:10]) + (", .." if len(shown) > 10 else "")


def _measures(found: Measures) -> Table:
    columns = (Column("measure", "left"), Column("value", "left"))
    rows = [
        ("largest hole", by_axis(found.largest_hole)),
        ("density", f"{found.density:.4f} ({found.cells} cells) against '{found.source}'"),
        ("sublattices", by_axis(found.sublattices)),
        ("neighbour overlap", by_axis([f"{share:.3f}" for share in found.overlap])),
        ("solid core", by_axis([extent for _, extent in found.core])),
        ("rim holes", by_axis(found.rim_holes)),
        ("input read by any output", f"{found.read_share:.4f}"),
    ]
    even = found.evenness
    if even is None:
        rows.append(("path counts", "not measured: more cells than can be written out"))
    else:
        rows += [
            ("path counts", f"{even.least} to {even.most}, variation {even.cv:.3f}"),
            ("centre / maximum", f"{even.center:.3f}"),
            *(
                (f"spectral leak at {at}", by_axis([f"{leak[at]:.3f}" for leak in even.leak]))
                for at in even.leak[0]
            ),
            (
                "deviation / rf",
                by_axis([f"{d / r:.3f}" for d, r in zip(even.deviation, found.rf, strict=True)]),
            ),
            *((f"square with {p} % of paths", str(side)) for p, side in even.squares.items()),
        ]
    return Table(f"measures of '{found.layer}'", columns, tuple(rows))


def report_data(report: Report) -> dict[str, Any]:
    """Return the data of an analysis as SPEC, section 4, lays it out."""
    network = report.network
    data: dict[str, Any] = {
        "rfcalc": __version__,
        "network": {"name": network.name, "dims": network.dims, "input": _list(network.input)},
        "layers": [_layer(report, row) for row in report.rows],
        "stages": [_stage(stage) for stage in report.stages],
        "findings": [
            {
                "code": f.code,
                "severity": f.severity,
                "layer": f.layer,
                "message": f.message,
                "help": f.help,
            }
            for f in report.findings
        ],
        "exact": report.exact,
        "assumed": list(report.assumed),
        "verdict": report.verdict,
    }
    if report.measures is not None:
        data["measures"] = measures_data(report.measures)
    return data


def _layer(report: Report, row: Row) -> dict[str, Any]:
    layer = row.node.layer
    return {
        "name": row.name,
        "op": layer.op,
        "inputs": list(row.inputs),
        "kernel": _list(kernel_of(layer) or None),
        "stride": _list(_strides(row.node)),
        "dilation": _list(dilation_of(layer) or None),
        "padding": padding(report, row.node),
        "size": _list(row.node.size),
        "rf": _list(row.rf),
        "jump": list(row.jump),
        "start": _list(row.start),
        "center": _list(row.center),
        "cells": row.cells,
        "density": row.density,
        "holes": row.holes,
        "largest_hole": _list(row.largest_hole),
        "phases": list(row.phases),
        "phase": list(row.phase),
        "unbounded": row.unbounded,
    }


def _stage(stage: StageReport) -> dict[str, Any]:
    found = stage.measures
    return {
        "source": found.source,
        "target": found.layer,
        "dilations": [list(d) if isinstance(d, tuple) else d for d in stage.dilations],
        "rf": list(found.rf),
        "density": found.density,
        "holes": found.holes,
        "sublattices": list(found.sublattices),
        "hdc": None if stage.hdc is None else hdc_data(stage.hdc),
        "input_holes": stage.input_holes,
        "measures": measures_data(found),
        "assumed": list(stage.assumed),
    }


def measures_data(found: Measures) -> dict[str, Any]:
    """Return gridding measures as data, in the order of THEORY 4."""
    even = found.evenness
    return {
        "largest_hole": list(found.largest_hole),
        "density": found.density,
        "cells": found.cells,
        "sublattices": list(found.sublattices),
        "overlap": list(found.overlap),
        "core": [list(run) for run in found.core],
        "rim_holes": list(found.rim_holes),
        "read_share": found.read_share,
        "evenness": None
        if even is None
        else {
            "least": even.least,
            "most": even.most,
            "total": even.total,
            "cv": even.cv,
            "center": even.center,
            "leak": list(even.leak),
            "deviation": list(even.deviation),
            "squares": {str(percent): side for percent, side in even.squares.items()},
        },
    }


def _list(values: Any) -> list[Any] | None:
    return None if values is None else list(values)

"""How are networks shown side by side? One row per network, then the layers that differ."""

from collections.abc import Callable, Sequence
from functools import partial

from rfcalc import __version__
from rfcalc.comparison import Comparison, Matched
from rfcalc.costs import cost
from rfcalc.documents import Data
from rfcalc.errors import fail
from rfcalc.interior import Row
from rfcalc.render.costs import COSTS, cost_cells, field_cell
from rfcalc.render.document import Column, Document, Lines, Table, by_axis, granted
from rfcalc.render.fields import extents, unbounded_data
from rfcalc.render.report_data import report_data
from rfcalc.render.stages import NAME, SEEN, TITLE, named, seen
from rfcalc.report import Report
from rfcalc.spelling import nearest

__all__ = ["comparison_document"]

_NETWORKS = (
    Column("network", "left", 100),
    Column("input", keep=50),
    Column("layers", keep=55),
    Column("output", "left", 60),
    Column("rf", keep=99),
    Column("jump", keep=90),
    Column("start", keep=30),
    Column("density", keep=85),
    Column("hole", keep=70),
    Column("stages", keep=65),
    Column("gridded", keep=80),
    Column("findings", "left", 40),
)


def comparison_document(
    found: Comparison,
    all_layers: bool = False,
    width: int | None = None,
    every: bool = True,
    columns: Sequence[str] = (),
) -> Document:
    """Return the document of a comparison; all layers, or those that differ or have other names.

    Networks stand in columns where these fit into ``width`` characters, else below each other.
    With ``every`` all outputs of each network have a row, else the one it was judged by.
    ``columns`` are those of the layers, ``op`` to ``hole``; all when empty.

    Raises
    ------
    RfcalcError
        RF406: a column that is not there.
    """
    chosen = _measures(columns)
    rows = tuple(
        row
        for label, report in zip(found.labels, found.reports, strict=True)
        for row in (_network(label, report), *(_others(label, report) if every else ()))
    )
    parts: list[Table | Lines] = [Table("networks", *_with_costs(found, rows))]
    if any(report.stages for report in found.reports):
        parts.append(_stages(found))
    whole = {"layers": found.layers}
    apart = {
        "layers of one name that differ": found.differing,
        "layers of other names in the same place": found.placed,
    }
    for title, shown in (whole if all_layers else apart).items():
        if shown:
            beside = _beside(title, found.labels, shown, chosen)
            wide = width is not None and _width(beside) > width
            parts.append(_below(title, found.labels, shown, chosen) if wide else beside)
    parts.append(Lines("", tuple(("dim", text) for text in _counts(found, all_layers))))
    pairs = zip(found.labels, found.reports, strict=True)
    parts += granted([f"{label}: {text}" for label, report in pairs for text in report.assumed])
    return Document(tuple(parts), partial(_data, found))


def _with_costs(
    found: Comparison, rows: tuple[tuple[str, ...], ...]
) -> tuple[tuple[Column, ...], tuple[tuple[str, ...], ...]]:
    """Return the columns and rows of networks, with what they cost where any of them tells."""
    reports = dict(zip(found.labels, found.reports, strict=True))
    totals = {label: cost(report.network).total for label, report in reports.items()}
    if all(total.macs is None for total in totals.values()):
        return _NETWORKS, rows
    wide: list[tuple[str, ...]] = []
    for cells in rows:
        label, told = cells[0], ("",) * (len(COSTS) + 1)
        if cells[1]:  # the main output's row, which is about the network
            total = totals[label]
            told = (*cost_cells(total), field_cell(total, reports[label].output))
        wide.append((*cells, *told))
    return (*_NETWORKS, *COSTS, Column("field / G macs", keep=58)), tuple(wide)


def _network(label: str, report: Report) -> tuple[str, ...]:
    row, network = report.output, report.network
    gridded = sum(stage.measures.holes is True for stage in report.stages)
    codes = sorted({finding.code for finding in report.findings if finding.severity != "info"})
    return (
        label,
        by_axis(network.input),
        str(len(network.nodes) - 1),
        row.name,
        _rf(row),
        by_axis(row.jump),
        by_axis(row.start),
        _density(row),
        _hole(row),
        str(len(report.stages)),
        str(gridded) if report.stages else "-",
        " ".join(codes) or "-",
    )


def _others(label: str, report: Report) -> list[tuple[str, ...]]:
    """Return a row for each output beside the main one."""
    names = {report.network.nodes[position].name for position in report.network.outputs}
    others = [row for row in report.rows if row.name in names and row.name != report.output.name]
    return [
        (
            label,
            "",
            "",
            row.name,
            _rf(row),
            by_axis(row.jump),
            by_axis(row.start),
            _density(row),
            _hole(row),
            *("",) * 3,
        )
        for row in others
    ]


def _stages(found: Comparison) -> Table:
    rows = tuple(
        (label, named(stage), *seen(stage))
        for label, report in zip(found.labels, found.reports, strict=True)
        for stage in report.stages
    )
    return Table(TITLE, (Column("network", "left", 100), NAME, *SEEN), rows)


_Measure = tuple[Column, Callable[[Row], str]]


def _measures(columns: Sequence[str]) -> Sequence[_Measure]:
    """Return what is shown of a layer beside its name, which every row begins with."""
    heads = {column.head: (column, text) for column, text in (_LAYER, *_MEASURES)}
    for name in columns:
        if name not in heads:
            raise fail("RF406", f"there is no column '{name}'", nearest(name, list(heads)))
    return [heads[name] for name in columns if name != _LAYER[0].head] if columns else _MEASURES


def _beside(
    title: str, labels: Sequence[str], shown: Sequence[Matched], chosen: Sequence[_Measure]
) -> Table:
    """Return the table of matched layers; what agrees in every row is shown once for all."""
    columns: list[Column] = []
    cells: list[list[str]] = []
    for column, text in (_LAYER, *chosen):
        lines = [[text(row) if row else "" for row in layer.rows] for layer in shown]
        if all(len({cell for cell in line if cell}) <= 1 for line in lines):
            columns.append(column)
            cells.append([max(line) for line in lines])
            continue
        for number, label in enumerate(labels):
            columns.append(Column(f"{column.head} {label}", column.align, column.keep))
            cells.append([line[number] for line in lines])
    return Table(title, tuple(columns), tuple(zip(*cells, strict=True)))


def _below(
    title: str, labels: Sequence[str], shown: Sequence[Matched], chosen: Sequence[_Measure]
) -> Table:
    """Return the table of matched layers with one row per layer and network."""
    columns = (
        _LAYER[0],
        Column("network", "left", 100),
        *(column for column, _ in chosen),
    )
    rows = [
        (_named(layer, number), label, *(text(row) for _, text in chosen))
        for layer in shown
        for number, (label, row) in enumerate(zip(labels, layer.rows, strict=True))
        if row is not None
    ]
    return Table(title, columns, tuple(rows))


def _named(layer: Matched, number: int) -> str:
    """Return a layer's name in a network, nothing where the network above calls it the same."""
    above = [row.name for row in layer.rows[:number] if row is not None]
    row = layer.rows[number]
    return "" if row is None or above[-1:] == [row.name] else row.name


def _width(table: Table) -> int:
    lines = [tuple(column.head for column in table.columns), *table.rows]
    return sum(max(map(len, cells)) + 2 for cells in zip(*lines, strict=True)) - 2


def _rf(row: Row) -> str:
    return extents(row.rf, row.unbounded)


def _density(row: Row) -> str:
    return "-" if row.density is None else f"{row.density:.3f}"


def _hole(row: Row) -> str:
    return by_axis(row.largest_hole) if row.holes else "-"


_LAYER: _Measure = (Column("layer", "left", 100), lambda row: row.name)
_MEASURES: tuple[_Measure, ...] = (
    (Column("op", "left", 60), lambda row: row.node.layer.op),
    (Column("rf", keep=99), _rf),
    (Column("jump", keep=90), lambda row: by_axis(row.jump)),
    (Column("density", keep=80), _density),
    (Column("hole", keep=70), _hole),
)
"""What is compared of a layer, and its text."""


def _counts(found: Comparison, all_layers: bool) -> list[str]:
    """Say how many layers match, and how many have no counterpart."""
    lines = [f"layers of one name: {found.alike} alike, {len(found.differing)} differ"]
    if found.placed:
        lines.append(f"layers of other names in the same place: {len(found.placed)}")
    only = [
        f"{sum(layer.rows[number] is not None and not layer.everywhere for layer in found.layers)} "
        f"of {label}"
        for number, label in enumerate(found.labels)
    ]
    if not all(layer.everywhere for layer in found.layers):
        hint = "" if all_layers else " (`all=True` shows them)"
        lines.append(f"not in all networks: {', '.join(only)}{hint}")
    return lines


def _data(found: Comparison) -> dict[str, Data]:
    """Return every report as ``analyze`` gives it, and the layers matched by name."""
    return {
        "rfcalc": __version__,
        "networks": [
            {"label": label, **report_data(report)}
            for label, report in zip(found.labels, found.reports, strict=True)
        ],
        "layers": [
            {
                "name": layer.name,
                "placed": layer.placed,
                "differs": layer.differs,
                "networks": [
                    None
                    if row is None
                    else {
                        "name": row.name,
                        "op": row.node.layer.op,
                        "rf": None if row.rf is None else list(row.rf),
                        "jump": list(row.jump),
                        "cells": row.cells,
                        "density": row.density,
                        "largest_hole": list(row.largest_hole) if row.largest_hole else None,
                        "unbounded": unbounded_data(row.unbounded),
                    }
                    for row in layer.rows
                ],
            }
            for layer in found.layers
        ],
    }

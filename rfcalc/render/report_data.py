"""What is the analysis of a network as data? The keys of SPEC 4, and those added to them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.gridding.measures import Measures
from rfcalc.gridding.stage_reports import StageReport
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import Row
from rfcalc.network import Node
from rfcalc.render.fields import unbounded_data
from rfcalc.render.hdc_data import hdc_data
from rfcalc.render.stages import stage_data
from rfcalc.report import Answer, Report

if TYPE_CHECKING:
    from rfcalc.costs import Cost

__all__ = ["measures_data", "padding", "report_data", "strides"]


def strides(node: Node) -> tuple[int, ...] | None:
    """Return the strides of a window layer, one per axis."""
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
    return [
        list(pads(None if sizes is None else sizes[axis], axis)) for axis in range(len(node.taps))
    ]


def report_data(report: Report) -> dict[str, Data]:
    """Return the data of an analysis as SPEC, section 4, lays it out."""
    from rfcalc.costs import cost
    from rfcalc.render.costs import total_data

    network = report.network
    costs = cost(network)
    held = {one.name: one for one in costs.layers}
    data: dict[str, Data] = {
        "rfcalc": __version__,
        "network": {
            "name": network.name,
            "dims": network.dims,
            "input": _list(network.input),
            "read": network.read or None,
        },
        "layout": _list(network.layouts or None),
        "layers": [{**_layer(report, row), **_cost(held.get(row.name))} for row in report.rows],
        "cost": total_data(costs, report.output),
        "outputs": [_answer(report, answer) for answer in report.answers],
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


def _layer(report: Report, row: Row) -> dict[str, Data]:
    layer = row.node.layer
    return {
        "name": row.name,
        "op": layer.op,
        "inputs": list(row.inputs),
        "kernel": _list(kernel_of(layer) or None),
        "stride": _list(strides(row.node)),
        "dilation": _list(dilation_of(layer) or None),
        "padding": padding(report, row.node),
        "size": _list(row.node.size),
        "rf": _list(row.rf),
        "jump": list(row.jump),
        "start": _list(row.start),
        "end": _list(row.end),
        "center": _list(row.center),
        "cells": row.cells,
        "density": row.density,
        "holes": row.holes,
        "largest_hole": _list(row.largest_hole),
        "phases": list(row.phases),
        "phase": list(row.phase),
        "unbounded": unbounded_data(row.unbounded),
        "unknown": row.unknown,
    }


def _cost(found: "Cost | None") -> dict[str, Data]:
    """Return the figures of a layer; none are known of one at which reading ended."""
    if found is None:
        return {"parameters": None, "macs": None, "memory": None}
    return {"parameters": found.parameters, "macs": found.macs, "memory": found.memory}


_OF_ANSWER = (
    *("rf", "jump", "start", "end", "cells", "density", "holes", "largest_hole"),
    "unbounded",
)
"""What is reported of the field of an output in every input, as of a layer in the first."""


def _answer(report: Report, answer: Answer) -> dict[str, Data]:
    told = {} if answer.row is None else _layer(report, answer.row)
    return {
        "output": answer.output,
        "source": answer.source,
        "depends": answer.depends,
        **{key: told.get(key) for key in _OF_ANSWER},
    }


def _stage(stage: StageReport) -> dict[str, Data]:
    data = stage_data(stage)
    runs = data.pop("runs")
    return {
        **data,
        "hdc": None if stage.hdc is None else hdc_data(stage.hdc),
        "assumed": list(stage.assumed),
        "runs": runs,
        "input_holes": stage.input_holes,
        "measures": measures_data(stage.measures),
    }


def measures_data(found: Measures) -> dict[str, Data]:
    """Return gridding measures as data, in the order of THEORY 4."""
    even = found.evenness
    return {
        "largest_hole": _list(found.largest_hole),
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
            "assumed": list(even.assumed),
        },
    }


def _list(values: Sequence[Data] | None) -> list[Data] | None:
    return None if values is None else list(values)

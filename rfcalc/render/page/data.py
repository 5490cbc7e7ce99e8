"""What does a page need to draw any layer's mask and counts by itself? Sets, boxes, taps."""

from fractions import Fraction

from rfcalc.cells import Cells
from rfcalc.documents import Data
from rfcalc.footprint import Axis, Endless
from rfcalc.interior import footprints, told
from rfcalc.network import Network
from rfcalc.network.naming import axis_units
from rfcalc.region import Region
from rfcalc.render.page.views import first_view, views
from rfcalc.report import Report
from rfcalc.taps import Taps

__all__ = ["RUN_LIMIT", "page_data"]

RUN_LIMIT = 5000
"""Most runs of one set that a page carries; beyond it a layer is listed but not drawn."""
_PHASES = 64


class _Tables:
    """Sets and relations of a page, each written once and referred to by its place."""

    def __init__(self) -> None:
        self.sets: list[list[int]] = []
        self.taps: list[list[Data]] = []
        self._sets: dict[Cells, int] = {}
        self._taps: dict[Taps, int] = {}

    def cells(self, cells: Cells) -> int | None:
        """Return the place of a set, ``None`` when it has too many runs."""
        if cells not in self._sets:
            runs = _runs(cells)
            if runs is None:
                return None
            self._sets[cells] = len(self.sets)
            self.sets.append(runs)
        return self._sets[cells]

    def relation(self, taps: Axis) -> int | None:
        """Return the place of a relation, ``None`` beyond the limits.

        -1 stands for the whole axis, -2 for all before a cell, -3 for all after it.
        """
        if isinstance(taps, Endless):
            return {"both": -1, "before": -2, "after": -3}[taps.side]
        if taps not in self._taps:
            if taps.period > _PHASES:
                return None
            phases = [self.cells(cells) for cells in taps.phases]
            if None in phases:
                return None
            self._taps[taps] = len(self.taps)
            self.taps.append([taps.advance, phases])
        return self._taps[taps]


def page_data(
    report: Report, source: str | None, image: str | None = None, rate: Fraction | None = None
) -> dict[str, Data]:
    """Return what the page's scripts read.

    ``sets`` : ``[start, run, gap, run, ..]``. ``layers`` : one per row of the table, with its
    boxes as places of sets; ``drawn`` are the axes with two ends where others have none.
    ``views`` : the stages and lattice runs, ``first`` the one shown at first. ``nodes`` : inputs,
    relations, size and padding of the whole graph, from which counts are pulled back in the
    browser. ``image`` : a data address.
    ``axes`` : of the cells of the source and ``cellAxes`` of those of layers, each with the cells
    in one unit.
    """
    network = report.network
    tables = _Tables()
    origin = network.index(source, 0)
    found = _regions(report, origin)
    layers: list[dict[str, Data]] = []
    place = {node.name: number for number, node in enumerate(network.nodes)}
    for row in report.rows:
        axes, region = found.get(row.name, ((), Region(())))
        sets = [[tables.cells(cells) for cells in box] for box in region.boxes]
        partly = bool(axes) and not row.bounded
        boxes = None if any(None in box for box in sets) else sets
        layers.append(
            {
                "name": row.name,
                "node": place.get(row.name),  # none of what was not read
                "rf": [span.extent for span in region.bounds or ()] if partly else row.rf,
                "cells": row.cells,
                "phase": [row.phase[axis] for axis in axes] if partly else row.phase,
                "phases": [row.phases[axis] for axis in axes] if partly else row.phases,
                "hole": row.largest_hole,
                "unbounded": None if row.bounded else told(row.unbounded),
                "drawn": axes if partly else None,
                "boxes": boxes if row.cells is not None or row.name in found else None,
            }
        )
    nodes = [
        [
            node.inputs,
            [tables.relation(axis) for axis in node.taps],
            node.size,
            [node.layer.beyond(axis) for axis in range(len(node.taps))],
            int(node.layer.gate),
            [int(any(one)) for one in node.lone] or [0] * len(node.inputs),
        ]
        for node in network.nodes
    ]
    shown = views(report, tables.cells)
    return {
        "name": network.name,
        "dims": network.dims,
        "axes": _axes(network, origin, rate),
        "cellAxes": _axes(network, -1, None),
        "source": origin,
        "sourceName": network.nodes[origin].name,
        "sets": tables.sets,
        "taps": tables.taps,
        "layers": layers,
        "views": shown,
        "first": first_view(report),
        "nodes": nodes,
        "image": image,
    }


def _axes(network: Network, source: int, rate: Fraction | None) -> list[tuple[str, float]]:
    """Return what stands at each axis, and cells in one unit."""
    measured = zip(*axis_units(network, source, rate), strict=True)
    return [(f"{name} ({unit})", float(cells)) for name, unit, cells in measured]


def _regions(report: Report, origin: int) -> dict[str, tuple[tuple[int, ...], Region]]:
    """Return the axes on which a layer has two ends and its cells there, in the largest phase."""
    network = report.network
    phases = {row.name: row.phase for row in report.growth.rows if row.rf is not None}
    found: dict[str, tuple[tuple[int, ...], Region]] = {}
    for position, footprint in footprints(network, origin, None, refused={}):
        name, axes = network.nodes[position].name, footprint.axes
        if name in phases and axes and not footprint.reason:
            phase = [phases[name][axis] for axis in axes]
            found[name] = axes, footprint.on(axes).read(phase)
    return found


def _runs(cells: Cells) -> list[int] | None:
    """Return ``[start, run, gap, run, ..]``, ``None`` beyond the limit."""
    found: list[int] = [cells.start]
    at = cells.start
    for row in cells.runs():
        # A row of slots that lie apart is that many runs of one cell.
        times, length = (1, row.extent) if cells.pitch == 1 else (row.slots, 1)
        if found[1:]:
            found.append(row.start - at)
        if len(found) + 2 * times - 1 > RUN_LIMIT:
            return None
        found += ([length, cells.pitch - 1] * times)[:-1]
        at = row.stop
    return found

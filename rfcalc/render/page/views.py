"""Which pairs of maps does a page show beside its layers? Dilated stages and lattice runs."""

from collections.abc import Callable

from rfcalc.cells import Cells
from rfcalc.documents import Data
from rfcalc.errors import LimitExceeded, RfcalcError
from rfcalc.masks import mask
from rfcalc.network import without_global
from rfcalc.report import Report

__all__ = ["first_view", "views"]


def views(report: Report, place: Callable[[Cells], int | None]) -> list[dict[str, Data]]:
    """Return what is drawn of each stage, then of each lattice run, in the order of their tables.

    Parameters
    ----------
    place : what writes a set into the page and returns where it stands, ``None`` beyond a limit.
    """
    if not report.stages:
        return []
    local = without_global(report.network)
    asked: list[tuple[str, str, str, tuple[int, ...] | None]] = []
    for stage in report.stages:
        measured = stage.measures
        words = f"stage {stage.number}: {measured.source} \u2192 {measured.layer}"
        asked.append((words, measured.source, measured.layer, measured.place.phase))
    for stage in report.stages:
        for run in stage.runs:
            words = f"lattice run: {run.source} \u2192 {run.target}"
            asked.append((words, run.source, run.target, None))
    found: list[dict[str, Data]] = []
    for words, source, target, phase in asked:
        view: dict[str, Data] = {"name": words, "source": source, "boxes": None, "rf": None}
        try:
            seen = mask(local, target, source, phase=phase)
        except (RfcalcError, LimitExceeded):
            found.append(view)
            continue
        region = seen.region
        sets = [[place(cells) for cells in box] for box in region.boxes]
        axes = range(local.dims)
        view |= {
            "rf": seen.rf,
            "cells": seen.cells,
            "hole": [region.largest_hole(axis) for axis in axes] if region.boxes else [],
            "phase": seen.question.output,
            "phases": [n + 1 for n in seen.question.output],
            "boxes": None if any(None in box for box in sets) else sets,
        }
        found.append(view)
    return found


def first_view(report: Report) -> int | None:
    """Return the view that shows what the verdict says, ``None`` where the output does."""
    if report.output.rf is not None and any(report.output.largest_hole or ()):
        return None
    holes = [max(stage.measures.largest_hole or (), default=0) for stage in report.stages]
    if any(holes):
        return holes.index(max(holes))
    if report.output.bounded or not report.stages:
        return None
    # The first lattice run shows more than a stage that samples every cell.
    return len(report.stages) if any(stage.runs for stage in report.stages) else 0

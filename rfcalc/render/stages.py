"""How is a dilated stage shown? The same columns, cells and data wherever stages stand."""

from itertools import groupby
from typing import Any

from rfcalc.gridding.judged import StageReport
from rfcalc.render.document import Column, by_axis

__all__ = ["NAME", "SEEN", "TITLE", "named", "seen", "stage_data"]

TITLE = "dilated stages, each against its own input"
NAME = Column("stage", "left", 100)
SEEN = (
    Column("dilations", "left", 20),
    Column("rf", keep=90),
    Column("density", keep=85),
    Column("hole", keep=84),
    Column("sublattices", keep=60),
)
"""What is measured of a stage, in cells of its own input."""
RUNS = 10
"""Most runs of equal dilations that are listed."""


def named(stage: StageReport) -> str:
    """Return the cell below ``NAME``."""
    return f"{stage.measures.source} -> {stage.measures.layer}"


def seen(stage: StageReport) -> tuple[str, ...]:
    """Return the cells below ``SEEN``."""
    found = stage.measures
    rates = [by_axis(rate) if isinstance(rate, tuple) else str(rate) for rate in stage.dilations]
    runs = [(rate, len(list(same))) for rate, same in groupby(rates)]
    listed = [rate if times == 1 else f"{rate} x{times}" for rate, times in runs]
    return (
        ", ".join(listed[:RUNS]) + (", .." if len(listed) > RUNS else ""),
        by_axis(found.rf),
        f"{found.density:.3f}",
        by_axis(found.largest_hole),
        by_axis(found.sublattices),
    )


def stage_data(stage: StageReport) -> dict[str, Any]:
    """Return what is measured of a stage as data."""
    found = stage.measures
    return {
        "source": found.source,
        "target": found.layer,
        "dilations": [list(rate) if isinstance(rate, tuple) else rate for rate in stage.dilations],
        "rf": list(found.rf),
        "density": found.density,
        "holes": found.holes,
        "sublattices": list(found.sublattices),
    }

"""How is a dilated stage shown? The same columns, cells and data wherever stages stand."""

from collections.abc import Sequence
from itertools import groupby

from rfcalc.documents import Data
from rfcalc.gridding.stage_reports import StageReport
from rfcalc.render.document import Column, Table, by_axis

__all__ = ["NAME", "SEEN", "TITLE", "holes", "named", "runs_table", "seen", "stage_data"]

TITLE = "dilated stages, each against its own input"
NAME = Column("stage", "left", 100)
SEEN = (
    Column("dilations", "left", 95),
    Column("rf", keep=90),
    Column("density", keep=85),
    Column("largest hole", keep=84),
    Column("holes", "left", keep=86),
    Column("sublattices", keep=60),
)
"""What is measured of a stage, in cells of its own input."""
GROUPS = 10
"""Most groups of equal dilations that are listed."""
RUNS = (
    Column("lattice run", "left", 100),
    Column("dilations", "left", 95),
    Column("sublattices", keep=90),
    Column("density alone", keep=70),
    Column("covered by", "left", 80),
)


def named(stage: StageReport) -> str:
    """Return the cell below ``NAME``."""
    return f"{stage.number}: {stage.measures.source} -> {stage.measures.layer}"


def holes(stage: StageReport) -> str:
    """Return where the holes of a stage are."""
    if stage.measures.holes is None:
        return "not known"
    return {None: "none", True: "rim only", False: "inside"}[stage.rim_only]


def seen(stage: StageReport) -> tuple[str, ...]:
    """Return the cells below ``SEEN``."""
    found = stage.measures
    return (
        _listed(stage.dilations),
        by_axis(found.rf),
        "-" if found.density is None else f"{found.density:.3f}",
        by_axis(found.largest_hole),
        holes(stage),
        "-" if found.sublattice_count is None else str(found.sublattice_count),
    )


def runs_table(stages: Sequence[StageReport]) -> Table | None:
    """Return the table of lattice runs, ``None`` when no stage has one."""
    rows = tuple(
        (
            f"{stage.number}: {run.source} -> {run.target}",
            _listed(run.dilations),
            "-" if run.sublattices is None else str(run.sublattices),
            "-" if run.density is None else f"{run.density:.3f}",
            run.covered_by or "no layer of the stage",
        )
        for stage in stages
        for run in stage.runs
    )
    title = "lattice runs, in which neighbours share no feature"
    return Table(title, RUNS, rows) if rows else None


def _listed(dilations: Sequence[int | tuple[int, ...]]) -> str:
    rates = [by_axis(rate) if isinstance(rate, tuple) else str(rate) for rate in dilations]
    groups = [(rate, len(list(same))) for rate, same in groupby(rates)]
    listed = [rate if times == 1 else f"{rate} x{times}" for rate, times in groups]
    return ", ".join(listed[:GROUPS]) + (", .." if len(listed) > GROUPS else "")


def _rates(dilations: Sequence[int | tuple[int, ...]]) -> list[Data]:
    return [list(rate) if isinstance(rate, tuple) else rate for rate in dilations]


def stage_data(stage: StageReport) -> dict[str, Data]:
    """Return what is measured of a stage as data."""
    found = stage.measures
    return {
        "number": stage.number,
        "source": found.source,
        "target": found.layer,
        "dilations": _rates(stage.dilations),
        "dilated": stage.dilated,
        "rf": list(found.rf),
        "density": found.density,
        "holes": found.holes,
        "rim_only": stage.rim_only,
        "largest_hole": None if found.largest_hole is None else list(found.largest_hole),
        "sublattices": found.sublattice_count,
        "orders": list(found.sublattices),
        "runs": [
            {
                "source": run.source,
                "target": run.target,
                "dilations": _rates(run.dilations),
                "sublattices": run.sublattices,
                "density": run.density,
                "covered_by": run.covered_by,
            }
            for run in stage.runs
        ],
    }

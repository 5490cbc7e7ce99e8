"""What should a designer know about a mask, and do about it? One fact and one cure each."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from rfcalc.errors import by
from rfcalc.gridding.measures import Measures
from rfcalc.growth import Row

__all__ = ["Finding", "Severity", "gaps", "output_findings", "stage_findings"]

Severity = Literal["error", "warning", "info"]
LEAK = 0.25
"""Share of the path counts that alternates with a period of 2 or 3, from which it is told."""
MOSTLY_SOLID = 0.9
"""Density from which holes in a stage are a warning: few, and mostly at the rim (theorem T5)."""


class Finding(msgspec.Struct, frozen=True):
    """One finding: a stable code, how bad it is, the layer, the fact, the cure."""

    code: str
    severity: Severity
    layer: str
    message: str
    help: str


def stage_findings(measured: Measures, dilations: Sequence[int], hint: str) -> Iterator[Finding]:
    """Yield what is wrong with a dilated stage, judged against its own input."""
    where = f"the stage from '{measured.source}'"
    if measured.holes:
        yield Finding(
            "RG101",
            "warning" if measured.density >= MOSTLY_SOLID else "error",
            measured.layer,
            f"{where} samples {measured.density:.1%} of its field of {by(measured.rf)}, "
            f"{gaps(measured.largest_hole)}",
            hint,
        )
    split = [n for n in measured.sublattices if n is not None and n > 1]
    if split:
        yield Finding(
            "RG102",
            "error",
            measured.layer,
            f"{where} falls into {by(split)} sublattices that share no cell: neighbouring outputs "
            "are computed from disjoint inputs",
            "give one layer of the stage a dilation without the common factor, best 1",
        )
    elif measured.holes and min(measured.overlap, default=1.0) == 0:
        yield Finding(
            "RG103",
            "warning",
            measured.layer,
            f"{where} lets neighbouring outputs share no cell",
            "begin the stage with a dilation of 1",
        )
    even = measured.evenness
    if even is None or measured.holes or len(dilations) < 2:
        return
    # A deep stage gathers its paths at the centre whatever its dilations; only what alternates
    # from cell to cell is left over from a grid.
    leak, period = max((line[f"1/{n}"], n) for line in even.leak for n in (2, 3))
    if leak >= LEAK:
        yield Finding(
            "RG104",
            "info",
            measured.layer,
            f"{where} reads every cell, but unevenly: {leak:.0%} of its path counts alternate "
            f"with a period of {period} cells",
            "one more layer of dilation 1, or steps nearer to 1, 3, 9, ..: rfcalc design",
        )


def output_findings(
    row: Row, read: float | None, size: tuple[int, ...] | None
) -> Iterator[Finding]:
    """Yield what is wrong with the output's mask, judged against the source."""
    if row.unbounded is not None:
        yield Finding(
            "RG112",
            "info",
            row.name,
            f"'{row.name}' sees the whole input, through '{row.unbounded}'",
            "leave it aside with --ignore-global to see the field of the rest",
        )
        return
    if row.holes and row.largest_hole is not None and row.density is not None:
        solid = not max(row.largest_hole)
        yield Finding(
            "RG114" if solid else "RG105",
            "info" if solid else "error",
            row.name,
            f"'{row.name}' samples {row.density:.1%} of its field of {by(row.rf or ())}, "
            f"{gaps(row.largest_hole)}",
            "harmless: branches of unlike shape do not fill a box"
            if solid
            else "repair the dilated stages (rfcalc fix), or a stride wider than its kernel",
        )
    if read is not None and read < 1:
        yield Finding(
            "RG106",
            "warning",
            row.name,
            f"{1 - read:.1%} of the input's cells are read by no output of '{row.name}'",
            "let no kernel be narrower than its stride",
        )
    pairs = zip(row.rf or (), size or (), strict=False)
    if row.rf is not None and size is not None and any(extent > n for extent, n in pairs):
        yield Finding(
            "RG107",
            "info",
            row.name,
            f"the field of '{row.name}', {by(row.rf)}, is larger than the input, {by(size)}: "
            "every output reads padding",
            "common in classifiers; the effective field is smaller: rfcalc heatmap --what erf",
        )


def gaps(holes: Sequence[int]) -> str:
    """Return what is missing of a mask that has holes, from the largest hole of each axis."""
    most = max(holes)
    return f"with holes of up to {most} cell{'s' * (most > 1)}" if most else "all but its corners"

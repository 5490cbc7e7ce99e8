"""What should a designer know about a mask, and do about it? One fact and one cure each."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from rfcalc.errors import by
from rfcalc.gridding.stage_reports import RunReport, StageReport, hint
from rfcalc.interior import Row, told

__all__ = ["Finding", "Severity", "gaps", "merge_equal", "output_findings", "stage_findings"]

Leak: TypeAlias = Callable[[StageReport, tuple[int, ...]], Sequence[dict[str, float]]]
MOST_NAMED = 4
"""Most layers that one finding names."""
Severity = Literal["error", "warning", "info"]
LEAK = 0.25
"""Share of the energy that alternates with a period of 2 or 3, from which it is reported."""


class Finding(msgspec.Struct, frozen=True):
    """One finding: a stable code, how bad it is, the layer, the fact, the cure."""

    code: str
    severity: Severity
    layer: str
    message: str
    help: str


def stage_findings(stage: StageReport, leak: Leak) -> Iterator[Finding]:
    """Yield what is wrong with a dilated stage, judged against its own input, and its runs.

    Parameters
    ----------
    leak : gives the shares of a stage's energy that alternate with some periods, per axis.
    """
    measured, name = stage.measures, stage.name
    if measured.holes and measured.largest_hole:
        where = "at its rim only" if stage.rim_only else "inside"
        yield Finding(
            "RG101",
            "warning" if stage.rim_only else "error",
            measured.layer,
            f"{name} samples {measured.density:.1%} of its field of {by(measured.rf)}, "
            f"{gaps(measured.largest_hole)}, {where}",
            hint(stage),
        )
    apart = measured.sublattice_count
    if apart is not None and apart > 1:
        yield Finding(
            "RG102",
            "error",
            measured.layer,
            f"{name} falls into {apart} sublattices that share no cell",
            "give one layer of the stage a dilation without the common factor, such as 1",
        )
    elif measured.holes and min(measured.overlap, default=1.0) == 0:
        yield Finding(
            "RG103",
            "warning",
            measured.layer,
            f"neighbouring outputs of {name} share no cell",
            "begin the stage with a dilation of 1",
        )
    elif measured.holes is False and len(stage.dilations) > 1:
        # A deep stage gathers its energy at the centre whatever its dilations; only what
        # alternates from cell to cell is left over from a grid.
        shares = leak(stage, (2, 3))
        share, period = max(
            ((line[f"1/{n}"], n) for line in shares for n in (2, 3)), default=(0, 0)
        )
        if share >= LEAK:
            yield Finding(
                "RG104",
                "info",
                measured.layer,
                f"{name} reads every cell, but {share:.0%} of its energy has a period of "
                f"{period} cells",
                "add a layer of dilation 1, or choose steps nearer to 1, 3, 9, ..: `rfcalc.design`",
            )
    # Of a stage that falls apart as a whole nothing more is to be said.
    for run in stage.runs if apart == 1 else ():
        yield _run_finding(stage, run)


def _run_finding(stage: StageReport, run: RunReport) -> Finding:
    known = "" if run.sublattices is None else f" of {run.sublattices} sublattices"
    cover = "no layer of the stage" if run.covered_by is None else f"'{run.covered_by}'"
    return Finding(
        "RG115",
        "info",
        run.target,
        f"stage {stage.number} contains a lattice run{known}, '{run.source}' -> '{run.target}', "
        f"covered by {cover}",
        "no error: the mask of the stage decides on holes; undilated layers behind it mix it again",
    )


def output_findings(
    row: Row,
    read: float | None,
    size: tuple[int, ...] | None,
    source: str | None = None,
    apart: bool = True,
) -> Iterator[Finding]:
    """Yield what is wrong with the output's mask, judged against the source.

    ``source`` names it where it is not the input; ``apart`` says whether ``ignore_global``
    ignores anything.
    """
    owner, given = (
        ("the input's cells", "the input")
        if source is None
        else (f"the cells of '{source}'", f"the map of '{source}'")
    )
    if not row.bounded:
        yield Finding(
            "RG112",
            "info",
            row.name,
            f"'{row.name}' {told(row.unbounded)}",
            "ignore it with `ignore_global=True` to see the field of the rest"
            if apart
            else "ask for an earlier `layer=` to see the field before it",
        )
    extents = [extent for extent in row.rf or () if extent is not None]
    holes = [most for most in row.largest_hole or () if most is not None]
    if row.holes and row.density is not None:
        solid = not max(holes)
        yield Finding(
            "RG114" if solid else "RG105",
            "info" if solid else "error",
            row.name,
            f"'{row.name}' samples {row.density:.1%} of its field of {by(extents)}, {gaps(holes)}",
            "harmless: branches of unlike shape do not fill a box"
            if solid
            else "repair the dilated stages (`rfcalc.fix`), or a stride wider than its kernel",
        )
    if read is not None and read < 1:
        yield Finding(
            "RG106",
            "warning",
            row.name,
            f"{1 - read:.1%} of {owner} are read by no output of '{row.name}'",
            "let no kernel be narrower than its stride",
        )
    pairs = zip(row.rf or (), size or (), strict=False)
    if size is not None and any(extent is not None and extent > n for extent, n in pairs):
        yield Finding(
            "RG107",
            "info",
            row.name,
            f"the field of '{row.name}', {by(extents)}, is larger than {given}, {by(size)}: "
            "no output has all of it inside",
            "common in classifiers; the effective field is smaller: `rfcalc.heatmap(what='erf')`",
        )


def gaps(holes: Sequence[int]) -> str:
    """Return what is missing of a mask that has holes, from the largest hole of each axis."""
    most = max(holes)
    return f"with holes of up to {most} cell{'s' * (most > 1)}" if most else "all but its corners"


def merge_equal(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, those that differ in nothing but the layers they name as one."""
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        said = re.sub(r"'[^']*'", "''", re.sub(r"\bstage \d+", "stage", finding.message))
        alike.setdefault((finding.code, finding.severity, said, finding.help), []).append(finding)
    for first, *others in alike.values():
        if not others:
            yield first
            continue
        names = list(dict.fromkeys(_about(finding, first) for finding in others))
        more = len(names) - MOST_NAMED
        listed = ", ".join(names[:MOST_NAMED])
        listed += f" and {more} more" if more > 0 else ""
        message = f"{first.message} (the same {len(others) + 1} times: also at {listed})"
        yield msgspec.structs.replace(first, message=message)


def _about(finding: Finding, first: Finding) -> str:
    """Return what a finding is about: the stage that it names, if it is another, else its layer."""
    stages = [re.search(r"stage \d+", one.message) for one in (finding, first)]
    here, there = (stage[0] if stage else "" for stage in stages)
    return here if here != there else f"'{finding.layer}'"

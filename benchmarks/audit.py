"""Which published networks grid, and where? `python -m benchmarks.audit`.

Writes docs/audit.md from the networks that ship with rfcalc; every row names the command that
shows the same.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.claims import claims
from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.errors import RfcalcError
from rfcalc.files import target, write
from rfcalc.gridding.lattice import read_share
from rfcalc.gridding.stage_reports import RunReport, StageReport
from rfcalc.gridding.summaries import FieldSummary, summarise_field
from rfcalc.hdc import HdcVerdict
from rfcalc.loading import load
from rfcalc.network import Network, without_global
from rfcalc.render.document import by_axis
from rfcalc.render.stages import holes
from rfcalc.repair import repair
from rfcalc.report import Report, analyze

FILE = Path(__file__).parent.parent / "docs" / "audit.md"

HEAD = """# Published networks and their grids

Made by `python -m benchmarks.audit` from the {total} networks of `rfcalc zoo`; not edited by
hand. Each is the published architecture as a network file that names its source
(`rfcalc zoo NAME`). What is said here is counted exactly, for outputs far from the border, and
each row names the command that shows it.

The audit distinguishes three things:

- **Holes of a stage.** A [dilated stage](theory.md#stages) runs from where a resolution begins to
  where it ends. Its mask is the set of cells of its own input that one output reads; a *hole* is a
  cell inside the box of that mask that is not read, *density* the share of the box that is. Holes
  lie *inside*, or at the *rim only*, around a solid core of more than half the field.
- **Lattice runs.** A row of layers within a stage in which neighbouring cells are computed from
  disjoint features. The stage may be free of holes all the same: this is what the literature means
  where it says that DeepLab grids.
- **Holes of an output**, in pixels of the image.

What reads the whole input (image pooling, squeeze-excite) is ignored. *Field* and *largest hole*
are per axis.
"""

RULES = """The HDC rules are those of Wang et al. 2018, as `rfcalc hdc-check` reads them. They cover
chains, not parallel branches. *No common factor* has two readings: the gcd of a group, or the
paper's own words, any two dilations above 1 of a group.
"""

CORNERS = """A largest hole of 0 means that only corners of the box are missing: branches of unlike
shape, such as 1x7 and 7x1, meet, and no line through the mask has a gap.
"""

REPAIRS = """The least change of written dilations (sum of the differences) after which no stage has
a hole and no output's field is smaller than it was, as `rfcalc fix` finds it. Where there is none,
the row says what is proven.
"""


def main() -> None:
    """Write the page ``docs/audit.md``."""
    FILE.parent.mkdir(exist_ok=True)
    write(target(FILE), audit(zoo_names()).encode())
    sys.stdout.write(f"{FILE.name} written\n")


def audit(names: Sequence[str]) -> str:
    """Return the text of the audit of some networks of the zoo."""
    reports = {name: analyze(load(f"zoo:{name}")) for name in names}
    dilated = {name: report for name, report in reports.items() if report.stages}
    holed = [name for name, r in dilated.items() if any(s.measures.holes for s in r.stages)]
    blocks = [
        HEAD.format(total=len(names)),
        _summary(reports, dilated, holed),
        "## Stages with holes\n",
        _table(
            "network,stage,dilations,field,density,largest hole,where,sublattices,"
            "HDC by gcd,HDC pairwise,command",
            (_stage(name, s) for name, s in _each(dilated) if s.measures.holes),
        ),
        RULES,
        "## Lattice runs\n",
        _table(
            "network,stage,run,dilations,sublattices,density alone,covered by,command",
            (
                _run(name, dilated[name].network, stage, run)
                for name, stage in _each(dilated)
                for run in stage.runs
            ),
        ),
        "## Stages without holes\n",
        _table(
            "network,stage,dilations,field,HDC by gcd,HDC pairwise,command",
            (_stage(name, s, short=True) for name, s in _each(dilated) if not s.measures.holes),
        ),
        "## Outputs with holes in the pixels of the image\n",
        _table(
            "network,output,field,density,largest hole,command",
            (_output(name, report) for name, report in reports.items()),
        ),
        CORNERS,
        "## Smallest repair\n",
        REPAIRS,
        _table("network,change of dilations,command", (_fixed(name) for name in holed)),
        "## Published claims, by number\n",
        _table("claim,counted,command", claims()),
        "## No dilation above 1\n",
        ", ".join(name for name in names if name not in dilated) + "\n",
    ]
    return "\n".join(block for block in blocks if block)


def _summary(reports: dict[str, Report], dilated: dict[str, Report], holed: Sequence[str]) -> str:
    seen = [_seen(report.network) for report in reports.values()]
    counted = [found for found in seen if found.cells is not None]
    gaps = sum(any(found.largest_hole) for found in counted)
    unread = sum(read_share(found.found) < 1 for found in counted)
    found = [stage for report in dilated.values() for stage in report.stages]
    inside = sum(stage.rim_only is False for stage in found)
    rim = sum(stage.rim_only is True for stage in found)
    runs = sum(any(stage.runs for stage in report.stages) for report in dilated.values())
    return (
        f"- {len(dilated)} of {len(reports)} networks have a dilated stage, {len(found)} in all; "
        f"{len(holed)} have one with holes: {inside} stages inside, {rim} at the rim only.\n"
        f"- {runs} networks have a lattice run.\n"
        f"- {gaps} sample the pixels of the image with holes at their output.\n"
        f"- {unread} leave pixels that no output reads.\n"
        f"- Of {len(seen) - len(counted)} only the extents are known, for the mask is a union of "
        "too many boxes; they are in neither of the two counts before.\n"
    )


def _each(reports: dict[str, Report]) -> Iterable[tuple[str, StageReport]]:
    return ((name, stage) for name, report in reports.items() for stage in report.stages)


def _stage(name: str, stage: StageReport, short: bool = False) -> tuple[str, ...]:
    found = stage.measures
    first = (name, f"{stage.number}: {found.source} to {found.layer}", _rates(stage.dilations))
    last = (*_rules(stage.hdc), f"`rfcalc analyze zoo:{name} --stage {stage.number}`")
    if short:
        return (*first, by_axis(found.rf), *last)
    return (
        *first,
        by_axis(found.rf),
        f"{found.density:.1%}",
        by_axis(found.largest_hole),
        holes(stage),
        "-" if found.sublattice_count is None else str(found.sublattice_count),
        *last,
    )


def _run(name: str, network: Network, stage: StageReport, run: RunReport) -> tuple[str, ...]:
    pair = f"--source {run.source} --layer {run.target}"
    return (
        name,
        str(stage.number),
        f"{run.source} to {run.target}",
        _rates(run.dilations),
        "-" if run.sublattices is None else str(run.sublattices),
        "-" if run.density is None else f"{run.density:.1%}",
        run.covered_by or "nothing",
        f"`rfcalc analyze zoo:{name} {pair}{_aside(network)}`",
    )


def _rates(dilations: Sequence[int | tuple[int, ...]]) -> str:
    """Return the dilations in order, what repeats written once with its number."""
    rates = [by_axis(rate) if isinstance(rate, tuple) else str(rate) for rate in dilations]
    for period in range(2, len(rates) // 2 + 1):
        if rates == rates[:period] * (len(rates) // period) and len(set(rates)) > 1:
            return f"({', '.join(rates[:period])}) {len(rates) // period} times"
    groups = [(rate, len(list(same))) for rate, same in groupby(rates)]
    return ", ".join(rate if n == 1 else f"{rate} ({n} times)" for rate, n in groups)


def _rules(verdict: HdcVerdict | None) -> tuple[str, str]:
    """Return what the published rules say in both readings of the common factor."""
    if verdict is None:
        return "branches", "branches"
    pairs = [pair for group in verdict.groups for pair in group.pairs]
    gap = (f"M_2 = {max(g.m2 or 0 for g in verdict.groups)}", verdict.gap_holds)
    factor = max(g.common_factor for g in verdict.groups)
    by_gcd = (f"gcd {factor}", verdict.factor_holds)
    by_pair = (f"{' and '.join(map(str, pairs[0]))}" if pairs else "", verdict.pairs_hold)
    rise = ("no sawtooth", verdict.sawtooth)
    told: list[str] = []
    for rules in ((gap, by_gcd, rise), (gap, by_pair, rise)):
        broken = [words for words, holds in rules if not holds]
        told.append(f"broken: {', '.join(broken)}" if broken else "hold")
    return told[0], told[1]


def _output(name: str, report: Report) -> tuple[str, ...] | None:
    seen = _seen(report.network)
    if not seen.holes:
        return None
    return (
        name,
        seen.layer,
        by_axis(seen.rf),
        f"{seen.density:.1%}",
        by_axis(seen.largest_hole),
        f"`rfcalc analyze zoo:{name}{_aside(report.network)}`",
    )


def _seen(network: Network, target: int | None = None) -> FieldSummary:
    """Return what a layer, by default the output, reads of the input pixels."""
    local = without_global(network)
    return summarise_field(local, 0, local.output if target is None else target)


def _aside(network: Network) -> str:
    """Return the option that leaves aside what reads the whole input, where there is such."""
    return " --ignore-global" if without_global(network).assumed != network.assumed else ""


def _fixed(name: str) -> tuple[str, ...]:
    command = f"`rfcalc fix zoo:{name}`"
    try:
        answer = repair(zoo_text(name), f"zoo:{name}")
    except RfcalcError as fault:
        return (name, fault.diagnostics[0].message, command)
    if not answer.repairs:
        return (name, answer.reason, command)
    first = answer.repairs[0]
    if first.unrolled:
        same = Counter(f"{c.name} {c.before} to {c.after}" for c in first.changes)
        changes = "; ".join(f"{one} ({n} times)" if n > 1 else one for one, n in same.items())
        return (name, f"none as it is written; with one entry per layer: {changes}", command)
    changes = "; ".join(f"line {c.line}: {c.name} {c.before} to {c.after}" for c in first.changes)
    return (name, changes, command)


def _table(head: str, rows: Iterable[tuple[str, ...] | None]) -> str:
    """Return a Markdown table, or a word when there is no row."""
    kept = [row for row in rows if row]
    if not kept:
        return "None.\n"
    columns = head.split(",")
    lines = [columns, ["---"] * len(columns), *kept]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    main()

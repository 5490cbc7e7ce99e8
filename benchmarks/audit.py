"""Which published networks sample their input with holes? `python -m benchmarks.audit`.

Writes docs/audit.md from the networks that ship with rfcalc; every row names the command that
shows the same.
"""

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from rfcalc.files import target, write
from rfcalc.gridding.glance import Glance, glance
from rfcalc.gridding.lattice import read_share
from rfcalc.hdc import HdcVerdict
from rfcalc.loading import load
from rfcalc.network import Network, without_global
from rfcalc.render.document import by_axis
from rfcalc.repair import Repair, repair
from rfcalc.report import Report, StageReport, analyze
from rfcalc.zoo import zoo_names, zoo_text

FILE = Path(__file__).parent.parent / "docs" / "audit.md"

HEAD = """# Published networks and their grids

Made by `python -m benchmarks.audit` from the {total} networks of `rfcalc zoo`; not edited by
hand. Each is the published architecture as a network file that names its source
(`rfcalc zoo NAME`). What is said here is counted exactly, for outputs far from the border, and
each row can be had again by the command in it.

A *stage* lies at one resolution. It begins at the map through which all paths to its dilated
layers lead, and ends where the paths through these have met again and the plain chain behind is
done, or where the whole input is mixed in (image pooling). Its mask is the set of cells of its own
input that one output reads; a *hole* is a cell inside the box of that mask that is not read,
*density* the share of the box that is. *Field*, *largest hole* and *sublattices* are per axis. What
reads the whole input (image pooling, squeeze-excite) is left aside.
"""

RULES = """The HDC rules are those of Wang et al. 2018, as `rfcalc hdc-check` reads them; they
speak of chains, not of parallel branches. *Covered* input pixels: the end of the stage reads every
pixel of its field in the image, since the strided layers before the stage spread over the holes.
*Last layer of that resolution*: the density of its mask of the stage's input, where layers behind
the stage may have filled the holes.
"""

CORNERS = """A largest hole of 0 means that only corners of the box are missing: branches of unlike
shape, such as 1x7 and 7x1, meet, and no line through the mask has a gap.
"""

REPAIRS = """The least change of written dilations (sum of the differences) after which no stage has
a hole and no layer's field is smaller than it was, as `rfcalc fix` finds it. Where none was found,
the row says how far the search is complete.
"""


def main() -> None:
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
        "## Stages that sample their own input with holes\n",
        _table(
            "network,stage,dilations,field,density,largest hole,sublattices,"
            "published HDC rules,last layer of that resolution,input pixels,command",
            (_stage(name, report, s) for name, report, s in _each(dilated) if s.measures.holes),
        ),
        RULES,
        "## Stages without holes\n",
        _table(
            "network,stage,dilations,field,published HDC rules,command",
            (
                _stage(name, report, stage, short=True)
                for name, report, stage in _each(dilated)
                if not stage.measures.holes
            ),
        ),
        "## Outputs that leave cells of the input box unread\n",
        _table(
            "network,output,field,density,largest hole,command",
            (_output(name, report) for name, report in reports.items()),
        ),
        CORNERS,
        "## Smallest repair\n",
        REPAIRS,
        _table(
            "network,change of dilations,command",
            (_fixed(name) for name in holed),
        ),
        "## No dilation above 1\n",
        ", ".join(name for name in names if name not in dilated) + "\n",
    ]
    return "\n".join(block for block in blocks if block)


def _summary(reports: dict[str, Report], dilated: dict[str, Report], holed: Sequence[str]) -> str:
    seen = [_seen(report.network) for report in reports.values()]
    gaps = sum(any(found.largest_hole) for found in seen)
    unread = sum(read_share(found.found) < 1 for found in seen)
    return (
        f"- {len(dilated)} of {len(reports)} networks have a dilated stage; {len(holed)} have one "
        "that samples its own input with holes.\n"
        f"- {gaps} sample the input pixels with holes at their output.\n"
        f"- {unread} leave input pixels that no output reads.\n"
    )


def _each(reports: dict[str, Report]) -> Iterable[tuple[str, Report, StageReport]]:
    return ((name, report, stage) for name, report in reports.items() for stage in report.stages)


def _stage(name: str, report: Report, stage: StageReport, short: bool = False) -> tuple[str, ...]:
    found = stage.measures
    pair = f"--source {found.source} --layer {found.layer}"
    aside = _aside(report.network)
    first = (name, f"{found.source} to {found.layer}", _rates(stage), by_axis(found.rf))
    last = f"`rfcalc analyze zoo:{name} {pair}{aside}`"
    if short:
        return (*first, _rules(stage.hdc), last)
    return (
        *first,
        f"{found.density:.1%}",
        by_axis(found.largest_hole),
        by_axis(found.sublattices),
        _rules(stage.hdc),
        _after(report.network, stage),
        "holes" if _seen(report.network, stage.stage.target).holes else "covered",
        last,
    )


def _rates(stage: StageReport) -> str:
    """Return the dilations in order, what repeats written once with its number."""
    rates = [by_axis(rate) if isinstance(rate, tuple) else str(rate) for rate in stage.dilations]
    for period in range(2, len(rates) // 2 + 1):
        if rates == rates[:period] * (len(rates) // period) and len(set(rates)) > 1:
            return f"({', '.join(rates[:period])}) {len(rates) // period} times"
    runs = [(rate, len(list(same))) for rate, same in groupby(rates)]
    return ", ".join(rate if n == 1 else f"{rate} ({n} times)" for rate, n in runs)


def _after(network: Network, stage: StageReport) -> str:
    """Return what the last layer on the stage's own grid reads of the stage's input."""
    source, target = stage.stage.source, stage.stage.target
    jump = network.nodes[target].jump
    between = network.between(source, network.output)
    last = max(p for p, node in enumerate(network.nodes) if between[p] and node.jump == jump)
    seen = glance(without_global(network), source, last)
    return f"{seen.layer}: {f'{seen.density:.1%}' if seen.holes else 'no hole'}"


def _rules(verdict: HdcVerdict | None) -> str:
    if verdict is None:
        return "no chain"
    broken = [
        words
        for words, holds in (
            (f"M_2 = {max(g.m2 or 0 for g in verdict.groups)}", verdict.gap_holds),
            (f"common factor {max(g.common_factor for g in verdict.groups)}", verdict.factor_holds),
            ("no sawtooth", verdict.sawtooth),
        )
        if not holds
    ]
    return "hold" if verdict.published else f"broken: {', '.join(broken)}"


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


def _seen(network: Network, target: int | None = None) -> Glance:
    """Return what a layer, by default the output, reads of the input pixels."""
    return glance(without_global(network), 0, network.output if target is None else target)


def _aside(network: Network) -> str:
    """Return the option that leaves aside what reads the whole input, where there is such."""
    return " --ignore-global" if without_global(network).assumed != network.assumed else ""


def _fixed(name: str) -> tuple[str, ...]:
    answer: Repair = repair(zoo_text(name), f"zoo:{name}")
    changes = "; ".join(f"line {c.line}: {c.name} {c.before} to {c.after}" for c in answer.changes)
    return (name, changes or answer.reason, f"`rfcalc fix zoo:{name}`")


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

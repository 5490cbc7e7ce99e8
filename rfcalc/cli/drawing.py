"""Which commands draw what an analysis found? The first gridded stages and lattice runs."""

from collections.abc import Iterator, Sequence
from shlex import join, quote

from rfcalc.network import without_global
from rfcalc.render.document import Lines
from rfcalc.report import Report

__all__ = ["drawing_commands"]

DRAWN = 2
"""Most commands that are shown."""


def drawing_commands(report: Report, typed: Sequence[str]) -> Iterator[Lines]:
    """Yield the commands that draw the first gridded stages and lattice runs.

    Parameters
    ----------
    typed : what a user types to name the network.
    """
    net = join(typed)
    lines = [
        f"rfcalc heatmap {net} --stage {stage.number} -o stage.png"
        for stage in report.stages
        if stage.measures.holes
    ]
    local = without_global(report.network).assumed != report.network.assumed
    apart = " --ignore-global" if local and "--ignore-global" not in typed else ""
    lines += [
        f"rfcalc heatmap {net}{apart} --source {quote(run.source)} --layer {quote(run.target)} "
        "-o run.png"
        for stage in report.stages
        for run in stage.runs
    ]
    shown = [f"see it: {line}" for line in lines[:DRAWN]]
    more = len(lines) - DRAWN
    if more > 0:
        shown.append(
            f"and {more} more, alike: --stage with its number, --source and --layer of a run"
        )
    if shown:
        yield Lines("", tuple(("", line) for line in shown))

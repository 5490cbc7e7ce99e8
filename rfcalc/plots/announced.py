"""Which pair of maps shows what the verdict says, where the output's own mask does not?"""

import msgspec

from rfcalc.network import Network, without_global
from rfcalc.report import Report, analyze

__all__ = ["Announced", "announced"]


class Announced(msgspec.Struct, frozen=True):
    """A gridded stage or a lattice run: two maps of a network, and what it is.

    ``network`` is the one to ask: without what reads its whole input.
    """

    network: Network
    source: str
    layer: str
    words: str


def announced(network: Network) -> Announced | None:
    """Return the pair with the largest hole, ``None`` where the output's mask shows the gridding.

    A gridded stage goes before a lattice run.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> announced(load("k3,k3d2,k3d4")).words
    "lattice run 'conv1' -> 'conv3' of stage 1"
    >>> announced(load("k3,k3d2,k3d9")) is None
    True
    """
    report = analyze(network)
    if report.output.rf is not None and any(report.output.largest_hole or ()):
        return None
    found = _stage(report) or _run(report)
    if found is None or found[:2] == (network.nodes[0].name, report.output.name):
        return None
    return Announced(without_global(network), *found)


def _stage(report: Report) -> tuple[str, str, str] | None:
    gridded = [stage for stage in report.stages if stage.measures.holes]
    if not gridded:
        return None
    worst = max(gridded, key=lambda stage: max(stage.measures.largest_hole or (0,)))
    measured = worst.measures
    return measured.source, measured.layer, worst.name


def _run(report: Report) -> tuple[str, str, str] | None:
    runs = [(stage, run) for stage in report.stages for run in stage.runs]
    if not runs:
        return None
    stage, run = max(runs, key=lambda pair: pair[1].sublattices or 0)
    words = f"lattice run '{run.source}' -> '{run.target}' of stage {stage.number}"
    return run.source, run.target, words

"""How is gridding removed from a network file? By the least change of the written dilations."""

from collections.abc import Sequence
from math import prod

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.gridding.stage_reports import StageReport
from rfcalc.gridding.stages import stages
from rfcalc.network import Network, without_global
from rfcalc.path_counts import total
from rfcalc.repair.search import Fields, Search, candidates, fields, keeps, moved
from rfcalc.repair.sites import Site, edited, sites
from rfcalc.report import Report, analyze
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["Change", "Repair", "repair"]


class Change(msgspec.Struct, frozen=True):
    """One number of the file, what it is called, where it stands, and its old and new value."""

    name: str
    line: int
    column: int
    before: int
    after: int


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of ``rfcalc fix``: the new text, or ``None`` with the reason.

    ``change`` is the total of the changes; every smaller total, up to ``complete``, was tried.
    """

    text: str | None
    changes: tuple[Change, ...]
    change: int
    complete: int
    reason: str
    before: Report
    after: Report | None


def repair(
    text: str,
    file: str,
    *,
    size: Given = None,
    keep: int = 100,
    max_dilation: int | None = None,
) -> Repair:
    """Return the least change of dilations that removes every hole of every dilated stage.

    Parameters
    ----------
    text, file : the network file and the name that diagnostics show.
    size : input size that goes before the file's own, cells per axis; one per input if several.
    keep : percent of its field that every layer has to keep, on every axis.
    max_dilation : largest dilation that may be written; by default three times the largest.

    Raises
    ------
    RfcalcError
        RF411: the network has no dilated layer, or its dilations are not numbers of the file.

    Notes
    -----
    The change is the sum of the differences of the written numbers. Changes are tried in order
    of their total, so the first that passes is the least; it is confirmed by reading the
    changed file and analysing it anew.
    """
    network = read_text(text, file, size)
    before = analyze(network)
    runs = stages(network)
    if not runs:
        raise fail("RF411", f"{file} has no dilated layer", "there is nothing to repair")
    if not any(stage.measures.holes for stage in before.stages):
        return _answer(text, before, "no stage has a hole: nothing to repair", before)
    short = next((stage for stage in before.stages if _too_few(network, stage, keep)), None)
    if short is not None:
        reason = (
            f"the stage from '{short.measures.source}' has fewer paths than its field has cells, "
            "whatever the dilations: more layers or wider kernels are needed"
        )
        return _answer(None, before, reason, None)
    found = sites(text, file, network, size)
    if not found:
        help = "write the dilations as integers, vars or parameters of blocks"
        raise fail("RF411", f"the dilations of {file} are not numbers that can be changed", help)
    most = max_dilation or 3 * max(site.value for site in found)
    was = fields(network)
    search = Search()
    for steps in candidates(network, found, runs, most, search):
        if not keeps(was, fields(moved(network, found, steps)), keep):
            continue
        fixed = edited(
            text,
            [
                (edit, step)
                for site, step in zip(found, steps, strict=True)
                for edit in site.edits
                if step
            ],
        )
        after = _confirmed(fixed, file, size, was, keep)
        if after is not None:
            reason = f"no smaller change does it with dilations of up to {most}"
            return _answer(fixed, before, reason, after, found, steps, search.complete)
    reason = (
        f"no change within dilations of up to {most} removes every hole and keeps {keep} % of "
        "every field"
        if search.exhausted
        else f"no total change of up to {search.complete} does it; larger ones were not all tried"
    )
    return _answer(None, before, reason, None, complete=search.complete)


def _too_few(network: Network, stage: StageReport, keep: int) -> bool:
    """Whether a stage has fewer paths than cells to cover: their number ignores dilations."""
    if keep < 100:
        return False
    local = without_global(network)
    paths = total(local, stage.stage.source, stage.stage.target)
    return paths is not None and paths < prod(stage.measures.rf)


def _confirmed(text: str, file: str, size: Given, was: Fields, keep: int) -> Report | None:
    """Return the analysis of a changed file when it has no hole and keeps the fields."""
    try:
        changed = read_text(text, file, size)
    except RfcalcError:
        return None
    report = analyze(changed)
    solid = not any(stage.measures.holes for stage in report.stages)
    return report if solid and keeps(was, fields(changed), keep) else None


def _answer(
    text: str | None,
    before: Report,
    reason: str,
    after: Report | None,
    found: Sequence[Site] = (),
    steps: Sequence[int] = (),
    complete: int = 0,
) -> Repair:
    changes = tuple(
        Change(site.name, site.line, site.column, site.value, site.value + step)
        for site, step in zip(found, steps, strict=True)
        if step
    )
    return Repair(
        text=text,
        changes=changes,
        change=sum(map(abs, steps)),
        complete=complete,
        reason=reason,
        before=before,
        after=after,
    )

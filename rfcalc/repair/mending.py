"""Which text is the least change of another that has no holes and keeps the fields?"""

from operator import ge

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.interior import footprint
from rfcalc.network import Network, without_global
from rfcalc.repair.edits import edited
from rfcalc.repair.fields import Fields
from rfcalc.repair.masks import Masks, holed
from rfcalc.repair.proof import confined, crowded
from rfcalc.repair.search import Search, searched
from rfcalc.repair.task import Task
from rfcalc.report import Report, analyze
from rfcalc.spec import read_text

__all__ = ["Change", "Keep", "Mended", "mended", "verdict"]

ALONE = "layers outside the stages with holes are left alone"
"""What a search does not look at; for a field that is wanted it looks everywhere."""
FOLLOWED = "of the numbers that dilations follow in proportion"
"""What is tried of a text in which products or divisions decide dilations."""


class Keep(msgspec.Struct, frozen=True):
    """Which share of its field, in percent, every output keeps, or every layer.

    ``wanted`` is the field that every output is to have instead.
    """

    percent: int = 100
    layers: bool = False
    wanted: int | None = None

    def fields(self, work: Task) -> Fields:
        """Return the fields that are kept."""
        nodes = work.local.nodes
        targets = range(len(nodes)) if self.layers else work.local.outputs
        return Fields.of(work.local, work.found, targets, self.percent, self.wanted)

    def __str__(self) -> str:
        if self.wanted is not None:
            return f"reaches a field of {self.wanted:,} at every output"
        return (
            f"keeps {self.percent} % of the field of every {'layer' if self.layers else 'output'}"
        )


class Change(msgspec.Struct, frozen=True):
    """One number of the file: what it is called, where it stands, its old and new value.

    ``layers`` are those that it decides.
    """

    name: str
    line: int
    column: int
    before: int
    after: int
    layers: tuple[str, ...] = ()


class Mended(msgspec.Struct, frozen=True):
    """What came of a search: a text with its changes, or ``None``, and how far it is complete.

    ``proven`` says that there is no smaller change, or none at all; ``reason`` with which bound.
    """

    text: str | None
    changes: tuple[Change, ...]
    change: int
    complete: int
    proven: bool
    reason: str
    after: Report | None = None

    def suits(self, work: Task, keep: Keep) -> bool:
        """Whether it keeps other fields as well."""
        return self.after is not None and _at_least(self.after.network, keep.fields(work))


def mended(work: Task, keep: Keep, start: int = 0, limit: int | None = None) -> Mended:
    """Return the least change of a task's numbers.

    ``start`` is a total below which there is none, ``limit`` bounds the search.
    """
    if not work.open:
        reason = "holes are left by dilations that are not numbers of the file"
        return Mended(None, (), 0, 0, work.straight, reason)
    fields = keep.fields(work)
    reason = crowded(work, fields)
    alone = f"; {ALONE}" if work.apart else ""
    if reason:
        return Mended(None, (), 0, 0, True, f"{reason}{alone}")
    which = "" if work.straight else f" {FOLLOWED},"
    none = f"no change{which} within dilations of up to {work.most} removes every hole and {keep}"
    none += alone
    if confined(work, fields):
        return Mended(None, (), 0, 0, work.straight, none)
    search = Search()
    for whole in (True, False):
        refused = False
        masks = Masks(work.local, work.found)
        for steps in searched(
            work.made, work.ends, fields, masks, search, whole=whole, start=start, limit=limit
        ):
            text = edited(
                work.text,
                [(edit, step) for n, step in steps.items() for edit in work.found[n].edits],
            )
            after = _confirmed(work, text, fields)
            if after is not None:
                total = sum(map(abs, steps.values()))
                which = "" if work.straight else f" {FOLLOWED}"
                reason = f"no smaller change{which} does it with dilations of up to {work.most}"
                proven = work.straight
                return Mended(text, _changes(work, steps), total, total - 1, proven, reason, after)
            refused = True
        if not refused:
            break
    if search.exhausted:
        return Mended(None, (), 0, search.complete, work.straight, none)
    reason = f"no total change of up to {search.complete} does it; larger ones were not all tried"
    return Mended(None, (), 0, search.complete, False, reason)


def _changes(work: Task, steps: dict[int, int]) -> tuple[Change, ...]:
    made: list[Change] = []
    for number, step in sorted(steps.items()):
        site = work.found[number]
        layers = tuple(work.network.nodes[p].name for p in site.effect)
        made.append(
            Change(site.name, site.line, site.column, site.value, site.value + step, layers)
        )
    return tuple(made)


def _confirmed(work: Task, text: str, fields: Fields) -> Report | None:
    """Return the analysis of a changed file when it has no hole and keeps the fields."""
    try:
        changed = read_text(text, work.file, work.size)
        report = analyze(changed)
    except RfcalcError:
        return None
    if verdict(work, changed, report):
        return None
    return report if _at_least(changed, fields) else None


def verdict(work: Task, changed: Network, report: Report) -> bool:
    """Whether a changed network still has holes where it must not."""
    if work.pair is None:
        return any(stage.measures.holes for stage in report.stages)
    return holed(footprint(without_global(changed), *work.pair))


def _at_least(changed: Network, fields: Fields) -> bool:
    """Whether a changed network has the fields that are to be kept."""
    now = Fields.of(without_global(changed), (), fields.targets).was
    return len(now) == len(fields.least) and all(map(ge, now, fields.least))

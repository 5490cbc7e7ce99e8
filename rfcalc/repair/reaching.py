"""How does a network reach a field? By the least change of dilations, of kernels or of strides."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import msgspec

from rfcalc.conversion import convert
from rfcalc.costs import per_cell
from rfcalc.errors import RfcalcError, fail
from rfcalc.gridding.stages import dilation_of, stages
from rfcalc.network import Network, without_global
from rfcalc.repair.fields import Fields
from rfcalc.repair.kernels import READ_LIMIT, Grown, adding, few, widened
from rfcalc.repair.mending import Change, Keep, mended
from rfcalc.repair.proportions import proportional
from rfcalc.repair.result import Repair, Solution, solution
from rfcalc.repair.side_by_side import EVERY, climb, enumerate_ways
from rfcalc.repair.strides import strided
from rfcalc.repair.task import task
from rfcalc.report import Report, analyze
from rfcalc.spec import read_text
from rfcalc.spec.frame import Given

__all__ = ["reached"]

LEAST_BOUND = 16
"""Largest dilation that may be written, where three times the largest there is is less."""
WAYS = 3
"""Most ways to grow kernels, or strides, that are shown."""
WORDS = ("dilation", "dilations", "kernel", "kernel_size", "stride")
"""What a field is reached by."""


def reached(
    text: str,
    file: str,
    rf: int,
    *,
    size: Given = None,
    max_cost: Fraction | None = None,
    max_dilation: int | None = None,
    unroll: bool = False,
) -> Repair:
    """Return the least change of dilations, kernels or strides with which outputs reach a field.

    Parameters
    ----------
    text, file : the network file and the name that diagnostics show.
    rf : the field that every output is to have at the least, on every axis.
    size : input size that goes before the file's own, cells per axis; one per input if several.
    max_cost : most multiply-adds, as a share of those before.
    max_dilation : largest dilation that may be written, by default 16, or three times the
        largest.
    unroll : change the text with one entry per layer, in which every layer has its own numbers.

    Raises
    ------
    RfcalcError
        RF406: a field or a share that cannot be.

    Notes
    -----
    Dilations alone, kernels above 1 alone and strides alone are tried, each by the least total
    change; no stage has holes in the end. Answers come by their change, then by their cost.
    """
    if rf < 1 or (max_cost is not None and max_cost <= 0):
        raise fail("RF406", f"a field of {rf} at {max_cost} of the cost", "both are positive")
    network = read_text(text, file, size)
    if unroll:
        text, size = convert(network, flat=True).text, None
        network = read_text(text, file)
    asked = _Asked(text, file, size, network, rf, max_cost, unroll)
    before = analyze(asked.network)
    if asked.meets(asked.network, before):
        reason = f"every output has a field of {rf:,} or more: nothing to change"
        same = Solution(text=text, changes=(), change=0, keeps="outputs", after=before)
        return _answer(asked, before, (same,), 0, True, reason)
    every = few(text)
    found, complete, bound = asked.dilations(max_dilation)
    adds = every and proportional(text, WORDS) and adding(text, file, size, network)
    some, grown = asked.kernels() if adds else asked.kernels_side_by_side()
    found += some
    some, tried = asked.strides()
    found += some
    found.sort(key=lambda one: (one.change, one.cost))
    complete = min(complete, grown, tried)
    limit = "" if max_cost is None else f" at {float(max_cost):g} of the multiply-adds"
    if not found:
        some = "" if every else f" among the first {READ_LIMIT} that were tried"
        reason = (
            f"no dilations of up to {bound}, no kernels of up to 2k + 1{some} and no change of "
            f"strides of up to {tried}, each alone, reach a field of {rf:,} without a hole{limit}"
        )
        return _answer(asked, before, (), complete, False, reason)
    least = found[0].change
    proven = complete >= least - 1
    reason = (
        f"no smaller change of dilations of up to {bound}, of kernels or of strides alone does "
        f"it{limit}"
        if proven
        else f"smaller changes than {least} were not all tried"
    )
    return _answer(asked, before, tuple(found), min(complete, least - 1), proven, reason)


class _Asked(msgspec.Struct, frozen=True):
    """A text, and the field that its outputs are to reach."""

    text: str
    file: str
    size: Given
    network: Network
    rf: int
    most: Fraction | None
    unrolled: bool = False

    def meets(self, network: Network, report: Report) -> bool:
        """Whether a network has the field at every output, and no hole in a stage."""
        local = without_global(network)
        fields = Fields.of(local, (), local.outputs).was
        solid = not any(stage.measures.holes for stage in report.stages)
        return solid and all(field >= self.rf for field in fields if field)

    def dilations(self, bound: int | None) -> tuple[list[Solution], int, int]:
        """Return the least change of dilations, how far it is complete, and the largest tried."""
        local = without_global(self.network)
        largest = max((max(dilation_of(n.layer), default=1) for n in local.nodes), default=1)
        bound = bound or max(LEAST_BOUND, 3 * largest)
        if self.most is not None and self.most < 1:
            return [], EVERY, bound
        held = tuple((s.source, s.target) for s in stages(self.network))
        work = task(self.text, self.file, self.size, self.network, held, bound, everywhere=True)
        made = mended(work, Keep(wanted=self.rf))
        found = [] if made.text is None else [solution(made, "outputs")]
        return found, EVERY if made.proven and not found else made.complete, bound

    def kernels(self) -> tuple[list[Solution], int]:
        """Return changes of kernels, least change and cost first, and how far they are complete."""
        ways = widened(self.text, self.file, self.size, self.network, self.rf, self.most)
        return list(islice(self._checked(ways, "kernels"), WAYS)), EVERY

    def kernels_side_by_side(self) -> tuple[list[Solution], int]:
        """Return the same where what kernels add does not sum up: every way is read."""
        given = self.text, self.file, self.size, self.network, self.rf
        found, tried, left = self._least(enumerate_ways(*given), "kernels")
        if found:
            return found, tried
        way = climb(*given)
        ways = iter(left if way is None else [*left, way])
        found = sorted(self._checked(ways, "kernels"), key=lambda one: (one.change, one.cost))
        return (found[:WAYS] or self.kernels()[0]), tried

    def strides(self) -> tuple[list[Solution], int]:
        """Return the least changes of strides, and the largest total that was tried."""
        ways = strided(self.text, self.file, self.size, self.network, self.rf)
        return self._least(ways, "strides")[:2]

    def _least(
        self, ways: Iterator[tuple[int, Grown | None]], kind: str
    ) -> tuple[list[Solution], int, list[Grown]]:
        """Return the ways of the least total, how far it was tried, and ways left beyond that.

        Ways come with their total change; ``None`` follows all those of a total.
        """
        tried, some = 0, list[Grown]()
        for total, made in ways:
            if made is not None:
                some.append(made)
                continue
            tried = total
            if found := list(self._checked(iter(some), kind)):
                return sorted(found, key=lambda one: one.cost)[:WAYS], tried, []
            some = []
        return [], tried, some

    def _checked(self, ways: Iterator[Grown], kind: str) -> Iterator[Solution]:
        """Yield the ways that meet what is asked for, once they are read and analysed."""
        before = per_cell(self.network)
        for made in ways:
            text = made.text(self.text)
            try:
                other = read_text(text, self.file, self.size)
                report = analyze(other)
            except RfcalcError:
                continue
            share = per_cell(other) / before if before else Fraction(1)
            if (self.most is None or share <= self.most) and self.meets(other, report):
                yield Solution(
                    text=text,
                    changes=tuple(self._changes(made)),
                    change=made.change,
                    keeps="outputs",
                    after=report,
                    kind=kind,
                    cost=float(share),
                )

    def _changes(self, made: Grown) -> Iterator[Change]:
        for one, by in made.growths:
            for edit in one.edits[: one.numbers]:
                after = edit.value + by * edit.factor
                yield Change(one.name, one.line, one.column, edit.value, after)


def _answer(
    asked: _Asked,
    before: Report,
    found: tuple[Solution, ...],
    complete: int,
    proven: bool,
    reason: str,
) -> Repair:
    seen = [
        msgspec.structs.replace(one, rf=_main_field(one.after), unrolled=asked.unrolled)
        for one in found
    ]
    return Repair(
        text=seen[0].text if seen else None,
        repairs=tuple(seen),
        complete=complete,
        proven=proven,
        reason=reason,
        before=before,
        wanted=asked.rf,
    )


def _main_field(report: Report) -> tuple[int, ...]:
    """Return the field of the main output, global context ignored."""
    local = without_global(report.network)
    return Fields.of(local, (), [local.output]).was[: local.dims]

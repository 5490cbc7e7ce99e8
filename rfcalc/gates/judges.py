"""Which layers miss a limit, and why? One judge per gate."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import msgspec

from rfcalc.errors import by
from rfcalc.gridding.findings import gaps
from rfcalc.gridding.lattice import read_share
from rfcalc.gridding.layer_findings import checkerboard
from rfcalc.gridding.stages import Stage, dilated_layers, dilation_of, kernel_of
from rfcalc.gridding.summaries import FieldSummary, summarise_stages
from rfcalc.hdc import HdcVerdict, hdc_check
from rfcalc.interior import told
from rfcalc.network import Network, Node, without_global
from rfcalc.tiling.stream_stages import Stream

__all__ = [
    "Fault",
    "Limit",
    "Question",
    "hdc",
    "label",
    "max_jump",
    "max_rf",
    "min_density",
    "min_rf",
    "no_checkerboard",
    "no_gridding",
    "no_holes",
    "no_unseen",
]

Limit = tuple[int, ...] | int | float | bool | str
"""What a gate is set to: an integer or one per axis, a share, on and off, or a time: ``20ms``."""


class Question(msgspec.Struct, frozen=True, dict=True):
    """The layer and the source a network is judged by; ``many``: one of several inputs.

    ``apart``: layers that read the whole input are ignored. ``axis``: the axis of time, by
    default every axis. ``rate``: samples per second, if they are known. ``streams`` keeps what has
    been found, or why there is nothing, per axis.
    """

    network: Network
    source: int
    target: int
    named: bool
    many: bool
    seen: FieldSummary
    apart: bool = False
    axis: int | None = None
    rate: Fraction | None = None

    @cached_property
    def streams(self) -> dict[int, Stream | str]:
        return {}

    @property
    def node(self) -> Node:
        return self.network.nodes[self.target]

    @cached_property
    def stages(self) -> tuple[tuple[Stage, FieldSummary], ...]:
        """The dilated stages; of a named pair, those that lie between the two."""
        between = self.network.between(self.source, self.target)
        return tuple(
            (stage, seen)
            for stage, seen in summarise_stages(self.network)
            if not self.named or (between[stage.source] and between[stage.target])
        )


Fault = tuple[Node, str, str]
"""The layer at fault, the fact, the cure."""


def _ignore(asked: Question) -> str:
    """Return the cure of a field without end: what ``ignore_global`` leaves, if anything."""
    if without_global(asked.network) is asked.network:
        return "judge a layer before it: `layer=`"
    return "`ignore_global=True` judges the field of the rest"


def min_rf(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the smallest field over the phases; an axis without end passes."""
    least, wanted = asked.seen.least, _per_axis(asked, limit)
    if all(r is None or r >= w for r, w in zip(least, wanted, strict=True)):
        return
    phases = ""
    if asked.seen.rf != least:
        phases = f" on phase {', '.join(map(str, asked.seen.least_phase))}"
    yield (
        asked.node,
        f"the field of {label(asked)} is {_shown(least)}{phases}, below {by(wanted)}",
        "add a layer, a stride or a dilation: `rfcalc.design`",
    )


def max_rf(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the largest field over the phases; an axis without end fails."""
    rf, wanted = asked.seen.rf, _per_axis(asked, limit)
    cure = "use fewer layers, smaller kernels or smaller dilations"
    if None in rf:
        whole = f"{label(asked)} {told(asked.seen.unbounded)}: its field is {_shown(rf)}"
        yield asked.node, f"{whole}, above {by(wanted)}", _ignore(asked)
    elif any(r is not None and r > w for r, w in zip(rf, wanted, strict=True)):
        yield asked.node, f"the field of {label(asked)} is {_shown(rf)}, above {by(wanted)}", cure


def min_density(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the share of the field that is sampled."""
    if not asked.seen.extents or asked.seen.reason:
        yield _undecided(asked, "density")
    elif isinstance(limit, float) and asked.seen.density < limit:
        cure = "lower the dilations, or let one layer of the stage have 1: `rfcalc.fix`"
        fact = f"{label(asked)} {_sampling(asked.seen)}; the density is below {limit:.4g}"
        yield asked.node, fact, cure


def no_holes(asked: Question, _limit: Limit) -> Iterator[Fault]:
    """Judge the mask against its box."""
    if not asked.seen.extents or asked.seen.reason:
        yield _undecided(asked, "mask")
    elif asked.seen.holes:
        cure = "`rfcalc.fix` looks for the least change of dilations"
        yield asked.node, f"{label(asked)} {_sampling(asked.seen)}", cure


def no_gridding(asked: Question, _limit: Limit) -> Iterator[Fault]:
    """Judge the dilated stages against their own inputs."""
    for stage, seen in asked.stages:
        if seen.reason:
            yield _unjudged(asked, stage, seen)
        elif seen.holes:
            worst = _worst(asked.network, stage)
            where = "at its rim only" if seen.rim_only else "inside"
            fact = f"{stage.label(seen.source, seen.layer)} {_sampling(seen)}, {where}"
            cure = "`rfcalc.fix` looks for the least change of dilations"
            yield worst, f"{fact}; its largest step is '{worst.name}'", cure


def hdc(asked: Question, _limit: Limit) -> Iterator[Fault]:
    """Judge chains by the published rules, and branches, which they do not cover, by holes."""
    for stage, seen in asked.stages:
        if not stage.chain:
            if seen.reason:
                yield _unjudged(asked, stage, seen)
            elif seen.holes:
                worst = _worst(asked.network, stage)
                fact = (
                    f"{stage.label(seen.source, seen.layer)} has parallel branches, which the "
                    "published rules do not cover, and it has holes"
                )
                yield worst, fact, "see the holes: `rfcalc.analyze`; repair them: `rfcalc.fix`"
            continue
        layers = [asked.network.nodes[position].layer for position in stage.layers]
        for axis in range(asked.network.dims):
            rates = [dilation_of(layer)[axis] for layer in layers]
            kernels = [kernel_of(layer)[axis] for layer in layers]
            verdict = hdc_check(rates, kernels)
            if not verdict.ok:
                worst = _worst(asked.network, stage)
                shown = ", ".join(map(str, rates[:12])) + (", .." if len(rates) > 12 else "")
                fact = f"{stage.label(seen.source, seen.layer)} ({shown}): {_broken(verdict)}"
                size = kernels[:1] if len({*kernels}) == 1 else kernels
                cure = f"`rfcalc.hdc_check('{_listed(rates)}', kernel={_listed(size)})`"
                yield worst, f"{fact}; its largest step is '{worst.name}'", cure
                break


def no_checkerboard(asked: Question, _limit: Limit) -> Iterator[Fault]:
    """Judge the transposed convolutions on the way."""
    between = asked.network.between(asked.source, asked.target)
    for inside, node in zip(between, asked.network.nodes, strict=True):
        for found in checkerboard(node) if inside else ():
            yield node, found.message, found.help


def no_unseen(asked: Question, _limit: Limit) -> Iterator[Fault]:
    """Judge whether some output reads each cell."""
    if not asked.seen.extents or asked.seen.reason:
        yield _undecided(asked, "mask")
        return
    share = read_share(asked.seen.found.on(asked.seen.found.axes))
    if share < 1:
        unread = f"{float(1 - share):.1%} of the cells of '{asked.seen.source}'"
        fact = f"{unread} are read by no output of {label(asked)}"
        yield asked.node, fact, "let no kernel be narrower than its stride"


def max_jump(asked: Question, limit: Limit) -> Iterator[Fault]:
    """Judge the cells between neighbouring outputs."""
    jump, most = asked.seen.jump, _per_axis(asked, limit)
    if any(step is not None and abs(step) > n for step, n in zip(jump, most, strict=True)):
        fact = f"the jump of {label(asked)} is {by(jump)}, above {by(most)}"
        yield asked.node, fact, "drop a stride, or dilate in its place"


def _undecided(asked: Question, what: str) -> Fault:
    if asked.seen.reason:
        fact = f"no {what} of {label(asked)} to judge: {asked.seen.reason}"
        return (
            asked.node,
            fact,
            "judge a layer before it: `layer=`; its extents can be judged",
        )
    whole = f"{label(asked)} {told(asked.seen.unbounded)}"
    return asked.node, f"{whole}: no {what} to judge", _ignore(asked)


def _unjudged(asked: Question, stage: Stage, seen: FieldSummary) -> Fault:
    fact = f"{stage.label(seen.source, seen.layer)} has no mask to judge: {seen.reason}"
    return _worst(asked.network, stage), fact, "judge a part of it: `source=` and `layer=`"


def _shown(extents: Sequence[int | None]) -> str:
    return by(["all" if n is None else n for n in extents])


def label(asked: Question) -> str:
    """Return the name of the layer that is judged, and of several inputs the one."""
    among = f" on '{asked.seen.source}'" if asked.many else ""
    return f"'{asked.node.name}'{among}"


def _worst(network: Network, stage: Stage) -> Node:
    """Return the layer of a stage with the largest dilation, the first of equals."""
    dilated = set(dilated_layers(network))
    inside = [p for p in stage.layers if p in dilated]
    return network.nodes[max(inside, key=lambda p: max(dilation_of(network.nodes[p].layer)))]


def _sampling(seen: FieldSummary) -> str:
    field = f"samples {seen.density:.1%} of its field of {by(seen.extents)}"
    return f"{field}, {gaps(seen.gaps)}"


def _broken(verdict: HdcVerdict) -> str:
    rules = (
        ("it has holes", verdict.hole_free),
        ("M_2 exceeds K", verdict.gap_holds),
        ("a group has a common factor", verdict.factor_holds),
        ("no sawtooth", verdict.sawtooth),
    )
    return ", ".join(words for words, holds in rules if not holds)


def _per_axis(asked: Question, limit: Limit) -> tuple[int, ...]:
    assert isinstance(limit, tuple)
    return limit * asked.network.dims if len(limit) == 1 else limit


def _listed(values: Sequence[int]) -> str:
    return ",".join(map(str, values))

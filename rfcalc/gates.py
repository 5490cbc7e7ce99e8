"""Does a network keep to the limits a team has set? One failure per gate that is missed."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from rfcalc.errors import Location, fail
from rfcalc.glance import Glance, glance, stage_glances
from rfcalc.hdc import HdcVerdict, hdc_check
from rfcalc.lattice import read_share
from rfcalc.layer_findings import checkerboard
from rfcalc.network import Network, Node
from rfcalc.stages import Stage, dilated_layers, dilation_of, kernel_of

__all__ = ["GATES", "Failure", "Gate", "Gates", "Limit", "check"]

Limit = tuple[int, ...] | float | bool
"""What a gate is set to: one integer or one per axis, a share, or on and off."""
Gates = dict[str, Limit]
"""The gates that are set, by name; those that are off do not appear."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A gate that is missed: by which layer, where it was written, the fact and the cure."""

    gate: str
    code: str
    layer: str
    message: str
    help: str
    at: Location | None = None


class _Question(msgspec.Struct, frozen=True, dict=True):
    """The layer and the source a network is judged by."""

    network: Network
    source: int
    target: int
    named: bool
    seen: Glance

    @property
    def node(self) -> Node:
        return self.network.nodes[self.target]

    @cached_property
    def stages(self) -> tuple[tuple[Stage, Glance], ...]:
        """The dilated stages; of a named pair, those that lie between the two."""
        between = self.network.between(self.source, self.target)
        return tuple(
            (stage, seen)
            for stage, seen in stage_glances(self.network)
            if not self.named or (between[stage.source] and between[stage.target])
        )


Fault = tuple[Node, str, str]
"""The layer at fault, the fact, the cure."""


class Gate(msgspec.Struct, frozen=True):
    """A gate: the code of its failures, what it is set to, and who finds the faults."""

    code: str
    kind: Literal["extent", "share", "flag"]
    judge: Callable[[_Question, Limit], Iterator[Fault]]


def check(
    network: Network, gates: Gates, source: str | None = None, layer: str | None = None
) -> tuple[Failure, ...]:
    """Return every gate that a network misses, empty when it keeps to all.

    Parameters
    ----------
    gates : from the names of ``GATES`` to their limits, as in ``{"min-rf": (224,)}``.
    source : the layer whose cells are counted, by default the input.
    layer : the layer that is judged, by default the output.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 a limit with the wrong number of axes.

    Examples
    --------
    >>> from rfcalc.load import load
    >>> [failure.gate for failure in check(load("k3d2,k3d2"), {"no-holes": True, "min-rf": (9,)})]
    ['no-holes']
    """
    origin, target = network.index(source, 0), network.index(layer, network.output)
    for name, limit in gates.items():
        if isinstance(limit, tuple) and len(limit) not in (1, network.dims):
            fact = f"{name} has {len(limit)} values; '{network.name}' has {network.dims} axes"
            raise fail("RF406", fact, "give one value for all axes, or one per axis")
    named = source is not None or layer is not None
    asked = _Question(network, origin, target, named, glance(network, origin, target))
    if asked.seen.rf == ():
        raise fail(
            "RF405",
            f"'{asked.node.name}' does not depend on '{network.nodes[origin].name}'",
            "choose a --source above the layer",
        )
    return tuple(
        Failure(gate=name, code=GATES[name].code, layer=at.name, message=fact, help=cure, at=at.at)
        for name, limit in gates.items()
        for at, fact, cure in GATES[name].judge(asked, limit)
    )


def _min_rf(asked: _Question, limit: Limit) -> Iterator[Fault]:
    least, wanted = asked.seen.least, _per_axis(asked, limit)
    if least is None or all(r >= w for r, w in zip(least, wanted, strict=True)):
        return
    phases = ""
    if asked.seen.rf != least:
        phases = f" on phase {', '.join(map(str, asked.seen.phase))}"
    yield (
        asked.node,
        f"the field of {_name(asked)} is {_by(least)}{phases}, below {_by(wanted)}",
        "add a layer, a stride or a dilation: rfcalc design",
    )


def _max_rf(asked: _Question, limit: Limit) -> Iterator[Fault]:
    rf, wanted = asked.seen.rf, _per_axis(asked, limit)
    cure = "use fewer layers, smaller kernels or smaller dilations"
    if rf is None:
        whole = f"the field of {_name(asked)} is the whole input, through '{asked.seen.unbounded}'"
        yield asked.node, f"{whole}, above {_by(wanted)}", _IGNORE
    elif any(r > w for r, w in zip(rf, wanted, strict=True)):
        yield asked.node, f"the field of {_name(asked)} is {_by(rf)}, above {_by(wanted)}", cure


def _min_density(asked: _Question, limit: Limit) -> Iterator[Fault]:
    if asked.seen.rf is None:
        yield _undecided(asked, "density")
    elif isinstance(limit, float) and asked.seen.density < limit:
        cure = "lower the dilations, or let one layer of the stage have 1: rfcalc fix"
        yield asked.node, f"{_name(asked)} {_sampled(asked.seen)}; the density is below {limit:.4g}", cure


def _no_holes(asked: _Question, _limit: Limit) -> Iterator[Fault]:
    if asked.seen.rf is None:
        yield _undecided(asked, "mask")
    elif asked.seen.holes:
        cure = "rfcalc fix proposes the least change of dilations"
        yield asked.node, f"{_name(asked)} {_sampled(asked.seen)}", cure


def _no_gridding(asked: _Question, _limit: Limit) -> Iterator[Fault]:
    for stage, seen in asked.stages:
        if seen.holes:
            worst = _worst(asked.network, stage)
            fact = f"the stage '{seen.source}' -> '{seen.layer}' {_sampled(seen)}"
            cure = "rfcalc fix proposes the least change of dilations"
            yield worst, f"{fact}; its largest step is '{worst.name}'", cure


def _hdc(asked: _Question, _limit: Limit) -> Iterator[Fault]:
    """Judge the stages that are chains; the published rules do not speak of branches."""
    for stage, seen in asked.stages:
        if not stage.chain:
            continue
        layers = [asked.network.nodes[position].layer for position in stage.layers]
        for axis in range(asked.network.dims):
            rates = [dilation_of(layer)[axis] for layer in layers]
            verdict = hdc_check(rates, [kernel_of(layer)[axis] for layer in layers])
            if not verdict.ok:
                shown = ", ".join(map(str, rates[:12])) + (", .." if len(rates) > 12 else "")
                fact = f"the stage '{seen.source}' -> '{seen.layer}' ({shown}): {_broken(verdict)}"
                cure = f"rfcalc hdc-check {','.join(map(str, rates))}"
                yield _worst(asked.network, stage), fact, cure
                break


def _no_checkerboard(asked: _Question, _limit: Limit) -> Iterator[Fault]:
    between = asked.network.between(asked.source, asked.target)
    for inside, node in zip(between, asked.network.nodes, strict=True):
        for found in checkerboard(node) if inside else ():
            yield node, found.message, found.help


def _no_unseen(asked: _Question, _limit: Limit) -> Iterator[Fault]:
    if asked.seen.rf is None:
        yield _undecided(asked, "mask")
        return
    share = read_share(asked.seen.found)
    if share < 1:
        unread = f"{float(1 - share):.1%} of the cells of '{asked.seen.source}'"
        fact = f"{unread} are read by no output of {_name(asked)}"
        yield asked.node, fact, "let no kernel be narrower than its stride"


def _max_jump(asked: _Question, limit: Limit) -> Iterator[Fault]:
    pairs = zip(asked.seen.jump, _per_axis(asked, limit), strict=True)
    if any(jump is not None and jump > most for jump, most in pairs):
        fact = f"the jump of {_name(asked)} is {_by(asked.seen.jump)}, above {_by(_per_axis(asked, limit))}"
        yield asked.node, fact, "drop a stride, or dilate in its place"


GATES: dict[str, Gate] = {
    "min-rf": Gate("RG201", "extent", _min_rf),
    "max-rf": Gate("RG202", "extent", _max_rf),
    "min-density": Gate("RG203", "share", _min_density),
    "no-holes": Gate("RG204", "flag", _no_holes),
    "no-gridding": Gate("RG205", "flag", _no_gridding),
    "no-checkerboard": Gate("RG206", "flag", _no_checkerboard),
    "no-unseen": Gate("RG207", "flag", _no_unseen),
    "hdc": Gate("RG208", "flag", _hdc),
    "max-jump": Gate("RG209", "extent", _max_jump),
}
"""Every gate, in the order in which failures are told."""

_IGNORE = "--ignore-global judges the field of the rest"


def _undecided(asked: _Question, what: str) -> Fault:
    whole = f"{_name(asked)} sees the whole input, through '{asked.seen.unbounded}'"
    return asked.node, f"{whole}: no {what} to judge", _IGNORE


def _name(asked: _Question) -> str:
    return f"'{asked.node.name}'"


def _worst(network: Network, stage: Stage) -> Node:
    """Return the layer of a stage with the largest dilation, the first of equals."""
    inside = [p for p in dilated_layers(network) if p in stage.layers]
    return network.nodes[max(inside, key=lambda p: max(dilation_of(network.nodes[p].layer)))]


def _sampled(seen: Glance) -> str:
    hole = max(seen.largest_hole)
    gap = f"with holes of up to {hole} cell{'s' * (hole > 1)}" if hole else "all but its corners"
    return f"samples {seen.density:.1%} of its field of {_by(seen.rf or ())}, {gap}"


def _broken(verdict: HdcVerdict) -> str:
    rules = (
        ("it has holes", verdict.hole_free),
        ("M_2 exceeds K", verdict.gap_holds),
        ("a group has a common factor", verdict.factor_holds),
        ("no sawtooth", verdict.sawtooth),
    )
    return ", ".join(words for words, holds in rules if not holds)


def _per_axis(asked: _Question, limit: Limit) -> tuple[int, ...]:
    if not isinstance(limit, tuple):
        return ()
    return limit * asked.network.dims if len(limit) == 1 else limit


def _by(values: Sequence[object]) -> str:
    return " x ".join(map(str, values))

"""Does a network keep to the limits a team has set? One failure per gate that is missed."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from rfcalc.errors import Location, fail, many
from rfcalc.gates import judges, streaming
from rfcalc.gates.judges import Fault, Limit, Question
from rfcalc.gridding.summaries import summarise_field
from rfcalc.network import Input, Network, without_global

__all__ = ["GATES", "Failure", "Gate", "Gates", "check"]

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


class Gate(msgspec.Struct, frozen=True):
    """A gate: the code of its failures, what it is set to, who finds the faults, what it holds."""

    code: str
    kind: Literal["extent", "share", "flag", "count"]
    judge: Callable[[Question, Limit], Iterator[Fault]]
    held: str


def check(
    network: Network,
    gates: Gates,
    source: str | None = None,
    layer: str | None = None,
    *,
    ignore_global: bool = False,
    axis: int | None = None,
    rate: Fraction | None = None,
) -> tuple[Failure, ...]:
    """Return every gate that a network misses, empty when it keeps to all.

    Parameters
    ----------
    gates : from the names of ``GATES`` to their limits, as in ``{"min-rf": (224,)}``.
    source : the layer whose cells are counted, by default every input.
    layer : the layer that is judged, by default every output.
    ignore_global : leave layers that read the whole input aside; stages never count them.
    axis : the axis of time of gates on streams, by default every axis.
    rate : samples per second; messages then tell times, too.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 a limit with the wrong number of axes, no such axis, a time
        without a rate.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> [failure.gate for failure in check(load("k3d2,k3d2"), {"no-holes": True, "min-rf": (9,)})]
    ['no-holes']
    """
    streaming.check_rate(gates, rate)
    for name, limit in gates.items():
        if isinstance(limit, tuple) and len(limit) not in (1, network.dims):
            axes = f"'{network.name}' has {network.dims} axes"
            fact = f"{name} has {many(len(limit), 'value')}; {axes}"
            raise fail("RF406", fact, "give one value for all axes, or one per axis")
    if axis is not None and not 0 <= axis < network.dims:
        fact = f"`axis=` is {axis}; '{network.name}' has {network.dims} axes"
        raise fail("RF406", fact, f"axes count from 0 to {network.dims - 1}")
    local = without_global(network) if ignore_global else network
    pairs = [
        msgspec.structs.replace(asked, apart=ignore_global, axis=axis, rate=rate)
        for asked in _pairs(network, local, source, layer)
    ]
    found = (
        Failure(gate=name, code=GATES[name].code, layer=at.name, message=fact, help=cure, at=at.at)
        for name, limit in gates.items()
        for asked in pairs
        for at, fact, cure in GATES[name].judge(asked, limit)
    )
    # What is wrong with a layer is reported once, however many outputs lie behind it.
    return tuple({(f.gate, f.layer, f.message): f for f in found}.values())


def _pairs(
    network: Network, local: Network, source: str | None, layer: str | None
) -> tuple[Question, ...]:
    """Return every output with every input that it depends on, or those that are named.

    Raises
    ------
    RfcalcError
        RF405: none of them depends on any.
    """
    inputs = [i for i, node in enumerate(network.nodes) if isinstance(node.layer, Input)]
    origins = inputs if source is None else [network.index(source, 0)]
    targets = network.outputs if layer is None else [network.index(layer, 0)]
    named = source is not None or layer is not None
    found: list[Question] = []
    for origin in origins:
        behind = network.behind(origin)
        for target in targets:
            seen = summarise_field(local, origin, target) if behind[target] else None
            if seen is not None and seen.rf:
                many = len(inputs) > 1 and source is None
                found.append(Question(network, origin, target, named, many, seen))
    if not found:
        raise network.unjoined(origins[0], targets[-1])
    return tuple(found)


GATES: dict[str, Gate] = {
    "min-rf": Gate("RG201", "extent", judges.min_rf, "Least field, one or one per axis: 224,112."),
    "max-rf": Gate("RG202", "extent", judges.max_rf, "Largest field, one or one per axis."),
    "min-density": Gate("RG203", "share", judges.min_density, "Least share of the field sampled."),
    "no-holes": Gate("RG204", "flag", judges.no_holes, "The layer samples its whole field."),
    "no-gridding": Gate(
        "RG205", "flag", judges.no_gridding, "No dilated stage samples its own input with holes."
    ),
    "no-checkerboard": Gate(
        "RG206",
        "flag",
        judges.no_checkerboard,
        "No transposed convolution with unequal or dead phases.",
    ),
    "no-unseen": Gate("RG207", "flag", judges.no_unseen, "Every input cell is read by an output."),
    "hdc": Gate("RG208", "flag", judges.hdc, "Every dilated chain passes hdc-check."),
    "max-jump": Gate("RG209", "extent", judges.max_jump, "Largest jump, one or one per axis."),
    "causal": Gate("RG210", "flag", streaming.causal, "No output reads samples after its own."),
    "max-latency": Gate(
        "RG211", "count", streaming.max_latency, "Most samples an output waits for."
    ),
    "max-look-ahead": Gate(
        "RG212", "count", streaming.max_look_ahead, "Most samples read after its own."
    ),
    "max-look-back": Gate(
        "RG213", "count", streaming.max_look_back, "Most samples read before its own."
    ),
}
"""Every gate, in the order in which failures are reported."""

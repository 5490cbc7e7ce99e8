"""Which output cell is asked about which source? A question that has an answer, or its fault."""

from collections.abc import Sequence

import msgspec

from rfcalc.errors import fail
from rfcalc.footprint import Footprint
from rfcalc.growth import bounded, footprint, widest
from rfcalc.network import Network

__all__ = ["Question", "asked"]


class Question(msgspec.Struct, frozen=True):
    """One output cell of a layer, and the source it is asked about.

    ``bordered``: ``output`` is a position on the layer's grid and padding carries no path.
    Otherwise it is a phase of the interior, where nothing is cut.
    """

    network: Network
    target: int
    source: int
    output: tuple[int, ...]
    bordered: bool

    @property
    def layer(self) -> str:
        """Name of the layer asked about."""
        return self.network.nodes[self.target].name

    @property
    def origin(self) -> str:
        """Name of the source."""
        return self.network.nodes[self.source].name

    @property
    def grid(self) -> tuple[int, ...] | None:
        """Size of the source, cells per axis."""
        return self.network.nodes[self.source].size


def asked(
    network: Network,
    layer: str | None,
    source: str | None,
    at: Sequence[int] | None,
    phase: Sequence[int] | None,
) -> tuple[Question, Footprint | None]:
    """Return a valid question, with the footprint that settled it where it is of the interior.

    Arguments and errors as for ``mask``.
    """
    target = network.index(layer, network.output)
    origin = network.index(source, 0)
    name = network.nodes[target].name
    if target < origin or not network.between(origin, target)[target]:
        raise network.unjoined(origin, target)
    if at is not None and phase is not None:
        raise fail("RF406", "--at and --phase are given together", "a position has its phase")
    for option, values in (("--at", at), ("--phase", phase)):
        if values is not None and len(values) != network.dims:
            fact = f"{option} has {len(values)} values for {network.dims} axes"
            raise fail("RF406", fact, "give one per axis, as in 3,5")
    if at is not None:
        size = network.nodes[target].size
        if size is None:
            raise fail("RF403", "a position needs the input size", "give it: --input H,W")
        for axis, (index, cells) in enumerate(zip(at, size, strict=True)):
            if not 0 <= index < cells:
                fact = f"--at is {index} on axis {axis}; the output of '{name}' has {cells} cells"
                raise fail("RF402", fact, f"positions run from 0 to {cells - 1}")
        return Question(network, target, origin, tuple(at), True), None
    found = bounded(footprint(network, origin, target), name)
    counts, widest_phase, _ = widest(found)
    if phase is None:
        return Question(network, target, origin, widest_phase, False), found
    for axis, (index, period) in enumerate(zip(phase, counts, strict=True)):
        if not 0 <= index < period:
            fact = f"--phase is {index} on axis {axis}; '{name}' has {period} phases there"
            raise fail("RF402", fact, f"phases run from 0 to {period - 1}")
    return Question(network, target, origin, tuple(phase), False), found

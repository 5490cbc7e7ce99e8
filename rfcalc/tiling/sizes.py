"""Which input sizes can a network take?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import lcm

import msgspec

from rfcalc.errors import ImpossibleSize, RfcalcError, fail
from rfcalc.layers.pointwise import Pointwise
from rfcalc.layers.whole import Flatten, Linear
from rfcalc.network import Network, Node
from rfcalc.taps import PERIOD_LIMIT, Taps
from rfcalc.tiling.ancestors import check_sources, depends, sizes_at
from rfcalc.tiling.grids import settled

__all__ = [
    "SEARCH_LIMIT",
    "AxisSizes",
    "Taker",
    "first",
    "nearest",
    "sizes",
    "strictest",
    "taker",
    "taker_of",
]

SEARCH_LIMIT = 1 << 11
"""Sizes tried, in cells, where a layer goes by the input size; or twice the input's own."""
OWN_LIMIT = 1 << 16
"""Most sizes tried for the sake of an input's own."""
LARGE = 1 << 30
"""Input size, in cells, by which the rule of a network holds."""


class AxisSizes(msgspec.Struct, frozen=True):
    """The input sizes that a network takes on one axis.

    From ``regular`` on, a size is taken if and only if its rest modulo ``step`` is in ``rests``;
    ``smallest`` is the first size taken at all. Where a layer goes by the input size there is no
    rule: ``step`` and ``regular`` are ``None`` and ``taken`` lists the sizes up to the search
    limit, as half-open runs.
    """

    smallest: int | None
    regular: int | None
    step: int | None
    rests: tuple[int, ...]
    taken: tuple[tuple[int, int], ...]


class Taker(msgspec.Struct, frozen=True):
    """The nodes that decide which sizes are taken, on one axis.

    ``fixed``: nodes whose size has to stay what it is, because the weights of a dense layer behind
    them are made for it, or a stored tensor has a number for each cell.
    """

    nodes: tuple[Node, ...]
    order: tuple[int, ...]
    inputs: Mapping[int, Sequence[int]]
    targets: tuple[int, ...]
    axis: int
    fixed: Mapping[int, int] = {}

    def sizes(self, n: int) -> dict[int, int]:
        """Return every node's size.

        Raises
        ------
        ImpossibleSize
            The network does not take an input of ``n`` cells.
        """
        return sizes_at(self.nodes, self.order, self.inputs, n, self.axis)

    def takes(self, n: int) -> bool:
        """Whether the network takes an input of ``n`` cells."""
        try:
            if n < 1:
                return False
            found = self.sizes(n)
            return all(found[position] == size for position, size in self.fixed.items())
        except ImpossibleSize:
            return False

    @property
    def regular(self) -> bool:
        """Whether every layer's size follows its input's in fixed steps."""
        for position in self.order:
            node = self.nodes[position]
            if self.inputs[position] and isinstance(node.taps[self.axis], Taps):
                size = self.nodes[self.inputs[position][0]].size
                n = None if size is None else size[self.axis]
                if settled(node.layer, n, self.axis) is None:
                    return False
        return True

    @property
    def step(self) -> int:
        """Input cells by which all sizes grow by whole cells."""
        steps = [1]
        for position in self.order:
            taps = self.nodes[position].taps[self.axis]
            if self.inputs[position] and isinstance(taps, Taps):
                jump = self.nodes[self.inputs[position][0]].jump[self.axis]
                if jump is not None:
                    steps.append(abs(jump * taps.advance).numerator)
        return lcm(*steps)


def taker(network: Network, axis: int, layer: str | None = None) -> Taker:
    """Return what decides which sizes the network takes, up to a layer (by default all outputs).

    Raises
    ------
    RfcalcError
        RF401: an unknown layer, RF405: it depends on no input, RF463: on inputs of different
        sizes.
    """
    targets = network.outputs if layer is None else (network.index(layer, 0),)
    order, inputs = depends(network, targets)
    check_sources(network, order, inputs)
    ends = tuple(t for t in targets if t in inputs)
    found = taker_of(network, order, inputs, ends, axis)
    return msgspec.structs.replace(
        found, fixed={**found.fixed, **_fixed_by_tensors(network, order, axis)}
    )


def _fixed_by_tensors(network: Network, order: Sequence[int], axis: int) -> dict[int, int]:
    """Return the maps that stored tensors, as tables of positions, hold to their size."""
    nodes = ((position, network.nodes[position]) for position in order)
    return {p: node.size[axis] for p, node in nodes if axis in node.fixed and node.size}


def taker_of(
    network: Network,
    order: Sequence[int],
    inputs: Mapping[int, Sequence[int]],
    ends: tuple[int, ...],
    axis: int,
) -> Taker:
    """Return what decides which sizes part of a network takes, its layers and ends given."""
    fixed = _fixed_sizes(network, order, inputs, axis)
    return Taker(network.nodes, tuple(order), inputs, ends, axis, fixed)


def _fixed_sizes(
    network: Network, order: Sequence[int], inputs: Mapping[int, Sequence[int]], axis: int
) -> dict[int, int]:
    """Return the maps that dense layers read whole, with the sizes that their weights are for.

    Behind a flattening to one cell it is the map before it that counts.
    """
    found: dict[int, int] = {}
    for position in order:
        layer = network.nodes[position].layer
        if not (isinstance(layer, Linear) and layer.covers(axis) and inputs[position]):
            continue
        at = inputs[position][0]
        while inputs[at] and not isinstance(network.nodes[at].layer, Flatten):
            if not isinstance(network.nodes[at].layer, Pointwise) or len(inputs[at]) > 1:
                break
            at = inputs[at][0]
        flat = network.nodes[at].layer
        if isinstance(flat, Flatten) and flat.covers(axis) and inputs[at]:
            at = inputs[at][0]
        size = network.nodes[at].size
        if size is not None and size[axis] > 1:
            found[at] = size[axis]
    return found


def sizes(network: Network, layer: str | None = None) -> tuple[AxisSizes, ...]:
    """Return the input sizes that the network takes, per axis.

    A layer can be too large for its input, and branches have to meet with equal sizes: a U-Net
    of four poolings by 2 takes multiples of 16.

    Raises
    ------
    RfcalcError
        RF305: the sizes repeat after too many cells to be tried.
    """
    return tuple(_axis(taker(network, axis, layer)) for axis in range(network.dims))


def strictest(network: Network) -> tuple[str, ...]:
    """Return per axis the output that asks the most of the input size, the last of equals.

    The one that takes sizes in the largest steps, or else from the largest size on; one that takes
    some sizes alone goes before all others.
    """
    names = [network.nodes[target].name for target in network.outputs]
    rules: list[tuple[str, tuple[AxisSizes, ...]]] = []
    for name in dict.fromkeys(names):
        try:
            rules.append((name, sizes(network, name)))
        except RfcalcError as fault:
            if fault.diagnostics[0].code != "RF405":
                raise
    chosen: list[str] = []
    for axis in range(network.dims):
        needs = [
            (rule[axis].step is None, rule[axis].step or 0, rule[axis].smallest or 0)
            for _, rule in rules
        ]
        chosen.append(rules[max(range(len(rules)), key=lambda k: (needs[k], k))][0])
    return tuple(chosen)


def nearest(found: Taker, n: int) -> tuple[int | None, int | None]:
    """Return the nearest sizes that are taken, at most and at least ``n``."""
    reach = range(1, 2 * min(found.step, PERIOD_LIMIT) + SEARCH_LIMIT)
    if found.takes(n):
        return n, n
    below = next((n - d for d in reach if found.takes(n - d)), None)
    return below, next((n + d for d in reach if found.takes(n + d)), None)


def _axis(found: Taker) -> AxisSizes:
    held = _held(found)
    if held is not None:
        return held
    if not found.regular:
        own = found.nodes[found.order[0]].size
        limit = (
            SEARCH_LIMIT if own is None else min(OWN_LIMIT, max(SEARCH_LIMIT, 2 * own[found.axis]))
        )
        taken = [n for n in range(1, limit + 1) if found.takes(n)]
        return AxisSizes(taken[0] if taken else None, None, None, (), tuple(_runs(taken)))
    step = found.step
    if step > PERIOD_LIMIT:
        fact = f"the sizes repeat after {step} cells; the limit is {PERIOD_LIMIT}"
        raise fail("RF305", fact, "ask for an earlier `layer=`")
    base = LARGE // step * step
    rests = [rest for rest in range(step) if found.takes(base + rest)]
    if not rests:
        return AxisSizes(None, None, step, (), ())
    starts = {rest: first(partial(_taken, found, step, rest), base // step) for rest in rests}
    firsts = [rest + step * turn for rest, turn in starts.items()]
    regular = max(1, max(first - step + 1 for first in firsts))
    short = next(
        d
        for d in range(1, step + 1)
        if step % d == 0
        and {r % d for r in rests} == {r % d for r in rests if r < d}
        and len(rests) == len({r % d for r in rests}) * (step // d)
    )
    return AxisSizes(min(firsts), regular, short, tuple(sorted({r % short for r in rests})), ())


def _held(found: Taker) -> AxisSizes | None:
    """Return the sizes at which what a dense layer reads keeps its size, where it does not always.

    Sizes of maps grow with that of the input, so they lie around its own.
    """
    own = found.nodes[found.order[0]].size
    if not found.fixed or own is None:
        return None
    n = own[found.axis]
    reach = 2 * min(found.step, PERIOD_LIMIT)
    if found.takes(n + reach):
        return None
    taken = [m for m in range(max(1, n - reach), n + reach) if found.takes(m)]
    return AxisSizes(taken[0] if taken else None, None, None, (), tuple(_runs(taken)))


def _taken(found: Taker, step: int, rest: int, turn: int) -> bool:
    return found.takes(rest + step * turn)


def first(holds: Callable[[int], bool], high: int) -> int:
    """Return the first number from which on a condition holds that holds at ``high``."""
    low, width = 0, 1
    while width < high and not holds(width):
        low, width = width + 1, 2 * width
    high = min(high, width)
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _runs(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the half-open runs of rising integers."""
    start = 0
    for at, value in enumerate(values):
        if at + 1 == len(values) or values[at + 1] != value + 1:
            yield values[start], value + 1
            start = at + 1

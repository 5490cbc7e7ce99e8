"""How do the grids of a network move when the window on its input moves?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from rfcalc.errors import ImpossibleSize, LimitExceeded, NeedsSize, by, fail
from rfcalc.footprint import Axis
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import RATIO_LIMIT, Upsample
from rfcalc.network import Network, Node, without_global
from rfcalc.taps import Taps
from rfcalc.tiling.ancestors import check_sources, depends, sizes_at

__all__ = ["Grids", "grids", "settled"]


class Grids(msgspec.Struct, frozen=True):
    """The nodes that a target depends on, and the shift under which all their grids move along.

    When the window on the input moves by a multiple of ``alignment``, every node's grid moves by
    a whole number of cells and every relation stays as it is. Where the size of the window
    changes by such a multiple, every node's size changes accordingly.

    network : the same network, with relations that do not depend on the input size.
    order : positions of the nodes that the target depends on, in topological order.
    sources : positions of the inputs among them.
    inputs : for every node the inputs that lead back to a source.
    alignment : input cells, one entry per axis.
    jumps : for every node input cells per own cell, one entry per axis.
    """

    network: Network
    target: int
    order: tuple[int, ...]
    sources: tuple[int, ...]
    inputs: dict[int, tuple[int, ...]]
    alignment: tuple[int, ...]
    jumps: dict[int, tuple[Fraction, ...]]

    @property
    def jump(self) -> tuple[Fraction, ...]:
        """Input cells per cell of the target, one entry per axis."""
        return self.jumps[self.target]

    @property
    def size(self) -> tuple[int, ...] | None:
        """Size of the input, one entry per axis."""
        return self.network.nodes[self.sources[0]].size

    def sizes(self, n: int, axis: int) -> dict[int, int]:
        """Return every node's size on one axis when the input has ``n`` cells there.

        Raises
        ------
        ImpossibleSize
            A layer cannot take what it is given, or branches meet with different sizes.
        """
        return sizes_at(self.network.nodes, self.order, self.inputs, n, axis)


def grids(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    *,
    ignore_global: bool = False,
) -> Grids:
    """Return how the grids below a layer (by default the output) move with those of a source.

    The source is by default every input; ``n`` cells are then cells of the inputs.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF404 a layer that reads the whole of its input, RF405 no path from
        the input, RF463 a layer or a merge that does not move along.
    """
    if ignore_global:
        network = without_global(network)
    target = network.index(layer, network.output)
    origin = None if source is None else network.index(source, 0)
    order, inputs = depends(network, target, origin)
    _check_bounded(network, order)
    check_sources(network, order, inputs)
    sources = tuple(p for p in order if not inputs[p])
    nodes = list(network.nodes)
    jumps: dict[int, tuple[Fraction, ...]] = {}
    steps: list[list[int]] = [[1] for _ in range(network.dims)]
    for position in order:
        if not inputs[position]:
            jumps[position] = (Fraction(1),) * network.dims
            continue
        node, before = _moving(nodes, position, inputs[position], jumps), jumps[inputs[position][0]]
        nodes[position] = node
        after: list[Fraction] = []
        for axis, taps in enumerate(node.taps):
            assert isinstance(taps, Taps)
            steps[axis].append((before[axis] * taps.advance).numerator)
            after.append(before[axis] * taps.jump)
        jumps[position] = tuple(after)
    alignment = tuple(lcm(*parts) for parts in steps)
    local = msgspec.structs.replace(network, nodes=tuple(nodes))
    return Grids(local, target, order, sources, inputs, alignment, jumps)


def _check_bounded(network: Network, order: Sequence[int]) -> None:
    for position in order:
        node = network.nodes[position]
        if not all(isinstance(axis, Taps) for axis in node.taps):
            raise fail(
                "RF404",
                f"no finite halo exists: '{node.name}' ({node.layer.op}) reads the whole of its "
                "input",
                "--ignore-global leaves it out and answers for the rest; or ask for an earlier "
                "--layer",
                node.at,
            )


def _moving(
    nodes: Sequence[Node],
    position: int,
    inputs: Sequence[int],
    jumps: Mapping[int, tuple[Fraction, ...]],
) -> Node:
    """Return the node with relations that hold at any size, or refuse it."""
    node, first = nodes[position], nodes[inputs[0]]
    for i in inputs[1:]:
        if jumps[i] != jumps[inputs[0]]:
            fact = (
                f"'{node.name}' merges grids that do not move together: the jump of "
                f"'{first.name}' is {by(jumps[inputs[0]])}, that of '{nodes[i].name}' is "
                f"{by(jumps[i])}"
            )
            raise fail("RF463", fact, "choose an input size at which they agree", node.at)
    layer = _by_ratio(node.layer, first.size)
    taps: list[Axis] = []
    for axis in range(len(node.taps)):
        found = settled(layer, None if first.size is None else first.size[axis], axis)
        if found is None:
            fact = f"'{node.name}' ({layer.op}) goes by the size of its input: a tile would differ"
            raise fail("RF463", fact, "ask for an earlier --layer", node.at)
        taps.append(found)
    return msgspec.structs.replace(node, layer=layer, taps=tuple(taps))


def _by_ratio(layer: Layer, size: tuple[int, ...] | None) -> Layer:
    """Return resampling to a size as resampling by the ratio that it has here, if a scale can."""
    if not isinstance(layer, Upsample) or layer.size_to is None or size is None:
        return layer
    if layer.align_corners and not layer.mode.startswith("nearest"):
        return layer
    ratios = [Fraction(m, n) for m, n in zip(layer.size_to, size, strict=True)]
    if any(ratio.denominator > RATIO_LIMIT for ratio in ratios):
        return layer
    scale = tuple(float(ratio) for ratio in ratios)
    return msgspec.structs.replace(layer, scale=scale, size_to=None, align_corners=False)


def settled(layer: Layer, n: int | None, axis: int) -> Taps | None:
    """Return the relation of a layer that moves with its input, ``None`` for one that does not."""
    if layer.resized:
        return None
    try:
        taps, sized = layer.taps(None, axis), False
    except NeedsSize:
        taps, sized = layer.taps(n, axis), True
    assert isinstance(taps, Taps)
    known = n if n is not None else taps.advance << 20
    # Windows are no larger than the whole, so a smaller size is the first to compare with.
    for sign in (-1, 1):
        other = known + sign * taps.advance
        if other < 1:
            continue
        try:
            grown = layer.size(other, axis) - layer.size(known, axis)
            moves = grown == sign * taps.period
            return taps if moves and not (sized and layer.taps(other, axis) != taps) else None
        except (ImpossibleSize, LimitExceeded):
            continue
    return None  # pragma: no cover - what takes a size takes a larger one

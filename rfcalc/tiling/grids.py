"""How do the grids of a network move when the window on its input moves?"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from rfcalc.errors import ImpossibleSize, LimitExceeded, NeedsSize, by, fail
from rfcalc.footprint import Axis, Endless, Unbounded
from rfcalc.interior import footprint
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import RATIO_LIMIT, Upsample
from rfcalc.network import Network, Node, without_global
from rfcalc.taps import Taps
from rfcalc.tiling.ancestors import check_sources, depends, sizes_at

__all__ = ["Grids", "goes_by", "grids", "settled"]


class Grids(msgspec.Struct, frozen=True):
    """The nodes that a target depends on, and the shift under which all their grids move along.

    When the window on the input moves by a multiple of ``alignment``, every node's grid moves by
    a whole number of cells and every relation stays as it is. Where the size of the window
    changes by such a multiple, every node's size changes accordingly.

    network : the same network, with relations that do not depend on the input size.
    targets : the outputs that are asked about, or the layer; ``target`` is one of them.
    order : positions of the nodes that the targets depend on, in topological order.
    sources : positions of the inputs among them.
    inputs : for every node the inputs that lead back to a source.
    causes : for an axis on which the target reads without end, by which layer and on which side;
        nothing is known of its grids.
    alignment : input cells, one entry per axis.
    jumps : for every node input cells per own cell, one entry per axis.
    """

    network: Network
    target: int
    targets: tuple[int, ...]
    order: tuple[int, ...]
    sources: tuple[int, ...]
    inputs: dict[int, tuple[int, ...]]
    causes: tuple[Unbounded | None, ...]
    alignment: tuple[int, ...]
    jumps: dict[int, tuple[Fraction, ...]]

    @property
    def jump(self) -> tuple[Fraction, ...]:
        """Input cells per cell of the target, one entry per axis."""
        return self.jumps[self.target]

    @property
    def each(self) -> "tuple[Grids, ...]":
        """The same grids once for every target."""
        return tuple(msgspec.structs.replace(self, target=target) for target in self.targets)

    @property
    def name(self) -> str:
        """Name of the target."""
        return self.network.nodes[self.target].name

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
    time: int | None = None,
    ignore_global: bool = False,
) -> Grids:
    """Return how the grids below a layer (by default all outputs) move with those of a source.

    The source is by default every input; ``n`` cells are then cells of the inputs. With ``time``
    only that axis is looked at, whether it has ends or not.

    Raises
    ------
    RfcalcError
        RF401 unknown layer, RF404 a target without end on every axis, RF405 no path from
        the input, RF463 a layer or a merge that does not move along.
    """
    if ignore_global:
        network = without_global(network)
    targets = network.outputs if layer is None else (network.index(layer, 0),)
    origin = None if source is None else network.index(source, 0)
    order, inputs = depends(network, targets, origin)
    targets = tuple(target for target in targets if target in inputs)
    sources = tuple(p for p in order if not inputs[p])
    causes = _causes(network, order, sources, targets)
    if time is None:
        _check_bounded(network, order, causes)
    told = [axis for axis in range(network.dims) if causes[axis] is None or axis == time]
    check_sources(network, order, inputs)
    nodes = list(network.nodes)
    jumps: dict[int, tuple[Fraction, ...]] = {}
    steps: list[list[int]] = [[1] for _ in range(network.dims)]
    for position in order:
        if not inputs[position]:
            jumps[position] = (Fraction(1),) * network.dims
            continue
        node, before = (
            _moving(nodes, position, inputs[position], jumps, told),
            jumps[inputs[position][0]],
        )
        nodes[position] = node
        after: list[Fraction] = []
        for axis, taps in enumerate(node.taps):
            if axis not in told or isinstance(taps, Endless):
                after.append(before[axis])
                continue
            steps[axis].append((before[axis] * taps.advance).numerator)
            after.append(before[axis] * taps.jump)
        jumps[position] = tuple(after)
    alignment = tuple(lcm(*parts) for parts in steps)
    moved = told if time is None else [time]
    assumed = dict.fromkeys((*network.assumed, *_fixed_sizes(network, order, moved)))
    local = msgspec.structs.replace(network, nodes=tuple(nodes), assumed=tuple(assumed))
    return Grids(local, targets[-1], targets, order, sources, inputs, causes, alignment, jumps)


def _fixed_sizes(network: Network, order: Sequence[int], moved: Sequence[int]) -> Iterator[str]:
    """Say of which layers tensors that a model stores fix the size, so that no window has another.

    A table of positions has a number for each cell of the map that it is added to.
    """
    for node in (network.nodes[position] for position in order):
        axes = [axis for axis in node.fixed if axis in moved]
        if axes and node.size is not None:
            cells = by([node.size[axis] for axis in axes])
            where = f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"
            yield (
                f"the model stores numbers for each of the {cells} cells of '{node.name}' on "
                f"{where}: windows of another size need a model that is made for them"
            )


def _causes(
    network: Network, order: Sequence[int], sources: Sequence[int], targets: Sequence[int]
) -> tuple[Unbounded | None, ...]:
    """Return who leaves each axis without end; footprints are made only where someone does."""
    none = (None,) * network.dims
    if all(isinstance(axis, Taps) for p in order for axis in network.nodes[p].taps):
        return none
    seen = (footprint(network, source, target) for source in sources for target in targets)
    told = [found.unbounded for found in seen if not found.bounded]
    return tuple(
        next((cause for cause in causes if cause is not None), None)
        for causes in zip(*(told or [none]), strict=True)
    )


def _check_bounded(
    network: Network, order: Sequence[int], causes: Sequence[Unbounded | None]
) -> None:
    """Refuse a target without end on every axis."""
    if None in causes:
        return
    for position in order:
        node = network.nodes[position]
        if not all(isinstance(axis, Taps) for axis in node.taps):
            sides = [axis.side for axis in node.taps if isinstance(axis, Endless)]
            side = next((side for side in sides if side != "both"), None)
            what = (
                "reads the whole of its input" if side is None else f"reads all that comes {side}"
            )
            raise fail(
                "RF404",
                f"no finite halo exists: '{node.name}' ({node.layer.op}) {what}",
                "ask for an earlier `layer=`"
                if without_global(network) is network
                else "`ignore_global=True` leaves it out and answers for the rest; or ask for an "
                "earlier `layer=`",
                node.at,
            )


def _moving(
    nodes: Sequence[Node],
    position: int,
    inputs: Sequence[int],
    jumps: Mapping[int, tuple[Fraction, ...]],
    told: Sequence[int],
) -> Node:
    """Return the node with relations that hold at any size on some axes, or refuse it."""
    node, first = nodes[position], nodes[inputs[0]]
    for i in inputs[1:]:
        lone = None in nodes[i].jump or None in first.jump
        if not lone and any(jumps[i][axis] != jumps[inputs[0]][axis] for axis in told):
            fact = (
                f"'{node.name}' merges grids that do not move together: the jump of "
                f"'{first.name}' is {by(jumps[inputs[0]])}, that of '{nodes[i].name}' is "
                f"{by(jumps[i])}"
            )
            raise fail("RF463", fact, "choose an input size at which they agree", node.at)
    layer = _by_ratio(node.layer, first.size)
    taps: list[Axis] = []
    for axis, here in enumerate(node.taps):
        if axis not in told or isinstance(here, Endless):
            taps.append(here)
            continue
        found = settled(layer, None if first.size is None else first.size[axis], axis)
        if found is None:
            fact = f"'{node.name}' ({layer.op}) goes by the size of its input: a tile would differ"
            raise fail("RF463", fact, "ask for an earlier `layer=`", node.at)
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


def goes_by(layer: Layer, axis: int) -> bool:
    """Whether what a layer reads depends on the size of its input."""
    try:
        layer.taps(None, axis)
    except NeedsSize:
        return True
    return False


def settled(layer: Layer, n: int | None, axis: int) -> Taps | None:
    """Return the relation of a layer that moves with its input, ``None`` for one that does not."""
    if layer.resized:
        return None
    sized = goes_by(layer, axis)
    taps = layer.taps(n if sized else None, axis)
    if not isinstance(taps, Taps):
        return None
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

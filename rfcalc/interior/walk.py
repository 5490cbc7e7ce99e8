"""What does every node see of the source? Footprints, forward through the graph, borderless."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from rfcalc.errors import LimitExceeded, RfcalcError, fail
from rfcalc.footprint import Footprint
from rfcalc.interior.meeting import on_grid, relative, turned, written_out
from rfcalc.interior.parts import part
from rfcalc.network import Network, Node
from rfcalc.staircases import FEW, is_staircase
from rfcalc.taps import IDENTITY, Taps

__all__ = ["WORK_LIMIT", "Misalignment", "footprint", "footprints"]

WORK_LIMIT = 1 << 19
"""Most sets of cells in all footprints of a network together; wide ones count more."""
NESTED_LIMIT = 96
"""Most boxes of a union of unions: it would be carried on, and grow, from merge to merge."""
WORD = 1 << 15
"""Bits of a set with holes that count as one set more."""


class Misalignment(msgspec.Struct, frozen=True):
    """Two inputs of a merge whose fields have different centres on some axis."""

    layer: str
    first: str
    second: str
    centers: tuple[tuple[Fraction, Fraction], ...]


def footprint(network: Network, source: int, target: int) -> Footprint:
    """Return what one node sees of another; without a box when it does not depend on it."""
    if target == source:
        return Footprint.source(network.dims)
    between = part(network, source, target)
    found = Footprint(())
    for position, here in footprints(between, 0, None):
        if position == len(between.nodes) - 1:
            found = here
    return found


def footprints(
    network: Network,
    source: int,
    misaligned: list[Misalignment] | None,
    target: int | None = None,
    refused: dict[int, RfcalcError] | None = None,
) -> Iterator[tuple[int, Footprint]]:
    """Yield the footprint of every node that depends on the source, in topological order.

    A footprint is forgotten once its last reader is done, so memory follows the width of the
    graph and not its depth.
    Merges whose branches have different centres are added to ``misaligned``, when it is given.
    With ``refused`` the nodes of which nothing is known are passed over, and added to it with the
    reason.

    Raises
    ------
    RfcalcError
        RF305: a mask or a period beyond the limits, or more work than ``WORK_LIMIT``.
    """
    nodes = network.nodes
    last = len(nodes) - 1 if target is None else target
    wanted = [True] * len(nodes) if target is None else network.between(source, target)
    readers = [0] * len(nodes)
    for node in nodes[source + 1 : last + 1]:
        for i in node.inputs:
            readers[i] += 1
    walk = _Walk(network, source, misaligned)
    yield source, walk.alive[source]
    for position in range(source + 1, last + 1):
        node = nodes[position]
        parts = [i for i in node.inputs if i in walk.alive] if wanted[position] else []
        try:
            if refused and not refused.keys().isdisjoint(node.inputs):
                refused[position] = next(refused[i] for i in node.inputs if i in refused)
            elif parts:
                yield position, walk.step(position, parts)
        except LimitExceeded as fault:
            help = "ask for a `layer=` before it, or with a later `source=`"
            found = fail("RF305", f"'{node.name}': {fault}", help)
            if refused is None:
                raise found from None
            refused[position] = found
        for i in node.inputs:
            readers[i] -= 1
            if not readers[i]:
                walk.alive.pop(i, None)


class _Walk:
    """The footprints that are still read, on the way through a network.

    Branches that were resampled to a size and not by a ratio have no common period with the
    others. Where they meet the footprint is written out for the outputs there are; ``framed``
    holds the nodes of which that is so.
    """

    def __init__(
        self, network: Network, source: int, misaligned: list[Misalignment] | None
    ) -> None:
        self.alive: dict[int, Footprint] = {source: Footprint.source(network.dims)}
        self._network = network
        self._source = source
        self._misaligned = misaligned
        self._framed: set[int] = set()
        self._work = 0
        self._united = 0

    def step(self, position: int, parts: Sequence[int]) -> Footprint:
        """Return and keep the footprint of a node from those of its inputs."""
        node = self._network.nodes[position]
        framed = not self._framed.isdisjoint(parts)
        if len(node.inputs) == 1:
            before = self.alive[parts[0]]
            if node.taps[0] is IDENTITY and all(axis is IDENTITY for axis in node.taps):
                found = before
            elif framed:
                found = before.through(node.taps, node.name, node.size)
            else:
                found, framed = _through(node, before)
        else:
            found, framed = self._merged(node, framed)
        if framed:
            self._framed.add(position)
        if all(found is not self.alive[i] for i in parts):
            found = self._charge(node.name, found)
        self.alive[position] = found
        return found

    def _charge(self, name: str, found: Footprint) -> Footprint:
        """Return a new footprint, by its projections once unions hold more than the limit."""
        reason = f"the footprints up to here hold more than {WORK_LIMIT:,} sets of cells"
        if found.reason:
            # The reason names the first node at which it occurred.
            if not found.reason.startswith("'"):
                found = Footprint(found.held, f"'{name}': {found.reason}")
        elif len(found.held) > 1:
            self._united += _cost(found)
            if self._united > WORK_LIMIT:
                found = found.projected(f"'{name}': {reason}")
        if len(found.held) == 1:
            self._work += _size(found)
            if self._work > WORK_LIMIT:
                raise LimitExceeded(reason)
        return found

    def _merged(self, node: Node, framed: bool) -> tuple[Footprint, bool]:
        """Return the union of the inputs' footprints, and whether it is for the outputs only."""
        nodes, jumps = self._network.nodes, relative(node, self._network.nodes[self._source])
        spread: list[tuple[str, Footprint]] = []
        for i, taps in zip(node.inputs, node.reads, strict=True):
            if i not in self.alive:
                continue
            found, given = self.alive[i], nodes[i]
            if any(axis is not IDENTITY for axis in taps):
                found = found.through(taps, node.name)
            if not on_grid(found, jumps):
                found = turned(node.name, jumps, found)
                framed = framed or not on_grid(found, jumps)
            spread.append((given.name, found))
        if framed:
            spread = [(name, written_out(node, jumps, found)) for name, found in spread]
        if self._misaligned is not None:
            self._compare(node, spread)
        found = Footprint.union([part for _, part in spread])
        boxes = len(found.held)
        if boxes > NESTED_LIMIT and any(len(part.held) > 1 for _, part in spread):
            found = found.projected(
                f"its mask is a union of unions, of {boxes} boxes; the limit is {NESTED_LIMIT}"
            )
        return found, framed

    def _compare(self, node: Node, spread: Sequence[tuple[str, Footprint]]) -> None:
        """Note every branch whose centre is not that of the first."""
        assert self._misaligned is not None
        bounded = [(name, found) for name, found in spread if found.bounded]
        if not bounded:
            return
        first_name, first = bounded[0]
        own = [_center(first, axis) for axis in range(self._network.dims)]
        for name, found in bounded[1:]:
            if found is first:
                continue
            theirs = [_center(found, axis) for axis in range(self._network.dims)]
            if own != theirs:
                pairs = tuple(zip(own, theirs, strict=True))
                self._misaligned.append(Misalignment(node.name, first_name, name, pairs))


def _through(node: Node, before: Footprint) -> tuple[Footprint, bool]:
    """Return a footprint through a layer, for its outputs only where it has too many phases."""
    try:
        return before.through(node.taps, node.name), False
    except LimitExceeded:
        if node.size is None:
            raise
        return before.through(node.taps, node.name, node.size), True


def _center(found: Footprint, axis: int) -> Fraction:
    """Return the mean over the phases that read something of the centre of their bounds."""
    taps = [box[axis] for box in found.held]
    first = taps[0]
    if len(taps) == 1 and isinstance(first, Taps):
        if len(first.phases) == 1:
            cells = first.phases[0]
            return Fraction(2 * cells.start + cells.extent - 1, 2)
        return first.centre
    period = lcm(*(t.period for t in taps if isinstance(t, Taps)))
    if period == 1:
        read = [cells for t in taps if isinstance(t, Taps) and (cells := t.phases[0])]
        if not read:
            return Fraction(0)
        return Fraction(min(c.start for c in read) + max(c.stop for c in read) - 1, 2)
    jump = first.jump if isinstance(first, Taps) else Fraction(0)
    centers: list[Fraction] = []
    for phase in range(period):
        sets = [cells for t in taps if isinstance(t, Taps) and (cells := t.read(phase))]
        if sets:
            low, high = min(c.start for c in sets), max(c.stop for c in sets)
            centers.append(Fraction(low + high - 1, 2) - jump * phase)
    return sum(centers, Fraction(0)) / max(1, len(centers))


def _cost(found: Footprint) -> int:
    """Return what a union of boxes counts: the sets that it holds, and how many are compared."""
    boxes = len(found.held)
    swept = boxes > FEW and is_staircase(found.held)
    return _size(found) + (boxes if swept else boxes**2)


def _size(found: Footprint) -> int:
    """Return the number of sets of a footprint, wide ones counted more than once."""
    total = 0
    for box in found.held:
        for axis, taps in enumerate(box):
            if not isinstance(taps, Taps) or (axis and taps is box[axis - 1]):
                continue
            wide = sum(cells.weight for cells in taps.phases)
            total += len(taps.phases) + wide // WORD
    return total

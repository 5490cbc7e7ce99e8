"""How does the field grow from layer to layer? One row per layer, in closed form, borderless."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded, RfcalcError, fail
from rfcalc.footprint import Axis, Footprint
from rfcalc.network import Network, Node
from rfcalc.region import Region
from rfcalc.taps import IDENTITY, Taps

__all__ = [
    "BROADCAST",
    "Growth",
    "Misalignment",
    "Row",
    "bounded",
    "footprint",
    "footprints",
    "growth",
    "widest",
]

BROADCAST = Taps(0, (Cells(0, 1),))
"""Every output reads the one cell of an input that has no grid of its own."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer's interior outputs see of the source; one entry per axis in every tuple.

    ``rf``, ``start``, ``cells`` and the holes are those of the phase with the largest field,
    ``phase``; they are ``None`` for a layer that sees the whole source, with ``unbounded``
    naming the layer that causes it. Units: cells of the source.
    """

    node: Node
    inputs: tuple[str, ...]
    jump: tuple[Fraction | None, ...]
    rf: tuple[int, ...] | None = None
    start: tuple[int, ...] | None = None
    cells: int | None = None
    holes: bool = False
    largest_hole: tuple[int, ...] | None = None
    phases: tuple[int, ...]
    phase: tuple[int, ...]
    unbounded: str | None = None

    @property
    def name(self) -> str:
        """Name of the layer."""
        return self.node.name

    @property
    def center(self) -> tuple[Fraction, ...] | None:
        """``start + (rf - 1) / 2`` per axis."""
        if self.rf is None or self.start is None:
            return None
        return tuple(Fraction(2 * s + r - 1, 2) for s, r in zip(self.start, self.rf, strict=True))

    @property
    def volume(self) -> int | None:
        """Cells in the receptive-field box."""
        if self.rf is None:
            return None
        product = 1
        for extent in self.rf:
            product *= extent
        return product

    @property
    def density(self) -> float | None:
        """Cells in the mask over cells in the receptive-field box."""
        volume = self.volume
        return None if not volume or self.cells is None else self.cells / volume


class Misalignment(msgspec.Struct, frozen=True):
    """Two inputs of a merge whose fields have different centres on some axis."""

    layer: str
    first: str
    second: str
    centers: tuple[tuple[Fraction, Fraction], ...]


class Growth(msgspec.Struct, frozen=True):
    """One row per layer that depends on the source, the source first."""

    rows: tuple[Row, ...]
    misaligned: tuple[Misalignment, ...]


def growth(network: Network, source: str | None = None) -> Growth:
    """Return what every layer sees of the source (by default the input).

    Source: Araujo et al. 2019, with sets in place of intervals.

    Raises
    ------
    RfcalcError
        RF305: a mask or a period beyond the limits.
    """
    misaligned: list[Misalignment] = []
    origin = network.index(source, 0)
    rows = [
        _row(network, origin, position, found)
        for position, found in footprints(network, origin, misaligned)
    ]
    return Growth(tuple(rows), tuple(misaligned))


def footprint(network: Network, source: int, target: int) -> Footprint:
    """Return what one node sees of another; without a box when it does not depend on it."""
    found = Footprint(())
    for position, here in footprints(network, source, None, target):
        if position == target:
            found = here
    return found


def footprints(
    network: Network,
    source: int,
    misaligned: list[Misalignment] | None,
    target: int | None = None,
) -> Iterator[tuple[int, Footprint]]:
    """Yield the footprint of every node that depends on the source, in topological order.

    A footprint is forgotten once its last reader is done, so memory follows the width of the
    graph and not its depth.
    Merges whose branches have different centres are added to ``misaligned``, when it is given.
    """
    nodes = network.nodes
    last = len(nodes) - 1 if target is None else target
    wanted = [True] * len(nodes) if target is None else network.between(source, target)
    readers = [0] * len(nodes)
    for node in nodes[source + 1 : last + 1]:
        for i in node.inputs:
            readers[i] += 1
    alive: dict[int, Footprint] = {source: Footprint.source(network.dims)}
    yield source, alive[source]
    for position in range(source + 1, last + 1):
        node = nodes[position]
        parts = [i for i in node.inputs if i in alive] if wanted[position] else []
        if parts:
            try:
                found = _seen(network, source, node, parts, alive, misaligned)
            except LimitExceeded as fault:
                raise fail(
                    "RF305", f"'{node.name}': {fault}", "ask with a later --source"
                ) from None
            alive[position] = found
            yield position, found
        for i in node.inputs:
            readers[i] -= 1
            if not readers[i]:
                alive.pop(i, None)


def _seen(
    network: Network,
    source: int,
    node: Node,
    parts: Sequence[int],
    alive: dict[int, Footprint],
    misaligned: list[Misalignment] | None,
) -> Footprint:
    """Return the footprint of a node from those of the inputs that depend on the source."""
    if len(node.inputs) == 1:
        before = alive[parts[0]]
        alike = node.taps[0] is IDENTITY and all(axis is IDENTITY for axis in node.taps)
        return before if alike else before.through(node.taps, node.name)
    spread: list[tuple[str, Footprint]] = []
    for i in parts:
        found, given = alive[i], network.nodes[i]
        if given.jump.count(None) and given.size != node.size:
            found = found.through((BROADCAST,) * network.dims, node.name)
        spread.append((given.name, _on_grid(network, source, node, found)))
    total = spread[0][1]
    for name, found in spread[1:]:
        if misaligned is not None and not (total.unbounded or found.unbounded):
            pairs = tuple(
                (_center(spread[0][1], axis), _center(found, axis)) for axis in range(network.dims)
            )
            if any(a != b for a, b in pairs):
                misaligned.append(Misalignment(node.name, spread[0][0], name, pairs))
        total = total | found
    return total


def _on_grid(network: Network, source: int, node: Node, found: Footprint) -> Footprint:
    """Return the footprint with the jumps of the node's own grid.

    A branch that was resampled to a size may follow another ratio; it is then written out for
    the outputs there are.
    """
    jumps = _relative(node, network.nodes[source])
    boxes: list[tuple[Axis, ...]] = []
    for box in found.boxes:
        axes: list[Axis] = []
        for axis, (taps, jump) in enumerate(zip(box, jumps, strict=True)):
            if not isinstance(taps, Taps) or jump is None or _follows(taps, jump):
                axes.append(taps)
            elif node.size is None:
                raise fail("RF304", f"'{node.name}' merges unlike grids", "give the input size")
            else:
                axes.append(taps.tabulated(node.size[axis], jump))
        boxes.append(tuple(axes))
    return Footprint(tuple(boxes), found.unbounded)


def _follows(taps: Taps, jump: Fraction) -> bool:
    return taps.advance * jump.denominator == jump.numerator * len(taps.phases)


def _relative(node: Node, source: Node) -> tuple[Fraction | None, ...]:
    """Return the node's jump in cells of the source."""
    if source.jump.count(1) == len(source.jump):
        return node.jump
    return tuple(
        None if mine is None or not theirs else mine / theirs
        for mine, theirs in zip(node.jump, source.jump, strict=True)
    )


def _center(found: Footprint, axis: int) -> Fraction:
    """Return the mean over the phases of the centre of the bounds on one axis."""
    taps = [box[axis] for box in found.boxes]
    first = taps[0]
    if len(taps) == 1 and isinstance(first, Taps):
        if len(first.phases) == 1:
            cells = first.phases[0]
            return Fraction(2 * cells.start + cells.extent - 1, 2)
        return first.centre
    period = lcm(*(t.period for t in taps if isinstance(t, Taps)))
    total = Fraction(0)
    for phase in range(period):
        sets = [t.read(phase) for t in taps if isinstance(t, Taps)]
        low, high = min(c.start for c in sets if c), max(c.stop for c in sets if c)
        jump = first.jump if isinstance(first, Taps) else Fraction(0)
        total += Fraction(low + high - 1, 2) - jump * phase
    return total / period


def _row(network: Network, source: int, position: int, found: Footprint) -> Row:
    """Read the numbers of one row off a footprint."""
    node = network.nodes[position]
    inputs = tuple(network.nodes[i].name for i in node.inputs)
    jump = _relative(node, network.nodes[source])
    ones = (1,) * network.dims
    if found.unbounded is not None:
        return Row(
            node=node,
            inputs=inputs,
            jump=jump,
            phases=ones,
            phase=(0,) * network.dims,
            unbounded=found.unbounded,
        )
    phases, phase, region = widest(found)
    bounds = region.bounds
    if bounds is None:
        return Row(node=node, inputs=inputs, jump=jump, phases=phases, phase=phase, cells=0)
    holes = region.holes
    return Row(
        node=node,
        inputs=inputs,
        jump=jump,
        rf=tuple(span.extent for span in bounds),
        start=tuple(span.start for span in bounds),
        cells=region.count,
        holes=holes,
        largest_hole=tuple(region.largest_hole(a) if holes else 0 for a in range(len(bounds))),
        phases=phases,
        phase=phase,
    )


def widest(found: Footprint) -> tuple[tuple[int, ...], tuple[int, ...], Region]:
    """Return the number of phases per axis, the phase with the largest field, and its cells."""
    if len(found.boxes) == 1:
        single = tuple(t.phases[0] for t in found.boxes[0] if isinstance(t, Taps) and t.period == 1)
        if len(single) == len(found.boxes[0]) and all(single):
            ones = (1,) * len(single)
            return ones, (0,) * len(single), Region((single,))
    counts: list[int] = []
    chosen: list[int] = []
    for axis in range(len(found.boxes[0])):
        taps = [box[axis] for box in found.boxes]
        known = [t for t in taps if isinstance(t, Taps)]
        if axis and all(a is b[0] for a, b in zip(taps, found.boxes, strict=True)):
            counts.append(counts[0])
            chosen.append(chosen[0])
            continue
        period = lcm(*(t.period for t in known))
        best, extent = 0, -1
        for phase in range(period):
            sets = [c for t in known if (c := t.read(phase))]
            wide = max(c.stop for c in sets) - min(c.start for c in sets) if sets else 0
            if wide > extent:
                best, extent = phase, wide
        counts.append(period)
        chosen.append(best)
    return tuple(counts), tuple(chosen), found.read(chosen)


def bounded(found: Footprint, name: str) -> Footprint:
    """Return the footprint, or refuse one without end.

    Raises
    ------
    RfcalcError
        RF404: the layer sees the whole source; the message names the layer that causes it.
    """
    if found.unbounded is None:
        return found
    raise RfcalcError(
        fail(
            "RF404",
            f"'{name}' sees the whole input, through '{found.unbounded}'",
            "ask at one position with --at and an input size, or for an earlier --layer",
        ).diagnostics
    )

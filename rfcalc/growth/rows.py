"""What are a layer's numbers? Extent, start, cells and holes, read off its footprint."""

from collections.abc import Collection
from fractions import Fraction
from itertools import product
from math import lcm, prod

import msgspec

from rfcalc.errors import LimitExceeded, fail
from rfcalc.footprint import Footprint
from rfcalc.growth.meeting import relative
from rfcalc.growth.walk import Misalignment, footprints
from rfcalc.network import Network, Node
from rfcalc.region import Region
from rfcalc.taps import Taps

__all__ = ["Growth", "Row", "bounded", "growth", "traced", "widest", "worst"]

WORST_LIMIT = 1 << 10
"""Most phases of a union of boxes that are compared."""


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
        return prod(self.rf)

    @property
    def density(self) -> float | None:
        """Cells in the mask over cells in the receptive-field box."""
        volume = self.volume
        return None if not volume or self.cells is None else self.cells / volume


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
    return traced(network, source, ())[0]


def traced(
    network: Network, source: str | None, keep: Collection[int]
) -> tuple[Growth, dict[int, Footprint]]:
    """Return the growth and, of the nodes to keep, the footprints that it was read off."""
    misaligned: list[Misalignment] = []
    kept: dict[int, Footprint] = {}
    origin = network.index(source, 0)
    rows: list[Row] = []
    last, numbers = None, None
    for position, found in footprints(network, origin, misaligned):
        # An element-wise layer hands the footprint of its input on as it is.
        if found is not last or numbers is None:
            try:
                last, numbers = found, _numbers(network.dims, found)
            except LimitExceeded as fault:
                name = network.nodes[position].name
                help = "ask with a later --source"
                raise fail("RF305", f"'{name}': {fault}", help) from None
        if position in keep:
            kept[position] = found
        node = network.nodes[position]
        rows.append(
            Row(
                node=node,
                inputs=tuple([network.nodes[i].name for i in node.inputs]),
                jump=relative(node, network.nodes[origin]),
                rf=numbers.rf,
                start=numbers.start,
                cells=numbers.cells,
                holes=numbers.holes,
                largest_hole=numbers.largest_hole,
                phases=numbers.phases,
                phase=numbers.phase,
                unbounded=found.unbounded,
            )
        )
    return Growth(tuple(rows), tuple(misaligned)), kept


class _Numbers(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a footprint alone says of a row."""

    phases: tuple[int, ...]
    phase: tuple[int, ...]
    rf: tuple[int, ...] | None = None
    start: tuple[int, ...] | None = None
    cells: int | None = None
    holes: bool = False
    largest_hole: tuple[int, ...] | None = None


def _numbers(dims: int, found: Footprint) -> _Numbers:
    """Read the numbers of a row off a footprint."""
    if found.unbounded is not None:
        return _Numbers(phases=(1,) * dims, phase=(0,) * dims)
    phases, phase, region = widest(found)
    bounds = region.bounds
    if bounds is None:
        return _Numbers(phases=phases, phase=phase, cells=0)
    cells = region.count
    holes = cells < prod(span.extent for span in bounds)
    return _Numbers(
        phases=phases,
        phase=phase,
        rf=tuple([span.extent for span in bounds]),
        start=tuple([span.start for span in bounds]),
        cells=cells,
        holes=holes,
        largest_hole=region.largest_holes if holes else (0,) * dims,
    )


def widest(found: Footprint) -> tuple[tuple[int, ...], tuple[int, ...], Region]:
    """Return the number of phases per axis, the phase with the largest field, and its cells."""
    counts: list[int] = []
    chosen: list[int] = []
    boxes = found.boxes
    for axis in range(len(boxes[0])):
        if axis and all(box[axis] is box[0] for box in boxes):
            counts.append(counts[0])
            chosen.append(chosen[0])
            continue
        wide = extents(found, axis)
        counts.append(len(wide))
        chosen.append(wide.index(max(wide)))
    return tuple(counts), tuple(chosen), found.read(chosen)


def worst(found: Footprint) -> tuple[int, ...]:
    """Return the phase of which the smallest share of the field is read; not one that reads none.

    Phases of a union of boxes that are too many to be looked at yield to the one with the largest
    field.
    """
    boxes = found.boxes
    first, *others = boxes
    periods = [
        lcm(*(taps.period for box in boxes if isinstance(taps := box[axis], Taps)))
        for axis in range(len(first))
    ]
    if prod(periods) == 1 or (others and prod(periods) > WORST_LIMIT):
        return widest(found)[1]
    if others:
        regions = ((phase, found.read(phase)) for phase in product(*map(range, periods)))
        shares = [(r.count / r.volume, -r.volume, phase) for phase, r in regions if r.boxes]
        return min(shares)[2]
    chosen: list[int] = []
    for taps in first:
        assert isinstance(taps, Taps)
        read = [(c.count / c.extent, -c.extent, o) for o, c in enumerate(taps.phases) if c]
        chosen.append(min(read)[2])
    return tuple(chosen)


def extents(found: Footprint, axis: int) -> list[int]:
    """Return for each phase of an axis the extent of what it reads, 0 where it reads nothing."""
    known = [taps for box in found.boxes if isinstance(taps := box[axis], Taps)]
    if len(known) == 1:
        return [cells.extent for cells in known[0].phases]
    wide: list[int] = []
    for phase in range(lcm(*[taps.period for taps in known])):
        sets = [cells for taps in known if (cells := taps.read(phase))]
        ends = max((c.stop for c in sets), default=0), min((c.start for c in sets), default=0)
        wide.append(ends[0] - ends[1])
    return wide


def bounded(found: Footprint, name: str) -> Footprint:
    """Return the footprint, or refuse one without end.

    Raises
    ------
    RfcalcError
        RF404: the layer sees the whole source; the message names the layer that causes it.
    """
    if found.unbounded is None:
        return found
    raise fail(
        "RF404",
        f"'{name}' sees the whole input, through '{found.unbounded}'",
        "ask at one position with --at and an input size, or for an earlier --layer",
    )

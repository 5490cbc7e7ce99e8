"""How does a field depend on the output's phase? The widest one, the worst, and all extents."""

from itertools import product
from math import lcm, prod

from rfcalc.footprint import Footprint
from rfcalc.region import Region
from rfcalc.taps import Taps

__all__ = ["extents", "largest", "widest", "worst"]

WORST_LIMIT = 1 << 10
"""Most phases of a union of boxes that are compared."""


def widest(found: Footprint) -> tuple[tuple[int, ...], tuple[int, ...], Region]:
    """Return the number of phases per axis, the phase with the largest field, and its cells."""
    counts, chosen = largest(found)
    return counts, chosen, found.read(chosen)


def largest(found: Footprint) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the number of phases per axis, and the phase with the largest field."""
    counts: list[int] = []
    chosen: list[int] = []
    boxes = found.held
    for axis in range(len(boxes[0])):
        if axis and all(box[axis] is box[0] for box in boxes):
            counts.append(counts[0])
            chosen.append(chosen[0])
            continue
        wide = extents(found, axis)
        counts.append(len(wide))
        chosen.append(wide.index(max(wide)))
    return tuple(counts), tuple(chosen)


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
    known = [taps for box in found.held if isinstance(taps := box[axis], Taps)]
    if len(known) == 1:
        return [cells.extent for cells in known[0].phases]
    wide: list[int] = []
    for phase in range(lcm(*[taps.period for taps in known])):
        sets = [cells for taps in known if (cells := taps.read(phase))]
        ends = max((c.stop for c in sets), default=0), min((c.start for c in sets), default=0)
        wide.append(ends[0] - ends[1])
    return wide

"""What does a footprint alone say of a layer? Extents, cells and holes of its widest phase."""

from collections.abc import Sequence
from math import prod

import msgspec

from rfcalc.errors import LimitExceeded
from rfcalc.footprint import Footprint
from rfcalc.growth.phases import largest

__all__ = ["Numbers", "numbers_of"]


class Numbers(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a footprint alone says of a row."""

    phases: tuple[int, ...]
    phase: tuple[int, ...]
    rf: tuple[int | None, ...] | None = None
    start: tuple[int | None, ...] | None = None
    end: tuple[int | None, ...] | None = None
    cells: int | None = None
    holes: bool | None = False
    largest_hole: tuple[int | None, ...] | None = None
    reason: str = ""


def numbers_of(dims: int, found: Footprint) -> Numbers:
    """Read the numbers of a row off a footprint."""
    if not found.bounded:
        return _partial(dims, found)
    phases, phase = largest(found)
    # The projections have the extents of the union.
    region = Footprint(found.held).read(phase)
    bounds = region.bounds
    if bounds is None:
        return Numbers(phases=phases, phase=phase, cells=0)
    extents = tuple([span.extent for span in bounds])
    reason, cells, holes, most = found.reason, None, None, None
    if not reason:
        try:
            cells = region.count
            holes = cells < prod(extents)
            most = region.largest_holes if holes else (0,) * dims
        except LimitExceeded as fault:
            reason = str(fault)
    return Numbers(
        phases=phases,
        phase=phase,
        rf=extents,
        start=tuple([span.start for span in bounds]),
        end=tuple([span.stop - 1 for span in bounds]),
        cells=None if reason else cells,
        holes=None if reason else holes,
        largest_hole=None if reason else most,
        reason=reason,
    )


def _partial(dims: int, found: Footprint) -> Numbers:
    """Read the numbers off a footprint that has no end on some axis, by its projection."""
    axes = found.axes
    known = numbers_of(len(axes), found.on(axes)) if axes else None
    phases, phase = [1] * dims, [0] * dims
    start, end = list[int | None](), list[int | None]()
    for axis in range(dims):
        if known is not None and axis in axes:
            at = axes.index(axis)
            phases[axis], phase[axis] = known.phases[at], known.phase[at]
            start.append(None if known.start is None else known.start[at])
            end.append(None if known.end is None else known.end[at])
        else:
            phases[axis] = found.period(axis)
            first, last = found.ends(axis, 0)
            start.append(first)
            end.append(last)

    def spread(values: Sequence[int | None] | None) -> tuple[int | None, ...]:
        given = dict(zip(axes, values or (), strict=False))
        return tuple(given.get(axis) for axis in range(dims))

    return Numbers(
        phases=tuple(phases),
        phase=tuple(phase),
        rf=spread(None if known is None else known.rf),
        start=tuple(start),
        end=tuple(end),
        cells=None if known is None else known.cells,
        holes=None if known is None else known.holes,
        largest_hole=None
        if known is None or known.largest_hole is None
        else spread(known.largest_hole),
        reason="" if known is None else known.reason,
    )

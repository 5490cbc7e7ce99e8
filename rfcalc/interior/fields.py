"""What is a layer's field? Extents, ends, cells and holes, read off its footprint alone."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

import msgspec

from rfcalc.errors import LimitExceeded
from rfcalc.footprint import Footprint, Side, Unbounded
from rfcalc.interior.phases import largest
from rfcalc.shown import brief

__all__ = ["Field", "field_of"]


class Field(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What interior outputs see of a source; one entry per axis in every tuple.

    ``rf``, ``start``, ``cells`` and the holes are those of ``phase``, by default the one with the
    largest field. Units: cells of the source.

    unbounded : for an axis without end the layer that makes it so and the side, else ``None``;
        ``None`` where every axis has two ends.
    rf, largest_hole : ``None`` on such an axis.
    start, end : the first and the last cell read, ``None`` on a side without end.
    cells, holes : of the mask projected on the other axes; ``None`` where there are none.
    reason : why cells and holes are not known although the extents are; empty where they are.
    """

    phases: tuple[int, ...]
    phase: tuple[int, ...]
    rf: tuple[int | None, ...] | None = None
    start: tuple[int | None, ...] | None = None
    end: tuple[int | None, ...] | None = None
    cells: int | None = None
    holes: bool | None = False
    largest_hole: tuple[int | None, ...] | None = None
    unbounded: tuple[Unbounded | None, ...] | None = None
    reason: str = ""

    @property
    def bounded(self) -> bool:
        """Whether every axis has two ends."""
        return self.unbounded is None

    @property
    def sides(self) -> tuple[Side | None, ...]:
        """The sides without end, whichever layers make them so."""
        return tuple(cause and cause.side for cause in self.unbounded or ())

    @property
    def center(self) -> tuple[Fraction | None, ...] | None:
        """``start + (rf - 1) / 2`` per axis."""
        if self.rf is None or self.start is None:
            return None
        return tuple(
            None if r is None or s is None else Fraction(2 * s + r - 1, 2)
            for s, r in zip(self.start, self.rf, strict=True)
        )

    @property
    def volume(self) -> int | None:
        """Cells in the receptive-field box, on the axes that have two ends."""
        known = [extent for extent in self.rf or () if extent is not None]
        return prod(known) if known else None

    @property
    def density(self) -> float | None:
        """Cells in the mask over cells in the receptive-field box."""
        volume = self.volume
        return None if not volume or self.cells is None else self.cells / volume

    def __repr__(self) -> str:
        if self.rf is None:
            return "Field(not known)"
        box = " x ".join("all" if extent is None else str(extent) for extent in self.rf)
        cells = "not known" if self.cells is None else self.cells
        return brief(f"Field({box}, cells={cells}, start={self.start})")


def field_of(dims: int, found: Footprint, phase: Sequence[int] | None = None) -> Field:
    """Return the field of a footprint, at its largest phase unless another is asked for."""
    if not found.bounded:
        return _partial(dims, found, phase)
    phases, most = largest(found)
    phase = most if phase is None else tuple(phase)
    # The projections have the extents of the union.
    region = Footprint(found.held).read(phase)
    bounds = region.bounds
    if bounds is None:
        return Field(phases=phases, phase=phase, cells=0)
    extents = tuple([span.extent for span in bounds])
    reason, cells, holes, gaps = found.reason, None, None, None
    if not reason:
        try:
            cells = region.count
            holes = cells < prod(extents)
            gaps = region.largest_holes if holes else (0,) * dims
        except LimitExceeded as fault:
            reason = str(fault)
    return Field(
        phases=phases,
        phase=phase,
        rf=extents,
        start=tuple([span.start for span in bounds]),
        end=tuple([span.stop - 1 for span in bounds]),
        cells=None if reason else cells,
        holes=None if reason else holes,
        largest_hole=None if reason else gaps,
        reason=reason,
    )


def _partial(dims: int, found: Footprint, at_phase: Sequence[int] | None) -> Field:
    """Return the field of a footprint that has no end on some axis, by its projection."""
    axes = found.axes
    there = None if at_phase is None else [at_phase[axis] for axis in axes]
    known = field_of(len(axes), found.on(axes), there) if axes else None
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

    return Field(
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
        unbounded=found.unbounded,
        reason="" if known is None else known.reason,
    )

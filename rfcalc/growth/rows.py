"""What are a layer's numbers? Extent, start, cells and holes, read off its footprint."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from math import prod

import msgspec

from rfcalc.errors import LimitExceeded, fail
from rfcalc.footprint import Footprint, Side, Unbounded
from rfcalc.growth.meeting import relative
from rfcalc.growth.phases import widest
from rfcalc.growth.walk import Misalignment, footprints
from rfcalc.network import Network, Node

__all__ = ["Growth", "Row", "growth", "traced"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer's interior outputs see of the source; one entry per axis in every tuple.

    ``rf``, ``start``, ``cells`` and the holes are those of the phase with the largest field,
    ``phase``. Units: cells of the source.

    unbounded : for an axis without end the layer that makes it so and the side, else ``None``;
        ``None`` where every axis has two ends.
    rf, largest_hole : ``None`` on such an axis.
    start, end : the first and the last cell read, ``None`` on a side without end.
    cells, holes : of the mask projected on the other axes; ``None`` where there are none.
    """

    node: Node
    inputs: tuple[str, ...]
    jump: tuple[Fraction | None, ...]
    rf: tuple[int | None, ...] | None = None
    start: tuple[int | None, ...] | None = None
    end: tuple[int | None, ...] | None = None
    cells: int | None = None
    holes: bool | None = False
    largest_hole: tuple[int | None, ...] | None = None
    phases: tuple[int, ...]
    phase: tuple[int, ...]
    unbounded: tuple[Unbounded | None, ...] | None = None

    @property
    def name(self) -> str:
        """Name of the layer."""
        return self.node.name

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
                end=numbers.end,
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
    rf: tuple[int | None, ...] | None = None
    start: tuple[int | None, ...] | None = None
    end: tuple[int | None, ...] | None = None
    cells: int | None = None
    holes: bool | None = False
    largest_hole: tuple[int | None, ...] | None = None


def _numbers(dims: int, found: Footprint) -> _Numbers:
    """Read the numbers of a row off a footprint."""
    if not found.bounded:
        return _partial(dims, found)
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
        end=tuple([span.stop - 1 for span in bounds]),
        cells=cells,
        holes=holes,
        largest_hole=region.largest_holes if holes else (0,) * dims,
    )


def _partial(dims: int, found: Footprint) -> _Numbers:
    """Read the numbers off a footprint that has no end on some axis, by its projection."""
    axes = found.axes
    known = _numbers(len(axes), found.on(axes)) if axes else None
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

    return _Numbers(
        phases=tuple(phases),
        phase=tuple(phase),
        rf=spread(None if known is None else known.rf),
        start=tuple(start),
        end=tuple(end),
        cells=None if known is None else known.cells,
        holes=None if known is None else known.holes,
        largest_hole=None if known is None else spread(known.largest_hole),
    )

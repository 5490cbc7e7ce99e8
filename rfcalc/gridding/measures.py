"""How badly does a layer grid? What a practitioner wants to read of one mask, in order."""

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded, RfcalcError, fail
from rfcalc.footprint import Footprint
from rfcalc.gridding.lattice import core, overlap, read_share
from rfcalc.gridding.sublattices import sublattices
from rfcalc.interior import Field, check_bounded, field_of, footprint, widest, worst
from rfcalc.network import Network
from rfcalc.region import Region

if TYPE_CHECKING:
    from rfcalc.gridding.evenness import Evenness

__all__ = ["Measures", "Place", "known_measures", "measures"]


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where measures were taken: what more is asked of them is looked up there.

    It is no part of their value: measures of different places are equal when their numbers are.
    """

    network: Network
    source: int
    target: int
    phase: tuple[int, ...]
    region: Region

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place)

    def __hash__(self) -> int:
        return hash(Place)

    def __repr__(self) -> str:
        return "Place(..)"


class Measures(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The gridding measures of one layer against one source, in the order of THEORY 4.

    One entry per axis in every tuple. ``core`` is the solid core, per axis as ``(start, extent)``,
    ``rim_holes`` the cells that are missing on every line outside it. ``sublattices`` are the
    orders of the unit steps, ``sublattice_count`` the number of sublattices. ``evenness`` is
    measured when it is first asked for. Of a mask beyond the limits only the extents are known:
    the field's ``reason`` says why, and all others are ``None`` or empty.
    """

    source: str
    layer: str
    field: Field
    sublattices: tuple[int | None, ...]
    sublattice_count: int | None
    overlap: tuple[float, ...]
    core: tuple[tuple[int, int], ...]
    rim_holes: tuple[int, ...]
    read_share: float | None
    place: Place

    @property
    def rf(self) -> tuple[int, ...]:
        """As of the field, which is bounded."""
        return tuple(extent for extent in self.field.rf or () if extent is not None)

    @property
    def cells(self) -> int | None:
        """As of the field."""
        return self.field.cells

    @property
    def holes(self) -> bool | None:
        """As of the field."""
        return self.field.holes

    @property
    def largest_hole(self) -> tuple[int, ...] | None:
        """As of the field; empty where nothing is read."""
        if self.reason:
            return None
        return tuple(most for most in self.field.largest_hole or () if most is not None)

    @property
    def density(self) -> float | None:
        """As of the field; 0 where nothing is read."""
        return None if self.reason else self.field.density or 0.0

    @property
    def reason(self) -> str:
        """As of the field."""
        return self.field.reason

    @cached_property
    def evenness(self) -> "Evenness | None":
        """How even the energy is; ``None`` where it is too large to be measured."""
        # Most tables do not show it, and start sooner without.
        from rfcalc.gridding.evenness import evenness

        of = self.place
        if self.reason:
            return None
        return evenness(of.network, of.source, of.target, of.phase, of.region)


def measures(
    network: Network,
    source: int,
    target: int,
    found: Footprint | None = None,
    *,
    phase: tuple[int, ...] | None = None,
) -> Measures:
    """Return the gridding measures of a node against an earlier one.

    Parameters
    ----------
    found : the footprint, when it is known already.
    phase : the phase of the output that is measured, by default the one with the largest field.

    Raises
    ------
    RfcalcError
        RF404: the node sees the whole source; RF305: its mask is beyond the limits.
    """
    name = network.nodes[target].name
    known = check_bounded(found or footprint(network, source, target), name)
    try:
        return _measure(network, source, target, known, phase or widest(known)[1])
    except LimitExceeded as fault:
        help = "ask with a later `source=`, or for an earlier `layer=`"
        raise fail("RF305", f"'{name}': {fault}", help) from None


def known_measures(
    network: Network, source: int, target: int, found: Footprint, *, worse: bool = False
) -> Measures:
    """Return the measures of a bounded footprint, its extents alone where the rest is too much.

    Parameters
    ----------
    worse : whether to measure the phase that reads the smallest share of its field.
    """
    try:
        phase = worst(found) if worse else None
        return measures(network, source, target, found, phase=phase)
    except (LimitExceeded, RfcalcError) as fault:
        told = fault.diagnostics[0].message if isinstance(fault, RfcalcError) else str(fault)
        return _extents(network, source, target, found, told)


def _extents(network: Network, source: int, target: int, known: Footprint, why: str) -> Measures:
    """Return what is left to tell of a mask whose cells are beyond the limits."""
    field = field_of(network.dims, Footprint(known.held, why))
    region = Footprint(known.held).read(field.phase)
    return Measures(
        source=network.nodes[source].name,
        layer=network.nodes[target].name,
        field=msgspec.structs.replace(field, reason=why),
        sublattices=(None,) * network.dims,
        sublattice_count=None,
        overlap=(),
        core=(),
        rim_holes=(),
        read_share=None,
        place=Place(network, source, target, field.phase, region),
    )


def _measure(
    network: Network, source: int, target: int, known: Footprint, phase: tuple[int, ...]
) -> Measures:
    """Return the measures of a bounded footprint."""
    field, region = field_of(network.dims, known, phase), known.read(phase)
    if field.reason:
        raise LimitExceeded(field.reason)
    bounds = region.bounds or ()
    lines = [Cells.union(box[axis] for box in region.boxes) for axis in range(len(bounds))]
    cores = core(region)
    classes = sublattices(known)
    return Measures(
        source=network.nodes[source].name,
        layer=network.nodes[target].name,
        field=field,
        sublattices=classes.orders,
        sublattice_count=classes.count,
        overlap=overlap(known, phase),
        core=tuple((run.start, run.extent) for run in cores),
        rim_holes=tuple(
            line.extent - line.count - _missing_inside(line, run)
            for line, run in zip(lines, cores, strict=True)
        ),
        read_share=float(read_share(known)),
        place=Place(network, source, target, phase, region),
    )


def _missing_inside(line: Cells, run: Cells) -> int:
    return run.extent - (line & run).count

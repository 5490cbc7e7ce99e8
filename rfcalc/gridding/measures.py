"""How badly does a layer grid? What a practitioner wants to read of one mask, in order."""

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded, fail
from rfcalc.footprint import Footprint
from rfcalc.gridding.evenness import COUNT_BUDGET, Evenness, evenness
from rfcalc.gridding.lattice import core, overlap, read_share
from rfcalc.gridding.sublattices import sublattices
from rfcalc.growth import bounded, footprint, widest
from rfcalc.network import Network

__all__ = ["COUNT_BUDGET", "Evenness", "Measures", "measures"]


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """The gridding measures of one layer against one source, in the order of THEORY 4.

    One entry per axis in every tuple. ``core`` is the solid core, per axis as ``(start, extent)``,
    ``rim_holes`` the cells that are missing on every line outside it. ``sublattices`` are the
    orders of the unit steps, ``sublattice_count`` the number of sublattices.
    """

    source: str
    layer: str
    rf: tuple[int, ...]
    cells: int
    holes: bool
    largest_hole: tuple[int, ...]
    density: float
    sublattices: tuple[int | None, ...]
    sublattice_count: int | None
    overlap: tuple[float, ...]
    core: tuple[tuple[int, int], ...]
    rim_holes: tuple[int, ...]
    read_share: float
    evenness: Evenness | None


def measures(
    network: Network,
    source: int,
    target: int,
    found: Footprint | None = None,
    *,
    phase: tuple[int, ...] | None = None,
    budget: int = COUNT_BUDGET,
) -> Measures:
    """Return the gridding measures of a node against an earlier one.

    Parameters
    ----------
    found : the footprint, when it is known already.
    phase : the phase of the output that is measured, by default the one with the largest field.
    budget : cells times layers up to which path counts are measured; 0 for not at all.

    Raises
    ------
    RfcalcError
        RF404: the node sees the whole source; RF305: its mask is beyond the limits.
    """
    name = network.nodes[target].name
    known = bounded(found or footprint(network, source, target), name)
    try:
        return _measured(network, source, target, known, phase or widest(known)[1], budget)
    except LimitExceeded as fault:
        help = "ask with a later --source, or for an earlier --layer"
        raise fail("RF305", f"'{name}': {fault}", help) from None


def _measured(
    network: Network,
    source: int,
    target: int,
    known: Footprint,
    phase: tuple[int, ...],
    budget: int,
) -> Measures:
    """Return the measures of a bounded footprint."""
    region = known.read(phase)
    bounds = region.bounds or ()
    lines = [Cells.union(box[axis] for box in region.boxes) for axis in range(len(bounds))]
    cores = core(region)
    classes = sublattices(known)
    cells, volume = region.count, region.volume
    return Measures(
        source=network.nodes[source].name,
        layer=network.nodes[target].name,
        rf=tuple(span.extent for span in bounds),
        cells=cells,
        holes=cells < volume,
        largest_hole=region.largest_holes if cells < volume else (0,) * len(bounds),
        density=cells / volume if bounds else 0.0,
        sublattices=classes.orders,
        sublattice_count=classes.count,
        overlap=overlap(known, phase),
        core=tuple((run.start, run.extent) for run in cores),
        rim_holes=tuple(
            line.extent - line.count - _missing_inside(line, run)
            for line, run in zip(lines, cores, strict=True)
        ),
        read_share=float(read_share(known)),
        evenness=evenness(network, source, target, phase, region, budget) if budget else None,
    )


def _missing_inside(line: Cells, run: Cells) -> int:
    return run.extent - (line & run).count

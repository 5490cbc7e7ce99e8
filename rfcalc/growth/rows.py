"""What are a layer's numbers? Extent, start, cells and holes, read off its footprint."""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from math import prod

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.footprint import Footprint, Side, Unbounded
from rfcalc.growth.meeting import relative
from rfcalc.growth.numbers import numbers_of
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
    reason : why cells and holes are not known although the extents are; empty where they are.
    unknown : the layer from which on nothing is known, ``None`` where something is.
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
    reason: str = ""
    unknown: str | None = None

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
        RF305: a mask or a period beyond the limits at an output.
    """
    return traced(network, source, network.outputs)[0]


def traced(
    network: Network, source: str | None, keep: Collection[int]
) -> tuple[Growth, dict[int, Footprint]]:
    """Return the growth and, of the nodes to keep, the footprints that it was read off.

    A layer beyond the limits has a row that is not known; one to keep is refused.
    """
    misaligned: list[Misalignment] = []
    kept: dict[int, Footprint] = {}
    origin = network.index(source, 0)
    rows: list[Row] = []
    last, numbers = None, None
    refused: dict[int, RfcalcError] = {}
    for position, found in footprints(network, origin, misaligned, refused=refused):
        # An element-wise layer hands the footprint of its input on as it is.
        if found is not last or numbers is None:
            last, numbers = found, numbers_of(network.dims, found)
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
                reason=numbers.reason,
            )
        )
    for position in keep:
        if position in refused:
            raise refused[position]
    if refused:
        rows += _unknown(network, origin, refused)
        place = {node.name: position for position, node in enumerate(network.nodes)}
        rows.sort(key=lambda row: place[row.name])
    return Growth(tuple(rows), tuple(misaligned)), kept


def _unknown(network: Network, origin: int, refused: Mapping[int, RfcalcError]) -> Iterator[Row]:
    """Yield the rows of layers beyond the limits, each with the first that is."""
    at: dict[int, str] = {}
    for position, fault in refused.items():
        node = network.nodes[position]
        name = at.setdefault(id(fault), node.name)
        none = (0,) * network.dims
        yield Row(
            node=node,
            inputs=tuple([network.nodes[i].name for i in node.inputs]),
            jump=relative(node, network.nodes[origin]),
            holes=None,
            phases=(1,) * network.dims,
            phase=none,
            reason=fault.diagnostics[0].message,
            unknown=name,
        )

"""What does every layer see of the source? A row each: its field, and where it stands."""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.footprint import Footprint, Side, Unbounded
from rfcalc.interior.fields import Field, field_of
from rfcalc.interior.meeting import relative
from rfcalc.interior.walk import Misalignment, footprints
from rfcalc.network import Network, Node
from rfcalc.shown import brief

__all__ = ["Growth", "Row", "growth", "traced"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer's interior outputs see of the source: its field, and where it stands.

    unknown : the layer from which on nothing is known, ``None`` where something is.
    """

    node: Node
    inputs: tuple[str, ...]
    jump: tuple[Fraction | None, ...]
    field: Field
    unknown: str | None = None

    @property
    def name(self) -> str:
        """Name of the layer."""
        return self.node.name

    @property
    def rf(self) -> tuple[int | None, ...] | None:
        """As of the field."""
        return self.field.rf

    @property
    def start(self) -> tuple[int | None, ...] | None:
        """As of the field."""
        return self.field.start

    @property
    def end(self) -> tuple[int | None, ...] | None:
        """As of the field."""
        return self.field.end

    @property
    def center(self) -> tuple[Fraction | None, ...] | None:
        """As of the field."""
        return self.field.center

    @property
    def cells(self) -> int | None:
        """As of the field."""
        return self.field.cells

    @property
    def density(self) -> float | None:
        """As of the field."""
        return self.field.density

    @property
    def volume(self) -> int | None:
        """As of the field."""
        return self.field.volume

    @property
    def holes(self) -> bool | None:
        """As of the field."""
        return self.field.holes

    @property
    def largest_hole(self) -> tuple[int | None, ...] | None:
        """As of the field."""
        return self.field.largest_hole

    @property
    def phases(self) -> tuple[int, ...]:
        """As of the field."""
        return self.field.phases

    @property
    def phase(self) -> tuple[int, ...]:
        """As of the field."""
        return self.field.phase

    @property
    def unbounded(self) -> tuple[Unbounded | None, ...] | None:
        """As of the field."""
        return self.field.unbounded

    @property
    def bounded(self) -> bool:
        """As of the field."""
        return self.field.bounded

    @property
    def sides(self) -> tuple[Side | None, ...]:
        """As of the field."""
        return self.field.sides

    @property
    def reason(self) -> str:
        """As of the field."""
        return self.field.reason

    def __repr__(self) -> str:
        return brief(f"Row({self.name!r}, {self.field!r})")


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
    last, field = None, None
    refused: dict[int, RfcalcError] = {}
    for position, found in footprints(network, origin, misaligned, refused=refused):
        # An element-wise layer hands the footprint of its input on as it is.
        if found is not last or field is None:
            last, field = found, field_of(network.dims, found)
        if position in keep:
            kept[position] = found
        node = network.nodes[position]
        rows.append(
            Row(
                node=node,
                inputs=tuple([network.nodes[i].name for i in node.inputs]),
                jump=relative(node, network.nodes[origin]),
                field=field,
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
            field=Field(
                phases=(1,) * network.dims,
                phase=none,
                holes=None,
                reason=fault.diagnostics[0].message,
            ),
            unknown=name,
        )

"""What does one layer see of one source, in short? One footprint, no table, no path counts."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

import msgspec

from rfcalc.footprint import Footprint, Unbounded
from rfcalc.gridding.lattice import core, rim_only
from rfcalc.gridding.stages import Stage, stages_of
from rfcalc.interior import Field, extents, field_of, footprint, relative, worst
from rfcalc.network import Network, without_global
from rfcalc.region import Region

__all__ = ["FieldSummary", "summarise_field", "summarise_stages"]


class FieldSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer's interior outputs see of a source; one entry per axis in every tuple.

    ``field`` is that of the phase with the largest field, or of the one that reads the smallest
    share of its own; it is not known of a layer that does not depend on the source. ``least`` is
    the smallest extent over all phases, ``least_phase`` one that has it. ``region`` holds the
    cells, on the axes that have two ends; where cells and holes are not known, it is the product
    of the projections.
    """

    source: str
    layer: str
    jump: tuple[Fraction | None, ...]
    field: Field
    least: tuple[int | None, ...] = ()
    least_phase: tuple[int, ...] = ()
    found: Footprint
    region: Region = Region(())

    @property
    def rf(self) -> tuple[int | None, ...]:
        """The extents; empty for a layer that does not depend on the source."""
        return self.field.rf or ()

    @property
    def cells(self) -> int | None:
        """As of the field."""
        return self.field.cells

    @property
    def holes(self) -> bool | None:
        """As of the field."""
        return self.field.holes

    @property
    def largest_hole(self) -> tuple[int | None, ...]:
        """As of the field; empty where it is not known."""
        return self.field.largest_hole or ()

    @property
    def density(self) -> float:
        """Cells in the mask over cells in the receptive-field box; 0 where it is not known."""
        return self.field.density or 0.0

    @property
    def unbounded(self) -> tuple[Unbounded | None, ...] | None:
        """As of the field."""
        return self.field.unbounded

    @property
    def reason(self) -> str:
        """As of the field."""
        return self.field.reason

    @property
    def rim_only(self) -> bool:
        """Whether a solid core of more than half the field leaves all holes to the rim."""
        return rim_only([span.extent for span in core(self.region)], self.extents)

    @property
    def extents(self) -> tuple[int, ...]:
        """The extents on the axes that have two ends."""
        return tuple(extent for extent in self.rf if extent is not None)

    @property
    def gaps(self) -> tuple[int, ...]:
        """The largest holes on the axes that have two ends."""
        return tuple(most for most in self.largest_hole if most is not None)


def summarise_field(
    network: Network, source: int, target: int, *, worse: bool = False
) -> FieldSummary:
    """Return what the node at ``target`` sees of the one at ``source``.

    Parameters
    ----------
    worse : whether to look at the phase that reads the smallest share of its field.

    >>> from rfcalc.loading import load
    >>> seen = summarise_field(load("k3d2,k3d2"), 0, 2)
    >>> seen.rf, seen.cells, seen.largest_hole
    ((9, 9), 25, (1, 1))
    """
    dims, found = network.dims, footprint(network, source, target)
    mine, theirs = network.nodes[target], network.nodes[source]
    jump = relative(mine, theirs)
    made = partial(FieldSummary, source=theirs.name, layer=mine.name, jump=jump, found=found)
    if not found.held:
        none = Field(phases=(1,) * dims, phase=(0,) * dims, cells=0)
        return made(field=none)
    axes = found.axes
    # The projections have the extents of the union.
    known = Footprint(found.on(axes).held)

    def spread(values: Sequence[int]) -> list[int | None]:
        given = dict(zip(axes, values, strict=True))
        return [given.get(axis) for axis in range(dims)]

    phase = tuple(at or 0 for at in spread(worst(known))) if worse and axes else None
    field = field_of(dims, found, phase)
    if field.reason and not found.reason:
        field = msgspec.structs.replace(field, reason=f"'{mine.name}': {field.reason}")
    wide = [extents(known, at) for at in range(len(axes))]
    return made(
        field=field,
        least=tuple(spread([min(one) for one in wide])),
        least_phase=tuple(at or 0 for at in spread([one.index(min(one)) for one in wide])),
        region=known.read([field.phase[axis] for axis in axes]) if axes else Region(()),
    )


def summarise_stages(network: Network) -> Iterator[tuple[Stage, FieldSummary]]:
    """Yield every dilated stage with what its end sees of its own input, on its worst phase."""
    local = without_global(network)
    for stage in stages_of(local):
        yield stage, summarise_field(local, stage.source, stage.target, worse=True)

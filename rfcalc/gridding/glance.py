"""What does one layer see of one source, at a glance? One footprint, no table, no path counts."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from rfcalc.errors import LimitExceeded
from rfcalc.footprint import Footprint, Unbounded
from rfcalc.gridding.lattice import core, rim_only
from rfcalc.gridding.stages import Stage, stages_of
from rfcalc.interior import extents, footprint, relative, widest, worst
from rfcalc.network import Network, without_global
from rfcalc.region import Region

__all__ = ["Glance", "glance", "stage_glances"]


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer's interior outputs see of a source; one entry per axis in every tuple.

    ``rf``, ``cells`` and the holes are those of the phase with the largest field; ``least`` is
    the smallest extent over all phases, ``phase`` one that has it. ``rf`` is empty for a layer
    that does not depend on the source. ``region`` holds the cells. Of a layer that sees the
    source without end on some axes, which ``unbounded`` tells, all are of the mask projected on
    the others. Where cells and holes are not known, ``reason`` says why, and the region is the
    product of the projections.
    """

    source: str
    layer: str
    jump: tuple[Fraction | None, ...]
    rf: tuple[int | None, ...] = ()
    least: tuple[int | None, ...] = ()
    phase: tuple[int, ...] = ()
    cells: int | None = 0
    volume: int = 0
    holes: bool | None = False
    largest_hole: tuple[int | None, ...] = ()
    unbounded: tuple[Unbounded | None, ...] | None = None
    found: Footprint
    region: Region = Region(())
    reason: str = ""

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

    @property
    def density(self) -> float:
        """Cells in the mask over cells in the receptive-field box."""
        return (self.cells or 0) / self.volume if self.volume else 0.0


def glance(network: Network, source: int, target: int, *, worse: bool = False) -> Glance:
    """Return what the node at ``target`` sees of the one at ``source``.

    Parameters
    ----------
    worse : whether to look at the phase that reads the smallest share of its field.

    >>> from rfcalc.loading import load
    >>> seen = glance(load("k3d2,k3d2"), 0, 2)
    >>> seen.rf, seen.cells, seen.largest_hole
    ((9, 9), 25, (1, 1))
    """
    found = footprint(network, source, target)
    mine, theirs = network.nodes[target], network.nodes[source]
    jump = relative(mine, theirs)
    if not found.held:
        return Glance(source=theirs.name, layer=mine.name, jump=jump, found=found)
    axes = found.axes
    if not axes:
        rf = (None,) * network.dims
        return Glance(
            source=theirs.name,
            layer=mine.name,
            jump=jump,
            rf=rf,
            least=rf,
            unbounded=found.unbounded,
            found=found,
        )
    known = found.on(axes)
    # The projections have the extents of the union.
    reason, known = known.reason, Footprint(known.held)
    region = known.read(worst(known)) if worse else widest(known)[2]
    wide = [extents(known, at) for at in range(len(axes))]
    volume = region.volume
    cells, holes, most = None, None, ()
    if not reason:
        try:
            cells = region.count
            holes = cells < volume
            most = region.largest_holes if holes else (0,) * len(axes)
        except LimitExceeded as fault:
            cells, holes, reason = None, None, f"'{mine.name}': {fault}"
    phase = dict(zip(axes, (one.index(min(one)) for one in wide), strict=True))

    def spread(values: Sequence[int]) -> tuple[int | None, ...]:
        given = dict(zip(axes, values, strict=True))
        return tuple(given.get(axis) for axis in range(network.dims))

    return Glance(
        source=theirs.name,
        layer=mine.name,
        jump=jump,
        rf=spread([span.extent for span in region.bounds]) if region.bounds else (),
        least=spread([min(one) for one in wide]),
        phase=tuple(phase.get(axis, 0) for axis in range(network.dims)),
        cells=cells,
        volume=volume,
        holes=holes,
        largest_hole=spread(most) if most else (),
        unbounded=found.unbounded,
        found=found,
        region=region,
        reason=reason,
    )


def stage_glances(network: Network) -> Iterator[tuple[Stage, Glance]]:
    """Yield every dilated stage with what its end sees of its own input, on its worst phase."""
    local = without_global(network)
    for stage in stages_of(local):
        yield stage, glance(local, stage.source, stage.target, worse=True)

"""What does one layer see of one source, at a glance? One footprint, no table, no path counts."""

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from rfcalc.footprint import Footprint
from rfcalc.gridding.lattice import core, rim_only
from rfcalc.gridding.stages import Stage, stages_of
from rfcalc.growth import extents, footprint, relative, widest, worst
from rfcalc.network import Network, without_global
from rfcalc.region import Region

__all__ = ["Glance", "glance", "stage_glances"]


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """What one layer's interior outputs see of a source; one entry per axis in every tuple.

    ``rf``, ``cells`` and the holes are those of the phase with the largest field; ``least`` is
    the smallest extent over all phases, ``phase`` one that has it. They are ``None`` for a
    layer that sees the whole source, with ``unbounded`` naming the layer that causes it, and
    ``rf`` is empty for a layer that does not depend on the source. ``region`` holds the cells.
    """

    source: str
    layer: str
    jump: tuple[Fraction | None, ...]
    rf: tuple[int, ...] | None = None
    least: tuple[int, ...] | None = None
    phase: tuple[int, ...] = ()
    cells: int = 0
    volume: int = 0
    holes: bool = False
    largest_hole: tuple[int, ...] = ()
    unbounded: str | None = None
    found: Footprint
    region: Region = Region(())

    @property
    def rim_only(self) -> bool:
        """Whether a solid core of more than half the field leaves all holes to the rim."""
        return rim_only([span.extent for span in core(self.region)], self.rf or ())

    @property
    def density(self) -> float:
        """Cells in the mask over cells in the receptive-field box."""
        return self.cells / self.volume if self.volume else 0.0


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
    if found.unbounded is not None or not found.boxes:
        return Glance(
            source=theirs.name,
            layer=mine.name,
            jump=jump,
            rf=None if found.boxes else (),
            unbounded=found.unbounded,
            found=found,
        )
    region = found.read(worst(found)) if worse else widest(found)[2]
    rf = tuple(span.extent for span in region.bounds or ())
    wide = [extents(found, axis) for axis in range(network.dims)]
    cells, volume = region.count, region.volume
    return Glance(
        source=theirs.name,
        layer=mine.name,
        jump=jump,
        rf=rf,
        least=tuple(map(min, wide)),
        phase=tuple(one.index(min(one)) for one in wide),
        cells=cells,
        volume=volume,
        holes=cells < volume,
        largest_hole=region.largest_holes if cells < volume else (0,) * len(rf),
        found=found,
        region=region,
    )


def stage_glances(network: Network) -> Iterator[tuple[Stage, Glance]]:
    """Yield every dilated stage with what its end sees of its own input, on its worst phase."""
    local = without_global(network)
    for stage in stages_of(local):
        yield stage, glance(local, stage.source, stage.target, worse=True)

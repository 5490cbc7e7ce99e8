"""How far beyond its own region of the input does a tile's output read, before and after?"""

import msgspec

from rfcalc.growth import footprint
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.reach import reach

__all__ = ["Halo", "halo"]

Sides = tuple[tuple[int, int], ...]


class Halo(msgspec.Struct, frozen=True):
    """Cells of the input before and after a tile that its outputs may read, per axis.

    Output ``o`` stands for the input cells ``floor(J*o) .. ceil(J*(o+1)) - 1`` with ``J`` the
    jump; a tile is a run of outputs. ``any`` holds wherever the tile starts on the output grid,
    ``aligned`` where its region starts and ends on multiples of ``alignment``. Both are exact:
    no cell beyond matters, and the last cell within does, for some tile. ``cut`` is ``aligned``
    rounded up to the alignment: what has to be cut so that strided grids stay in step.
    """

    alignment: tuple[int, ...]
    any: Sides
    aligned: Sides

    @property
    def cut(self) -> Sides:
        """The aligned halo in whole steps of the alignment, per axis and side."""
        return tuple(
            (-(-before // step) * step, -(-after // step) * step)
            for (before, after), step in zip(self.aligned, self.alignment, strict=True)
        )

    def of(self, tile: int, axis: int) -> tuple[int, int]:
        """Return the halo that holds for tiles of a size, side by side from index 0."""
        return (self.any if tile % self.alignment[axis] else self.aligned)[axis]


def halo(grids: Grids) -> Halo:
    """Return the exact halo of the tiles of a network's output.

    Raises
    ------
    RfcalcError
        RF305: a mask or a period beyond the limits.
    """
    found = [footprint(grids.network, source, grids.target) for source in grids.sources]
    sides = [reach(found, axis, jump) for axis, jump in enumerate(grids.jump)]
    return Halo(
        grids.alignment,
        tuple((max(0, s.before), max(0, s.after)) for s in sides),
        tuple((max(0, s.before_aligned), max(0, s.after_aligned)) for s in sides),
    )

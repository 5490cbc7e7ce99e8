"""How far beyond its own region of the input does a tile's output read, before and after?"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import msgspec

from rfcalc.footprint import Footprint
from rfcalc.grids import Grids
from rfcalc.growth import footprint
from rfcalc.taps import Taps

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

    With ``R(o)`` the input cells that output ``o`` reads, ``P`` its period and ``J`` the jump::

        any     = max_(o < P) floor(J*o) - min R(o),   max_(o < P) max R(o) + 1 - ceil(J*(o+1))
        aligned = max_(0 <= o < P) -min R(o),          max_(-P <= o < 0) max R(o) + 1

    Raises
    ------
    RfcalcError
        RF305: a mask or a period beyond the limits.
    """
    found = [footprint(grids.network, source, grids.target) for source in grids.sources]
    axes = [_sides(found, axis, jump) for axis, jump in enumerate(grids.jump)]
    return Halo(grids.alignment, tuple(a for a, _ in axes), tuple(b for _, b in axes))


def _sides(
    found: Sequence[Footprint], axis: int, jump: Fraction
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the halo at any origin and at aligned ones, on one axis."""
    relations = {
        taps for part in found for box in part.boxes if isinstance(taps := box[axis], Taps)
    }
    before = after = before_aligned = after_aligned = 0
    for taps in relations:
        for o, cells in enumerate(taps.phases):
            if not cells:
                continue
            before = max(before, floor(jump * o) - cells.start)
            after = max(after, cells.stop - ceil(jump * (o + 1)))
            before_aligned = max(before_aligned, -cells.start)
            after_aligned = max(after_aligned, cells.stop - taps.advance)
    return (before, after), (before_aligned, after_aligned)

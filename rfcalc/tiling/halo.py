"""How far beyond its own region of the input does a tile's output read, before and after?"""

from collections.abc import Sequence

import msgspec

from rfcalc.interior import footprint
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.reach import reach

__all__ = ["Halo", "by_input", "halo"]

Sides = tuple[tuple[int, int], ...]


class Halo(msgspec.Struct, frozen=True):
    """Cells of the input before and after a tile that its outputs may read, per axis.

    Output ``o`` stands for the input cells ``floor(J*o) .. ceil(J*(o+1)) - 1`` with ``J`` the
    jump; a tile is a run of outputs. ``any`` holds wherever the tile starts on the output grid,
    ``aligned`` where its region starts and ends on multiples of ``alignment``. Both are exact:
    no cell beyond matters, and the last cell within does, for some tile. ``cut`` is ``aligned``
    rounded up to the alignment: what has to be cut so that strided grids stay in step. ``by``
    names per axis the output with the largest need.
    """

    alignment: tuple[int, ...]
    any: Sides
    aligned: Sides
    by: tuple[str, ...] = ()

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
    """Return the exact halo of the tiles of all targets; 0 on an axis without end.

    Such an axis is not divided: a tile holds the whole of it.

    Parameters
    ----------
    grids : how the cells of a network's outputs lie on its inputs: ``grids`` of a ``Plan``.

    Raises
    ------
    RfcalcError
        RF305: a mask or a period beyond the limits.
    TypeError
        ``grids`` are none.

    Examples
    --------
    >>> from rfcalc.tiling import halo, tile
    >>> halo(tile("k3,k3d2,k3d5", 32).grids).any
    ((8, 8), (8, 8))
    """
    if not isinstance(grids, Grids):  # pyright: ignore[reportUnnecessaryIsInstance]
        kind = type(grids).__name__
        raise TypeError(f"grids is of type {kind}; it takes the grids of a plan: plan.grids")
    found = [_one(one) for one in grids.each]
    if len(found) == 1:
        return found[0]
    return Halo(
        grids.alignment,
        _most([one.any for one in found]),
        _most([one.aligned for one in found]),
        tuple(
            grids.each[_widest([one.any[axis] for one in found])].name
            for axis in range(grids.network.dims)
        ),
    )


def by_input(grids: Grids) -> dict[str, Halo]:
    """Return the halo that tiles need of each input, by its name."""
    return {
        grids.network.nodes[source].name: halo(msgspec.structs.replace(grids, sources=(source,)))
        for source in grids.sources
    }


def _one(grids: Grids) -> Halo:
    """Return the halo of one target."""
    found = [footprint(grids.network, source, grids.target) for source in grids.sources]
    sides = [
        reach(found, axis, jump) if cause is None else None
        for axis, (jump, cause) in enumerate(zip(grids.jump, grids.causes, strict=True))
    ]
    return Halo(
        grids.alignment,
        tuple((0, 0) if s is None else _cells(s.before, s.after) for s in sides),
        tuple((0, 0) if s is None else _cells(s.before_aligned, s.after_aligned) for s in sides),
        (grids.name,) * grids.network.dims,
    )


def _most(sides: Sequence[Sides]) -> Sides:
    """Return the largest need of all, per axis and side."""
    return tuple(
        (max(before for before, _ in axis), max(after for _, after in axis))
        for axis in zip(*sides, strict=True)
    )


def _widest(sides: Sequence[tuple[int, int]]) -> int:
    """Return which has the largest need in sum, the last of equals."""
    return max(range(len(sides)), key=lambda number: (sum(sides[number]), number))


def _cells(before: int | None, after: int | None) -> tuple[int, int]:
    return max(0, before or 0), max(0, after or 0)

"""What is typed into a tool that slides a window? Its size, its stride and the overlap."""

from collections.abc import Sequence
from math import floor, prod

import msgspec

from rfcalc.errors import fail
from rfcalc.tiling.grids import Grids, goes_by
from rfcalc.tiling.halo import Halo
from rfcalc.tiling.sizes import SEARCH_LIMIT, nearest, taker_of

__all__ = ["Setting", "setting", "settings"]

FIRST = {1: 4096, 2: 256, 3: 64}
"""Smallest window that is listed, by number of axes."""
LARGEST = 1 << 24
"""Largest window that is tried, cells per axis."""
MORE = 3
"""Windows that are listed beyond the first whose stride is at least its overlap."""


class Setting(msgspec.Struct, frozen=True):
    """A window and its stride: every output lies in some window with all that it reads.

    Per axis, in input cells; ``None`` on an axis that is not divided, as a window holds the whole
    of it. ``overhead`` is the share of the cells of a window that another one computes, too.
    """

    window: tuple[int | None, ...]
    stride: tuple[int | None, ...]
    overhead: float

    @property
    def overlap(self) -> tuple[int | None, ...]:
        """Cells that neighbouring windows have in common."""
        return tuple(None if w is None or s is None else w - s for w, s in self._pairs)

    @property
    def ratio(self) -> tuple[float | None, ...]:
        """The overlap as a share of the window: ``int(window * (1 - ratio))`` is the stride."""
        return tuple(None if w is None or s is None else _share(w, s) for w, s in self._pairs)

    @property
    def wide(self) -> bool:
        """Whether the stride is at least the overlap on every axis."""
        return all(w is None or s is None or 2 * s >= w for w, s in self._pairs)

    @property
    def _pairs(self) -> list[tuple[int | None, int | None]]:
        return list(zip(self.window, self.stride, strict=True))


def setting(moving: Grids, around: Halo, tile: Sequence[int]) -> Setting | None:
    """Return the window for a stride, ``None`` where that is no multiple of the alignment.

    Windows that begin off the alignment pool other groups of cells than the whole: they have no
    overlap that is enough.
    """
    pairs = zip(tile, around.alignment, moving.causes, strict=True)
    if any(cause is None and cells % step for cells, step, cause in pairs):
        return None
    window = [
        _window(moving, around, axis, cells) if moving.causes[axis] is None else None
        for axis, cells in enumerate(tile)
    ]
    stride = [s if moving.causes[axis] is None else None for axis, s in enumerate(tile)]
    if any(w is None and s is not None for w, s in zip(window, stride, strict=True)):
        return None
    run = prod(w for w in window if w is not None)
    own = prod(s for s in stride if s is not None)
    return Setting(tuple(window), tuple(stride), 1 - own / run)


def settings(moving: Grids, around: Halo) -> tuple[tuple[Setting, ...], Setting]:
    """Return the strides for windows of a power of two, and the first that overlaps by half.

    The strides are the largest multiples of the alignment; none is smaller than the halo.

    Raises
    ------
    RfcalcError
        RF461: no window is found.
    """
    found: list[Setting] = []
    wide: Setting | None = None
    size = FIRST[moving.network.dims]
    while size <= LARGEST and (wide is None or len(found) < found.index(wide) + 1 + MORE):
        one = _within(moving, around, size)
        if one is not None:
            found.append(one)
            wide = wide or (one if one.wide else None)
        size *= 2
    if wide is None:
        fact = f"no window of up to {LARGEST:,} cells has a stride that is at least its overlap"
        raise fail("RF461", fact, "give the size of a tile: `tile=`")
    return tuple(found), wide


def _within(moving: Grids, around: Halo, size: int) -> Setting | None:
    """Return the largest stride whose window has at most so many cells on every axis."""
    tile: list[int] = []
    for axis, step in enumerate(around.alignment):
        if moving.causes[axis] is not None:
            tile.append(step)
            continue
        stride = (size - sum(around.aligned[axis])) // step * step
        least = max(1, *around.aligned[axis])
        while stride >= least:
            window = _window(moving, around, axis, stride)
            if window is not None and window <= size:
                break
            stride -= step
        else:
            return None
        tile.append(stride)
    return setting(moving, around, tile)


def _window(moving: Grids, around: Halo, axis: int, tile: int) -> int | None:
    """Return a window that the network takes and that holds a tile and its halo.

    On the alignment where it can be, else the smallest. Where padding goes by the size, as with
    ``same`` and a stride, it is that of the whole if the sizes are alike modulo the alignment.
    """
    takes = taker_of(moving.network, moving.order, moving.inputs, moving.targets, axis)
    before, after = around.cut[axis]
    whole, step = moving.size, around.alignment[axis]
    if whole is not None and any(
        goes_by(moving.network.nodes[p].layer, axis) for p in moving.order
    ):
        first = before + tile + after
        first += (whole[axis] - first) % step
        return next((n for n in range(first, first + SEARCH_LIMIT, step) if takes.takes(n)), None)
    if takes.takes(before + tile + after):
        return before + tile + after
    return nearest(takes, before + tile + around.aligned[axis][1])[1]


def _share(window: int, stride: int) -> float:
    """Return the overlap as a share of the window, as few digits as give the stride."""
    share = (window - stride) / window
    for digits in range(2, 15):
        # The nearest may fall a stride short by a rounding of the product.
        for near in (round(share, digits), floor(share * 10**digits - 0.5) / 10**digits):
            if near >= 0 and int(window * (1 - near)) == stride:
                return near
    return share

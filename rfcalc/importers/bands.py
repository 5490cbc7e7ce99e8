"""Which layer reads the cells that a mask leaves along an axis: a band, one side, windows?"""

from math import gcd
from typing import TYPE_CHECKING, Any

from rfcalc.footprint import Side
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import Attention, BandedAttention, WindowAttention

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Seen = NDArray[np.bool_]

__all__ = ["Chain", "band", "one_sided", "windows"]

Chain = tuple[Layer, ...]
"""Layers, each of which reads the one before."""


def one_sided(dims: int, axis: int, seen: "Seen") -> Chain | None:
    """Return attention to all cells, or to all up to one so far from each, or from it on."""
    import numpy as np

    n = len(seen)
    apart = np.arange(n)[None, :] - np.arange(n)[:, None]
    first, last = int(apart[seen].min()), int(apart[seen].max())
    if first > 1 - n and last < n - 1:
        return None
    if (seen == (apart >= first) & (apart <= last)).all():
        if first <= 1 - n and last >= n - 1:
            return (Attention(),)
        if first <= 1 - n:
            return _ahead(dims, axis, "before", last)
        return _ahead(dims, axis, "after", -first)
    return None


def _ahead(dims: int, axis: int, side: Side, more: int) -> Chain:
    """Return layers that read one side of each row, and ``more`` cells beyond it."""
    layer = Attention(side=side)
    if not more:
        return (layer,)
    reach, nothing = [0] * dims, (0,) * dims
    reach[axis] = more
    far, forward = tuple(reach), side == "before"
    window = tuple(k + 1 for k in far)
    return layer, BandedAttention(window=window, after=far if forward else nothing, edge="cut")


def band(dims: int, axis: int, seen: "Seen") -> Chain | None:
    """Return attention to a band around each row, with what becomes of it at the border."""
    import numpy as np

    n = len(seen)
    width = int(seen.sum(1).max())
    middle = n // 2
    cells = np.flatnonzero(seen[middle]) - middle
    if len(cells) < width:
        # No row in the middle is whole: the band is that of the diagonals.
        apart = np.arange(n)[None, :] - np.arange(n)[:, None]
        cells = np.unique(apart[seen])
    step = gcd(*cells.tolist()) or 1
    if len(cells) < 2 or 0 not in cells or (np.diff(cells) != step).any():
        return None
    after, width = int(cells[-1]) // step, len(cells)
    for edge in ("cut", "shift"):
        if (seen == _band_mask(n, width, step, after, edge)).all():
            return _near(dims, axis, width, step, after, edge)
    return None


def _band_mask(n: int, width: int, step: int, after: int, edge: str) -> "Seen":
    """Return which keys a band leaves to each row."""
    import numpy as np

    seen = np.zeros((n, n), bool)
    for row in range(n):
        cells = row + step * np.arange(after + 1 - width, after + 1)
        if edge == "shift":
            cells = np.where(cells < 0, cells + width * step, cells)
            cells = np.where(cells >= n, cells - width * step, cells)
        seen[row, cells[(cells >= 0) & (cells < n)]] = True
    return seen


def _near(dims: int, axis: int, width: int, step: int, after: int, edge: Any) -> Chain:
    window, dilation, last = [1] * dims, [1] * dims, [0] * dims
    window[axis], dilation[axis], last[axis] = width, step, after
    spaced = tuple(dilation) if step > 1 else ()
    middle = () if after == (width - 1) // 2 else tuple(last)
    return (BandedAttention(window=tuple(window), dilation=spaced, after=middle, edge=edge),)


def windows(dims: int, axis: int, seen: "Seen") -> Chain | None:
    """Return attention within windows side by side, or among cells so many apart."""
    import numpy as np

    n, first = len(seen), np.flatnonzero(seen[0])
    if not len(first) or first[0] != 0:
        return None
    step = int(first[1]) if len(first) > 1 else 1
    # Where windows are cut at the border the first is smaller than the others.
    sizes = {len(np.flatnonzero(row)) for row in seen}
    at = np.arange(n)
    for width in {max(sizes), -(-n // step)} if step > 1 else {max(sizes)}:
        for shift in {0, len(first) % width if step == 1 else 0}:
            block = (at - shift) // (width * step) * step + (at - shift) % step
            if (seen == (block[:, None] == block[None, :])).all():
                return _within(dims, axis, width, step, shift)
    return None


def _within(dims: int, axis: int, width: int, step: int, shift: int) -> Chain:
    window, dilation, moved = [1] * dims, [1] * dims, [0] * dims
    window[axis], dilation[axis], moved[axis] = width, step, shift
    layer = WindowAttention(
        window=tuple(window),
        shift=tuple(moved) if shift else (),
        dilation=tuple(dilation) if step > 1 else (),
    )
    return (layer,)

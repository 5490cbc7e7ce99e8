"""What do layers add up that read one side of each cell? Running sums, and who may be read."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.numpy_backend.live import Live

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]
    Mask: TypeAlias = NDArray[np.bool_]

__all__ = ["axes_over", "onwards", "readable", "running"]


def axes_over(over: Sequence[bool], dims: int) -> list[int]:
    """Return the axes that a layer sums over: all of them where none is chosen.

    >>> axes_over((), 2), axes_over((False, True), 2)
    ([0, 1], [1])
    """
    return [axis for axis in range(dims) if not over or over[axis]]


def running(x: "Array", axes: Iterable[int], side: str) -> "Array":
    """Return the sum at each cell of those up to it (``before``) or from it on (``after``)."""
    import numpy as np

    for axis in axes:
        if side == "before":
            x = x.cumsum(2 + axis)
        else:
            x = np.flip(np.flip(x, 2 + axis).cumsum(2 + axis), 2 + axis)
    return x


def readable(sizes: Sequence[int], side: str) -> "Mask":
    """Return which cell reads which, bool of shape (cells, cells): on every axis on one side."""
    import numpy as np

    places = np.indices(tuple(sizes)).reshape(len(sizes), prod(sizes))
    ahead = places[:, None, :] - places[:, :, None]
    allowed = ahead <= 0 if side == "before" else ahead >= 0
    return np.logical_and.reduce(allowed, axis=0)


def onwards(live: Live, sizes: Sequence[int], axes: Iterable[int], side: str) -> Live:
    """Return at every cell the sum over the outputs that read it: the adjoint of ``running``."""
    import numpy as np

    for axis in axes:
        width, n, at = live.width(axis), sizes[axis], live.start[axis]
        live = live.roomy(width)
        lines = np.moveaxis(live.digits, 2 + axis, 0)
        total = np.zeros((n, *lines.shape[1:]), np.int64)
        if side == "before":
            sums = lines[::-1].cumsum(0)[::-1]
            total[:at], total[at : at + width] = sums[:1], sums
        else:
            sums = lines.cumsum(0)
            total[at : at + width], total[at + width :] = sums, sums[-1:]
        live = live.moved(axis, 0, np.moveaxis(total, 0, 2 + axis), width)
    return live

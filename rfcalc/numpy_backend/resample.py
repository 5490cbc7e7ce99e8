"""Which neighbours does resampling weigh, and how? Tables of indices and weights on one axis."""

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.layers.resample import Upsample
from rfcalc.numpy_backend.geometry import cells, scale

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]
    Indices: TypeAlias = NDArray[np.intp]
    Mask: TypeAlias = NDArray[np.bool_]

__all__ = ["bin_sums", "bins", "neighbours", "resampled", "shuffled", "unshuffled"]

CUBIC = -0.75
"""The free coefficient of the bicubic kernel, PyTorch's choice. Source: Keys 1981."""

SMOOTH_CUBIC = -0.5
"""PyTorch's choice with ``antialias``."""


def neighbours(layer: Upsample, n: int, axis: int) -> tuple["Indices", "Array"]:
    """Return which cells every output reads and with which weights, on one axis.

    Positions are exact fractions; a weight is 0.0 exactly where the cell is not read. Cells
    beyond the border stand for the border cell, whose weights are summed at its first mention.

    Returns
    -------
    indices : int array, shape (outputs, q)
    weights : float array, shape (outputs, q)

    Source: ``torch.nn.functional.interpolate``; Keys 1981 for ``bicubic``.
    """
    import numpy as np

    m = cells(layer, n, axis)
    step = Fraction(n, m) if layer.size_to else 1 / scale(layer, axis)
    o = np.arange(m)
    if layer.mode.startswith("nearest"):
        places = step.numerator * o, step.denominator
        if layer.mode == "nearest-exact":
            places = step.numerator * (2 * o + 1), 2 * step.denominator
        index = np.minimum(places[0] // places[1], n - 1)[:, None]
        return index, np.ones(index.shape)
    if layer.antialias:
        return _antialias(layer.mode == "bicubic", n, m, step)
    if layer.align_corners:
        step = Fraction(n - 1, max(1, m - 1))
        place, whole = step.numerator * o, step.denominator
    else:
        place, whole = step.numerator * (2 * o + 1) - step.denominator, 2 * step.denominator
    below, rest = np.divmod(place, whole)
    t = rest / whole
    if layer.mode == "bicubic":
        index = below[:, None] + np.arange(-1, 3)
        weight = _cubic(np.stack([1 + t, t, 1 - t, 2 - t], axis=1), CUBIC)
    else:
        index = below[:, None] + np.arange(2)
        weight = np.stack([1 - t, t], axis=1)
    index = np.clip(index, 0, n - 1)
    for column in range(index.shape[1] - 1, 0, -1):
        same = index[:, column] == index[:, column - 1]
        weight[same, column - 1] += weight[same, column]
        weight[same, column] = 0
    return index, weight


def _antialias(cubic: bool, n: int, m: int, step: Fraction) -> tuple["Indices", "Array"]:
    """Return indices and weights of a filter as wide as a step down, cut at the border.

    Source: ``torch.nn.functional.interpolate`` with ``antialias``.
    """
    import numpy as np

    place = step.numerator * (2 * np.arange(m) + 1) - step.denominator
    whole = 2 * step.denominator
    wide = max(step, Fraction(1))
    width = int(wide * (2 if cubic else 1)) + 1
    index = (place // whole)[:, None] + np.arange(-width, width + 2)
    distance = np.abs(index * whole - place[:, None]) * wide.denominator
    x = distance / (whole * wide.numerator)
    weight = _cubic(x, SMOOTH_CUBIC) if cubic else np.maximum(1 - x, 0)
    weight[(index < 0) | (index >= n)] = 0
    return np.clip(index, 0, n - 1), weight / weight.sum(1, keepdims=True)


def _cubic(x: "Array", a: float) -> "Array":
    """Return Keys' kernel at distances ``x >= 0``.

    In factors, so that rounding makes no weight 0 that is not, and none but at 1 and from 2 on.
    """
    import numpy as np

    near = (x - 1) * (((a + 2) * x - 1) * x - 1)
    far = a * (x - 1) * (x - 2) ** 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def resampled(x: "Array", axis: int, index: "Indices", weight: "Array | Mask") -> "Array":
    """Return ``y[o] = sum_j weight[o, j] * x[index[o, j]]`` along one axis."""
    import numpy as np

    shape = [1] * x.ndim
    shape[axis] = -1
    factor = weight.astype(x.dtype)
    total = np.take(x, index[:, 0], axis) * factor[:, 0].reshape(shape)
    for column in range(1, index.shape[1]):
        total += np.take(x, index[:, column], axis) * factor[:, column].reshape(shape)
    return total


def bins(n: int, m: int) -> tuple["Indices", "Indices"]:
    """Return where the cells of each of ``m`` bins over ``n`` cells start and stop.

    Bin ``o`` is ``floor(o*n/m) .. ceil((o+1)*n/m) - 1``. Source: ``torch.nn.AdaptiveAvgPool2d``.
    """
    import numpy as np

    o = np.arange(m)
    return o * n // m, -(-(o + 1) * n // m)


def bin_sums(x: "Array", axis: int, starts: "Indices", stops: "Indices") -> "Array":
    """Return the sum of each bin along one axis; bins may overlap."""
    import numpy as np

    frame = [(0, 0)] * x.ndim
    frame[axis] = (0, 1)  # so that a bin may stop at the end
    edges = np.stack([starts, stops], axis=1).ravel()
    every_second = (slice(None),) * axis + (slice(None, None, 2),)
    return np.add.reduceat(np.pad(x, frame), edges, axis)[every_second]


def shuffled(x: "Array", factors: tuple[int, ...]) -> "Array":
    """Return depth to space: ``prod(factors)`` channels become a block of cells.

    Source: ``torch.nn.PixelShuffle``.
    """
    dims = len(factors)
    x = x.reshape(x.shape[0], -1, *factors, *x.shape[2:])
    order = [0, 1]
    for axis in range(dims):
        order += [2 + dims + axis, 2 + axis]
    sizes = (n * r for n, r in zip(x.shape[2 + dims :], factors, strict=True))
    return x.transpose(order).reshape(x.shape[0], x.shape[1], *sizes)


def unshuffled(x: "Array", factors: tuple[int, ...]) -> "Array":
    """Return space to depth: a block of cells becomes ``prod(factors)`` channels.

    Source: ``torch.nn.PixelUnshuffle``.
    """
    dims = len(factors)
    split: list[int] = []
    for n, r in zip(x.shape[2:], factors, strict=True):
        split += [n // r, r]
    sizes = tuple(split[::2])
    x = x.reshape(*x.shape[:2], *split)
    order = [0, 1, *range(3, 3 + 2 * dims, 2), *range(2, 2 + 2 * dims, 2)]
    return x.transpose(order).reshape(x.shape[0], -1, *sizes)

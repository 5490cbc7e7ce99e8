"""What does attention compute that looks at the cells near each? Tables of them, axis by axis."""

from collections.abc import Sequence
from math import prod, sqrt
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.layers.whole import BandedAttention
from rfcalc.numpy_backend.pointwise import softmax

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]
    Mask: TypeAlias = NDArray[np.bool_]
    Indices: TypeAlias = NDArray[np.intp]

__all__ = ["attend_nearby", "band"]


def band(layer: BandedAttention, n: int, axis: int) -> "tuple[Indices, Mask]":
    """Return which cells each output reads on an axis of ``n`` cells.

    Cells ``dilation`` apart form rows of their own, and a window is a run of such a row.

    Returns
    -------
    index : int array, shape (n, window); cells, 0 where there is none.
    read : bool array of that shape; whether there is one.

    Source: Hassani and Shi 2022, section 3 (Dilated Neighborhood Attention).
    """
    import numpy as np

    width, step = layer.window[axis], layer.dilation[axis] if layer.dilation else 1
    after = layer.after[axis] if layer.after else (width - 1) // 2
    place, row = np.divmod(np.arange(n), step)
    first = place - (width - 1 - after)
    if layer.edge == "shift":
        cells = (n - row + step - 1) // step
        first = np.maximum(0, np.minimum(first, cells - width))
    index = (first[:, None] + np.arange(width)) * step + row[:, None]
    read = (index >= 0) & (index < n)
    return np.where(read, index, 0), read


def attend_nearby(
    x: "Array",
    bands: "Sequence[tuple[Indices, Mask]]",
    query: "Array",
    key: "Array",
    value: "Array",
) -> "Array":
    """Return scaled dot-product attention of one head of each cell to those of its bands.

    Parameters
    ----------
    x : shape (batch, channels, *spatial).
    bands : one per axis, as of ``band``.
    """
    import numpy as np

    batch, channels, sizes = *x.shape[:2], x.shape[2:]
    near, held, dims = x, np.ones((), bool), len(sizes)
    for axis, (index, read) in enumerate(bands):
        # Each axis taken leaves two: the outputs, and the cells near each.
        near = np.take(near, index, 2 + 2 * axis)
        held = held[..., None, None] & read
    order = [*range(0, 2 * dims, 2), *range(1, 2 * dims, 2)]
    cells, width = prod(sizes), prod(index.shape[1] for index, _ in bands)
    near = near.transpose([0, 1, *(2 + d for d in order)]).reshape(batch, channels, cells, width)
    held = held.transpose(order).reshape(cells, width)
    own = query @ x.reshape(batch, channels, cells)
    scores = np.einsum("bqn,bqnw->bnw", own, _map_channels(key, near)) / sqrt(query.shape[0])
    weight = softmax(np.where(held, scores, -np.inf), 2)
    done = np.einsum("bnw,bvnw->bvn", weight, _map_channels(value, near))
    return done.reshape(batch, -1, *sizes)


def _map_channels(weight: "Array", near: "Array") -> "Array":
    """Apply a matrix to the channels of what is near each cell."""
    batch, channels, *rest = near.shape
    return (weight @ near.reshape(batch, channels, -1)).reshape(batch, -1, *rest)

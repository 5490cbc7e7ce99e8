"""What do attention and gates compute? Dense sums over all cells, or over windows of them."""

from collections.abc import Callable, Sequence
from math import prod, sqrt
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.layers.whole import WindowAttention
from rfcalc.numpy_backend.pointwise import sigmoid, softmax

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]
    Mask: TypeAlias = NDArray[np.bool_]

Frame: TypeAlias = Sequence[tuple[int, int]]

__all__ = ["attended", "block", "excited", "joined", "lines", "parted", "window_frame"]


def lines(x: "Array", covered: Sequence[bool], function: "Callable[[Array], Array]") -> "Array":
    """Apply a function of ``(rows, channels, cells)`` to the cells of the covered axes.

    The other axes stand apart, as rows. The function may change the channels, and return one
    cell for all.
    """
    import numpy as np

    kept = [2 + axis for axis, cover in enumerate(covered) if not cover]
    order = [0, *kept, 1, *(2 + axis for axis, cover in enumerate(covered) if cover)]
    moved = x.transpose(order)
    rows = moved.shape[: 1 + len(kept)]
    cells = moved.shape[2 + len(kept) :]
    made = function(moved.reshape(prod(rows), x.shape[1], prod(cells)))
    shape = cells if made.shape[2] == prod(cells) else (1,) * len(cells)
    return made.reshape(*rows, made.shape[1], *shape).transpose(np.argsort(order))


def attended(
    x: "Array",
    query: "Array",
    key: "Array",
    value: "Array",
    known: "Mask | None" = None,
    allowed: "Mask | None" = None,
) -> "Array":
    """Return scaled dot-product self-attention of one head over the cells on the last axis.

    Parameters
    ----------
    x : shape (batch, channels, cells).
    query, key, value : shape (channels, channels); a row per feature made.
    known : bool, shape (batch, cells); cells that may be read, all by default.
    allowed : bool, shape (cells, cells); which cell may read which, all by default.

    Source: Vaswani et al. 2017, equation 1.
    """
    import numpy as np

    scores = np.swapaxes(query @ x, 1, 2) @ (key @ x) / sqrt(query.shape[0])
    if known is not None:
        # A row of cells that are all missing is cut away later; it only has to be finite.
        held = known | ~known.any(1, keepdims=True)
        scores = np.where(held[:, None, :], scores, -np.inf)
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    return (value @ x) @ np.swapaxes(softmax(scores, 2), 1, 2)


def excited(x: "Array", squeeze: "Array", excite: "Array") -> "Array":
    """Return ``x * sigmoid(excite relu(squeeze mean(x)))`` over the cells on the last axis.

    Source: Hu et al. 2018, equation 3.
    """
    import numpy as np

    gate = sigmoid(np.maximum(x.mean(2) @ squeeze.T, 0) @ excite.T)
    return x * gate[:, :, None]


def block(layer: WindowAttention, axis: int) -> tuple[int, int]:
    """Return the cells of a window on one axis and the cells between neighbours in it."""
    return layer.window[axis], layer.dilation[axis] if layer.dilation else 1


def window_frame(layer: WindowAttention, n: int, axis: int) -> tuple[int, int]:
    """Return the cells missing before the first and after the last block on one axis.

    Blocks start at ``shift`` modulo their width; those at the borders are cut there.
    """
    width, step = block(layer, axis)
    before = -(layer.shift[axis] if layer.shift else 0) % (width * step)
    return before, -(n + before) % (width * step)


def parted(x: "Array", blocks: Sequence[tuple[int, int]], frame: Frame) -> "Array":
    """Return the windows as a batch: ``(batch * windows, channels, cells of a window)``.

    A block of ``width * step`` cells holds ``step`` windows, of the cells that lie ``step``
    apart. Cells missing at the borders are 0.
    """
    import numpy as np

    x = np.pad(x, [(0, 0), (0, 0), *frame])
    split: list[int] = []
    for n, (width, step) in zip(x.shape[2:], blocks, strict=True):
        split += [n // (width * step), width, step]
    first, last = 2, 2 + len(split)
    order = [0, *range(first, last, 3), *range(first + 2, last, 3), 1, *range(first + 1, last, 3)]
    cells = prod(width for width, _ in blocks)
    return x.reshape(*x.shape[:2], *split).transpose(order).reshape(-1, x.shape[1], cells)


def joined(
    parts: "Array", sizes: Sequence[int], blocks: Sequence[tuple[int, int]], frame: Frame
) -> "Array":
    """Return the array that was parted, of the given spatial sizes."""
    full = [n + sum(missing) for n, missing in zip(sizes, frame, strict=True)]
    counts = [n // (width * step) for n, (width, step) in zip(full, blocks, strict=True)]
    steps, widths = [step for _, step in blocks], [width for width, _ in blocks]
    dims, channels = len(blocks), parts.shape[1]
    x = parts.reshape(-1, *counts, *steps, channels, *widths)
    order = [0, 1 + 2 * dims]
    for axis in range(dims):
        order += [1 + axis, 2 + 2 * dims + axis, 1 + dims + axis]
    x = x.transpose(order).reshape(-1, channels, *full)
    return x[(..., *(slice(f[0], f[0] + n) for f, n in zip(frame, sizes, strict=True)))]

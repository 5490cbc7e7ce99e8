"""Where do counts come from on one axis? Adjoints of windows, tables of neighbours and bins."""

from typing import TYPE_CHECKING, TypeAlias

from rfcalc.layers.base import PaddingMode
from rfcalc.numpy_backend.geometry import Deconvolution, Window
from rfcalc.numpy_backend.live import Live

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.int64]
    Mask: TypeAlias = NDArray[np.bool_]
    Indices: TypeAlias = NDArray[np.intp]

__all__ = ["along", "collect", "fill_bins", "gather", "scatter", "share"]


def along(axis: int, part: slice) -> tuple[slice, ...]:
    """Return the index of a part of one spatial axis of digits."""
    return (slice(None),) * (2 + axis) + (part,)


def _empty(live: Live, axis: int, extent: int) -> "Array":
    import numpy as np

    shape = list(live.digits.shape)
    shape[2 + axis] = extent
    return np.zeros(shape, np.int64)


def scatter(live: Live, axis: int, n: int, w: Window, mode: PaddingMode) -> Live | None:
    """Add output ``o`` to the inputs ``s*o - p + d*t``; what falls outside is folded or lost."""
    width = live.width(axis)
    live = live.roomy(w.kernel * (1 if mode == "zeros" else width))
    low = w.stride * live.start[axis] - w.before
    extent = w.stride * (width - 1) + w.reach
    if w.kernel == width == 1 or (w.kernel == w.stride == 1):
        digits = live.digits
    else:
        digits = _empty(live, axis, extent)
        for t in range(w.kernel):
            at = w.dilation * t
            digits[along(axis, slice(at, at + w.stride * (width - 1) + 1, w.stride))] += live.digits
    if low >= 0 and low + extent <= n:
        return live.moved(axis, low, digits, w.kernel)
    if mode == "zeros":
        first, last = max(0, low), min(n, low + extent)
        if first >= last:
            return None
        part = digits[along(axis, slice(first - low, last - low))]
        return live.moved(axis, first, part, w.kernel)
    return _fold(live, axis, n, low, digits, mode, w.kernel * width)


def _fold(
    live: Live, axis: int, n: int, low: int, digits: "Array", mode: PaddingMode, gain: int
) -> Live:
    import numpy as np

    at = np.arange(low, low + digits.shape[2 + axis], dtype=np.int64)
    if mode == "circular":
        at = at % n
    elif mode == "replicate":
        at = np.clip(at, 0, n - 1)
    else:
        at = np.abs(at)
        at = np.where(at < n, at, 2 * (n - 1) - at)
    first = int(at.min())
    total = _empty(live, axis, int(at.max()) - first + 1)
    np.add.at(np.moveaxis(total, 2 + axis, 0), at - first, np.moveaxis(digits, 2 + axis, 0))
    return live.moved(axis, first, total, gain)


def collect(live: Live, axis: int, n: int, w: Deconvolution) -> Live | None:
    """Add to input ``i`` the outputs ``s*i - p + d*t`` that are live."""
    live = live.roomy(w.kernel)
    low, high = live.start[axis], live.start[axis] + live.width(axis)
    first = max(0, -((w.dilation * (w.kernel - 1) - low - w.before) // w.stride))
    last = min(n, (high - 1 + w.before) // w.stride + 1)
    if first >= last:
        return None
    total = _empty(live, axis, last - first)
    for t in range(w.kernel):
        at = w.dilation * t - w.before
        begin = max(first, -((at - low) // w.stride))
        end = min(last, (high - 1 - at) // w.stride + 1)
        if begin < end:
            of = slice(w.stride * begin + at - low, w.stride * (end - 1) + at - low + 1, w.stride)
            into = slice(begin - first, end - first)
            total[along(axis, into)] += live.digits[along(axis, of)]
    return live.moved(axis, first, total, w.kernel)


def gather(live: Live, axis: int, index: "Indices", read: "Mask") -> Live:
    """Add output ``o`` to the inputs ``index[o, j]`` for which ``read[o, j]`` holds."""
    import numpy as np

    width = live.width(axis)
    live = live.roomy(width * index.shape[1])
    rows = slice(live.start[axis], live.start[axis] + width)
    index, read = index[rows], read[rows]
    first = int(index[read].min())
    total = _empty(live, axis, int(index[read].max()) - first + 1)
    for column, held in zip(index.T, read.T, strict=True):
        (kept,) = np.nonzero(held)
        if not len(kept):
            continue
        kept = kept[np.argsort(column[kept], kind="stable")]
        cells, starts = np.unique(column[kept], return_index=True)
        chosen = np.take(live.digits, kept, 2 + axis)
        sums = np.add.reduceat(chosen, starts, 2 + axis)
        total[(slice(None),) * (2 + axis) + (cells - first,)] += sums
    return live.moved(axis, first, total, width * index.shape[1])


def fill_bins(live: Live, axis: int, starts: "Indices", stops: "Indices") -> Live:
    """Add output ``o`` to all inputs from ``starts[o]`` to before ``stops[o]``."""
    import numpy as np

    width = live.width(axis)
    live = live.roomy(width)
    rows = slice(live.start[axis], live.start[axis] + width)
    first, last = int(starts[rows][0]), int(stops[rows][-1])
    change = _empty(live, axis, last - first + 1)
    front, outputs = np.moveaxis(change, 2 + axis, 0), np.moveaxis(live.digits, 2 + axis, 0)
    np.add.at(front, starts[rows] - first, outputs)
    np.subtract.at(front, stops[rows] - first, outputs)
    total = np.cumsum(change, 2 + axis)[along(axis, slice(-1))]
    return live.moved(axis, first, total, width)


def share(live: Live, axis: int, n: int, block: tuple[int, int], before: int) -> Live:
    """Add output ``o`` to all inputs in its window.

    Blocks of ``width * step`` cells start at ``-before``; a window is every ``step``-th cell.
    """
    import numpy as np

    width, step = block
    extent = width * step
    live = live.roomy(width)
    first, inside = divmod(live.start[axis] + before, extent)
    turns = (inside + live.width(axis) - 1) // extent + 1
    whole = _empty(live, axis, turns * extent)
    whole[along(axis, slice(inside, inside + live.width(axis)))] = live.digits
    shape = whole.shape
    split = whole.reshape(*shape[: 2 + axis], turns, width, step, *shape[3 + axis :])
    sums = split.sum(3 + axis, keepdims=True)
    shared = np.broadcast_to(sums, split.shape).reshape(shape)
    low = first * extent - before
    begin, end = max(0, low), min(n, low + turns * extent)
    part = shared[along(axis, slice(begin - low, end - low))]
    return live.moved(axis, begin, part, width)

"""What do convolutions and pooling compute? A copy of the windows in blocks, and one GEMM each."""

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Literal, TypeAlias

from rfcalc.layers.base import PaddingMode
from rfcalc.numpy_backend.geometry import Deconvolution, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy import ufunc
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

__all__ = ["convolve", "deconvolve", "padded", "pooled"]

BLOCK = 1 << 20
"""Bytes of windows copied at a time: they stay in the cache between the copy and the GEMM."""

NUMPY_MODES: "dict[str, Literal['reflect', 'edge', 'wrap']]" = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def padded(
    x: "Array", windows: Sequence[Window], mode: PaddingMode = "zeros", fill: float = 0.0
) -> "Array":
    """Return ``x`` with what stands before and after each of its last axes.

    A window that hangs over the padding sees more of the same filling; negative padding cuts.
    """
    import numpy as np

    frame = [(0, 0)] * (x.ndim - len(windows))
    cut = [slice(None)] * len(frame)
    for n, w in zip(x.shape[len(frame) :], windows, strict=True):
        after = w.after if mode != "zeros" else w.extent - w.before - n
        frame.append((max(0, w.before), max(0, after)))
        cut.append(slice(max(0, -w.before), min(0, after) or None))
    if any(map(any, frame)):
        if mode == "zeros":
            x = np.pad(x, frame, constant_values=fill)
        else:
            x = np.pad(x, frame, mode=NUMPY_MODES[mode])
    return x[tuple(cut)]


def convolve(
    x: "Array",
    weight: "Array",
    windows: Sequence[Window],
    mode: PaddingMode = "zeros",
    groups: int = 1,
) -> "Array":
    """Return ``y[b, c, o] = sum_(i, t) weight[c, i, t] * x[b, i, s*o - p + d*t]``.

    Parameters
    ----------
    x : shape (batch, channels, *spatial).
    weight : shape (out channels, channels / groups, *kernel).
    windows : one per spatial axis.

    Source: ``torch.nn.functional.conv2d``; im2col of Chellapilla et al. 2006, in blocks.
    """
    import numpy as np
    from numpy.lib.stride_tricks import as_strided

    x = padded(x, windows, mode)
    batch, per, out = x.shape[0], x.shape[1] // groups, weight.shape[0] // groups
    kernel = tuple(w.kernel for w in windows)
    sizes = tuple(w.outputs for w in windows)
    spatial = x.strides[2:]
    view = as_strided(
        x,
        (batch, groups, per, *kernel, *sizes),
        (
            x.strides[0],
            per * x.strides[1],
            x.strides[1],
            *(st * w.dilation for st, w in zip(spatial, windows, strict=True)),
            *(st * w.stride for st, w in zip(spatial, windows, strict=True)),
        ),
        writeable=False,
    )
    rows = weight.reshape(groups, out, -1)
    depth = rows.shape[2]
    result = np.empty((batch, groups, out, *sizes), np.result_type(x, weight))
    line = groups * depth * prod(sizes[1:]) * x.itemsize
    lines = min(sizes[0], max(1, BLOCK // line))
    items = max(1, BLOCK // (line * lines))
    inside = (slice(None),) * (2 + len(kernel))
    for low in range(0, batch, items):
        item = slice(low, low + items)
        for top in range(0, sizes[0], lines):
            patch = view[(item, *inside, slice(top, top + lines))]
            columns = patch.reshape(patch.shape[0], groups, depth, -1)
            block = result[item, :, :, top : top + lines]
            block[...] = np.matmul(rows, columns).reshape(block.shape)
    return result.reshape(batch, groups * out, *sizes)


def deconvolve(
    x: "Array", weight: "Array", windows: Sequence[Deconvolution], groups: int = 1
) -> "Array":
    """Return ``y[b, c, s*i - p + d*t] += sum_j weight[j, c, t] * x[b, j, i]``.

    Parameters
    ----------
    x : shape (batch, channels, *spatial).
    weight : shape (channels, out channels / groups, *kernel).

    Source: ``torch.nn.functional.conv_transpose2d``.
    """
    import numpy as np

    batch, per, out = x.shape[0], x.shape[1] // groups, weight.shape[1]
    sizes, kernel = x.shape[2:], weight.shape[2:]
    columns = weight.reshape(groups, per, -1).swapaxes(1, 2)
    terms = np.matmul(columns, x.reshape(batch, groups, per, -1))
    terms = terms.reshape(batch, groups, out, *kernel, *sizes)
    result = np.zeros((batch, groups, out, *(w.outputs for w in windows)), terms.dtype)
    for tap in np.ndindex(*kernel):
        into: list[slice] = []
        of: list[slice] = []
        for n, t, w in zip(sizes, tap, windows, strict=True):
            at = w.dilation * t - w.before
            first = max(0, -(at // w.stride))
            stop = min(n, (w.outputs - 1 - at) // w.stride + 1)
            of.append(slice(first, max(first, stop)))
            into.append(slice(w.stride * first + at, w.stride * stop + at, w.stride))
        if all(s.stop > s.start for s in of):
            result[(..., *into)] += terms[(slice(None),) * 3 + tap + tuple(of)]
    return result.reshape(batch, groups * out, *result.shape[3:])


def pooled(x: "Array", windows: Sequence[Window], ufunc: "ufunc", fill: float) -> "Array":
    """Return the reduction of every window by a ufunc, axis by axis; ``fill`` stands outside."""
    x = padded(x, windows, "zeros", fill)
    for axis, w in enumerate(windows, x.ndim - len(windows)):
        before = (slice(None),) * axis
        total: Array | None = None
        for t in range(w.kernel):
            start = w.dilation * t
            part = x[(*before, slice(start, start + w.stride * (w.outputs - 1) + 1, w.stride))]
            total = part.copy() if total is None else ufunc(total, part, out=total)
        assert total is not None
        x = total
    return x

"""What does one layer compute from its parameters and weights? One forward per class."""

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TypeAlias

from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Crop, Flip, Pad, Roll, Slice
from rfcalc.layers.resample import AdaptivePool, PixelShuffle, PixelUnshuffle, Upsample
from rfcalc.layers.window import AvgPool, Conv, ConvTranspose, MaxPool, Pool
from rfcalc.numpy_backend.geometry import deconvolution, slid, window
from rfcalc.numpy_backend.resample import (
    bin_sums,
    bins,
    neighbours,
    resampled,
    shuffled,
    unshuffled,
)
from rfcalc.numpy_backend.window import convolve, deconvolve, padded, pooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

Weights: TypeAlias = "Mapping[str, Array]"

__all__ = ["Weights", "flipped", "forward", "framed", "shifted", "windowed"]


@singledispatch
def forward(layer: Layer, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    """Return what the layer makes of its inputs, as it does at inference.

    Parameters
    ----------
    inputs : arrays of float32 or float64, shape (batch, channels, *spatial); one, or for a
        merge two or more.
    weights : the arrays of ``weights_of``, by name.
    """
    raise NotImplementedError(f"the NumPy backend has no forward for '{layer.op}'")


def windowed(layer: Conv | Pool, x: "Array") -> list[Any]:
    """Return the layer's window on every axis of ``x``."""
    return [window(layer, n, axis) for axis, n in enumerate(x.shape[2:])]


def shifted(bias: "Array | None", y: "Array") -> "Array":
    """Return ``y`` plus a bias per channel, if there is one."""
    return y if bias is None else y + bias.reshape(-1, *[1] * (y.ndim - 2))


@forward.register(Conv)
def _(layer: Conv, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    (x,) = inputs
    y = convolve(x, weights["weight"], windowed(layer, x), layer.padding_mode, layer.groups)
    return shifted(weights.get("bias"), y)


@forward.register(ConvTranspose)
def _(layer: ConvTranspose, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    (x,) = inputs
    windows = [deconvolution(layer, n, axis) for axis, n in enumerate(x.shape[2:])]
    y = deconvolve(x, weights["weight"], windows, layer.groups)
    return shifted(weights.get("bias"), y)


@forward.register(MaxPool)
def _(layer: MaxPool, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    import numpy as np

    (x,) = inputs
    return pooled(x, windowed(layer, x), np.maximum, -np.inf)


@forward.register(AvgPool)
def _(layer: AvgPool, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    import numpy as np

    (x,) = inputs
    y = pooled(x, windowed(layer, x), np.add, 0)
    for axis, w in enumerate(windowed(layer, x)):
        # What a window that hangs over the padding sees beyond it is never counted.
        low, high = (-w.before, x.shape[2 + axis] + w.after)
        if not layer.count_include_pad:
            low, high = 0, x.shape[2 + axis]
        first = np.arange(w.outputs, dtype=np.int64) * w.stride - w.before
        place = first[:, None] + np.arange(0, w.reach, w.dilation, dtype=np.int64)
        count = ((place >= low) & (place < high)).sum(1)
        y /= np.maximum(count, 1).astype(x.dtype).reshape(-1, *[1] * (x.ndim - 3 - axis))
    return y


@forward.register(AdaptivePool)
def _(layer: AdaptivePool, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    (y,) = inputs
    for axis, m in enumerate(layer.output):
        starts, stops = bins(y.shape[2 + axis], m)
        count = (stops - starts).astype(y.dtype).reshape(-1, *[1] * (y.ndim - 3 - axis))
        y = bin_sums(y, 2 + axis, starts, stops) / count
    return y


@forward.register(Upsample)
def _(layer: Upsample, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    (y,) = inputs
    for axis, n in enumerate(y.shape[2:]):
        y = resampled(y, 2 + axis, *neighbours(layer, n, axis))
    return y


@forward.register(PixelShuffle)
def _(layer: PixelShuffle, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    return shuffled(inputs[0], layer.factor)


@forward.register(PixelUnshuffle)
def _(layer: PixelUnshuffle, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    return unshuffled(inputs[0], layer.factor)


def framed(layer: Layer, x: "Array") -> "Array":
    """Return ``x`` padded, cropped, sliced or rolled by a layer of the frame."""
    found = [slid(layer, n, axis) for axis, n in enumerate(x.shape[2:])]
    every = tuple(slice(0, None, w.stride) for w, _ in found)
    return padded(x, [w for w, _ in found], found[0][1])[(..., *every)]


def _frame(layer: Layer, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    return framed(layer, inputs[0])


for _kind in (Pad, Crop, Slice, Roll):
    forward.register(_kind)(_frame)


def flipped(layer: Flip, x: "Array") -> "Array":
    """Return ``x`` with the layer's axes reversed."""
    import numpy as np

    turned = (2 + axis for axis in range(x.ndim - 2) if not layer.over or layer.over[axis])
    return np.flip(x, tuple(turned))


@forward.register(Flip)
def _(layer: Flip, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    return flipped(layer, inputs[0])

"""What does a layer compute once it is linear and positive? Its part in a network of ones."""

from collections.abc import Callable
from functools import singledispatch
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Crop, Flip, Pad, Roll, Slice
from rfcalc.layers.pointwise import Pointwise
from rfcalc.layers.resample import AdaptivePool, PixelShuffle, PixelUnshuffle, Upsample
from rfcalc.layers.whole import (
    Attention,
    BandedAttention,
    Flatten,
    GlobalPool,
    GroupNorm,
    InstanceNorm,
    Linear,
    Sequence,
    SpatialNorm,
    SqueezeExcite,
    WindowAttention,
)
from rfcalc.layers.window import Conv, ConvTranspose, Pool
from rfcalc.numpy_backend.banded import band
from rfcalc.numpy_backend.forward import flipped, framed, windowed
from rfcalc.numpy_backend.geometry import deconvolution
from rfcalc.numpy_backend.resample import bin_sums, bins, neighbours, resampled, unshuffled
from rfcalc.numpy_backend.sided import axes_over, running
from rfcalc.numpy_backend.whole import block, joined, parted, window_frame
from rfcalc.numpy_backend.window import convolve, deconvolve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

Draw: TypeAlias = "Callable[[tuple[int, ...]], Array]"

__all__ = ["positive"]


@singledispatch
def positive(layer: Layer, x: "Array", draw: Draw) -> "Array":
    """Return the positive linear counterpart of the layer.

    Convolutions have one channel and the weights drawn, pools add up, each neighbour that
    resampling weighs counts once, element-wise functions do nothing, every cell that attention
    or a dense layer may look at counts once, and a gate adds every cell to each. With
    non-negative input an output is then positive exactly if it reads a positive cell.

    Parameters
    ----------
    x : shape (batch, 1, *spatial).
    draw : makes positive weights of a shape; all 1 gives the network of ones.
    """
    raise NotImplementedError(f"the NumPy backend has no positive counterpart of '{layer.op}'")


@positive.register(Pointwise)
def _(layer: Pointwise, x: "Array", draw: Draw) -> "Array":
    return x


@positive.register(Conv)
@positive.register(Pool)
def _(layer: Conv | Pool, x: "Array", draw: Draw) -> "Array":
    mode = layer.padding_mode if isinstance(layer, Conv) else "zeros"
    return convolve(x, draw((1, 1, *layer.kernel)), windowed(layer, x), mode)


@positive.register(ConvTranspose)
def _(layer: ConvTranspose, x: "Array", draw: Draw) -> "Array":
    windows = [deconvolution(layer, n, axis) for axis, n in enumerate(x.shape[2:])]
    return deconvolve(x, draw((1, 1, *layer.kernel)), windows)


@positive.register(Pad)
@positive.register(Crop)
@positive.register(Slice)
@positive.register(Roll)
def _(layer: Layer, x: "Array", draw: Draw) -> "Array":
    return framed(layer, x)


@positive.register(Upsample)
def _(layer: Upsample, x: "Array", draw: Draw) -> "Array":
    for axis, n in enumerate(x.shape[2:]):
        index, weight = neighbours(layer, n, axis)
        x = resampled(x, 2 + axis, index, weight != 0)
    return x


@positive.register(AdaptivePool)
def _(layer: AdaptivePool, x: "Array", draw: Draw) -> "Array":
    for axis, m in enumerate(layer.output):
        x = bin_sums(x, 2 + axis, *bins(x.shape[2 + axis], m))
    return x


@positive.register(PixelShuffle)
def _(layer: PixelShuffle, x: "Array", draw: Draw) -> "Array":
    for axis, r in enumerate(layer.factor):
        x = x.repeat(r, 2 + axis)
    return x


@positive.register(PixelUnshuffle)
def _(layer: PixelUnshuffle, x: "Array", draw: Draw) -> "Array":
    return unshuffled(x, layer.factor).sum(1, keepdims=True)


@positive.register(Flip)
def _(layer: Flip, x: "Array", draw: Draw) -> "Array":
    return flipped(layer, x)


Collapse: TypeAlias = GlobalPool | Flatten | Linear
Whole: TypeAlias = (
    Collapse | Attention | SqueezeExcite | InstanceNorm | GroupNorm | SpatialNorm | Sequence
)


def _sum(layer: Whole, x: "Array") -> "Array":
    axes = tuple(2 + axis for axis in axes_over(layer.over, x.ndim - 2))
    return x.sum(axes, keepdims=True)


@positive.register(GlobalPool)
@positive.register(Flatten)
@positive.register(Linear)
def _(layer: Collapse, x: "Array", draw: Draw) -> "Array":
    return _sum(layer, x * draw(x.shape[1:]))


@positive.register(InstanceNorm)
@positive.register(GroupNorm)
@positive.register(SpatialNorm)
def _(layer: Whole, x: "Array", draw: Draw) -> "Array":
    import numpy as np

    return np.broadcast_to(_sum(layer, x * draw(x.shape[1:])), x.shape)


@positive.register(Attention)
@positive.register(Sequence)
def _(layer: Attention | Sequence, x: "Array", draw: Draw) -> "Array":
    import numpy as np

    x = x * draw(x.shape[1:])
    if layer.side == "both":
        return np.broadcast_to(_sum(layer, x), x.shape)
    return running(x, axes_over(layer.over, x.ndim - 2), layer.side)


@positive.register(SqueezeExcite)
def _(layer: SqueezeExcite, x: "Array", draw: Draw) -> "Array":
    return x + _sum(layer, x * draw(x.shape[1:]))


@positive.register(BandedAttention)
def _(layer: BandedAttention, x: "Array", draw: Draw) -> "Array":
    x = x * draw(x.shape[1:])
    for axis, n in enumerate(x.shape[2:]):
        x = resampled(x, 2 + axis, *band(layer, n, axis))
    return x


@positive.register(WindowAttention)
def _(layer: WindowAttention, x: "Array", draw: Draw) -> "Array":
    import numpy as np

    axes = range(x.ndim - 2)
    blocks = [block(layer, axis) for axis in axes]
    frame = [window_frame(layer, x.shape[2 + axis], axis) for axis in axes]
    parts = parted(x * draw(x.shape[1:]), blocks, frame)
    parts = np.broadcast_to(parts.sum(2, keepdims=True), parts.shape)
    return joined(parts, x.shape[2:], blocks, frame)

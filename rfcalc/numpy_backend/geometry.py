"""How large is a layer's output, and what stands around its input? Windows on one axis."""

from fractions import Fraction
from functools import singledispatch
from math import floor

import msgspec

from rfcalc.layers.base import Layer, PaddingMode
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
from rfcalc.numpy_backend.sided import axes_over

__all__ = ["Deconvolution", "Window", "cells", "deconvolution", "scale", "slid", "window"]


class Window(msgspec.Struct, frozen=True):
    """A window that slides over one axis: output ``o`` reads ``s*o - p + d*t``, ``0 <= t < k``.

    ``before`` may be negative (a crop). ``outputs`` is the number of places of the window.
    """

    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    outputs: int

    @property
    def reach(self) -> int:
        """Extent of the dilated kernel, ``d*(k-1) + 1``."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def extent(self) -> int:
        """Cells under all places of the window together."""
        return self.stride * (self.outputs - 1) + self.reach


class Deconvolution(msgspec.Struct, frozen=True):
    """A transposed window: input ``i`` reaches output ``s*i - p + d*t``, ``0 <= t < k``."""

    kernel: int
    stride: int
    dilation: int
    before: int
    outputs: int


def window(layer: Conv | Pool, n: int, axis: int) -> Window:
    """Return the window of a convolution or pooling over ``n`` cells.

    Source: ``torch.nn.Conv2d``, ``torch.nn.MaxPool2d``; ``same`` as in TensorFlow.
    """
    kernel = layer.kernel[axis]
    default = 1 if isinstance(layer, Conv) else kernel
    stride = layer.stride[axis] if layer.stride else default
    dilation = layer.dilation[axis] if layer.dilation else 1
    spare = dilation * (kernel - 1)
    if layer.padding is None:
        before = after = spare // 2
    elif layer.padding == "valid":
        before = after = 0
    elif layer.padding == "causal":
        before, after = spare, 0
    elif layer.padding in ("same", "same_lower"):
        wanted = (n + stride - 1) // stride
        total = max(0, stride * (wanted - 1) + spare + 1 - n)
        before = (total + (layer.padding == "same_lower")) // 2
        after = total - before
    else:
        before, after = layer.padding[axis]
    room = n + before + after - spare - 1
    outputs = room // stride + 1
    # A last window that hangs over the end counts if it starts on the input or before it.
    hangs = not isinstance(layer, Conv) and layer.ceil_mode and room % stride != 0
    if hangs and outputs * stride < before + n:
        outputs += 1
    return Window(kernel, stride, dilation, before, after, outputs)


def deconvolution(layer: ConvTranspose, n: int, axis: int) -> Deconvolution:
    """Return the transposed window over ``n`` cells.

    Source: ``torch.nn.ConvTranspose2d``; with a word that pads there are ``n*s`` outputs.
    """
    kernel = layer.kernel[axis]
    stride = layer.stride[axis] if layer.stride else 1
    dilation = layer.dilation[axis] if layer.dilation else 1
    extra = layer.output_padding[axis] if layer.output_padding else 0
    reach = dilation * (kernel - 1) + 1
    surplus = max(0, reach - stride)
    full = stride * (n - 1) + reach
    if layer.padding in ("same", "same_lower", "causal"):
        half = (surplus + (layer.padding == "same_lower")) // 2
        before = 0 if layer.padding == "causal" else half
        return Deconvolution(kernel, stride, dilation, before, n * stride + extra)
    if layer.padding is None:
        before = after = surplus // 2
    elif isinstance(layer.padding, tuple):
        before, after = layer.padding[axis]
    else:
        before = after = 0
    return Deconvolution(kernel, stride, dilation, before, full + extra - before - after)


@singledispatch
def slid(layer: Layer, n: int, axis: int) -> tuple[Window, PaddingMode]:
    """Return a layer of the frame as a window of one element, and what stands outside."""
    raise NotImplementedError(f"the NumPy backend has no window for '{layer.op}'")


@slid.register(Pad)
def _(layer: Pad, n: int, axis: int) -> tuple[Window, PaddingMode]:
    before = layer.before[axis] if layer.before else 0
    after = layer.after[axis] if layer.after else 0
    return Window(1, 1, 1, before, after, n + before + after), layer.padding_mode


@slid.register(Crop)
def _(layer: Crop, n: int, axis: int) -> tuple[Window, PaddingMode]:
    before = layer.before[axis] if layer.before else 0
    after = layer.after[axis] if layer.after else 0
    return Window(1, 1, 1, -before, -after, n - before - after), "zeros"


@slid.register(Slice)
def _(layer: Slice, n: int, axis: int) -> tuple[Window, PaddingMode]:
    stop = layer.stop[axis] if layer.stop else None
    step = layer.step[axis] if layer.step else 1
    first, beyond, _ = slice(layer.start[axis] if layer.start else 0, stop, step).indices(n)
    return Window(1, step, 1, -first, beyond - n, -((first - beyond) // step)), "zeros"


@slid.register(Roll)
def _(layer: Roll, n: int, axis: int) -> tuple[Window, PaddingMode]:
    shift = layer.shift[axis] % n
    return Window(1, 1, 1, shift, -shift, n), "circular"


def scale(layer: Upsample, axis: int) -> Fraction:
    """Return output cells per input cell of a resampling by ratio."""
    assert layer.scale is not None
    return Fraction(layer.scale[axis]).limit_denominator(1 << 12)


@singledispatch
def cells(layer: Layer, n: int, axis: int) -> int:
    """Return the number of output cells on one axis for an input of ``n`` cells."""
    raise NotImplementedError(f"the NumPy backend has no size for '{layer.op}'")


def _window_cells(layer: Conv | Pool, n: int, axis: int) -> int:
    return window(layer, n, axis).outputs


def _frame_cells(layer: Layer, n: int, axis: int) -> int:
    return slid(layer, n, axis)[0].outputs


def _kept(layer: Layer, n: int, axis: int) -> int:
    return n


def _collapsed(layer: GlobalPool | Flatten | Linear, n: int, axis: int) -> int:
    return 1 if axis in axes_over(layer.over, axis + 1) else n


for _kind in (Conv, Pool):
    cells.register(_kind)(_window_cells)
for _kind in (Pad, Crop, Slice, Roll):
    cells.register(_kind)(_frame_cells)
for _kind in (
    *(Pointwise, Flip, Attention, SqueezeExcite, WindowAttention, BandedAttention),
    *(InstanceNorm, GroupNorm, SpatialNorm, Sequence),
):
    cells.register(_kind)(_kept)
for _kind in (GlobalPool, Flatten, Linear):
    cells.register(_kind)(_collapsed)


@cells.register(ConvTranspose)
def _(layer: ConvTranspose, n: int, axis: int) -> int:
    return deconvolution(layer, n, axis).outputs


@cells.register(Upsample)
def _(layer: Upsample, n: int, axis: int) -> int:
    return layer.size_to[axis] if layer.size_to else floor(n * scale(layer, axis))


@cells.register(AdaptivePool)
def _(layer: AdaptivePool, n: int, axis: int) -> int:
    return layer.output[axis]


@cells.register(PixelShuffle)
def _(layer: PixelShuffle, n: int, axis: int) -> int:
    return n * layer.factor[axis]


@cells.register(PixelUnshuffle)
def _(layer: PixelUnshuffle, n: int, axis: int) -> int:
    return n // layer.factor[axis]

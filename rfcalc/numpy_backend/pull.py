"""Where do the counts on a layer's outputs come from? The adjoint of its network of ones."""

from collections.abc import Iterable
from collections.abc import Sequence as Many
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
from rfcalc.numpy_backend.geometry import Window, deconvolution, slid, window
from rfcalc.numpy_backend.live import Live, united
from rfcalc.numpy_backend.pull_axis import along, collect, fill_bins, gather, scatter, share
from rfcalc.numpy_backend.resample import bins, neighbours
from rfcalc.numpy_backend.sided import axes_over, onwards
from rfcalc.numpy_backend.whole import block, window_frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.int64]

__all__ = ["everywhere", "pull"]


@singledispatch
def pull(layer: Layer, live: Live, sizes: Many[int]) -> Live | None:
    """Return the adjoint of ``positive`` with all weights 1, applied to integers on the outputs.

    Parameters
    ----------
    live : integers on the layer's output grid.
    sizes : of the layer's input.

    Returns
    -------
    Integers on the input grid, ``None`` when none of the outputs reads a cell of it.
    """
    raise NotImplementedError(f"the NumPy backend has no adjoint for '{layer.op}'")


@pull.register(Pointwise)
def _(layer: Pointwise, live: Live, sizes: Many[int]) -> Live:
    return live


@pull.register(Conv)
@pull.register(Pool)
def _(layer: Conv | Pool, live: Live, sizes: Many[int]) -> Live | None:
    mode = layer.padding_mode if isinstance(layer, Conv) else "zeros"
    pulled: Live | None = live
    for axis, n in enumerate(sizes):
        pulled = pulled and scatter(pulled, axis, n, window(layer, n, axis), mode)
    return pulled


@pull.register(Pad)
@pull.register(Crop)
@pull.register(Slice)
@pull.register(Roll)
def _(layer: Layer, live: Live, sizes: Many[int]) -> Live | None:
    pulled: Live | None = live
    for axis, n in enumerate(sizes):
        pulled = pulled and scatter(pulled, axis, n, *slid(layer, n, axis))
    return pulled


@pull.register(ConvTranspose)
def _(layer: ConvTranspose, live: Live, sizes: Many[int]) -> Live | None:
    pulled: Live | None = live
    for axis, n in enumerate(sizes):
        pulled = pulled and collect(pulled, axis, n, deconvolution(layer, n, axis))
    return pulled


@pull.register(PixelUnshuffle)
def _(layer: PixelUnshuffle, live: Live, sizes: Many[int]) -> Live | None:
    pulled: Live | None = live
    for axis, (n, r) in enumerate(zip(sizes, layer.factor, strict=True)):
        pulled = pulled and scatter(pulled, axis, n, Window(r, r, 1, 0, 0, n // r), "zeros")
    return pulled


@pull.register(PixelShuffle)
def _(layer: PixelShuffle, live: Live, sizes: Many[int]) -> Live:
    import numpy as np

    for axis, (n, r) in enumerate(zip(sizes, layer.factor, strict=True)):
        index = np.repeat(np.arange(n), r)[:, None]
        live = gather(live, axis, index, np.ones(index.shape, bool))
    return live


@pull.register(Upsample)
def _(layer: Upsample, live: Live, sizes: Many[int]) -> Live:
    for axis, n in enumerate(sizes):
        index, weight = neighbours(layer, n, axis)
        live = gather(live, axis, index, weight != 0)
    return live


@pull.register(AdaptivePool)
def _(layer: AdaptivePool, live: Live, sizes: Many[int]) -> Live:
    for axis, (n, m) in enumerate(zip(sizes, layer.output, strict=True)):
        live = fill_bins(live, axis, *bins(n, m))
    return live


@pull.register(WindowAttention)
def _(layer: WindowAttention, live: Live, sizes: Many[int]) -> Live:
    for axis, n in enumerate(sizes):
        live = share(live, axis, n, block(layer, axis), window_frame(layer, n, axis)[0])
    return live


@pull.register(BandedAttention)
def _(layer: BandedAttention, live: Live, sizes: Many[int]) -> Live:
    for axis, n in enumerate(sizes):
        live = gather(live, axis, *band(layer, n, axis))
    return live


@pull.register(Flip)
def _(layer: Flip, live: Live, sizes: Many[int]) -> Live:
    for axis, n in enumerate(sizes):
        if not layer.over or layer.over[axis]:
            start = n - live.start[axis] - live.width(axis)
            live = live.moved(axis, start, live.digits[along(axis, slice(None, None, -1))], 1)
    return live


def everywhere(live: Live, sizes: Many[int], axes: Iterable[int]) -> Live:
    """Return the sum along some axes at every cell of them: each output reads each input once."""
    import numpy as np

    for axis in axes:
        live = live.roomy(live.width(axis))
        total = live.digits.sum(2 + axis, keepdims=True)
        shape = list(total.shape)
        shape[2 + axis] = sizes[axis]
        live = live.moved(axis, 0, np.broadcast_to(total, shape), live.width(axis))
    return live


Whole: TypeAlias = GlobalPool | Flatten | Linear | InstanceNorm | GroupNorm | SpatialNorm


@pull.register(GlobalPool)
@pull.register(Flatten)
@pull.register(Linear)
@pull.register(InstanceNorm)
@pull.register(GroupNorm)
@pull.register(SpatialNorm)
def _(layer: Whole, live: Live, sizes: Many[int]) -> Live:
    return everywhere(live, sizes, axes_over(layer.over, len(sizes)))


@pull.register(Attention)
@pull.register(Sequence)
def _(layer: Attention | Sequence, live: Live, sizes: Many[int]) -> Live:
    axes = axes_over(layer.over, len(sizes))
    if layer.side == "both":
        return everywhere(live, sizes, axes)
    return onwards(live, sizes, axes, layer.side)


@pull.register(SqueezeExcite)
def _(layer: SqueezeExcite, live: Live, sizes: Many[int]) -> Live:
    gate = everywhere(live, sizes, axes_over(layer.over, len(sizes)))
    return united([live, gate])

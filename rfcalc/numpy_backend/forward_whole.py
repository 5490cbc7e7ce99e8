"""What does a layer compute that reads its whole input, or windows of it? One forward each."""

from collections.abc import Sequence as Many
from typing import TYPE_CHECKING, TypeAlias

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
from rfcalc.numpy_backend.banded import attend_nearby, band
from rfcalc.numpy_backend.forward import Weights, forward
from rfcalc.numpy_backend.pointwise import normalised, softmax
from rfcalc.numpy_backend.sided import axes_over, readable, running
from rfcalc.numpy_backend.whole import (
    attended,
    block,
    excited,
    joined,
    lines,
    parted,
    window_frame,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

Whole: TypeAlias = (
    GlobalPool
    | Flatten
    | Linear
    | Attention
    | SqueezeExcite
    | InstanceNorm
    | GroupNorm
    | SpatialNorm
    | Sequence
)


def _over(layer: Whole, inputs: "Many[Array]", function: "Callable[[Array], Array]") -> "Array":
    (x,) = inputs
    axes = axes_over(layer.over, x.ndim - 2)
    return lines(x, [axis in axes for axis in range(x.ndim - 2)], function)


@forward.register(GlobalPool)
def _(layer: GlobalPool, inputs: "Many[Array]", weights: Weights) -> "Array":
    return _over(layer, inputs, lambda x: x.mean(2, keepdims=True))


@forward.register(Flatten)
def _(layer: Flatten, inputs: "Many[Array]", weights: Weights) -> "Array":
    return _over(layer, inputs, lambda x: x.reshape(x.shape[0], -1, 1))


@forward.register(Linear)
def _(layer: Linear, inputs: "Many[Array]", weights: Weights) -> "Array":
    def dense(x: "Array") -> "Array":
        y = x.reshape(x.shape[0], -1) @ weights["weight"].T + weights["bias"]
        return y[:, :, None]

    return _over(layer, inputs, dense)


@forward.register(Attention)
def _(layer: Attention, inputs: "Many[Array]", weights: Weights) -> "Array":
    if layer.side == "both":
        return _over(
            layer, inputs, lambda x: attended(x, weights["query"], weights["key"], weights["value"])
        )
    sizes = inputs[0].shape[2:]
    allowed = readable([sizes[axis] for axis in axes_over(layer.over, len(sizes))], layer.side)
    return _over(
        layer,
        inputs,
        lambda x: attended(x, weights["query"], weights["key"], weights["value"], allowed=allowed),
    )


@forward.register(SqueezeExcite)
def _(layer: SqueezeExcite, inputs: "Many[Array]", weights: Weights) -> "Array":
    return _over(layer, inputs, lambda x: excited(x, **weights))


@forward.register(InstanceNorm)
def _(layer: InstanceNorm, inputs: "Many[Array]", weights: Weights) -> "Array":
    return _over(layer, inputs, lambda x: _standard(x, (2,)))


@forward.register(GroupNorm)
def _(layer: GroupNorm, inputs: "Many[Array]", weights: Weights) -> "Array":
    """Normalise all channels as one group, the widest dependence there is."""

    def scaled(x: "Array") -> "Array":
        return _standard(x, (1, 2)) * weights["weight"][:, None] + weights["bias"][:, None]

    return _over(layer, inputs, scaled)


def _standard(x: "Array", axes: tuple[int, ...]) -> "Array":
    return normalised(x, x.mean(axes, keepdims=True), x.var(axes, keepdims=True))


@forward.register(SpatialNorm)
def _(layer: SpatialNorm, inputs: "Many[Array]", weights: Weights) -> "Array":
    return _over(layer, inputs, lambda x: softmax(x, 2))


@forward.register(Sequence)
def _(layer: Sequence, inputs: "Many[Array]", weights: Weights) -> "Array":
    """Add running sums from both ends, or one: the simplest recurrence that reads every cell."""
    (x,) = inputs
    if layer.side != "both":
        return running(x, axes_over(layer.over, x.ndim - 2), layer.side)

    def summed(x: "Array") -> "Array":
        return x.cumsum(2) + x[:, :, ::-1].cumsum(2)[:, :, ::-1]

    return _over(layer, inputs, summed)


@forward.register(BandedAttention)
def _(layer: BandedAttention, inputs: "Many[Array]", weights: Weights) -> "Array":
    (x,) = inputs
    bands = [band(layer, n, axis) for axis, n in enumerate(x.shape[2:])]
    return attend_nearby(x, bands, **weights)


@forward.register(WindowAttention)
def _(layer: WindowAttention, inputs: "Many[Array]", weights: Weights) -> "Array":
    import numpy as np

    (x,) = inputs
    sizes = x.shape[2:]
    blocks = [block(layer, axis) for axis in range(len(sizes))]
    frame = [window_frame(layer, n, axis) for axis, n in enumerate(sizes)]
    known = parted(np.ones((1, 1, *sizes)), blocks, frame)[:, 0] > 0
    known = np.tile(known, (x.shape[0], 1))
    held = weights["query"], weights["key"], weights["value"]
    parts = attended(parted(x, blocks, frame), *held, known=known)
    return joined(parts, sizes, blocks, frame)

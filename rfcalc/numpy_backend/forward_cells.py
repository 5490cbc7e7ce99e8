"""What does a layer compute that keeps every cell to itself? Merges and element-wise functions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Add, BatchNorm, ChannelShuffle, Concat, Elu, LeakyRelu, Mul
from rfcalc.numpy_backend.forward import Weights, forward, shifted
from rfcalc.numpy_backend.pointwise import PLAIN, channels_shuffled, normalised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

__all__ = ["spread_out"]


@forward.register(Add)
def _(layer: Add, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    y = inputs[0]
    for x in inputs[1:]:
        y = y + x
    return y


@forward.register(Mul)
def _(layer: Mul, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    y = inputs[0]
    for x in inputs[1:]:
        y = y * x
    return y


def spread_out(inputs: "Sequence[Array]") -> "list[Array]":
    """Return the inputs with those of one cell spread over the others' cells."""
    import numpy as np

    sizes = np.broadcast_shapes(*(x.shape[2:] for x in inputs))
    return [np.broadcast_to(x, (*x.shape[:2], *sizes)) for x in inputs]


@forward.register(Concat)
def _(layer: Concat, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    import numpy as np

    return np.concatenate(spread_out(inputs), axis=1)


@forward.register(LeakyRelu)
def _(layer: LeakyRelu, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    import numpy as np

    (x,) = inputs
    return np.where(x > 0, x, x * layer.negative_slope)


@forward.register(Elu)
def _(layer: Elu, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    import numpy as np

    (x,) = inputs
    return np.where(x > 0, x, layer.alpha * np.expm1(np.minimum(x, 0)))


@forward.register(ChannelShuffle)
def _(layer: ChannelShuffle, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    return channels_shuffled(inputs[0], layer.groups)


def _affine(weights: Weights, x: "Array") -> "Array":
    return shifted(weights["bias"], x * weights["weight"].reshape(-1, *[1] * (x.ndim - 2)))


@forward.register(BatchNorm)
def _(layer: BatchNorm, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    (x,) = inputs
    mean, variance = (weights[k].reshape(-1, *[1] * (x.ndim - 2)) for k in ("mean", "variance"))
    return _affine(weights, normalised(x, mean, variance, layer.eps))


def _layernorm(layer: Layer, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    (x,) = inputs
    mean, variance = x.mean(1, keepdims=True), x.var(1, keepdims=True)
    return _affine(weights, normalised(x, mean, variance))


def _prelu(layer: Layer, inputs: "Sequence[Array]", weights: Weights) -> "Array":
    import numpy as np

    (x,) = inputs
    return np.where(x > 0, x, x * weights["weight"].reshape(-1, *[1] * (x.ndim - 2)))


def _plain(function: "Callable[[Array], Array]") -> "Callable[..., Array]":
    def run(layer: Layer, inputs: "Sequence[Array]", weights: Weights) -> "Array":
        return function(inputs[0])

    return run


for _op, _function in PLAIN.items():
    forward.register(LAYERS[_op])(_plain(_function))
forward.register(LAYERS["layernorm"])(_layernorm)
forward.register(LAYERS["prelu"])(_prelu)

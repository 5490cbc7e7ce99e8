"""Which arrays does a layer need, and of which shapes? Weights by name, drawn by the caller."""

from collections.abc import Callable, Sequence
from functools import singledispatch
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from rfcalc.errors import fail
from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import BatchNorm
from rfcalc.layers.whole import (
    Attention,
    BandedAttention,
    GroupNorm,
    Linear,
    SqueezeExcite,
    WindowAttention,
)
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.numpy_backend.sided import axes_over

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

Draw: TypeAlias = "Callable[[tuple[int, ...]], Array]"

__all__ = ["weights_of"]


@singledispatch
def weights_of(layer: Layer, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    """Return the arrays that ``forward`` asks for, by name; none for most layers.

    Parameters
    ----------
    channels : of the input.
    sizes : of the input, one per spatial axis.
    draw : makes an array of a shape; where a value has to be positive its magnitude is taken.

    Raises
    ------
    RfcalcError
        RF310: the channels that arrive are not those the layer names, or do not divide.
    """
    return {}


def _fit(layer: Conv | ConvTranspose, channels: int) -> int:
    """Return the output channels: those named, else as many as arrive."""
    if layer.in_channels not in (None, channels):
        raise fail(
            "RF310",
            f"{layer.op} is given {channels} channels and names in_channels {layer.in_channels}",
            "correct in_channels, or omit it",
        )
    out = layer.out_channels or channels
    if channels % layer.groups or out % layer.groups:
        raise fail(
            "RF310",
            f"{layer.op} has {layer.groups} groups for {channels} channels in and {out} out",
            "both must be multiples of groups",
        )
    return out


@weights_of.register(Conv)
def _(layer: Conv, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    out = _fit(layer, channels)
    weight = draw((out, channels // layer.groups, *layer.kernel))
    return {"weight": weight, "bias": draw((out,))} if layer.bias else {"weight": weight}


@weights_of.register(ConvTranspose)
def _(layer: ConvTranspose, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    out = _fit(layer, channels)
    weight = draw((channels, out // layer.groups, *layer.kernel))
    return {"weight": weight, "bias": draw((out,))} if layer.bias else {"weight": weight}


@weights_of.register(Linear)
def _(layer: Linear, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    cells = prod(sizes[axis] for axis in axes_over(layer.over, len(sizes)))
    return {"weight": draw((channels, channels * cells)), "bias": draw((channels,))}


@weights_of.register(Attention)
@weights_of.register(WindowAttention)
@weights_of.register(BandedAttention)
def _(layer: Layer, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    return {name: draw((channels, channels)) for name in ("query", "key", "value")}


@weights_of.register(SqueezeExcite)
def _(layer: SqueezeExcite, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    return {name: draw((channels, channels)) for name in ("squeeze", "excite")}


@weights_of.register(BatchNorm)
def _(layer: BatchNorm, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    import numpy as np

    arrays = {name: draw((channels,)) for name in ("weight", "bias", "mean")}
    return arrays | {"variance": np.abs(draw((channels,)))}


@weights_of.register(GroupNorm)
@weights_of.register(LAYERS["layernorm"])
def _(layer: Layer, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    return {name: draw((channels,)) for name in ("weight", "bias")}


@weights_of.register(LAYERS["prelu"])
def _(layer: Layer, channels: int, sizes: Sequence[int], draw: Draw) -> "dict[str, Array]":
    return {"weight": draw((channels,))}

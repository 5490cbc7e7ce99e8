"""What does the network compute on a window, so that two runs can be compared bit for bit?"""

from collections.abc import Mapping
from collections.abc import Sequence as Many
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import ChannelShuffle, Mul, Pointwise
from rfcalc.layers.resample import PixelShuffle
from rfcalc.layers.whole import (
    Attention,
    Flatten,
    GlobalPool,
    GroupNorm,
    InstanceNorm,
    Linear,
    Sequence,
    SpatialNorm,
    SqueezeExcite,
)
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.tiling.grids import Grids

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

__all__ = ["PRIME", "STEPS", "Runner", "runner"]

_KEEP = (Attention, SqueezeExcite, InstanceNorm, GroupNorm, SpatialNorm)
_LEAVE = (Flatten, Linear)
"""Layers that read whole axes; sums of the same cells, which are exact, stand for them."""
STEPS = 1 << 16
"""Values are whole multiples of ``1 / STEPS`` ..."""
PRIME = 65521
"""... below ``PRIME / STEPS``: sums of them are exact, in whatever order they are added."""
BETWEEN_CHANNELS = (LAYERS["softmax"], LAYERS["layernorm"], ChannelShuffle)
"""Layers that do nothing, or nothing but hide differences, to one channel."""


class Runner(msgspec.Struct, frozen=True):
    """A network of one channel with drawn weights, run by the NumPy backend.

    Weights are small integers, and after each layer every value is reduced to
    ``floor(65536 * y) mod 65521 / 65536``. So no sum is ever rounded, the order in which a matrix
    product adds cannot show, and a cell that is read changes the result unless a maximum or a
    flat stretch hides it.
    """

    grids: Grids
    layers: dict[int, Layer]
    weights: dict[int, "Mapping[str, Array]"]

    def __call__(self, inputs: "Many[Array]") -> "Array":
        """Return the target's values, shape (batch, *spatial), one input per source."""
        from rfcalc.numpy_backend import forward

        given = iter(inputs)
        values: dict[int, Array] = {}
        left = dict.fromkeys(self.grids.order, 0)
        for position in self.grids.order:
            for i in self.grids.inputs[position]:
                left[i] += 1
        for position in self.grids.order:
            sources = self.grids.inputs[position]
            if not sources:
                values[position] = next(given)[:, None]
                continue
            layer, parts = self.layers[position], [values[i] for i in sources]
            for i in sources:
                left[i] -= 1
                if not left[i]:
                    values.pop(i, None)
            if isinstance(layer, PixelShuffle):
                parts = [_mix_channels(parts[0], prod(layer.factor))]
            if isinstance(layer, Mul):
                parts = [part + 1 for part in parts]  # so that products do not fade to 0
            alone = isinstance(layer, BETWEEN_CHANNELS) or type(layer) is Pointwise
            y = parts[0] if alone else forward(layer, parts, self.weights[position])
            del parts
            values[position] = _mix_channels(y, 1)
        return values[self.grids.target][:, 0]


def runner(grids: Grids, generator: "Generator") -> Runner:
    """Return the network with weights drawn from a generator."""
    import numpy as np

    from rfcalc.numpy_backend.weights import weights_of

    def draw(shape: tuple[int, ...]) -> "Array":
        return generator.integers(1, 8, shape).astype(np.float64)

    layers: dict[int, Layer] = {}
    weights: dict[int, Mapping[str, Array]] = {}
    for position in grids.order:
        layer = grids.network.nodes[position].layer
        if isinstance(layer, (Conv, ConvTranspose)):
            layer = msgspec.structs.replace(layer, groups=1, in_channels=None, out_channels=None)
        if isinstance(layer, _KEEP):
            layer = Sequence(over=layer.over, side=getattr(layer, "side", "both"))
        elif isinstance(layer, _LEAVE):
            layer = GlobalPool(over=layer.over)
        layers[position] = layer
        weights[position] = weights_of(layer, 1, (1,), draw)
    return Runner(grids, layers, weights)


def _mix_channels(y: "Array", channels: int) -> "Array":
    """Return so many channels made of those given, reduced to multiples of ``1 / STEPS``."""
    import numpy as np

    # A pooling window that lies in the padding alone has no maximum: -inf.
    reduced = np.maximum(y, -STEPS)
    reduced *= STEPS
    np.floor(reduced, out=reduced)
    reduced %= PRIME
    given = y.shape[1]
    if channels * given > 1:
        weights = [[1 + row * given + column for column in range(given)] for row in range(channels)]
        reduced = np.tensordot(np.array(weights, np.float64), reduced, (1, 1)) % PRIME
        reduced = reduced.swapaxes(0, 1)
    reduced /= STEPS
    return reduced

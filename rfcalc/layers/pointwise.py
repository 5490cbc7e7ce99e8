"""Which layers keep every cell to itself? Element-wise functions and merges."""

from typing import Annotated, ClassVar

import msgspec

from rfcalc.layers.base import Channels, Layer
from rfcalc.taps import IDENTITY, Taps

__all__ = ["MERGES", "POINTWISE", "Pointwise"]

Positive = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class Pointwise(Layer, frozen=True, kw_only=True):
    """Output ``o`` reads input ``o``."""

    op: ClassVar[str] = "pointwise"

    def taps(self, n: int | None, axis: int) -> Taps:
        return IDENTITY


class Add(Pointwise, frozen=True, kw_only=True):
    """Sum of the inputs."""

    op: ClassVar[str] = "add"
    merges: ClassVar[bool] = True


class Mul(Pointwise, frozen=True, kw_only=True):
    """Product of the inputs."""

    op: ClassVar[str] = "mul"
    merges: ClassVar[bool] = True


class Concat(Pointwise, frozen=True, kw_only=True):
    """The inputs' channels side by side."""

    op: ClassVar[str] = "concat"
    merges: ClassVar[bool] = True


class LeakyRelu(Pointwise, frozen=True, kw_only=True):
    """``x`` where positive, else ``negative_slope * x``."""

    op: ClassVar[str] = "leaky_relu"
    negative_slope: Positive = 0.01


class Elu(Pointwise, frozen=True, kw_only=True):
    """``x`` where positive, else ``alpha * (exp(x) - 1)``."""

    op: ClassVar[str] = "elu"
    alpha: Positive = 1.0


class BatchNorm(Pointwise, frozen=True, kw_only=True):
    """Normalisation by stored statistics, as at inference."""

    op: ClassVar[str] = "batchnorm"
    eps: Positive = 1e-5


class Dropout(Pointwise, frozen=True, kw_only=True):
    """Dropout, which does nothing at inference."""

    op: ClassVar[str] = "dropout"
    p: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5


class ChannelShuffle(Pointwise, frozen=True, kw_only=True):
    """Channels reordered between groups. Source: Zhang et al. 2018 (ShuffleNet)."""

    op: ClassVar[str] = "channel_shuffle"
    groups: Channels = 1


def _plain(op: str, doc: str) -> type[Pointwise]:
    """Return the class of an element-wise function without parameters."""
    name = "".join(part.capitalize() for part in op.split("_"))
    made = msgspec.defstruct(name, [], bases=(Pointwise,), frozen=True, kw_only=True)
    made.op = op  # pyright: ignore[reportAttributeAccessIssue]
    made.__doc__ = doc
    return made  # pyright: ignore[reportReturnType]


MERGES: tuple[type[Pointwise], ...] = (Add, Mul, Concat)
POINTWISE: tuple[type[Pointwise], ...] = (
    LeakyRelu,
    Elu,
    BatchNorm,
    Dropout,
    ChannelShuffle,
    _plain("identity", "The input unchanged."),
    _plain("relu", "``max(x, 0)``."),
    _plain("relu6", "``min(max(x, 0), 6)``."),
    _plain("gelu", "``x`` times the normal distribution function of ``x``."),
    _plain("silu", "``x * sigmoid(x)``, also known as swish."),
    _plain("sigmoid", "``1 / (1 + exp(-x))``."),
    _plain("tanh", "The hyperbolic tangent."),
    _plain("softplus", "``log(1 + exp(x))``."),
    _plain("hardswish", "``x * relu6(x + 3) / 6``."),
    _plain("hardsigmoid", "``relu6(x + 3) / 6``."),
    _plain("mish", "``x * tanh(softplus(x))``."),
    _plain("prelu", "``x`` where positive, else a learned multiple of it."),
    _plain("layernorm", "Normalisation over the channels of each cell."),
    _plain("softmax", "Softmax over the channels of each cell."),
)

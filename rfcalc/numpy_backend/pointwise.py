"""What do the element-wise functions compute? Functions of one array, by op."""

from collections.abc import Callable
from math import pi, sqrt
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.number]

__all__ = ["PLAIN", "channels_shuffled", "erf", "normalised", "sigmoid", "softmax"]


def sigmoid(x: "Array") -> "Array":
    """Return ``1 / (1 + exp(-x))`` without overflow."""
    import numpy as np

    return (np.tanh(x / 2) + 1) / 2


def softplus(x: "Array") -> "Array":
    """Return ``log(1 + exp(x))`` without overflow."""
    import numpy as np

    return np.logaddexp(x, x.dtype.type(0))


def relu6(x: "Array") -> "Array":
    """Return ``min(max(x, 0), 6)``."""
    import numpy as np

    return np.clip(x, 0, 6)


def erf(x: "Array") -> "Array":
    """Return the error function by ``2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!``.

    All terms of this series have the sign of ``x``: nothing cancels. Beyond ``|x| = 6`` the
    function differs from 1 by less than 3e-17. Source: DLMF 7.6.2.
    """
    import numpy as np

    x = np.clip(x, -6, 6)
    square = x * x
    term = 2 / sqrt(pi) * x * np.exp(-square)
    total = term.copy()
    for n in range(1, 160):
        term *= square * (2 / (2 * n + 1))
        total += term
    return total


def softmax(x: "Array", axis: int) -> "Array":
    """Return ``exp(x)`` divided by its sum along one axis."""
    import numpy as np

    shares = np.exp(x - x.max(axis, keepdims=True))
    return shares / shares.sum(axis, keepdims=True)


EPS = 1e-5
"""What PyTorch adds to a variance by default."""


def normalised(x: "Array", mean: "Array", variance: "Array", eps: float = EPS) -> "Array":
    """Return ``(x - mean) / sqrt(variance + eps)``."""
    import numpy as np

    return (x - mean) / np.sqrt(variance + np.asarray(eps, x.dtype))


def channels_shuffled(x: "Array", groups: int) -> "Array":
    """Return channel ``c`` of group ``g`` at ``c*groups + g``. Source: Zhang et al. 2018."""
    split = x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])
    return split.swapaxes(1, 2).reshape(x.shape)


def _gelu(x: "Array") -> "Array":
    return x * (1 + erf(x / sqrt(2))) / 2


def _mish(x: "Array") -> "Array":
    import numpy as np

    return x * np.tanh(softplus(x))


def _tanh(x: "Array") -> "Array":
    import numpy as np

    return np.tanh(x)


def _relu(x: "Array") -> "Array":
    import numpy as np

    return np.maximum(x, 0)


def _softmax(x: "Array") -> "Array":
    return softmax(x, 1)


def _identity(x: "Array") -> "Array":
    return x


PLAIN: dict[str, Callable[["Array"], "Array"]] = {
    "dropout": _identity,
    "identity": _identity,
    "relu": _relu,
    "relu6": relu6,
    "gelu": _gelu,
    "silu": lambda x: x * sigmoid(x),
    "sigmoid": sigmoid,
    "tanh": _tanh,
    "softplus": softplus,
    "hardswish": lambda x: x * relu6(x + 3) / 6,
    "hardsigmoid": lambda x: relu6(x + 3) / 6,
    "mish": _mish,
    "softmax": _softmax,
}
"""Functions of one array ``(batch, channels, *spatial)``, by their op."""

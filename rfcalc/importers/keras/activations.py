"""Which activations keep every cell to itself, and which read along a dimension?"""

from typing import Any, cast

from rfcalc.errors import argument, fail
from rfcalc.importers.axes import Value
from rfcalc.importers.combining import combine
from rfcalc.importers.cutting import narrow
from rfcalc.importers.fixing import fix
from rfcalc.importers.functions import refill
from rfcalc.importers.graph import plain
from rfcalc.importers.hiding import hide
from rfcalc.importers.keras.masking import given_at, hidden_by
from rfcalc.importers.keras.model import key_of
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.mixing import mix
from rfcalc.importers.products import broadcast
from rfcalc.layers import LAYERS as OPS
from rfcalc.layers.pointwise import Mul, Pointwise
from rfcalc.layers.whole import SpatialNorm

__all__ = ["activated", "elementwise", "gated", "normalised"]

FUNCTIONS = frozenset(
    (
        *("relu", "relu6", "sigmoid", "tanh", "linear", "elu", "selu", "gelu", "silu", "swish"),
        *("softplus", "softsign", "exponential", "hard_sigmoid", "hard_silu", "hard_swish"),
        *("mish", "leaky_relu", "log_sigmoid", "celu", "hard_tanh", "hard_shrink", "tanh_shrink"),
        *("soft_shrink", "squareplus", "sparse_plus", "sparse_sigmoid", "threshold"),
    )
)
"""Functions of each value alone."""

_NORMS = ("softmax", "log_softmax", "sparsemax")
_OPS = {
    "hard_sigmoid": "hardsigmoid",
    "hard_silu": "hardswish",
    "hard_swish": "hardswish",
    "swish": "silu",
}


def activated(op: Op, x: Value, setting: str = "activation", shown: bool = False) -> Value:
    """Return a layer's result under its activation, which has a node only where it is ``shown``.

    Softmax runs along the last dimension, which with ``channels_first`` is space.

    Raises
    ------
    RfcalcError
        RF501: the activation is somebody's own function.
    """
    given: Any = op.config.get(setting, "linear")
    held = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    if held and held.get("class_name") != "function" and key_of(held) != "__lambda__":
        return op.apply(held, [x], {})[0]
    name = "linear" if given is None else held.get("config", given)
    if name == "glu":
        return gated(op, x, len(x.shape) - 1)
    if name in _NORMS:
        return normalised(op, x, [len(x.shape) - 1])
    if not isinstance(name, str) or name not in FUNCTIONS:
        what = name if isinstance(name, str) else held.get("class_name", name)
        raise fail(
            "RF501",
            f"'{op.graph.here}': the activation {what!r:.60} is not handled",
            f"if it is element-wise, say so: `{argument('assume_pointwise', op.key)}`, "
            "which marks the result as not exact",
        )
    return elementwise(op, x, name) if shown and name != "linear" else x


def elementwise(op: Op, x: Value, name: str = "scaled") -> Value:
    """Return an element-wise function of a tensor."""
    known = OPS.get(_OPS.get(name, name))
    layer = known() if known is not None and issubclass(known, Pointwise) else plain("identity")
    return broadcast(op.graph, refill(op.graph, [x], name), layer)


def normalised(op: Op, x: Value, dims: list[int]) -> Value:
    """Return a softmax over dimensions: over space, the whole of it."""
    return mix(op.graph, x, dims, plain("softmax"), SpatialNorm)


def gated(op: Op, x: Value, d: int) -> Value:
    """Return one half of a dimension gated by the other."""
    half = x.shape[d] // 2
    labels = range(len(x.shape))
    halves = [(narrow(op.graph, x, d, start, half), labels) for start in (0, half)]
    return combine(op.graph, Mul(), halves, labels)


@keras_layer("Activation", kind="element-wise")
def _activation(op: Op) -> Result:
    """A function of each value; softmax runs along the last dimension."""
    return activated(op, op.x, shown=True)


@keras_layer("ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", kind="element-wise")
def _rectified(op: Op) -> Result:
    """A function of each value."""
    if op.key == "PReLU":
        shared = op.dims("shared_axes", len(op.x.shape)) if op["shared_axes"] else []
        fix(op.graph, op.x, [d for d in range(1, len(op.x.shape)) if d not in shared])
    named = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu"}
    name = named.get(op.key, "identity")
    return elementwise(op, op.x, "relu6" if op["max_value"] == 6.0 else name)


@keras_layer("Softmax", kind="norm", axis=-1)
def _softmax(op: Op) -> Result:
    """Values over the sum along a dimension: over space, the whole of it."""
    x = op.x
    hidden = hidden_by(given_at(op, "mask", 1))
    if hidden is not None:
        x = hide(op.graph, x, hidden)
    return normalised(op, x, op.dims("axis", len(x.shape)))

"""Which PyTorch operators keep every cell to itself, or depend on no input at all?"""

from collections.abc import Sequence

from rfcalc.importers import products
from rfcalc.importers.axes import Value, constant, live
from rfcalc.importers.cancelling import note_difference
from rfcalc.importers.cutting import narrow
from rfcalc.importers.functions import choose, refill
from rfcalc.importers.graph import plain
from rfcalc.importers.hiding import triangle
from rfcalc.importers.layout import expand, reshape, unsqueeze
from rfcalc.importers.mixing import mix
from rfcalc.importers.sampling import take
from rfcalc.importers.torch.masking import masked
from rfcalc.importers.torch.operators import Op, Result, operator
from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import InstanceNorm

__all__ = ["broadcast"]

_NAMES = {"hardtanh": "relu6", "log_sigmoid": "softplus"}
"""Layers that read what a function of another name does."""

_MERGES = {"add": Add(), "sub": Add(), "rsub": Add(), "mul": Mul(), "div": Mul()}


def broadcast(op: Op, values: Sequence[Value], layer: Layer) -> Value:
    """Return an element-wise function of tensors, broadcast from the last dimension."""
    return products.broadcast(op.graph, values, layer)


@operator(
    *("abs", "acos", "acosh", "angle", "asin", "asinh", "atan", "atanh", "bitwise_not", "ceil"),
    *("celu", "clamp", "clamp_max", "clamp_min", "clip", "cos", "cosh", "deg2rad", "digamma"),
    *("elu", "erf", "erfc", "exp", "exp2", "expm1", "floor", "frac", "gelu", "hardshrink"),
    *("hardsigmoid", "hardswish", "hardtanh", "isfinite", "isinf", "isnan", "leaky_relu"),
    *("lgamma", "log", "log10", "log1p", "log2", "log_sigmoid", "logical_not", "logit", "mish"),
    *("nan_to_num", "neg", "positive", "prelu", "reciprocal", "relu", "relu6", "round", "rrelu"),
    *("rsqrt", "selu", "sgn", "sigmoid", "sign", "silu", "sin", "sinc", "sinh", "softplus"),
    *("softshrink", "sqrt", "square", "tan", "tanh", "threshold", "trunc", "bernoulli"),
    *("aten.special_expit", "aten.special_erf", "polygamma"),
    kind="element-wise",
)  # fmt: skip
def _function(op: Op) -> Result:
    """A function of each value."""
    name = _NAMES.get(op.call.op, op.call.op)
    layer = plain(name) if name in LAYERS else plain("identity")
    values = refill(op.graph, op.tensors, op.call.op)
    if op.call.op == "prelu":
        # A slope per channel lies along the second dimension, not the last one.
        values = [value for i, value in enumerate(values) if not i or live(value)]
    return broadcast(op, values, layer)


@operator(
    *("add", "sub", "mul", "div", "rsub", "true_divide", "multiply", "subtract", "divide"),
    *("maximum", "minimum", "pow", "float_power", "atan2", "fmod", "remainder", "floor_divide"),
    *("eq", "ne", "ge", "gt", "le", "lt", "where", "masked_fill", "lerp", "addcmul", "addcdiv"),
    *("fmax", "fmin", "hypot", "copysign", "heaviside", "xlogy", "logaddexp", "bitwise_and"),
    *("bitwise_or", "bitwise_xor", "logical_and", "logical_or", "logical_xor", "__and__"),
    *("__or__", "__xor__", "__rshift__", "__lshift__", "complex", "polar"),
    kind="element-wise",
)  # fmt: skip
def _arithmetic(op: Op) -> Result:
    """A function of values at the same place, broadcast; with constants alone, no layer."""
    values = op.tensors
    dependent = [v for v in values if live(v)]
    if len(dependent) == 1 and dependent[0].shape == op.shape:
        return masked(op, dependent[0])
    if op.call.op == "where" and len(dependent) == 2 and not live(op.value("condition")):
        return choose(op.graph, dependent, op.array("condition"))
    if op.call.op in ("sub", "rsub", "subtract") or op["alpha"] not in (None, 1):
        note_difference(op.graph, values)
    values = refill(op.graph, values, op.call.op)
    return broadcast(op, values, _MERGES.get(op.call.op, Mul()))


@operator(
    *("alias", "contiguous", "clone", "detach", "to", "_to_copy", "type_as", "lift_fresh_copy"),
    *("lift_fresh", "requires_grad_", "dropout", "alpha_dropout", "feature_dropout", "lift"),
    *("feature_alpha_dropout", "native_dropout", "set_data", "conj"),
    *("resolve_conj", "resolve_neg", "real", "_conj"),
    *("_autocast_to_full_precision", "_autocast_to_reduced_precision"),
    kind="no-op",
)  # fmt: skip
def _nothing(op: Op) -> Result:
    """The value as it is."""
    return op.tensors[0]


@operator(
    *("batch_norm", "native_batch_norm", "_native_batch_norm_legit_no_training"),
    *("_native_batch_norm_legit", "cudnn_batch_norm"),
    kind="norm",
    training=False,
)  # fmt: skip
def _batch_norm(op: Op) -> Result:
    """Element-wise by stored statistics; in training, over all cells."""
    x = op.value("input")
    if not op["training"]:
        return broadcast(op, [x], plain("batchnorm"))
    dims = [d for d in range(len(x.shape)) if d != 1]
    return mix(op.graph, x, dims, plain("batchnorm"), InstanceNorm)


@operator(
    *("arange", "empty", "empty_like", "empty_strided", "eye", "hann_window", "linspace"),
    *("logspace", "new_empty", "new_empty_strided", "new_ones", "new_zeros", "ones", "ones_like"),
    *("rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm"),
    *("sym_size", "sym_numel", "tensor", "tril_indices", "triu_indices", "uniform", "zero"),
    *("zeros", "zeros_like", "_assert_async", "_assert_scalar", "_assert_tensor_metadata"),
    *("sym_constrain_range", "sym_constrain_range_for_size"),
    kind="constant",
)  # fmt: skip
def _constant(op: Op) -> Result:
    """A constant: it depends on no input."""
    return [constant(shape) for shape in op.shapes]


@operator(
    *("fill", "full", "full_like", "new_full", "scalar_tensor", "normal", "normal_functional"),
    kind="constant",
)
def _filled(op: Op) -> Result:
    """One value everywhere, or drawn around it: a constant, unless that value is none."""
    given = [op.value(n) for n in ("value", "fill_value", "s", "mean", "std") if op.has(n)]
    if not any(live(value) for value in given):
        return constant(op.shape)
    return expand(op.graph, broadcast(op, given, plain("identity")), op.shape)


@operator("item", "_local_scalar_dense", "is_nonzero", kind="layout")
def _number(op: Op) -> Result:
    """A tensor's only value, as a number."""
    return reshape(op.graph, op.value("self"), ())


@operator("_weight_norm", "_weight_norm_interface", "renorm", kind="element-wise")
def _normed(op: Op) -> Result:
    """A weight scaled by its norm: a constant, as weights are."""
    # With constants alone no handler is asked.
    raise op.lost("it scales values that depend on the input as if they were weights")


@operator("glu", kind="element-wise", dim=-1)
def _glu(op: Op) -> Result:
    """One half of a dimension gated by the other."""
    x = op.value("self")
    d = op.number("dim") % len(x.shape)
    half = x.shape[d] // 2
    halves = [narrow(op.graph, x, d, start, half) for start in (0, half)]
    return broadcast(op, halves, Mul())


@operator("embedding", "one_hot", kind="element-wise")
def _looked_up(op: Op) -> Result:
    """A row of a table for each index; of one that depends on the input, any row."""
    if op.has("indices"):
        return take(op.graph, op.value("weight"), op.value("indices"), 0)
    return expand(op.graph, unsqueeze(op.graph, op.value("self"), -1), op.shape)


@operator("bucketize", kind="element-wise")
def _counted(op: Op) -> Result:
    """A function of each value."""
    return broadcast(op, [op.value("self")], plain("identity"))


@operator("triu", "tril", kind="element-wise", diagonal=0)
def _kept(op: Op) -> Result:
    """One triangle of the last two dimensions."""
    x = op.value("self")
    return triangle(op.graph, x, op.number("diagonal"), upper=op.call.op == "triu")

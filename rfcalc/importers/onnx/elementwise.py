"""Which ONNX operators keep every cell to itself?"""

from rfcalc.importers.axes import Tensor, Value, constant, live, spatial
from rfcalc.importers.cancelling import note_difference
from rfcalc.importers.combining import combine
from rfcalc.importers.functions import choose, refill
from rfcalc.importers.graph import plain
from rfcalc.importers.hiding import triangle
from rfcalc.importers.layout import expand, unsqueeze
from rfcalc.importers.masking import masked
from rfcalc.importers.mixing import mix, reduce
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.products import broadcast, scaled
from rfcalc.layers import LAYERS
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import SpatialNorm

_NAMES = {
    "FastGelu": "gelu",
    "BiasGelu": "gelu",
    "Swish": "silu",
    "QuickGelu": "silu",
    "LeakyRelu": "leaky_relu",
}
"""Layers of functions that ONNX calls by another word."""


@operator(
    *("Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "BitwiseNot", "Ceil", "Celu"),
    *("Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "IsInf"),
    *("IsNaN", "LeakyRelu", "Log", "Mish", "Neg", "Not", "PRelu", "Reciprocal", "Relu", "Round"),
    *("Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Swish"),
    *("Tan", "Tanh", "ThresholdedRelu", "Clip", "Bernoulli", "com.microsoft.FastGelu"),
    *("com.microsoft.BiasGelu", "com.microsoft.QuickGelu", "com.microsoft.Gelu"),
    *("com.microsoft.QLinearSigmoid", "com.microsoft.QLinearLeakyRelu"),
    kind="element-wise",
)  # fmt: skip
def _function(op: Op) -> Result:
    """A function of each value."""
    x = op.value()
    # Slopes and bounds are constants, or, where they depend on the input, belong to it.
    given = [op.value(i) for i in range(len(op.step.inputs)) if not i or op.live(i)]
    name = _NAMES.get(op.kind, op.kind.lower())
    values = refill(op.graph, given, name)
    if op.kind == "Clip":
        return broadcast(op.graph, values, plain(_clipped(op)))
    layer = plain(name if name in LAYERS else "identity")
    done = broadcast(op.graph, values, layer)
    return done if done.shape == x.shape else expand(op.graph, done, x.shape)


def _clipped(op: Op) -> str:
    low, high = op.attr("min"), op.attr("max")
    if op.opset >= 11:
        low, high = (None if (a := op.array(i)) is None else float(a.item()) for i in (1, 2))
    return "relu6" if (low, high) == (0, 6) else "identity"


_MERGES = {"Add": Add(), "Sub": Add(), "Sum": Add(), "Mean": Add(), "QLinearAdd": Add()}


@operator(
    *("Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Mean", "Sum", "And", "Or", "Xor"),
    *("BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal", "Greater", "GreaterOrEqual"),
    *("Less", "LessOrEqual", "Where", "com.microsoft.QLinearAdd", "com.microsoft.QLinearMul"),
    kind="element-wise",
)  # fmt: skip
def _arithmetic(op: Op) -> Result:
    """A function of values at the same place, broadcast; with constants alone, no layer."""
    values = op.values
    if op.kind in ("QLinearAdd", "QLinearMul"):
        values = [op.value(0), op.value(3)]
    picked = _picked(op) if op.kind == "Where" else None
    if picked is not None:
        values = [op.value(picked), *(constant(v.shape) for v in values)]
    dependent = [v for v in values if live(v)]
    shape = broadcast_shape(op, [v.shape for v in values])
    if len(dependent) == 1 and dependent[0].shape == shape:
        return dependent[0] if picked is not None else masked(op, dependent[0])
    if op.kind == "Where" and len(dependent) == 2 and not op.live(0):
        return choose(op.graph, dependent, op.array(0))
    if op.kind == "Sub":
        note_difference(op.graph, values)
    values = refill(op.graph, values, op.kind.lower())
    return broadcast(op.graph, values, _MERGES.get(op.kind, Mul()))


@operator("If", kind="element-wise")
def _chosen(op: Op) -> Result:
    """The branch of a constant condition; of another both branches, and the condition."""
    count = op.outputs
    one, other = ([op.value(1 + i + j * count) for i in range(count)] for j in range(2))
    if any(v.shape != w.shape for v, w in zip(one, other, strict=True)):
        raise op.lost("its branches give values of different shapes")
    op.graph.assume(f"{op.graph.here}: both branches of If are taken to be read")
    both = [broadcast(op.graph, pair, Add()) for pair in zip(one, other, strict=True)]
    return tuple(scaled(op.graph, value, op.value()) for value in both)


def _picked(op: Op) -> int | None:
    """Return which input a constant condition takes everywhere, ``None`` if it takes both."""
    held = op.array(0)
    if held is None or not held.size:
        return None
    return 1 if held.all() else 2 if not held.any() else None


def broadcast_shape(op: Op, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the shape to which shapes are broadcast."""
    rank = max(len(shape) for shape in shapes)
    found = [1] * rank
    for shape in shapes:
        for d, size in enumerate(shape, rank - len(shape)):
            if size != 1 and found[d] not in (1, size):
                raise op.lost(f"shapes {[list(s) for s in shapes]} do not broadcast")
            found[d] = size if size != 1 else found[d]
    return tuple(found)


@operator(
    *("Identity", "Cast", "CastLike", "BitCast", "Dropout", "QuantizeLinear", "DequantizeLinear"),
    *("OptionalGetElement", "Optional", "com.microsoft.QuantizeLinear"),
    *("com.microsoft.DequantizeLinear",),
    kind="no-op",
)  # fmt: skip
def _nothing(op: Op) -> Result:
    """The value as it is."""
    held = op.held(0)
    if isinstance(held, list):
        return held
    if op.kind in ("QuantizeLinear", "DequantizeLinear"):
        for i in (1, 2):
            held = _scaled(op, held, i) if op.live(i) else held
    return (held,) * op.outputs if op.kind == "Dropout" else held


def _scaled(op: Op, x: Value, i: int) -> Value:
    """Return a value by a computed scale or zero point: one, or one per index of an axis."""
    scale, rank = op.value(i), len(x.shape)
    if scale.shape in ((), (1,)):
        scale = reduce(op.graph, scale, list(range(len(scale.shape))), keep=False)
        return broadcast(op.graph, [x, scale], Mul())
    if len(scale.shape) > 1:
        raise op.lost("its scales are blocks that depend on values")
    labels = range(rank)
    return combine(op.graph, Mul(), [(x, labels), (scale, [op.axis(1, rank)])], labels)


@operator("DynamicQuantizeLinear", kind="norm")
def _quantized(op: Op) -> Result:
    """Scaled by the extremes of the whole tensor, batch included."""
    x = op.value()
    dims = list(range(len(x.shape)))
    every = reduce(op.graph, x, dims, keep=False)
    return mix(op.graph, x, dims, plain("identity"), SpatialNorm), every, every


@operator("BatchNormalization", kind="norm")
def _batch_norm(op: Op) -> Result:
    """Element-wise by stored statistics; over all cells in training mode."""
    x = op.value()
    if op.attr("training_mode", 0) or op.attr("is_test", 1) == 0:
        raise op.lost("it is saved in training mode; export the model in evaluation mode")
    return (broadcast(op.graph, [x], plain("batchnorm")), *[constant((1,))] * (op.outputs - 1))


@operator("SwiGLU", kind="element-wise")
def _gated(op: Op) -> Result:
    """One tensor gated by another."""
    return broadcast(op.graph, [op.value(0), op.value(1)], Mul())


@operator("OneHot", kind="element-wise")
def _one_hot(op: Op) -> Result:
    """A row of a constant table for each index."""
    x = op.value()
    depth = (op.integers(1, "depth") or [0])[0]
    d = op.axis(-1, len(x.shape) + 1)
    shape = [*x.shape[:d], depth, *x.shape[d:]]
    return expand(op.graph, unsqueeze(op.graph, x, d), shape)


@operator("Trilu", kind="element-wise")
def _triangle(op: Op) -> Result:
    """One triangle of the last two dimensions."""
    shift = op.integers(1, "diagonal") or [0]
    return triangle(op.graph, op.value(), shift[0], upper=bool(op.attr("upper", 1)))


@operator("RotaryEmbedding", kind="element-wise")
def _rotated(op: Op) -> Result:
    """Pairs of values turned by a constant angle at each place."""
    x = op.value()
    if isinstance(x, Tensor) and spatial(x.dims[-1]):
        raise op.lost("it turns pairs of cells")
    if any(op.live(i) for i in range(1, len(op.step.inputs))):
        raise op.lost("its angles depend on values")
    return broadcast(op.graph, [x], plain("identity"))

"""Which TFLite operators keep every cell to itself?"""

from rfcalc.importers import layout
from rfcalc.importers.axes import Value, constant, live
from rfcalc.importers.cancelling import note_difference
from rfcalc.importers.combining import combine
from rfcalc.importers.functions import choose, refill
from rfcalc.importers.graph import plain
from rfcalc.importers.masking import masked
from rfcalc.importers.products import broadcast
from rfcalc.importers.ranges import unusable
from rfcalc.importers.tflite.operators import Op, Result, operator
from rfcalc.layers import LAYERS
from rfcalc.layers.pointwise import Add, Mul

_NAMES = {"LOGISTIC": "sigmoid", "HARD_SWISH": "hardswish", "RELU_0_TO_1": "identity"}
"""Layers of functions that TFLite calls by another word."""


@operator(
    *("ABS", "CEIL", "COS", "ELU", "EXP", "FLOOR", "GELU", "HARD_SWISH", "LEAKY_RELU", "LOG"),
    *("LOGICAL_NOT", "LOGISTIC", "NEG", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "ROUND"),
    *("RSQRT", "SIGN", "SIN", "SQRT", "SQUARE", "TANH"),
    kind="element-wise",
)  # fmt: skip
def _function(op: Op) -> Result:
    """A function of each value."""
    name = _NAMES.get(op.kind, op.kind.lower())
    values = refill(op.graph, [op.value()], name)
    return broadcast(op.graph, values, plain(name if name in LAYERS else "identity"))


@operator("PRELU", kind="element-wise")
def _prelu(op: Op) -> Result:
    """A function of each value, with slopes of its own."""
    values = [op.value(), *([op.value(1)] if op.live(1) else [])]
    return broadcast(op.graph, values, plain("prelu" if "prelu" in LAYERS else "identity"))


_MERGES = {"ADD": Add(), "SUB": Add(), "ADD_N": Add()}


@operator(
    *("ADD", "ADD_N", "ATAN2", "BITWISE_XOR", "DIV", "EQUAL", "FLOOR_DIV", "FLOOR_MOD", "GREATER"),
    *("GREATER_EQUAL", "LESS", "LESS_EQUAL", "LOGICAL_AND", "LOGICAL_OR", "MAXIMUM", "MINIMUM"),
    *("MUL", "NOT_EQUAL", "POW", "RIGHT_SHIFT", "SQUARED_DIFFERENCE", "SUB"),
    *("SELECT", "SELECT_V2"),
    kind="element-wise",
)  # fmt: skip
def _arithmetic(op: Op) -> Result:
    """A function of values at the same place, broadcast; with constants alone, no layer."""
    values = op.values
    if op.kind == "SELECT" and len(values[0].shape) == 1 < len(values[1].shape):
        # One condition for each index of the first dimension.
        labels = range(len(values[1].shape))
        rows = [(values[0], [0]), (values[1], labels), (values[2], labels)]
        return combine(op.graph, Mul(), rows, labels)
    dependent = [v for v in values if live(v)]
    shape = _broadcast(op, [v.shape for v in values])
    if len(dependent) == 1 and dependent[0].shape == shape:
        return masked(op, dependent[0])
    if op.kind.startswith("SELECT") and len(dependent) == 2 and not op.live(0):
        return choose(op.graph, dependent, op.array(0))
    if op.kind == "SUB":
        note_difference(op.graph, values)
    values = refill(op.graph, values, op.kind.lower())
    return broadcast(op.graph, values, _MERGES.get(op.kind, Mul()))


def _broadcast(op: Op, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the shape to which shapes are broadcast."""
    found = [1] * max(map(len, shapes))
    for shape in shapes:
        for d, size in enumerate(shape, len(found) - len(shape)):
            if size != 1 and found[d] not in (1, size):
                raise unusable(op.graph.here, f"shapes {[*map(list, shapes)]} do not broadcast")
            found[d] = size if size != 1 else found[d]
    return tuple(found)


@operator("CAST", "DEQUANTIZE", "FAKE_QUANT", "QUANTIZE", "DENSIFY", kind="no-op")
def _nothing(op: Op) -> Result:
    """The value as it is."""
    return op.value()


@operator("ZEROS_LIKE", "SHAPE", "RANK", kind="constant")
def _counted(op: Op) -> Result:
    """A constant: it depends on no value."""
    x = op.value()
    return constant({"SHAPE": (len(x.shape),), "RANK": ()}.get(op.kind, x.shape))


@operator("FILL", "RANGE", "RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", kind="constant")
def _filled(op: Op) -> Result:
    """Constants in a shape, or counted up."""
    if op.kind != "RANGE":
        return constant(op.listed(0, "shape"))
    start, stop, step = (op.array(i) for i in range(3))
    if start is None or stop is None or step is None:
        raise op.lost("its bounds depend on values")
    low, high, by = (float(a.reshape(-1)[0]) for a in (start, stop, step))  # pyright: ignore[reportArgumentType]
    return constant([max(0, -int(-(high - low) // by))])


@operator("ONE_HOT", kind="element-wise")
def _one_hot(op: Op) -> Result:
    """A row of a constant table for each index."""
    x = op.value()
    rank = len(x.shape) + 1
    d = op.dim(op.setting("Axis"), rank)
    shape = [*x.shape[:d], op.one(1, "depth"), *x.shape[d:]]
    return layout.expand(op.graph, layout.unsqueeze(op.graph, x, d), shape)


@operator("EMBEDDING_LOOKUP", kind="element-wise")
def _embedded(op: Op) -> Result:
    """A row of a constant table for each index."""
    index, table = op.value(0), op.value(1)
    if live(table):
        raise op.lost("its table depends on values")
    return _rows(op, index, table.shape[1:])


def _rows(op: Op, index: Value, row: tuple[int, ...]) -> Value:
    grown = layout.reshape(op.graph, index, [*index.shape, *[1] * len(row)])
    return layout.expand(op.graph, grown, [*index.shape, *row])

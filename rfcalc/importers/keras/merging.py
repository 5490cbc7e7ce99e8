"""What do Keras' layers read that combine several tensors?"""

from collections.abc import Sequence
from typing import Any, cast

from rfcalc.importers import layout
from rfcalc.importers.axes import Value
from rfcalc.importers.cancelling import note_difference
from rfcalc.importers.combining import combine
from rfcalc.importers.functions import refill
from rfcalc.importers.keras.model import wrong
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.products import broadcast, einsum, product
from rfcalc.layers.base import Layer
from rfcalc.layers.pointwise import Add, Mul

_SUMS = ("Add", "Subtract", "Average")


@keras_layer(*("Add", "Subtract", "Average", "Multiply", "Maximum", "Minimum"), kind="element-wise")
def _merged(op: Op) -> Result:
    """A function of values at the same place, broadcast."""
    layer: Layer = Add() if op.key in _SUMS else Mul()
    if op.key == "Subtract":
        note_difference(op.graph, op.tensors)
    values = refill(op.graph, _level(op, op.tensors), op.key.lower())
    return broadcast(op.graph, values, layer)


def _level(op: Op, values: Sequence[Value]) -> list[Value]:
    """Return tensors of one rank: new dimensions stand after the batch."""
    rank = max(len(v.shape) for v in values)
    done: list[Value] = []
    for value in values:
        while len(value.shape) < rank:
            value = layout.unsqueeze(op.graph, value, 1)
        done.append(value)
    return done


@keras_layer("applications.CustomScaleLayer", kind="element-wise")
def _scaled(op: Op) -> Result:
    """The first value, and a multiple of the second."""
    return broadcast(op.graph, op.tensors, Add())


@keras_layer("Dot", kind="sum", axes=-1)
def _dot(op: Op) -> Result:
    """Sums over a dimension of a product; over space, the whole of it."""
    one, two = op.first(2)
    given = op.listed("axes") if isinstance(op["axes"], list | tuple) else [op["axes"]] * 2
    at = [op.dim("axes", d, len(v.shape)) for d, v in zip(given, (one, two), strict=True)]
    if 0 in at:
        raise wrong(op.graph.here, "its axes name the batch")
    left: list[object] = ["batch", *(("one", d) for d in range(1, len(one.shape)))]
    right: list[object] = ["batch", *(("two", d) for d in range(1, len(two.shape)))]
    left[at[0]] = right[at[1]] = "sum"
    out = [label for label in (*left, *right[1:]) if label != "sum"]
    done = combine(op.graph, Mul(), [(one, left), (two, right)], out)
    return layout.unsqueeze(op.graph, done, 1) if len(out) == 1 else done


@keras_layer("ops.Matmul", "ops.Dot", kind="sum")
def _matmul(op: Op) -> Result:
    """Sums over the inner dimension of a product; ``ops.dot`` with one number, its multiple."""
    values = op.tensors
    if op.key == "ops.Dot" and (len(values) == 1 or () in (v.shape for v in values)):
        return broadcast(op.graph, values, Mul())
    one, two = op.first(2)
    return product(op.graph, one, two)


@keras_layer("ops.Einsum", kind="sum")
def _einsum(op: Op) -> Result:
    """Sums over the letters that are missing in the result."""
    return einsum(op.graph, str(op["subscripts"]), op.tensors)


@keras_layer("ops.Tensordot", kind="sum")
def _tensordot(op: Op) -> Result:
    """Sums over given dimensions of a product."""
    one, two = op.first(2)
    axes: Any = op["axes"]
    ones, twos = len(one.shape), len(two.shape)
    if type(axes) is int:
        if not 0 <= axes <= min(ones, twos):
            fact = f"axes is {axes}, of tensors of {ones} and {twos} dimensions"
            raise wrong(op.graph.here, fact)
        axes = [list(range(ones - axes, ones)), list(range(axes))]
    pairs = cast("list[list[int]]", [i if isinstance(i, list | tuple) else [i] for i in axes])
    left: list[object] = [("one", d) for d in range(ones)]
    right: list[object] = [("two", d) for d in range(twos)]
    for number, (d, e) in enumerate(zip(*pairs, strict=True)):
        left[d] = right[e] = ("sum", number)
    shared = set(left) & set(right)
    kept = [label for label in (*left, *right) if label not in shared]
    return combine(op.graph, Mul(), [(one, left), (two, right)], kept)

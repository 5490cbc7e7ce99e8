"""What do TFLite convolutions and poolings read? Channels come last, padding is a word."""

from typing import Literal

from rfcalc.importers import windows
from rfcalc.importers.axes import Value
from rfcalc.importers.layout import permute
from rfcalc.importers.products import scaled
from rfcalc.importers.ranges import ranged, unusable
from rfcalc.importers.tflite.operators import Op, Result, operator
from rfcalc.layers.window import AvgPool, MaxPool

__all__ = ["first", "last"]

SAME, VALID = 0, 1
"""The words of ``Padding`` in the schema."""

_LETTERS = {1: "W", 2: "HW", 3: "DHW"}


def first(op: Op, x: Value) -> Value:
    """Return a value with its channels before space."""
    rank = len(x.shape)
    return permute(op.graph, x, [0, rank - 1, *range(1, rank - 1)])


def last(op: Op, x: Value) -> Value:
    """Return a value with its channels behind space again."""
    rank = len(x.shape)
    return permute(op.graph, x, [0, *range(2, rank), 1])


def _each(op: Op, word: str, name: str, rank: int) -> list[int]:
    """Return a setting with one number per axis, such as ``StrideH`` and ``StrideW``."""
    found = [op.attr(word.format(letter), 1) for letter in _LETTERS[rank]]
    return [ranged(op.graph.here, name, n) for n in found]


def _padding(op: Op, rank: int) -> tuple[tuple[int, int], ...] | Literal["same"]:
    """Return the cells of padding before and after, or the word that makes them of the size."""
    return ((0, 0),) * rank if op.setting("Padding") == VALID else "same"


def _of_rank(op: Op, x: Value, weight: Value, rank: int) -> None:
    if not len(x.shape) == len(weight.shape) == rank + 2:
        fact = f"its input has the shape {list(x.shape)}, its weight {list(weight.shape)}"
        raise unusable(op.graph.here, fact)


@operator("CONV_2D", "DEPTHWISE_CONV_2D", "CONV_3D", kind="window")
def _conv(op: Op) -> Result:
    """A convolution, padded by a word."""
    x, weight = op.value(), op.value(1)
    rank = 3 if op.kind == "CONV_3D" else 2
    _of_rank(op, x, weight, rank)
    shape, wide = weight.shape, x.shape[-1]
    if op.kind == "CONV_3D":
        kernel, share, out = shape[:3], shape[3], shape[4]
    else:
        kernel, share, out = shape[1:3], shape[3], shape[0]
    if op.kind == "DEPTHWISE_CONV_2D":
        share, out = 1, shape[3]
    groups = wide // max(1, share)
    if not share or wide % share or not out or out % groups:
        fact = f"its weight of {list(shape)} does not fit the {wide} channels of its input"
        raise unusable(op.graph.here, fact)
    stride = _each(op, "Stride{}", "strides", rank)
    dilation = _each(op, "Dilation{}Factor", "dilations", rank)
    taken, pads = (out, share, *kernel), _padding(op, rank)
    done = windows.conv(op.graph, first(op, x), taken, stride, pads, dilation, groups)
    return scaled(op.graph, last(op, done), weight)


@operator("TRANSPOSE_CONV", "CONV_3D_TRANSPOSE", kind="window")
def _transposed(op: Op) -> Result:
    """A transposed convolution to a given size."""
    sizes, weight, x = op.listed(0, "output's shape"), op.value(1), op.value(2)
    rank = len(x.shape) - 2
    _of_rank(op, x, weight, 3 if op.kind == "CONV_3D_TRANSPOSE" else 2)
    shape = weight.shape
    if op.kind == "CONV_3D_TRANSPOSE":
        kernel, out, into = shape[:3], shape[3], shape[4]
    else:
        kernel, out, into = shape[1:3], shape[0], shape[3]
    if len(sizes) != rank + 2 or into != x.shape[-1]:
        fact = f"its weight of {list(shape)} does not lead from {list(x.shape)} to {sizes}"
        raise unusable(op.graph.here, fact)
    stride = _each(op, "Stride{}", "strides", rank)
    pads, extra = list[tuple[int, int]](), list[int]()
    for n, m, k, s in zip(x.shape[1:-1], sizes[1:-1], kernel, stride, strict=True):
        ranged(op.graph.here, "output_shape", m)
        same = op.setting("Padding") == SAME
        before = max((-(-m // s) - 1) * s + k - m, 0) // 2 if same else 0
        spare = (n - 1) * s + k - before - m
        pads.append((before, max(0, spare)))
        extra.append(max(0, -spare))
    taken, ones = (into, out, *kernel), [1] * rank
    done = windows.conv_transpose(op.graph, first(op, x), taken, stride, pads, ones, extra)
    return scaled(op.graph, last(op, done), weight)


@operator("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D", kind="window")
def _pool(op: Op) -> Result:
    """The mean, maximum or norm under a window."""
    x = op.value()
    if len(x.shape) != 4:
        raise unusable(op.graph.here, f"its input has the shape {list(x.shape)}")
    sides = [op.setting(f"Filter{side}") for side in ("Height", "Width")]
    kernel = [ranged(op.graph.here, "kernel_shape", side) for side in sides]
    stride = _each(op, "Stride{}", "strides", 2)
    pads = _padding(op, 2)
    layer = MaxPool(kernel=tuple(kernel), stride=tuple(stride), padding=pads)
    if op.kind != "MAX_POOL_2D":
        layer = AvgPool(
            kernel=tuple(kernel), stride=tuple(stride), padding=pads, count_include_pad=False
        )
    return windows.slide(op.graph, x, layer, [1, 2])

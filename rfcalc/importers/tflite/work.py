"""What does an operator of a TFLite program cost? Weights, multiply-adds, and values put out."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from rfcalc.importers.macs import convolution_macs, matrix_macs, recurrence_macs
from rfcalc.importers.tflite.program import Given, Step
from rfcalc.importers.works import Weights
from rfcalc.network import Work

__all__ = ["learned_weights", "work_of"]

Shape = Sequence[int]

_REAL = frozenset({"<f4", "<f2", "<f8"})

_STATES = {
    "UNIDIRECTIONAL_SEQUENCE_LSTM": frozenset({18, 19}),
    "UNIDIRECTIONAL_SEQUENCE_RNN": frozenset({4}),
}
"""Inputs that the file has room for, and no weights."""

_LAST = {"UNIDIRECTIONAL_SEQUENCE_LSTM": 17, "UNIDIRECTIONAL_SEQUENCE_RNN": 3}
"""How far the inputs go that are matrices of a recurrence."""

_WEIGHTS = {
    **dict.fromkeys(
        ("CONV_2D", "DEPTHWISE_CONV_2D", "CONV_3D", "FULLY_CONNECTED"), frozenset({1, 2})
    ),
    **dict.fromkeys(("TRANSPOSE_CONV", "CONV_3D_TRANSPOSE"), frozenset({1, 3})),
    "BATCH_MATMUL": frozenset({0, 1}),
    "PRELU": frozenset({1}),
    "DEQUANTIZE": frozenset({0}),
}
"""Inputs that are weights whatever their type: quantised ones, and biases of 32 bits."""


def learned_weights(step: Step, tensors: Mapping[str, Given]) -> dict[str, Weights]:
    """Return the weights that an operator reads by their names, with their numbers of elements.

    A file tells constants, not which of them were learned: all of floating point that have a
    dimension are taken to be, and what convolutions and dense layers multiply by.
    """
    found: dict[str, Weights] = {}
    states, own = _STATES.get(step.op, frozenset()), _WEIGHTS.get(step.op, frozenset())
    for i, name in enumerate(step.inputs):
        tensor = tensors.get(name) if name and i not in states else None
        read = tensor is not None and tensor.kept and (tensor.kind in _REAL or i in own)
        if tensor is not None and read and tensor.shape:
            found[name] = {name: prod(tensor.shape)}
    return found


def work_of(step: Step, shapes: Sequence[Shape], out: Sequence[Shape], weights: Weights) -> Work:
    """Return what an operator costs; ``shapes`` are those of its inputs, empty for one left out."""
    counted = _MACS.get(step.op)
    macs = counted(Made(step, shapes, out[0] if out else ())) if counted else 0
    return Work(tuple(weights.items()), macs, sum(map(prod, out)))


class Made(NamedTuple):
    """A step, with the shapes of its inputs and of its first output."""

    step: Step
    shapes: Sequence[Shape]
    out: Shape


Counted = Callable[[Made], int]


def _conv(at: Made) -> int:
    return convolution_macs(at.shapes[1], at.out)  # out channels, kernel, in channels


def _depthwise(at: Made) -> int:
    return prod(at.out) * prod(at.shapes[1][1:-1])  # 1, kernel, channels


def _conv_3d(at: Made) -> int:
    return prod(at.out) * prod(at.shapes[1][:-1])  # kernel, in channels, out channels


def _transposed_conv(at: Made) -> int:
    return prod(at.shapes[2]) * prod(at.shapes[1][:-1])  # (kernel and out channels), in channels


def _dense(at: Made) -> int:
    return matrix_macs(at.shapes[1], at.out)


def _matrices(at: Made) -> int:
    return matrix_macs(at.shapes[0], at.out, bool(at.step.attrs.get("AdjX")))


def _recurrence(at: Made) -> int:
    return recurrence_macs(
        prod(at.out[:2]), [shape for shape in at.shapes[1 : _LAST[at.step.op]] if len(shape) == 2]
    )


_MACS: dict[str, Counted] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "CONV_3D": _conv_3d,
    "TRANSPOSE_CONV": _transposed_conv,
    "CONV_3D_TRANSPOSE": _transposed_conv,
    "FULLY_CONNECTED": _dense,
    "BATCH_MATMUL": _matrices,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _recurrence,
    "UNIDIRECTIONAL_SEQUENCE_RNN": _recurrence,
}
"""What operators multiply and sum; all others do neither."""

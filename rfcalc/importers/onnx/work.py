"""What does a node of an ONNX program cost? Weights, multiply-adds, and values put out."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from rfcalc.importers.macs import (
    attention_macs,
    convolution_macs,
    einsum_macs,
    matrix_macs,
    recurrence_macs,
    transposed_macs,
)
from rfcalc.importers.onnx.program import Step
from rfcalc.importers.works import Weights
from rfcalc.network import Work

__all__ = ["learned_weights", "work_of"]

Shape = Sequence[int]

_LEARNED = frozenset({1, 10, 11, 16, 17, 18, 19, 20, 2, 3, 21, 22})
"""Types of real and of quantised numbers. Source: ``TensorProto.DataType``."""

_SCALES = frozenset(range(1, 8)) - {3}

_NOT_LEARNED: dict[str, frozenset[int]] = {
    "BatchNormalization": frozenset({3, 4}),
    "DequantizeLinear": frozenset({1, 2}),
    "QuantizeLinear": frozenset({1, 2}),
    "QLinearConv": _SCALES,
    "QLinearMatMul": _SCALES,
    "ConvInteger": frozenset({2, 3}),
    "MatMulInteger": frozenset({2, 3}),
    "MatMulIntegerToFloat": frozenset({2, 3, 4, 5}),
    "DynamicQuantizeMatMul": frozenset({2, 3}),
    "Resize": frozenset({1, 2, 3}),
    "Upsample": frozenset({1}),
    "Pad": frozenset({1, 2, 3}),
    "Clip": frozenset({1, 2}),
    "OneHot": frozenset({1, 2}),
    "STFT": frozenset({1, 2, 3}),
    "Range": frozenset({0, 1, 2}),
    **dict.fromkeys(("LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"), frozenset({4, 5, 6})),
}
"""Inputs that are constants and no weights: stored statistics, scales, settings, first states."""


def learned_weights(step: Step, tensors: Mapping[str, Any]) -> dict[str, Weights]:
    """Return the weights that a node reads by their names, with their numbers of elements.

    A file tells constants, not which of them were learned: all of floating point that have a
    dimension are taken to be, and quantised ones; stored statistics, scales and settings are not.
    """
    found: dict[str, Weights] = {}
    for i, name in enumerate(step.inputs):
        tensor = tensors.get(name)
        if tensor is None or not name:
            continue
        kind = step.op.rpartition(".")[2]
        held: Any = tensor.values if hasattr(tensor, "values") else tensor
        fits = held.data_type in _LEARNED or (kind == "QLinearConv" and i == 8)
        if fits and i not in _NOT_LEARNED.get(kind, ()) and len(tensor.dims):
            found[name] = {name: prod(tensor.dims)}
    return found


def work_of(step: Step, shapes: Sequence[Shape], out: Sequence[Shape], weights: Weights) -> Work:
    """Return what a node costs; ``shapes`` are those of its inputs, empty for one left out."""
    kind = step.op.rpartition(".")[2]
    held, values = tuple(weights.items()), sum(map(prod, out))
    if kind in _UNCOUNTED:
        return Work(held, None, values, f"the multiply-adds of {kind} are not counted")
    counted = _MACS.get(kind)
    macs = counted(Made(step, shapes, out[0] if out else ())) if counted else 0
    why = "" if macs is not None else f"the multiply-adds of this {kind} are not counted"
    return Work(held, macs, values, why)


class Made(NamedTuple):
    """A step, with the shapes of its inputs and of its first output."""

    step: Step
    shapes: Sequence[Shape]
    out: Shape


Counted = Callable[[Made], int | None]


def _matrices(at: Made) -> int:
    return matrix_macs(at.shapes[0], at.out, bool(at.step.attrs.get("transA", 0)))


def _weight_at(place: int) -> Counted:
    def counted(at: Made) -> int:
        return convolution_macs(at.shapes[place], at.out)

    return counted


def _transposed_conv(at: Made) -> int:
    return transposed_macs(at.shapes[1], at.shapes[0])


def _einsum(at: Made) -> int | None:
    equation = at.step.attrs.get("equation", "")
    text = equation.decode() if isinstance(equation, bytes) else str(equation)
    return einsum_macs(text, at.shapes)


def _attention(at: Made) -> int:
    return attention_macs(at.shapes[0], at.shapes[1], at.shapes[2])


def _recurrence(at: Made) -> int:
    return recurrence_macs(prod(at.shapes[0][:2]), at.shapes[1:3])


_MACS: dict[str, Counted] = {
    **dict.fromkeys(("Conv", "ConvInteger", "FusedConv", "NhwcConv"), _weight_at(1)),
    "QLinearConv": _weight_at(3),
    "ConvTranspose": _transposed_conv,
    **dict.fromkeys(
        (
            *("MatMul", "MatMulInteger", "QLinearMatMul", "FusedMatMul", "MatMulIntegerToFloat"),
            *("DynamicQuantizeMatMul", "Gemm", "FusedGemm"),
        ),
        _matrices,
    ),
    "Einsum": _einsum,
    "Attention": _attention,
    **dict.fromkeys(("LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"), _recurrence),
}
"""What operators multiply and sum; all others do neither."""

_UNCOUNTED = frozenset({"DFT", "STFT", "Det"})
"""Operators that do, in a number that is not counted."""

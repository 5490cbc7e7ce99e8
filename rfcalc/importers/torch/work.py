"""What does a call of a PyTorch operator cost? Weights, multiply-adds, and values put out."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple, cast

from rfcalc.importers.macs import (
    attention_macs,
    convolution_macs,
    einsum_macs,
    matrix_macs,
    recurrence_macs,
    transposed_macs,
)
from rfcalc.importers.torch.program import UNKNOWN, Call, Ref
from rfcalc.importers.works import Weights
from rfcalc.network import Work

__all__ = ["work_of"]

Shape = tuple[int, ...]


def work_of(call: Call, shapes: dict[str, Shape], weights: Weights) -> Work:
    """Return what a call costs at the shapes that were recorded."""
    out = [shapes[name] for name in call.outputs if name in shapes]
    held = tuple(weights.items())
    if any(UNKNOWN in shapes.get(name, ()) for name in (*call.refs, *filter(None, call.outputs))):
        return Work(held, None, None, f"the sizes of {call.op} depend on values")
    values = sum(map(prod, out))
    if call.op in _UNCOUNTED or (call.target.startswith("aten.fft") and call.op not in _MOVING):
        return Work(held, None, values, f"the multiply-adds of {call.op} are not counted")
    counted = _MACS.get(call.op)
    if counted is None:
        return Work(held, 0, values)

    macs = counted(Made(call, out[0] if out else (), shapes))
    why = "" if macs is not None else f"the multiply-adds of this {call.op} are not counted"
    return Work(held, macs, values, why)


class Made(NamedTuple):
    """A call, with the shape of its first output and those of all values by name."""

    call: Call
    out: Shape
    shapes: dict[str, Shape]

    def shape_of(self, name: str) -> Shape:
        """Return the shape of an argument that is a tensor."""
        given = self.call.args.get(name)
        return self.shapes.get(given.name, ()) if isinstance(given, Ref) else ()


Counted = Callable[[Made], int | None]


def _convolution(at: Made) -> int:
    weight = at.shape_of("weight")
    turned = at.call.op.startswith("conv_transpose") or at.call.args.get("transposed") is True
    return (
        transposed_macs(weight, at.shape_of("input"))
        if turned
        else convolution_macs(weight, at.out)
    )


def _linear(at: Made) -> int:
    return matrix_macs(at.shape_of("weight"), at.out)


def _matrices(*names: str) -> Counted:
    def counted(at: Made) -> int:
        return matrix_macs(
            next(at.shape_of(n) for n in names if at.call.args.get(n) is not None), at.out
        )

    return counted


def _einsum(at: Made) -> int | None:
    given = [at.shapes.get(ref.name, ()) for ref in _refs_in(at.call.args.get("tensors"))]
    return einsum_macs(str(at.call.args.get("equation")), given)


def _attention(at: Made) -> int:
    return attention_macs(at.shape_of("query"), at.shape_of("key"), at.shape_of("value"))


def _recurrence(at: Made) -> int | None:
    params = [at.shapes.get(ref.name, ()) for ref in _refs_in(at.call.args.get("params"))]
    x = at.shape_of("input") or at.shape_of("data")
    return recurrence_macs(prod(x[:-1]), [shape for shape in params if len(shape) == 2])


def _cell(at: Made) -> int:
    return recurrence_macs(prod(at.out[:-1]), [at.shape_of("w_ih"), at.shape_of("w_hh")])


def _bilinear(at: Made) -> int:
    return convolution_macs(at.shape_of("weight"), at.out)


def _refs_in(given: Any) -> list[Ref]:
    items: Sequence[Any] = cast("Sequence[Any]", given) if isinstance(given, list) else ()
    return [item for item in items if isinstance(item, Ref)]


_MACS: dict[str, Counted] = {
    **dict.fromkeys(
        (
            *("conv1d", "conv2d", "conv3d", "convolution", "_convolution", "deform_conv2d"),
            *("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
        ),
        _convolution,
    ),
    "linear": _linear,
    **dict.fromkeys(
        ("matmul", "bmm", "mm", "mv", "dot", "linalg_matmul"), _matrices("self", "input", "tensor")
    ),
    "addmm": _matrices("mat1"),
    "baddbmm": _matrices("batch1"),
    "addmv": _matrices("mat"),
    "einsum": _einsum,
    **dict.fromkeys(
        ("scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu"), _attention
    ),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrence),
    **dict.fromkeys(("gru_cell", "lstm_cell", "rnn_tanh_cell", "rnn_relu_cell"), _cell),
    "bilinear": _bilinear,
}
"""What operators multiply and sum; all others do neither."""

_UNCOUNTED = frozenset({"stft", "istft", "cdist", "_cdist_forward", "tensordot", "grid_sampler"})
"""Operators that do, in a number that is not counted."""

_MOVING = frozenset({"fft_fftshift", "fft_ifftshift", "fft_fftfreq", "fft_rfftfreq"})
"""Operators of the Fourier family that move numbers, or make constants."""

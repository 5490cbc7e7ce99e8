"""What does an ONNX file of plain operators compute? By running it on PyTorch, linearised.

Weights are positive and random, whatever the file holds; what saturates, picks or normalises is
exchanged for a linear function that reads the same cells. Shares nothing with the reader.
"""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from rfcalc.interior import growth
from rfcalc.network import Network
from tests.importers.oracle import Measured, level, reached

onnx = pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
F = torch.nn.functional


def values(model: onnx.ModelProto, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return every value of a model of one input, by name."""
    generator = torch.Generator().manual_seed(0)

    def drawn(shape: Sequence[int]) -> torch.Tensor:
        fan = math.prod(shape[1:]) if len(shape) > 1 else 1
        return (torch.rand(tuple(shape), generator=generator, dtype=torch.float64) + 0.5) / fan

    held: dict[str, Any] = {}
    for tensor in model.graph.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        held[tensor.name] = drawn(array.shape) if array.dtype.kind == "f" else array
    held[next(i.name for i in model.graph.input if i.name not in held)] = x
    for node in model.graph.node:
        inputs = [held[name] for name in node.input if name]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        held[node.output[0]] = (
            drawn([int(n) for n in inputs[0]])
            if node.op_type == "ConstantOfShape"
            else OPERATORS[node.op_type](*inputs, **attributes)
        )
    return {name: value for name, value in held.items() if isinstance(value, torch.Tensor)}


def measured(file: bytes, network: Network, layers: int = 3, most: int = 3) -> list[Measured]:
    """Return what gradients reach in a file of one input: from its output and a few layers."""
    model = onnx.load_from_string(file)
    generator = torch.Generator().manual_seed(1)
    x = torch.rand((1, 3, *(network.input or ())), generator=generator, dtype=torch.float64) + 0.5
    x.requires_grad_()
    held = values(model, x)
    output = model.graph.output[0].name
    found = reached(network, "", 0, held[output], [x], most)
    made = {name: node.name for node in model.graph.node for name in node.output}
    bounded = {row.name for row in growth(network).rows if row.unbounded is None}
    known = [name for name in held if {name, made.get(name)} & bounded and held[name].dim() == 4]
    for name in known[:: max(1, len(known) // layers)][-layers:]:
        node = name if name in bounded else made[name]
        found += reached(network, node, None, held[name], [x], most)
    return found


def _pads(x: torch.Tensor, pads: list[int]) -> torch.Tensor:
    n = len(pads) // 2
    sides = [side for axis in reversed(range(n)) for side in (pads[axis], pads[axis + n])]
    return F.pad(x, sides)


def _conv(x: Any, w: Any, b: Any = None, *, strides=(1, 1), pads=(0,) * 4, group=1, **rest: Any):
    dilations = rest.get("dilations", (1, 1))
    return F.conv2d(_pads(x, list(pads)), w, b, tuple(strides), 0, tuple(dilations), group)


def _pool(x: Any, *, kernel_shape: Any, strides=(1, 1), pads=(0,) * 4, **_: Any):
    return F.avg_pool2d(_pads(x, list(pads)), tuple(kernel_shape), tuple(strides))


def _reshape(x: Any, shape: Any) -> Any:
    return x.reshape([x.shape[i] if n == 0 else int(n) for i, n in enumerate(shape)])


def _gemm(x: Any, w: Any, b: Any, *, transB=0, **_: Any):  # noqa: N803
    return x @ (w.T if transB else w) + b


def _softmax(x: Any, *, axis=1) -> Any:
    # Before opset 13 the dimensions from the axis on are one.
    return level(x + x.mean(list(range(axis, x.dim())), keepdim=True))


def _unsqueeze(x: Any, *, axes: Any) -> Any:
    for d in sorted(axes):
        x = x.unsqueeze(d)
    return x


def _same(x: Any, *_: Any, **__: Any) -> Any:
    return level(x)


OPERATORS = {
    "Add": torch.add,
    "AveragePool": _pool,
    "BatchNormalization": _same,
    "Concat": lambda *xs, axis: torch.cat(xs, axis),
    "Conv": _conv,
    "Dropout": _same,
    "Gemm": _gemm,
    "GlobalAveragePool": lambda x: x.mean((2, 3), keepdim=True),
    "LRN": _same,
    "MaxPool": _pool,
    "Mul": torch.mul,
    "Relu": _same,
    "Reshape": _reshape,
    "Softmax": _softmax,
    "Sum": lambda *xs: sum(xs),
    "Transpose": lambda x, perm: x.permute(*perm),
    "Unsqueeze": _unsqueeze,
}

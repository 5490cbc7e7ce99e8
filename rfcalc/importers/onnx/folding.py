"""Which values of an ONNX program are known? Constants, shapes, and what follows of them."""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfcalc.importers.graph import lost
from rfcalc.importers.onnx.amounts import amount, room
from rfcalc.importers.onnx.outside import outside
from rfcalc.importers.onnx.program import Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["Numbers"]

CELLS_LIMIT = 1 << 16
"""Most numbers of a value that is computed."""

FOLDED = frozenset(
    (
        *("Abs", "Add", "And", "ArgMax", "ArgMin", "Cast", "CastLike", "Ceil", "Clip", "Concat"),
        *("ConstantOfShape", "Cos", "CumSum", "Div", "Equal", "Exp", "Expand"),
        *("EyeLike", "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Greater"),
        *("GreaterOrEqual", "Identity", "Less", "LessOrEqual", "Log", "MatMul", "Max", "Mean"),
        *("Min", "Mod", "Mul", "Neg", "NonZero", "Not", "OneHot", "Or", "Pad", "Pow", "Range"),
        *("Reciprocal", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum"),
        *("Reshape", "Round", "ScatterElements", "ScatterND", "Sign", "Sin", "Slice", "Split"),
        *("Sqrt", "Squeeze", "Sub", "Sum", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze"),
        *("Where", "Xor"),
    )
)
"""Operators that are computed where all their inputs are known."""

_PLAIN = {1: "<f4", 6: "<i4", 7: "<i8", 11: "<f8"}
"""Types whose bytes are the numbers as they stand. Source: ``TensorProto.DataType``."""

_TEXT = "OSTU"
"""Kinds of arrays that hold text, which adding makes longer and longer."""


class Numbers:
    """The known values of a program by name; weights are never among them."""

    def __init__(self, tensors: dict[str, Any], folder: Path | None = None) -> None:
        self._tensors = tensors
        self._folder = folder
        self._known: dict[str, Array | None] = {}

    def __call__(self, name: str) -> "Array | None":
        """Return the numbers of a value, ``None`` where they are not known."""
        if name not in self._known:
            self._known[name] = _array(self._tensors.get(name), self._folder)
        return self._known[name]

    def put(self, name: str, array: "Array") -> None:
        """Record the numbers of a value."""
        self._known[name] = array if room(array.shape) <= CELLS_LIMIT else None

    def computed(self, step: Step, where: str) -> "list[Array] | None":
        """Return what a step gives where all that it reads is known, ``None`` where it is not.

        Raises
        ------
        RfcalcError
            RF502: its inputs do not fit each other.
        """
        if step.op == "Constant":
            written = _constant(step)
            return None if written is None else [written]
        if step.op not in FOLDED:
            return None
        arrays = [self(name) if name else None for name in step.inputs]
        read = [array for array, name in zip(arrays, step.inputs, strict=True) if name]
        if any(array is None or array.dtype.kind in _TEXT for array in read):
            return None
        if amount(step, arrays) > CELLS_LIMIT:
            return None
        return _evaluated(step, arrays, where)


def _array(tensor: Any, folder: Path | None = None) -> "Array | None":
    """Return the numbers of a constant, ``None`` where they are elsewhere or left out."""
    import numpy as np
    from onnx import TensorProto, numpy_helper

    if not isinstance(tensor, TensorProto) or room(tensor.dims) > CELLS_LIMIT:
        return None
    if tensor.data_location == TensorProto.EXTERNAL:
        return None if folder is None else outside(tensor, folder)
    plain = _PLAIN.get(tensor.data_type)
    if plain is not None and tensor.HasField("raw_data") and not tensor.HasField("segment"):
        # What the package does too, after much asking: a model has a kernel per convolution.
        raw, shape = tensor.raw_data, tuple(tensor.dims)
        fits = len(raw) == int(plain[-1]) * prod(shape)
        return np.frombuffer(raw, plain).reshape(shape) if fits else None
    try:
        array: Array = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, NotImplementedError, AttributeError):
        return None
    return array if isinstance(array, np.ndarray) else None  # pyright: ignore[reportUnnecessaryIsInstance]


def _evaluated(step: Step, arrays: "list[Array | None]", where: str) -> "list[Array]":
    """Compute a step with ONNX's own reference implementation."""
    import numpy as np
    from onnx import ValueInfoProto, helper
    from onnx.reference import ReferenceEvaluator

    outputs = [name or f"unused_{i}" for i, name in enumerate(step.outputs)]
    try:
        node = helper.make_node(step.op, list(step.inputs), outputs, **step.attrs)
        given = {name: array for name, array in zip(step.inputs, arrays, strict=True) if name}
        # A lone node would be taken for one of the newest opset.
        whole = helper.make_graph(
            [node],
            "step",
            [ValueInfoProto(name=name) for name in given],
            [ValueInfoProto(name=name) for name in outputs],
        )
        run: Any = ReferenceEvaluator(whole, opsets={"": step.opset})
        with np.errstate(all="ignore"):
            found: Any = run.run(None, given)
    except Exception as fault:
        # The reference implementation raises anything on inputs that do not fit each other.
        first = str(fault).partition("\n")[0]
        raise lost(where, f"{step.op}: it cannot be computed ({first})") from None
    return [np.asarray(item) for item in found]


def _constant(step: Step) -> "Array | None":
    """Return the value of a ``Constant`` node, ``None`` where its numbers are not read."""
    import numpy as np

    for name, value in step.attrs.items():
        if name == "value":
            return _array(value)
        if name in ("value_int", "value_ints"):
            return np.asarray(value, dtype=np.int64)
        if name in ("value_float", "value_floats"):
            return np.asarray(value, dtype=np.float32)
        if name in ("value_string", "value_strings"):
            return np.asarray(value)
    return None

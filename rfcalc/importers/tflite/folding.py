"""Which values of a TFLite program are known? Small constants, shapes, and what follows of them."""

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from rfcalc.importers.tflite.program import TYPES, Given, Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["Numbers"]

CELLS_LIMIT = 1 << 12
"""Most numbers of a value that is computed: those of a shape are a handful."""


_NAMES = {"ADD": "add", "SUB": "subtract", "MUL": "multiply", "FLOOR_DIV": "floor_divide"}

FOLDED = frozenset(
    (
        *(*_NAMES, "CAST", "CONCATENATION", "EXPAND_DIMS", "FILL", "GATHER", "PACK", "RANGE"),
        *("REDUCE_PROD", "RESHAPE", "SLICE", "SQUEEZE", "STRIDED_SLICE"),
    )
)
"""Operators that lead from shapes to shapes."""


class Numbers:
    """The known values of a program by name; weights are never among them."""

    def __init__(self, tensors: Mapping[str, Given]) -> None:
        self._tensors = tensors
        self._known: dict[str, Array] = {}

    def __call__(self, name: str) -> "Array | None":
        """Return the numbers of a value, ``None`` where they are not known."""
        held = self._tensors.get(name)
        return self._known.get(name, held.array if held is not None else None)

    def put(self, name: str, array: "Array") -> None:
        """Record the numbers of a value."""
        if array.size <= CELLS_LIMIT:
            self._known[name] = array

    def computed(self, step: Step) -> "list[Array] | None":
        """Return what a step gives where all that it reads is known, ``None`` where it is not."""
        arrays = [self(name) for name in step.inputs]
        read: list[Any] = [array for array in arrays if array is not None]
        if step.op not in FOLDED or len(read) < len(arrays):
            return None
        if sum(array.size for array in read) > CELLS_LIMIT:
            return None
        import numpy as np

        try:
            with np.errstate(all="ignore"):
                return [np.asarray(_value(step.op, step.attrs, read))]
        except (ValueError, LookupError, TypeError, OverflowError, ZeroDivisionError):
            return None


def _value(op: str, attrs: Mapping[str, Any], read: list[Any]) -> Any:
    """Return what an operator gives, as NumPy computes it."""
    import numpy as np

    axis = attrs.get("Axis", 0)
    match op:
        case "ADD" | "SUB" | "MUL" | "FLOOR_DIV":
            return getattr(np, _NAMES[op])(*read)
        case "CAST":
            return read[0].astype(TYPES[attrs["OutDataType"]])
        case "CONCATENATION":
            return np.concatenate(read, axis)
        case "EXPAND_DIMS":
            return np.expand_dims(read[0], int(read[1].reshape(-1)[0]))
        case "FILL":
            shape = [int(n) for n in read[0]]
            _few(prod(max(0, n) for n in shape))
            filled: Any = np.full(shape, read[1])
            return filled
        case "GATHER":
            return read[0].take(read[1], axis)
        case "PACK":
            return np.stack(read, axis)
        case "RANGE":
            start, stop, step = (float(a.item()) for a in read)
            _few(abs((stop - start) / step))
            return np.arange(start, stop, step).astype(read[0].dtype)
        case "REDUCE_PROD":
            return read[0].prod(keepdims=bool(attrs.get("KeepDims")))
        case "RESHAPE":
            return read[0].reshape([int(n) for n in read[1].reshape(-1)])
        case "SLICE":
            (start,), (size,) = read[1:]
            return read[0][start:] if size < 0 else read[0][start : start + size]
        case "SQUEEZE":
            return read[0].squeeze()
        case _:
            return _sliced(attrs, *read)


def _few(count: float) -> None:
    """Refuse to compute more numbers than shapes have."""
    if not count <= CELLS_LIMIT:
        raise ValueError("too many numbers")


def _sliced(attrs: Mapping[str, Any], x: Any, begin: Any, end: Any, steps: Any) -> Any:
    """Return the part of a row of numbers that a slice takes."""
    if x.ndim != 1 or begin.size != 1 or attrs.get("NewAxisMask") or attrs.get("EllipsisMask"):
        raise ValueError("more than a row")
    first = int(begin[0])
    if attrs.get("ShrinkAxisMask"):
        return x[first]
    low = None if attrs.get("BeginMask") else first
    return x[low : None if attrs.get("EndMask") else int(end[0]) : int(steps[0])]

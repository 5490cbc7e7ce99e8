"""How many numbers can an ONNX step give? Bounded by what it reads, before it is computed."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from math import prod
from typing import TYPE_CHECKING

from rfcalc.importers.onnx.program import Step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["amount", "room"]

_ENDLESS = 1 << 63
"""An amount beyond every limit."""

_RANK = 64
"""Most dimensions of an array of NumPy."""

_BROADCAST = frozenset(
    (
        *("Add", "And", "Clip", "Div", "Equal", "Greater", "GreaterOrEqual", "Less"),
        *("LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "Pow", "Sub", "Sum"),
        *("Where", "Xor"),
    )
)
"""Operators that spread what they read over one shape."""


def room(shape: Iterable[int]) -> int:
    """Return the product of the sizes, each at least 1.

    An array without numbers has room as well: summing ``(1000, 0)`` gives a thousand.

    >>> room((3, 4)), room((1000, 0))
    (12, 1000)
    """
    return prod(max(1, abs(int(n))) for n in shape)


def amount(step: Step, arrays: "Sequence[Array | None]") -> int:
    """Return a bound on the numbers of a step that can give more than one of its inputs has.

    Parameters
    ----------
    arrays : what the step reads, ``None`` where an input is left out.

    Source: the shapes in the operator schemas of ONNX.
    """
    read = [array for array in arrays if array is not None]
    if step.op in _BROADCAST:
        return _spread(array.shape for array in read)
    if step.op == "Concat":
        return sum(array.size for array in read)
    if step.op == "Split":
        parts = step.attrs.get("num_outputs")
        return parts if isinstance(parts, int) else 0
    first = arrays[0] if arrays else None
    second = arrays[1] if len(arrays) > 1 else None
    if first is None:
        return 0
    if step.op == "ConstantOfShape":
        # So many equal numbers are weights, not a shape.
        return _listed(first) << 8
    return 0 if second is None else _of_two(step, first, second, arrays[2:])


def _of_two(step: Step, first: "Array", second: "Array", further: "Sequence[Array | None]") -> int:
    """Return the bound for an operator that grows by its second input."""
    if step.op == "Expand":
        return _spread((first.shape, _sizes(second))) if second.size <= _RANK else _ENDLESS
    if step.op == "Tile":
        return room(first.shape) * _listed(second)
    if step.op == "OneHot":
        return room(first.shape) * _listed(second.reshape(-1)[:1])
    if step.op == "MatMul":
        return room(first.shape) * room(second.shape)
    if step.op == "Gather":
        return room(second.shape) * _without(first.shape, step.attrs.get("axis", 0))
    if step.op == "GatherND":
        held = step.attrs.get("batch_dims", 0) + (second.shape[-1] if second.shape else 0)
        return room(second.shape[:-1]) * room(first.shape[held:])
    if step.op == "Pad":
        return _padded(first.shape, _sizes(second), among=len(further) > 1)
    stride = further[0] if further else None
    if step.op == "Range" and stride is not None and first.size and second.size and stride.size:
        start, stop, by = (float(a.reshape(-1)[0]) for a in (first, second, stride))  # pyright: ignore[reportArgumentType]
        return int(abs(stop - start) / abs(by)) + 1 if by else _ENDLESS
    return 0


def _spread(shapes: "Iterable[Sequence[int]]") -> int:
    """Return the room of the shape that all of them are spread over.

    >>> _spread([(60, 1), (1, 50), (3, 1, 1)])
    9000
    """
    ends = (reversed(shape) for shape in shapes)
    return room(map(max, zip_longest(*ends, fillvalue=1)))


def _padded(shape: Sequence[int], pads: Sequence[int], *, among: bool) -> int:
    """Return the room of a padded shape; ``among``: the pads are those of some axes only."""
    half = len(pads) // 2
    widths = [abs(a) + abs(b) for a, b in zip(pads[:half], pads[half:], strict=False)]
    if among:
        widths = [max(widths, default=0)] * len(shape)
    return room(n + width for n, width in zip_longest(shape, widths, fillvalue=0))


def _without(shape: Sequence[int], axis: int) -> int:
    """Return the room of a shape without one axis."""
    return room(shape) // max(1, shape[axis]) if -len(shape) <= axis < len(shape) else room(shape)


def _listed(sizes: "Array") -> int:
    """Return the room of the shape that an array lists."""
    return room(_sizes(sizes)) if sizes.size <= _RANK else _ENDLESS


def _sizes(array: "Array") -> list[int]:
    return [abs(int(n)) for n in array.reshape(-1)]

"""Which entries of an ONNX value does a constant hide, added, chosen or multiplied?"""

from typing import TYPE_CHECKING, Any

from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.functions import met
from rfcalc.importers.hiding import filled, hide, low
from rfcalc.importers.onnx.operators import Op
from rfcalc.importers.pairing import unhide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["masked", "masks_of", "seen_by"]


def masked(op: Op, x: Value) -> Value:
    """Return the only operand that depends on the input, without what the others hide."""
    if op.kind == "Where":
        return _chosen(op, x)
    for i in range(len(op.step.inputs)):
        if not op.has(i) or op.live(i):
            continue
        numbers: Any = op.array(i)
        if numbers is None and _covers(op, x, i):
            x = hide(op.graph, x, None)
        else:
            x = met(op.graph, x, op.kind.lower(), numbers, first=not i)
    return x


def masks_of(op: Op, i: int) -> "Array | None":
    """Return which keys a mask leaves out, ``None`` where it depends on the input."""
    if not op.has(i) or op.live(i):
        return None
    numbers = op.array(i)
    if numbers is None:
        unhide(op.graph)
    return None if numbers is None else low(numbers)


def seen_by(op: Op, i: int) -> "NDArray[np.bool_] | None":
    """Return where a kernel is not zero in all channels, ``None`` where all of it is or nothing."""
    held: Any = None if op.live(i) else op.array(i)
    # Few kernels are neither: for the others it suffices that one number is looked at, or none.
    if held is None or held.ndim < 3 or not held.size or held.all() or not held.any():
        return None
    return (held != 0).any((0, 1))


def _chosen(op: Op, x: Value) -> Value:
    """Return a value of which a constant condition takes a part."""
    if op.live(0):
        return x
    condition, other = op.array(0), 2 if op.live(1) else 1
    if condition is None:
        return hide(op.graph, x, None)
    truth: Any = condition.astype(bool)
    return filled(op.graph, x, ~truth if other == 2 else truth, op.array(other))


def _covers(op: Op, x: Value, i: int) -> bool:
    """Whether a constant whose numbers are not known has one for each pair of cells."""
    if not isinstance(x, Tensor) or x.pairs is None:
        return False
    shape = op.shape(i)
    behind = [len(x.shape) - d for d in (x.pairs.rows, x.pairs.keys)]
    return all(d <= len(shape) and shape[-d] > 1 for d in behind)

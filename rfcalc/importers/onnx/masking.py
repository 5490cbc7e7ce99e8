"""Which keys does a constant mask of an ONNX operator hide, and which cells does a kernel read?"""

from typing import TYPE_CHECKING, Any

from rfcalc.importers.hiding import low
from rfcalc.importers.onnx.operators import Op
from rfcalc.importers.pairing import unhide

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["masks_of", "seen_by"]


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

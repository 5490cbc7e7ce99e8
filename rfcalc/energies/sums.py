"""How is the energy on a grid held? As a sum of products of lines, or cell by cell."""

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

import msgspec

from rfcalc.energies.axes import CELLS_LIMIT
from rfcalc.masks.pixels import pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Box", "Sum"]

_BLOCK = 32
"""Products that are written out at once."""


class Box(msgspec.Struct, frozen=True, eq=False):
    """A box of energies: ``weight`` times the outer product of its factors.

    ``factors`` is one line per axis, or a single array of all axes. ``start`` is the first cell.
    """

    weight: float
    start: tuple[int, ...]
    factors: tuple[Array, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent per axis."""
        return tuple(n for factor in self.factors for n in factor.shape)

    @property
    def total(self) -> float:
        """Sum of the energies."""
        return self.weight * prod(float(factor.sum()) for factor in self.factors)

    def along(self, axis: int, change: Callable[[Array, int, int], tuple[int, Array]]) -> "Box":
        """Return what a change makes of one axis, given values, their axis, and where it starts."""
        apart = len(self.factors) > 1
        place, inner = (axis, 0) if apart else (0, axis)
        first, found = change(self.factors[place], inner, self.start[axis])
        start = (*self.start[:axis], first, *self.start[axis + 1 :])
        factors = (*self.factors[:place], found, *self.factors[place + 1 :])
        return Box(self.weight, start, factors)

    def framed(self, start: Sequence[int], shape: Sequence[int]) -> tuple[Array, ...]:
        """Return the factors on a frame that holds the box."""
        frame = list(zip(start, shape, self.start, self.shape, strict=True))
        if all(low == first and n == extent for low, n, first, extent in frame):
            return self.factors
        pads = [(first - low, low + n - first - extent) for low, n, first, extent in frame]
        if len(self.factors) == 1:
            return (_padded(self.factors[0], pads),)
        return tuple(_padded(f, [pad]) for f, pad in zip(self.factors, pads, strict=True))


class Sum(msgspec.Struct, frozen=True, eq=False):
    """Energies on a grid: ``2**exponent`` times the sum of some boxes; nothing is outside."""

    boxes: tuple[Box, ...]
    exponent: int = 0

    @staticmethod
    def one(at: Sequence[int]) -> "Sum":
        """Return the energy 1 at one cell."""
        import numpy as np

        line = np.ones(1)
        return Sum((Box(1.0, tuple(at), (line,) * len(at)),))

    @property
    def total(self) -> float:
        """Sum of the energies, without the exponent."""
        return sum(box.total for box in self.boxes)

    def times(self, factor: float) -> "Sum":
        """Return the energies, each times a number."""
        if factor == 1:
            return self
        boxes = (msgspec.structs.replace(box, weight=box.weight * factor) for box in self.boxes)
        return Sum(tuple(boxes), self.exponent)

    def array(self, start: Sequence[int], shape: tuple[int, ...]) -> Array:
        """Return the energies on a frame that holds all of them, without the exponent.

        Raises
        ------
        RfcalcError
            RF409: more cells than the limit.
        """
        import numpy as np

        pixels(shape, CELLS_LIMIT)
        total = np.zeros(shape)
        apart = [box for box in self.boxes if len(box.factors) > 1]
        for at in range(0, len(apart), _BLOCK):
            total += _outer(apart[at : at + _BLOCK], start, shape)
        for box in self.boxes:
            if len(box.factors) == 1:
                frame = zip(start, box.start, box.shape, strict=True)
                window = tuple(slice(s - low, s - low + n) for low, s, n in frame)
                total[window] += box.weight * box.factors[0]
        return total


def _padded(values: Array, pads: list[tuple[int, int]]) -> Array:
    import numpy as np

    return np.pad(values, pads)


def _outer(boxes: Sequence[Box], start: Sequence[int], shape: tuple[int, ...]) -> Array:
    """Return the sum of products of lines as a product of two matrices."""
    import numpy as np

    framed = [box.framed(start, shape) for box in boxes]
    rows = [np.stack([factors[axis] for factors in framed]) for axis in range(len(shape))]
    first = rows[0] * np.array([[box.weight] for box in boxes])
    for row in rows[1:-1]:
        first = (first[:, :, None] * row[:, None, :]).reshape(len(boxes), -1)
    return (first.T @ rows[-1]).reshape(shape)

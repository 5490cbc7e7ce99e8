"""How do arrays of integers of any size add up? In digits, on the box where they are not 0."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.int64]
else:
    Array = object

__all__ = ["Live", "united"]

DIGIT = 30
"""Bits of a digit once carried; the other 33 of an int64 are room to add up in."""

ROOM = (1 << 63) - 1


class Live(msgspec.Struct, frozen=True, eq=False):
    """Integers of any size on a box of a grid, for several rows at once; 0 outside the box.

    The integer at a cell is ``sum_j digits[j] * 2^(30 j)``. Digits are non-negative and at most
    ``bound``, which is tracked through every sum, so that no int64 ever overflows.

    start : first index of the box, one per axis.
    digits : int64 array, shape (digits, rows, *box).
    """

    start: tuple[int, ...]
    digits: Array
    bound: int

    @staticmethod
    def points(places: Sequence[tuple[int, ...]], above: int) -> "Live":
        """Return a 1 at one place per row, below ``above`` rows that are 0."""
        import numpy as np

        at = np.array(places).reshape(len(places), -1)
        start = at.min(0)
        box = at.max(0) - start + 1
        digits = np.zeros((1, above + len(places), *box), np.int64)
        digits[(0, np.arange(above, above + len(places)), *(at - start).T)] = 1
        return Live(tuple(start.tolist()), digits, 1)

    def width(self, axis: int) -> int:
        """Extent of the box on one axis."""
        return self.digits.shape[2 + axis]

    def roomy(self, gain: int) -> "Live":
        """Return the same integers with digits that may be multiplied by ``gain``."""
        if self.bound * gain <= ROOM:
            return self
        carried = self._carried()
        if carried.bound * gain > ROOM:
            raise OverflowError(f"a sum of {gain} terms does not fit")
        return carried

    def _carried(self) -> "Live":
        import numpy as np

        low = (1 << DIGIT) - 1
        digits: list[Array] = []
        carry = np.zeros_like(self.digits[0])
        for digit in self.digits:
            carry = carry + digit
            digits.append(carry & low)
            carry >>= DIGIT
        while carry.any():
            digits.append(carry & low)
            carry >>= DIGIT
        return Live(self.start, np.stack(digits), low)

    def moved(self, axis: int, start: int, digits: "Array", gain: int) -> "Live":
        """Return the box with another extent on one axis and each cell a sum of ``gain`` cells."""
        begin = (*self.start[:axis], start, *self.start[axis + 1 :])
        return Live(begin, digits, self.bound * gain)

    def row(self, number: int, sizes: Sequence[int]) -> "Array":
        """Return one row on the whole grid: int64 where that holds all, else Python integers."""
        import numpy as np

        digits = self.digits[:, number : number + 1]
        digits = Live(self.start, digits, self.bound)._carried().digits[:, 0]
        used = max((j + 1 for j, digit in enumerate(digits) if digit.any()), default=1)
        # Two digits fit one int64, which halves the work of Python's integers.
        words = [digits[j : j + 2] for j in range(0, used, 2)]
        total = _word(words.pop())
        for word in reversed(words):
            total = total.astype(object) * (1 << 2 * DIGIT) + _word(word)
        whole = np.zeros(tuple(sizes), total.dtype)
        box = zip(self.start, total.shape, strict=True)
        whole[tuple(slice(first, first + extent) for first, extent in box)] = total
        return whole


def _word(digits: "Array") -> "Array":
    return digits[0] if len(digits) == 1 else digits[0] + (digits[1] << DIGIT)


def united(parts: Sequence[Live]) -> Live:
    """Return the sum of integers on different boxes; missing rows are 0."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    parts = [part.roomy(len(parts)) for part in parts]
    dims = range(len(parts[0].start))
    start = tuple(min(part.start[a] for part in parts) for a in dims)
    stop = [max(part.start[a] + part.width(a) for part in parts) for a in dims]
    depth = max(part.digits.shape[0] for part in parts)
    rows = max(part.digits.shape[1] for part in parts)
    box = [last - first for first, last in zip(start, stop, strict=True)]
    total = np.zeros((depth, rows, *box), np.int64)
    for part in parts:
        inside = (
            slice(part.start[a] - start[a], part.start[a] - start[a] + part.width(a)) for a in dims
        )
        total[(slice(part.digits.shape[0]), slice(part.digits.shape[1]), *inside)] += part.digits
    return Live(start, total, sum(part.bound for part in parts))

"""How are counts of any size held in arrays? In words of 32 bits, carried before they overflow."""

from itertools import repeat
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any

__all__ = ["Tally"]

_BITS = 32
_LOW = (1 << _BITS) - 1
_BLOCK = 1 << 16
"""Cells that are turned into Python integers at once."""
_ROOM = (1 << 63) - (1 << 33)
"""Largest value of a word, so that what is carried into it still fits."""


class Tally(msgspec.Struct, frozen=True, eq=False):
    """Counts on a box of a grid that starts at ``start``; nothing is outside.

    The count of a cell is ``sum_j words[j] * 2**(32 j)``. Words are not negative and at most
    ``most``, an upper bound that follows every sum: so no word ever overflows.

    words : int64 array, shape (number of words, *shape of the box).
    """

    start: tuple[int, ...]
    words: Array
    most: int

    @staticmethod
    def one(at: tuple[int, ...]) -> "Tally":
        """Return the count 1 at one cell."""
        import numpy as np

        return Tally(at, np.ones((1,) * (1 + len(at)), dtype=np.int64), 1)

    @staticmethod
    def none(dims: int) -> "Tally":
        """Return no counts at all."""
        import numpy as np

        return Tally((0,) * dims, np.zeros((1, *(0,) * dims), dtype=np.int64), 0)

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of the box per axis."""
        return tuple(self.words.shape[1:])

    def roomy(self, terms: int) -> "Tally":
        """Return the same counts in words of which that many can be added up."""
        if self.most * terms <= _ROOM:
            return self
        carried = self.carried()
        if carried.most * terms > _ROOM:
            raise OverflowError(f"{terms} counts cannot be added up at once")
        return carried

    def carried(self) -> "Tally":
        """Return the same counts in words below ``2**32``, no more of them than are used."""
        import numpy as np

        words: list[Array] = []
        over = np.zeros_like(self.words[0])
        for word in self.words:
            over = over + word
            words.append(over & _LOW)
            over >>= _BITS
        while over.any():
            words.append(over & _LOW)
            over = over >> _BITS
        while len(words) > 1 and not words[-1].any():
            words.pop()
        return Tally(self.start, np.stack(words), _LOW)

    def modulo(self, prime: int) -> "Tally":
        """Return the counts modulo a prime below ``2**31``, one word each."""
        total = self.words[0] % prime
        for number, word in enumerate(self.words[1:], 1):
            total = (total + word % prime * pow(2, _BITS * number, prime)) % prime
        return Tally(self.start, total[None], prime - 1)

    def along(self, axis: int, start: int, words: Array, terms: int) -> "Tally":
        """Return the box with another extent on one axis, each count a sum of so many."""
        begin = (*self.start[:axis], start, *self.start[axis + 1 :])
        return Tally(begin, words, self.most * terms)

    def array(self) -> Array:
        """Return the counts: int64 where all are below ``2**62``, else Python integers."""
        import numpy as np

        words = self.carried().words
        if len(words) == 1:
            return words[0]
        if len(words) == 2 and not (words[1] >> (62 - _BITS)).any():
            return words[0] + (words[1] << _BITS)
        raw = np.ascontiguousarray(np.moveaxis(words, 0, -1).astype("<u4"))
        cells = raw.view(f"V{_BITS // 8 * len(words)}").ravel()
        order: Any = "little"
        whole = np.empty(len(cells), object)
        for at in range(0, len(cells), _BLOCK):
            part: list[bytes] = cells[at : at + _BLOCK].tolist()
            whole[at : at + _BLOCK] = list(map(int.from_bytes, part, repeat(order)))
        return whole.reshape(self.shape)

"""Which indices does a finite set on one axis hold? A run of indices, or an offset and a bitset."""

from collections.abc import Iterable, Iterator

import msgspec

from rfcalc.bits import (
    copied,
    every,
    indices,
    largest_hole,
    lowest,
    mirrored,
    pace,
    runs,
    spaced,
    written,
)
from rfcalc.errors import LimitExceeded

__all__ = ["BITS_LIMIT", "EMPTY", "Cells"]

BITS_LIMIT = 1 << 24
"""Widest bitset, in cells: a wider set with holes raises ``LimitExceeded`` when it is made."""


class Cells(msgspec.Struct, frozen=True, gc=False):
    """A finite set of integers: ``{start + i : bit i of bits is set}``.

    ``bits`` is ``None`` for a set without holes, whatever its extent, so that the common case
    costs nothing; otherwise its first and its last bit are set. Each set has one
    representation, so equality of values is equality of sets.

    >>> Cells.of([0, 2, 4]) | Cells.of([1, 3])
    Cells(start=0, extent=5, bits=None)
    """

    start: int
    extent: int
    bits: int | None = None

    @staticmethod
    def run(start: int, extent: int) -> "Cells":
        """Return ``{start, .., start + extent - 1}``."""
        return Cells(start, extent) if extent > 0 else EMPTY

    @staticmethod
    def of(indices: Iterable[int]) -> "Cells":
        """Return the set of the given indices."""
        found = sorted(indices)
        if not found:
            return EMPTY
        _check_width(found[-1] - found[0] + 1)
        bits = 0
        for index in found:
            bits |= 1 << (index - found[0])
        return Cells.of_bits(found[0], bits)

    @staticmethod
    def of_bits(start: int, bits: int) -> "Cells":
        """Return ``{start + i : bit i of bits is set}`` in its one representation."""
        if not bits:
            return EMPTY
        if not bits & 1:
            low = lowest(bits)
            start, bits = start + low, bits >> low
        # The second bit tells of most holes before the whole is looked at.
        if (bits & 2 or bits == 1) and not bits & (bits + 1):
            return Cells(start, bits.bit_length())
        return Cells(start, bits.bit_length(), bits)

    @staticmethod
    def progression(start: int, step: int, count: int) -> "Cells":
        """Return ``{start + step * t : 0 <= t < count}``, for any sign of ``step``."""
        return Cells(start, 1).spread(step, count)

    @staticmethod
    def union(sets: "Iterable[Cells]") -> "Cells":
        """Return the indices of any of the sets."""
        total = EMPTY
        for cells in sets:
            total |= cells
        return total

    @property
    def stop(self) -> int:
        """One more than the last index."""
        return self.start + self.extent

    @property
    def mask(self) -> int:
        """The bitset over the extent, with holes or without."""
        if self.bits is not None:
            return self.bits
        _check_width(self.extent)
        return (1 << self.extent) - 1

    @property
    def count(self) -> int:
        """Number of indices in the set."""
        return self.extent if self.bits is None else self.bits.bit_count()

    @property
    def step(self) -> int:
        """The step of a set with holes that is an arithmetic progression, else 0."""
        return 0 if self.bits is None else pace(self.bits)

    def runs(self) -> "Iterator[Cells]":
        """Yield the maximal runs without holes, in rising order."""
        if self.bits is None:
            return iter((self,))
        return (Cells(self.start + at, length) for at, length in runs(self.bits))

    @property
    def largest_hole(self) -> int:
        """Length of the longest run of missing indices between two present ones."""
        return 0 if self.bits is None else largest_hole(self.bits)

    def __iter__(self) -> Iterator[int]:
        """Yield the indices in rising order."""
        if self.bits is None:
            return iter(range(self.start, self.stop))
        return (self.start + at for at in indices(self.bits))

    def __contains__(self, index: object) -> bool:
        if not isinstance(index, int) or not self.start <= index < self.stop:
            return False
        return self.bits is None or bool(self.bits >> (index - self.start) & 1)

    def __repr__(self) -> str:
        bits = None if self.bits is None else written(self.bits)
        return f"Cells(start={written(self.start)}, extent={written(self.extent)}, bits={bits})"

    def __bool__(self) -> bool:
        return self.extent > 0

    def __or__(self, other: "Cells") -> "Cells":
        if self is other or not other.extent:
            return self
        if not self.extent:
            return other
        low, high = (self, other) if self.start <= other.start else (other, self)
        if low.bits is None and high.stop <= low.stop:
            return low
        if high.bits is None and high.start == low.start and low.stop <= high.stop:
            return high
        if low.bits is None and high.bits is None and high.start <= low.stop:
            return Cells(low.start, high.stop - low.start)
        _check_width(max(low.stop, high.stop) - low.start)
        return Cells.of_bits(low.start, low.mask | high.mask << (high.start - low.start))

    def __and__(self, other: "Cells") -> "Cells":
        start, stop = max(self.start, other.start), min(self.stop, other.stop)
        if start >= stop:
            return EMPTY
        if self.bits is None and other.bits is None:
            return Cells(start, stop - start)
        if self.bits is None:
            self, other = other, self
        width = (1 << (stop - start)) - 1
        bits = self.mask >> (start - self.start) & width
        if other.bits is not None:
            bits &= other.bits >> (start - other.start)
        return Cells.of_bits(start, bits)

    def __le__(self, other: "Cells") -> bool:
        """Whether every index of this set is in the other."""
        if not self.extent:
            return True
        if self.start < other.start or self.stop > other.stop:
            return False
        if other.bits is None:
            return True
        shifted = self.mask << (self.start - other.start)
        return shifted & ~other.bits == 0

    def shift(self, by: int) -> "Cells":
        """Return ``{i + by}``."""
        return Cells(self.start + by, self.extent, self.bits) if by and self.extent else self

    def scale(self, by: int) -> "Cells":
        """Return ``{by * i}``, for any sign of ``by``."""
        if by == 1 or self.extent <= 1:
            return Cells(self.start * by, self.extent, self.bits) if self.extent else EMPTY
        if by <= 0:
            return self.reflect().scale(-by) if by else Cells(0, 1)
        _check_width((self.extent - 1) * by + 1)
        if self.bits is None:
            return Cells(self.start * by, 1).spread(by, self.extent)
        return Cells(self.start * by, (self.extent - 1) * by + 1, spaced(self.bits, by))

    def spread(self, step: int, count: int) -> "Cells":
        """Return ``{i + step * t : 0 <= t < count}``: the union of equally spaced copies."""
        if count <= 1 or not step or not self.extent:
            return self if count >= 1 else EMPTY
        start = self.start + min(0, step * (count - 1))
        step = abs(step)
        extent = self.extent + step * (count - 1)
        if self.bits is None and step <= self.extent:
            return Cells(start, extent)
        _check_width(extent)
        return Cells.of_bits(start, copied(self.mask, step, count))

    def plus(self, other: "Cells") -> "Cells":
        """Return the Minkowski sum ``{i + j : i in self, j in other}``."""
        # Copies of a run are a run where they leave no gap: what makes them comes first.
        pairs = ((other, self), (self, other))
        for few, many in pairs if self.bits is None else pairs[::-1]:
            step = 1 if few.bits is None else few.step
            if step:
                return many.spread(step, (few.extent - 1) // step + 1).shift(few.start)
        few, many = (self, other) if self.count <= other.count else (other, self)
        return Cells.union(many.spread(1, run.extent).shift(run.start) for run in few.runs())

    def clip(self, size: int) -> "Cells":
        """Return the indices inside ``0 .. size - 1``."""
        if self.start >= 0 and self.stop <= size:
            return self
        return self & Cells.run(0, size)

    def residue(self, modulus: int, rest: int) -> "Cells":
        """Return ``{j : modulus * j + rest in self}``."""
        if modulus == 1:
            return self.shift(-rest)
        first = -((rest - self.start) // modulus)
        skip = modulus * first + rest - self.start
        if skip >= self.extent:
            return EMPTY
        if self.bits is None:
            return Cells(first, (self.extent - skip - 1) // modulus + 1)
        return Cells.of_bits(first, every(self.bits, modulus, skip))

    def reflect(self) -> "Cells":
        """Return ``{-i}``."""
        if self.bits is None:
            return Cells(1 - self.stop, self.extent) if self.extent else EMPTY
        return Cells(1 - self.stop, self.extent, mirrored(self.bits))


EMPTY = Cells(0, 0)
"""The set without indices."""


def _check_width(extent: int) -> None:
    """Refuse a bitset that is wider than the limit."""
    if extent > BITS_LIMIT:
        raise LimitExceeded(
            f"a mask with holes spans {extent} cells on one axis; the limit is {BITS_LIMIT}"
        )

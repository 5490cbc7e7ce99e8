"""Which indices does a finite set on one axis hold? A progression, or a pattern on its slots."""

from collections.abc import Iterable, Iterator
from math import gcd

from rfcalc.bits import copied, every, lowest, mirrored, runs, spacing
from rfcalc.residues import meeting
from rfcalc.slots import BITS_LIMIT, Slots, check_width

__all__ = ["BITS_LIMIT", "EMPTY", "Cells"]


class Cells(Slots, frozen=True, gc=False):
    """A finite set of integers: ``{start + pitch * i : bit i of pattern is set}``.

    ``pitch`` is the greatest common divisor of the distances between indices, 1 where there are
    none. ``pattern`` is ``None`` for an arithmetic progression, whatever its extent, so that the
    common case costs nothing; otherwise its first and its last bit are set, and not all of them.
    Each set has one representation, so equality of values is equality of sets.

    >>> Cells.of([0, 2, 4]) | Cells.of([1, 3])
    Cells(start=0, extent=5)
    """

    @staticmethod
    def run(start: int, extent: int) -> "Cells":
        """Return ``{start, .., start + extent - 1}``."""
        return Cells(start, extent) if extent > 0 else EMPTY

    @staticmethod
    def of(indices: Iterable[int]) -> "Cells":
        """Return the set of the given indices."""
        found = sorted(set(indices))
        if not found:
            return EMPTY
        start, stop = found[0], found[-1] + 1
        pitch = gcd(*[index - start for index in found]) or 1
        slots = (stop - start - 1) // pitch + 1
        if slots == len(found):
            return Cells(start, stop - start, pitch)
        check_width(slots)
        digits = bytearray(b"0" * slots)
        for index in found:
            digits[(stop - 1 - index) // pitch] = ord("1")
        return Cells(start, stop - start, pitch, int(digits, 2))

    @staticmethod
    def of_bits(start: int, bits: int, step: int = 1) -> "Cells":
        """Return ``{start + step * i : bit i of bits is set}`` in its one representation."""
        if not bits:
            return EMPTY
        if not bits & 1:
            low = lowest(bits)
            start, bits = start + step * low, bits >> low
        if bits == 1:
            return Cells(start, 1)
        if not bits & 2:
            apart = spacing(bits)
            extent = (bits.bit_length() - 1) * step + 1
            step *= apart
            if bits.bit_count() == (extent - 1) // step + 1:
                return Cells(start, extent, step)
            bits = every(bits, apart, 0)
        return _filled(start, step, bits)

    @staticmethod
    def progression(start: int, step: int, count: int) -> "Cells":
        """Return ``{start + step * t : 0 <= t < count}``, for any sign of ``step``."""
        if count <= 1 or not step:
            return Cells(start, 1) if count >= 1 else EMPTY
        return Cells(start + min(0, step * (count - 1)), abs(step) * (count - 1) + 1, abs(step))

    @staticmethod
    def union(sets: "Iterable[Cells]") -> "Cells":
        """Return the indices of any of the sets."""
        total = EMPTY
        for cells in sets:
            total |= cells
        return total

    def runs(self) -> "Iterator[Cells]":
        """Yield the maximal rows of filled slots, in rising order; at pitch 1 they are solid."""
        if self.pattern is None:
            return iter((self,))
        return (
            Cells.progression(self.start + self.pitch * slot, self.pitch, length)
            for slot, length in runs(self.pattern)
        )

    def __or__(self, other: "Cells") -> "Cells":
        if self is other or not other.extent:
            return self
        if not self.extent:
            return other
        low, high = (self, other) if self.start <= other.start else (other, self)
        apart = high.start - low.start
        pitch = gcd(low.spacing, high.spacing, apart) or 1
        if low.pattern is None and high.stop <= low.stop and pitch == low.pitch:
            return low
        if high.pattern is None and not apart and low.stop <= high.stop and pitch == high.pitch:
            return high
        extent = max(low.stop, high.stop) - low.start
        slots = (extent - 1) // pitch + 1
        if low.pattern is None and high.pattern is None and low.count + high.count >= slots:
            touching = low.pitch == high.pitch == pitch and apart < low.extent + pitch
            if touching or low.count + high.count - (low & high).count == slots:
                return Cells(low.start, extent, pitch)
        check_width(slots)
        bits = low.bits_at(pitch) | high.bits_at(pitch) << apart // pitch
        return _filled(low.start, pitch, bits)

    def __and__(self, other: "Cells") -> "Cells":
        start, stop = max(self.start, other.start), min(self.stop, other.stop)
        if start >= stop:
            return EMPTY
        if self.solid and other.solid:
            return Cells(start, stop - start)
        common = meeting(self.start, self.pitch, other.start, other.pitch)
        if common is None:
            return EMPTY
        found, pitch = common
        first = start + (found - start) % pitch
        count = (stop - 1 - first) // pitch + 1
        held = [cells for cells in (self, other) if cells.pattern is not None]
        if not held or count < 1:
            return Cells.progression(first, pitch, count)
        bits = (1 << count) - 1
        for cells in held:
            assert cells.pattern is not None
            slot = (first - cells.start) // cells.pitch
            bits &= every(cells.pattern, pitch // cells.pitch, slot)
        return Cells.of_bits(first, bits, pitch)

    def __le__(self, other: "Cells") -> bool:
        """Whether every index of this set is in the other."""
        if not self.extent:
            return True
        low, high = self.start, other.start
        if low < high or low + self.extent > high + other.extent:
            return False
        if other.pattern is None and other.pitch == 1:
            return True
        slot, beside = divmod(self.start - other.start, other.pitch)
        if beside or self.spacing % other.pitch:
            return False
        return other.pattern is None or not self.bits_at(other.pitch) << slot & ~other.pattern

    def shift(self, by: int) -> "Cells":
        """Return ``{i + by}``."""
        if not by or not self.extent:
            return self
        return Cells(self.start + by, self.extent, self.pitch, self.pattern)

    def scale(self, by: int) -> "Cells":
        """Return ``{by * i}``, for any sign of ``by``."""
        if by == 1 or not self.extent:
            return self
        if by <= 0:
            return self.reflect().scale(-by) if by else Cells(0, 1)
        if self.extent == 1:
            return Cells(self.start * by, 1)
        extent = (self.extent - 1) * by + 1
        return Cells(self.start * by, extent, self.pitch * by, self.pattern)

    def spread(self, step: int, count: int) -> "Cells":
        """Return ``{i + step * t : 0 <= t < count}``: the union of equally spaced copies."""
        if count <= 1 or not step or not self.extent:
            return self if count >= 1 else EMPTY
        start = self.start + min(0, step * (count - 1))
        step = abs(step)
        extent = self.extent + step * (count - 1)
        pitch = gcd(self.pitch, step) if self.extent > 1 else step
        # No step may exceed the field that the smaller one builds (theorem T1).
        if self.extent == 1 or (
            step < self.extent + pitch
            if self.pattern is None and self.pitch == pitch
            else step == pitch and self.largest_hole < step * count
        ):
            return Cells(start, extent, pitch)
        check_width((extent - 1) // pitch + 1)
        return _filled(start, pitch, copied(self.bits_at(pitch), step // pitch, count))

    def plus(self, other: "Cells") -> "Cells":
        """Return the Minkowski sum ``{i + j : i in self, j in other}``."""
        few, many = (self, other) if self.count <= other.count else (other, self)
        if few.pattern is not None and many.pattern is None:
            few, many = many, few
        if few.pattern is None:
            return many.spread(few.pitch, few.slots).shift(few.start)
        return Cells.union(many.spread(few.pitch, r.slots).shift(r.start) for r in few.runs())

    def clip(self, size: int) -> "Cells":
        """Return the indices inside ``0 .. size - 1``."""
        if self.start >= 0 and self.stop <= size:
            return self
        return self & Cells.run(0, size)

    def residue(self, modulus: int, rest: int) -> "Cells":
        """Return ``{j : modulus * j + rest in self}``."""
        if modulus == 1:
            return self.shift(-rest)
        common = meeting(self.start, self.pitch, rest, modulus)
        if common is None or common[0] >= self.stop:
            return EMPTY
        found, turn = common
        first, pitch = (found - rest) // modulus, turn // modulus
        if self.pattern is None:
            return Cells.progression(first, pitch, (self.stop - 1 - found) // turn + 1)
        slot = (found - self.start) // self.pitch
        return Cells.of_bits(first, every(self.pattern, turn // self.pitch, slot), pitch)

    def reflect(self) -> "Cells":
        """Return ``{-i}``."""
        if not self.extent:
            return EMPTY
        pattern = None if self.pattern is None else mirrored(self.pattern)
        return Cells(1 - self.stop, self.extent, self.pitch, pattern)


EMPTY = Cells(0, 0)
"""The set without indices."""


def _filled(start: int, pitch: int, bits: int) -> Cells:
    """Return the set of a pattern whose first bit is set and whose pitch is as wide as can be."""
    extent = (bits.bit_length() - 1) * pitch + 1
    return Cells(start, extent, pitch, bits if not bits & 2 or bits & (bits + 1) else None)

"""What is read off a set of equally spaced slots, all filled or not? Numbers, indices, bits."""

from collections.abc import Iterator

import msgspec

from rfcalc.bits import copied, indices, largest_hole, spaced, written
from rfcalc.errors import LimitExceeded

__all__ = ["BITS_LIMIT", "Slots", "check_width"]

BITS_LIMIT = 1 << 24
"""Widest bitset, in slots: a set that needs a wider one raises ``LimitExceeded`` when made."""


class Slots(msgspec.Struct, frozen=True, gc=False):
    """A finite set of integers: ``{start + pitch * i : bit i of pattern is set}``.

    ``pitch`` is the greatest common divisor of the distances between indices, 1 where there are
    none. ``pattern`` is ``None`` where all slots are filled, as in an arithmetic progression;
    otherwise its first and its last bit are set, and not all of them.
    """

    start: int
    extent: int
    pitch: int = 1
    pattern: int | None = None

    @property
    def stop(self) -> int:
        """One more than the last index."""
        return self.start + self.extent

    @property
    def slots(self) -> int:
        """Number of places, a pitch apart, from the first index to the last."""
        return (self.extent - 1) // self.pitch + 1

    @property
    def solid(self) -> bool:
        """Whether the set is without holes."""
        return self.pattern is None and self.pitch == 1

    @property
    def count(self) -> int:
        """Number of indices in the set."""
        return self.slots if self.pattern is None else self.pattern.bit_count()

    @property
    def amount(self) -> int:
        """How much is in the set: less than in one that holds more."""
        return self.count

    @property
    def spacing(self) -> int:
        """Greatest common divisor of the distances between indices, 0 where there are none."""
        return self.pitch if self.extent > 1 else 0

    @property
    def mask(self) -> int:
        """The set as bits over its extent, with holes or without; up to the limit."""
        return self.bits_at(1)

    @property
    def weight(self) -> int:
        """Bits that the set holds in memory: none for a progression."""
        return 0 if self.pattern is None else self.slots

    @property
    def largest_hole(self) -> int:
        """Length of the longest run of missing indices between two present ones."""
        missing = 0 if self.pattern is None else largest_hole(self.pattern)
        return self.pitch * (missing + 1) - 1

    def bits_at(self, pitch: int) -> int:
        """Return the set as bits at a divisor of its pitch, from its start on."""
        check_width((self.extent - 1) // pitch + 1)
        apart = self.pitch // pitch
        if self.pattern is not None:
            return spaced(self.pattern, apart)
        return (1 << self.extent) - 1 if apart == 1 == pitch else copied(1, apart, self.slots)

    def __iter__(self) -> Iterator[int]:
        """Yield the indices in rising order."""
        if self.pattern is None:
            return iter(range(self.start, self.stop, self.pitch))
        return (self.start + self.pitch * slot for slot in indices(self.pattern))

    def __contains__(self, index: object) -> bool:
        if not isinstance(index, int) or not self.start <= index < self.stop:
            return False
        slot, beside = divmod(index - self.start, self.pitch)
        return not beside and (self.pattern is None or bool(self.pattern >> slot & 1))

    def __repr__(self) -> str:
        shown = f"start={written(self.start)}, extent={written(self.extent)}"
        shown += f", pitch={written(self.pitch)}" if self.pitch > 1 else ""
        shown += "" if self.pattern is None else f", pattern={written(self.pattern)}"
        return f"Cells({shown})"

    def __bool__(self) -> bool:
        return self.extent > 0


def check_width(slots: int) -> None:
    """Refuse a bitset that is wider than the limit."""
    if slots > BITS_LIMIT:
        raise LimitExceeded(
            f"a mask with holes spans {slots} cells on one axis; the limit is {BITS_LIMIT}"
        )

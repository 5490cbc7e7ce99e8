"""Which dilations may stand where in a hole-free schedule?"""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from rfcalc.schedules.powers import Powers

__all__ = ["FIELD_LIMIT", "Space"]

FIELD_LIMIT = 1 << 40
"""Largest field that is designed."""


class Space(msgspec.Struct, frozen=True):
    """What a schedule is made of: levels of one dilation each, which do not fall.

    A level is ``per_level`` convolutions of its dilation, and all levels come ``stacks`` times, one
    stack after the other. The order of layers does not matter to the mask, so a schedule has no
    holes iff no level's dilation exceeds the field that the smaller ones build in all stacks (T1).
    ``powers`` restricts dilations to the powers of a number, ``max_dilation`` their size.
    """

    kernel: int
    max_dilation: int | None = None
    per_level: int = 1
    stacks: int = 1
    powers: int | None = None

    @property
    def times(self) -> int:
        """How many layers a level has, over all stacks."""
        return self.per_level * self.stacks

    @property
    def unit(self) -> int:
        """Cells that a level of dilation 1 adds to the field."""
        return (self.kernel - 1) * self.times

    def dilations(self, levels: Sequence[int]) -> tuple[int, ...]:
        """Return the dilations of every layer in order."""
        return tuple(rate for rate in levels for _ in range(self.per_level)) * self.stacks

    def largest(self, field: int) -> int:
        """Return the largest dilation that a level behind a field can have without holes."""
        rate = field if self.max_dilation is None else min(field, self.max_dilation)
        return rate if self.powers is None else self.rates(1, min(rate, FIELD_LIMIT))[-1]

    def field(self, total: int) -> int:
        """Return the field of levels whose dilations have a sum."""
        return 1 + self.unit * total

    def widest(self, field: int = 1) -> Iterator[int]:
        """Yield the largest dilations that further levels can have without holes, without end."""
        while True:
            rate = self.largest(field)
            yield rate
            field += self.unit * rate

    def reach(self, levels: int, field: int = 1) -> int:
        """Return the largest sum of dilations that further levels can add to a field."""
        return sum(islice(self.widest(field), levels))

    def rates(self, low: int, high: int) -> Sequence[int]:
        """Return the dilations between two that are not restricted, rising."""
        if self.max_dilation is not None:
            high = min(high, self.max_dilation)
        if self.powers is None:
            return range(low, high + 1)
        found: list[int] = []
        power = 1
        while power <= high:
            found += [power] if power >= low else []
            power *= self.powers
        return found

    def choices(self, levels: int, low: int, field: int, total: int) -> Sequence[int]:
        """Return what the first of so many levels can be if they are to have a sum, rising.

        No level is below ``low``. Each choice can be gone on with: what further levels can reach
        rises with it, and between their least and their largest sum none is left out.
        """
        rates = self.rates(low, min(field, total // levels))
        if self.powers is not None:
            possible = self._powers(self.powers).possible
            behind = ((rate, field + self.unit * rate) for rate in rates)
            return [d for d, after in behind if possible(levels - 1, total - d, d, after)]

        least, most = low, min(self.largest(field), total // levels)
        while least <= most:
            middle = (least + most) // 2
            if middle + self.reach(levels - 1, field + self.unit * middle) < total:
                least = middle + 1
            else:
                most = middle - 1
        return rates[least - low :]

    def below(self, levels: int, total: int) -> int | None:
        """Return the largest sum of so many levels up to a total."""
        if self.powers is not None:
            return self._powers(self.powers).below(levels, total)
        return min(total, self.reach(levels)) if total >= levels else None

    def above(self, levels: int, total: int) -> int | None:
        """Return the least sum of so many levels from a total on."""
        if self.powers is not None:
            return self._powers(self.powers).above(levels, total)
        return max(total, levels) if total <= self.reach(levels) else None

    def _powers(self, base: int) -> Powers:
        """Return the powers that a level may have, at most of the largest dilation looked at."""
        top = len(self.rates(1, FIELD_LIMIT)) - 1
        return Powers(base, self.unit, top)

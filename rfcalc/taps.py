"""Which input indices does output index ``o`` read, on one axis, for every integer ``o``?"""

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

import msgspec

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded

__all__ = [
    "IDENTITY",
    "PERIOD_LIMIT",
    "Misaligned",
    "Taps",
    "affine",
    "check_period",
    "relation",
    "window",
]

PERIOD_LIMIT = 1 << 12
"""Largest output period, in phases."""


class Misaligned(Exception):
    """Two relations with different jumps have no common period and cannot be united."""


class Taps(msgspec.Struct, frozen=True, gc=False):
    """A periodic relation between output and input indices: ``R(o + P) = R(o) + Q``.

    ``phases[o]`` is ``R(o)`` for ``0 <= o < P``, where ``P = len(phases)`` is the output period;
    ``advance`` is ``Q``. The period is the smallest one, so equality of values is equality of
    relations. ``outer @ inner`` composes (first read ``outer``, then ``inner``); ``a | b``
    unites. Source: Araujo et al. 2019, generalised from intervals to sets.

    >>> hybrid = window(3) @ window(3, dilation=2) @ window(3, dilation=5)
    >>> hybrid.read(0)
    Cells(start=0, extent=17, bits=None)
    """

    advance: int
    phases: tuple[Cells, ...]

    @property
    def period(self) -> int:
        """Number of phases, ``P``."""
        return len(self.phases)

    @property
    def jump(self) -> Fraction:
        """Input cells between neighbouring outputs, ``Q / P``."""
        return Fraction(self.advance, len(self.phases))

    @property
    def centre(self) -> Fraction:
        """Mean over the phases of the centre of ``R(o)``, less ``jump * o``."""
        middles = [
            Fraction(2 * cells.start + cells.extent - 1, 2) - self.jump * phase
            for phase, cells in enumerate(self.phases)
            if cells
        ]
        return sum(middles, Fraction(0)) / max(1, len(middles))

    def read(self, output: int) -> Cells:
        """Return ``R(output)``."""
        turn, phase = divmod(output, len(self.phases))
        return self.phases[phase].shift(turn * self.advance)

    def image(self, outputs: Cells) -> Cells:
        """Return the union of ``R(o)`` over a finite set of outputs."""
        if len(self.phases) == 1:
            if outputs.extent == 1:
                return self.phases[0].shift(outputs.start * self.advance)
            if outputs.bits is None:
                base = self.phases[0].spread(self.advance, outputs.extent)
                return base.shift(outputs.start * self.advance)
            return self.phases[0].plus(outputs.scale(self.advance))
        total = EMPTY
        for phase, cells in enumerate(self.phases):
            turns = outputs.residue(len(self.phases), phase)
            if turns:
                total |= cells.plus(turns.scale(self.advance))
        return total

    def __matmul__(self, inner: "Taps") -> "Taps":
        """Follow this relation by ``inner``: ``o`` reads ``inner.image(R(o))``."""
        if inner is IDENTITY:
            return self
        if self is IDENTITY:
            return inner
        if len(self.phases) == 1 and len(inner.phases) == 1:
            return Taps(self.advance * inner.advance, (inner.image(self.phases[0]),))
        shared = gcd(self.advance, len(inner.phases))
        turns = len(inner.phases) // shared
        check_period(len(self.phases) * turns)
        phases = tuple(inner.image(self.read(o)) for o in range(len(self.phases) * turns))
        return _smallest(self.advance // shared * inner.advance, phases)

    def __or__(self, other: "Taps") -> "Taps":
        """Unite two relations of equal jump."""
        if self is other:
            return self
        if not isinstance(other, Taps):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        if self.advance * len(other.phases) != other.advance * len(self.phases):
            raise Misaligned(f"jumps {self.jump} and {other.jump}")
        if len(self.phases) == len(other.phases) == 1:
            return Taps(self.advance, (self.phases[0] | other.phases[0],))
        mine, theirs = self.aligned(other)
        phases = tuple(a | b for a, b in zip(mine, theirs, strict=True))
        return _smallest(self.advance * len(phases) // len(self.phases), phases)

    def __le__(self, other: "Taps") -> bool:
        """Whether every output reads no more than it does in ``other``, of equal jump."""
        if self is other:
            return True
        if not isinstance(other, Taps):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        if len(self.phases) == len(other.phases) == 1:
            return self.phases[0] <= other.phases[0]
        return all(a <= b for a, b in zip(*self.aligned(other), strict=True))

    def tabulated(self, size: int, jump: Fraction) -> "Taps":
        """Return the relation that agrees on outputs ``0 .. size - 1`` and has the given jump.

        This is how branches that were resampled to a size, not by a ratio, meet the others.
        """
        period = size * jump.denominator
        check_period(period)
        return _smallest(size * jump.numerator, tuple(self.unrolled(period)))

    def aligned(self, other: "Taps") -> tuple[list[Cells], list[Cells]]:
        """Return the phases of both relations over their common period."""
        period = lcm(len(self.phases), len(other.phases))
        check_period(period)
        return self.unrolled(period), other.unrolled(period)

    def unrolled(self, period: int) -> list[Cells]:
        """Return ``R(0) .. R(period - 1)``."""
        if period == len(self.phases):
            return list(self.phases)
        return [self.read(o) for o in range(period)]


@lru_cache(maxsize=4096)
def window(kernel: int, stride: int = 1, dilation: int = 1, before: int = 0) -> Taps:
    """Return the taps of a convolution or pooling: ``s*o - p + d*t``, ``0 <= t < k``.

    Source: ``torch.nn.Conv2d``.
    """
    if kernel == stride == 1 and before == 0:
        return IDENTITY
    return Taps(stride, (Cells.progression(-before, dilation, kernel),))


def affine(step: int, start: int) -> Taps:
    """Return the relation ``o -> step*o + start`` of a crop, pad, slice or roll."""
    return IDENTITY if (step, start) == (1, 0) else Taps(step, (Cells(start, 1),))


def relation(advance: int, phases: list[Cells]) -> Taps:
    """Return the relation with the given phases, in its smallest period."""
    check_period(len(phases))
    return _smallest(advance, tuple(phases))


def _smallest(advance: int, phases: tuple[Cells, ...]) -> Taps:
    """Return the relation with its period divided as far as the phases repeat."""
    period = len(phases)
    if period == 1:
        return Taps(advance, phases)
    for shorter in range(1, period // 2 + 1):
        if period % shorter or advance * shorter % period:
            continue
        step = advance * shorter // period
        if all(phases[o + shorter] == phases[o].shift(step) for o in range(period - shorter)):
            return Taps(step, phases[:shorter])
    return Taps(advance, phases)


def check_period(period: int) -> None:
    """Refuse a relation with more phases than the limit, best before they are made.

    Raises
    ------
    LimitExceeded
        More than ``PERIOD_LIMIT`` phases.
    """
    if period > PERIOD_LIMIT:
        raise LimitExceeded(
            f"the mask has {period} phases on one axis; the limit is {PERIOD_LIMIT}"
        )


IDENTITY = Taps(1, (Cells(0, 1),))
"""Every output reads the input of the same index."""

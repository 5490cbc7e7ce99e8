"""Which input indices does output index ``o`` read, on one axis, for every integer ``o``?"""

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

import msgspec

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded
from rfcalc.images import Images

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
STORE_LIMIT = 1 << 27
"""Most bits of sets with holes in all phases of one relation."""


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
    Cells(start=0, extent=17)
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
        # In integers over the common denominator 2 P: Q is added once a phase.
        period = len(self.phases)
        middles = [
            (2 * cells.start + cells.extent - 1) * period - 2 * self.advance * phase
            for phase, cells in enumerate(self.phases)
            if cells.extent
        ]
        return Fraction(sum(middles), 2 * period * max(1, len(middles)))

    @property
    def amount(self) -> Fraction | int:
        """Indices that an output reads, on average over the phases: less where it reads less."""
        if len(self.phases) == 1:
            return self.phases[0].count
        return Fraction(sum(cells.count for cells in self.phases), len(self.phases))

    @property
    def silent(self) -> frozenset[int]:
        """The phases that read nothing."""
        return frozenset(phase for phase, cells in enumerate(self.phases) if not cells.extent)

    def read(self, output: int) -> Cells:
        """Return ``R(output)``."""
        if 0 <= output < len(self.phases):
            return self.phases[output]
        turn, phase = divmod(output, len(self.phases))
        return self.phases[phase].shift(turn * self.advance)

    def image(self, outputs: Cells) -> Cells:
        """Return the union of ``R(o)`` over a finite set of outputs."""
        if len(self.phases) == 1:
            if outputs.extent == 1:
                return self.phases[0].shift(outputs.start * self.advance)
            if outputs.solid:
                base = self.phases[0].spread(self.advance, outputs.extent)
                return base.shift(outputs.start * self.advance)
            return self.phases[0].plus(outputs.scale(self.advance))
        return Images(self.advance, self.phases).of(outputs)

    def __matmul__(self, inner: "Taps") -> "Taps":
        """Follow this relation by ``inner``: ``o`` reads ``inner.image(R(o))``."""
        return self.over(inner)

    def over(self, inner: "Taps", size: int | None = None) -> "Taps":
        """Return ``self @ inner``, with ``size`` for outputs ``0 .. size - 1`` only.

        The period is then at most that of ``tabulated``, however many phases the whole has.
        """
        if inner is IDENTITY and size is None:
            return self
        if self is IDENTITY and size is None:
            return inner
        if len(self.phases) == 1 and len(inner.phases) == 1:
            return Taps(self.advance * inner.advance, (inner.image(self.phases[0]),))
        shared = gcd(self.advance, len(inner.phases))
        period = len(self.phases) * (len(inner.phases) // shared)
        advance = self.advance // shared * inner.advance
        if size is not None:
            period, advance = _framed(period, advance, size)
        check_period(period)
        images = Images(inner.advance, inner.phases)
        phases: list[Cells] = []
        before, found, held = EMPTY, EMPTY, 0
        for o in range(period):
            # Neighbouring outputs of a window or a coarser grid read the same.
            if (read := self.read(o)) != before:
                single = read.extent == 1
                before, found = read, inner.read(read.start) if single else images.of(read)
                held += found.weight
                if held > STORE_LIMIT:
                    raise LimitExceeded(
                        f"its phases hold more than {STORE_LIMIT:,} cells of masks with holes"
                    )
            phases.append(found)
        return _smallest(advance, tuple(phases))

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

        This is how branches that were resampled to a size, not by a ratio, meet the others. The
        period is the least multiple of the jump's denominator that is no smaller than the size,
        or a divisor of it.
        """
        turns = -(-size // jump.denominator)
        check_period(turns * jump.denominator)
        phases = tuple(self.unrolled(turns * jump.denominator))
        return _smallest(turns * jump.numerator, phases)

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


def _framed(period: int, advance: int, size: int) -> tuple[int, int]:
    """Return period and advance of a relation of which ``size`` outputs are wanted."""
    jump = Fraction(advance, period)
    turns = -(-size // jump.denominator)
    if turns * jump.denominator > PERIOD_LIMIT:
        return period, advance
    return turns * jump.denominator, turns * jump.numerator


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

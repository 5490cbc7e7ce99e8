"""Where does a number stand between the smallest and the largest? Linear or by decades."""

from fractions import Fraction
from math import floor, log10
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Scale", "Spread", "scale"]

Spread = Literal["auto", "linear", "log"]

_ROUNDING = 1e-9
"""Relative difference up to which shares are equal."""
_DECADES = 100
"""From this ratio of the largest to the smallest count on, decades are drawn."""


class Scale(msgspec.Struct, frozen=True):
    """A map from numbers to ``0 .. 1``: ``c / high``, or by the logarithm from ``low`` to ``high``.

    Counts are integers of any size; ``shares`` tells that the numbers are shares of a sum.
    """

    low: float
    high: float
    shares: bool
    log: bool

    def position(self, counts: "NDArray[Any]") -> "NDArray[np.float64]":
        """Return the place of every count, 0 where there is no path."""
        import numpy as np

        if not self.high:
            return np.zeros(counts.shape)
        if not self.log:
            return (counts / self.high).astype(np.float64)
        found = np.zeros(counts.shape)
        held = counts > 0
        if counts.dtype == object:
            levels = np.array([log10(count) for count in counts[held]])
        else:
            levels = np.log10(counts[held].astype(np.float64))
        span = log10(self.high) - log10(self.low)
        found[held] = (levels - log10(self.low)) / span if span else 1.0
        return found.clip(0.0, 1.0)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Return places and labels at round values."""
        if not self.high:
            return [(0.0, "0")]
        if self.log:
            low, high = log10(self.low), log10(self.high)
            span = high - low
            if not span:
                return [(1.0, _power(low))]
            first, last = -floor(-low + 1e-9), floor(high + 1e-9)
            step = max(1, -(-(last - first) // max(1, most - 1)))
            if last - first < 1:
                return [(0.0, _power(low)), (1.0, _power(high))]
            return [((e - low) / span, _power(e)) for e in range(first, last + 1, step)]
        top = Fraction(self.high)
        step = _round_step(top, most, whole=not self.shares)
        return [(float(n * step / top), _label(n * step)) for n in range(floor(top / step) + 1)]


def scale(counts: "NDArray[Any]", shares: bool = False, spread: Spread = "auto") -> Scale:
    """Return the scale of an array of counts, or of shares of a sum.

    Path counts go by decades where they span them. The effective field is drawn linearly unless
    asked for, because its shape is the point.
    """
    held = counts[counts > 0]
    if not held.size:
        return Scale(0, 0, shares, False)
    low, high = held.min(), held.max()
    low, high = (float(low), float(high)) if shares else (int(low), int(high))
    if shares and high <= low * (1 + _ROUNDING):
        low = high
    by_decades = not shares and high >= _DECADES * low
    return Scale(low, high, shares, spread == "log" or (spread == "auto" and by_decades))


def _round_step(top: Fraction, most: int, whole: bool) -> Fraction:
    """Return the smallest step of 1, 2 or 5 times a power of ten that gives few enough ticks."""
    digits = len(str(floor(top))) if top >= 1 else -len(str(floor(1 / top))) + 1
    steps = [
        Fraction(f) * Fraction(10) ** e for e in range(digits - 3, digits + 1) for f in (1, 2, 5)
    ]
    return min(step for step in steps if (not whole or step >= 1) and top / step < most)


def _label(value: Fraction) -> str:
    if not value:
        return "0"
    if value.denominator == 1 and value < 100_000:
        return str(value.numerator)
    if value >= 100_000 or value < Fraction(1, 1000):
        exponent = floor(log10(value.numerator) - log10(value.denominator) + 1e-9)
        factor = float(value / Fraction(10) ** exponent)
        times = "" if factor == 1 else rf"{factor:g}\cdot"
        return rf"${times}10^{{{exponent}}}$"
    return f"{float(value):g}"


def _power(exponent: float) -> str:
    whole = round(exponent)
    if abs(exponent - whole) > 1e-9:
        return f"{10**exponent:.3g}" if -4 < exponent < 6 else rf"$10^{{{exponent:.2f}}}$"
    return str(10**whole) if 0 <= whole <= 3 else rf"$10^{{{whole}}}$"

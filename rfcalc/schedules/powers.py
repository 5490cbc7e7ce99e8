"""Which sums can levels have whose dilations are powers of a number?

Levels are counted by exponent. A power ``p`` may stand where the smaller ones build a field of
``p`` cells at least (T1), so their sum is ``need(p)`` or more.
"""

from functools import lru_cache

import msgspec

__all__ = ["Powers"]


class Powers(msgspec.Struct, frozen=True):
    """The powers of ``base`` up to ``base**top``, of levels that add ``unit`` cells a dilation."""

    base: int
    unit: int
    top: int

    def possible(self, levels: int, total: int, low: int = 1, field: int = 1) -> bool:
        """Whether so many levels, none below ``low``, behind a field, have a sum."""
        return _possible(self, levels, total, low, field)

    def below(self, levels: int, total: int) -> int | None:
        """Return the largest sum of so many levels up to a total."""
        return _below(self, levels, self.top, total, 0)

    def above(self, levels: int, total: int) -> int | None:
        """Return the least sum of so many levels from a total on."""
        return _above(self, levels, self.top, total)

    def reach(self, levels: int, exponent: int, field: int = 1) -> int:
        """Return the largest sum of so many levels behind a field, none above an exponent."""
        total, power, largest = 0, 1, self.base**exponent
        for _ in range(levels):
            while power < largest and power * self.base <= field:
                power *= self.base
            total += power
            field += self.unit * power
        return total

    def need(self, power: int) -> int:
        """Return the least sum of smaller levels that a power may follow."""
        return -(-(power - 1) // self.unit)


@lru_cache(1 << 16)
def _possible(powers: Powers, levels: int, total: int, low: int, field: int) -> bool:
    if not levels:
        return total == 0
    base = powers.base
    times, over = divmod(total, low)
    # Every power of the base is one more than a multiple of the base less one.
    if over or times < levels or (times - levels) % (base - 1) or low > field:
        return False
    if low > base**powers.top or powers.reach(levels, powers.top, field) < total:
        return False
    return any(
        _possible(powers, levels - n, total - n * low, base * low, field + powers.unit * n * low)
        for n in range(times % base, min(levels, times) + 1, base)
    )


@lru_cache(1 << 16)
def _below(powers: Powers, levels: int, exponent: int, total: int, least: int) -> int | None:
    """Return the largest sum from ``least`` up to ``total``, no power above an exponent."""
    highest = powers.reach(levels, exponent)
    total -= (total - levels) % (powers.base - 1)
    if levels > total or least > min(total, highest):
        return None
    if highest <= total or not exponent:
        return highest
    best: int | None = None
    power = powers.base**exponent
    need = powers.need(power)
    for n in range(max(0, min(levels - 1, (total - need) // power)), -1, -1):
        if best is not None and n * power + powers.reach(levels - n, exponent - 1) <= best:
            break
        must = max(least - n * power, need if n else 0)
        rest = _below(powers, levels - n, exponent - 1, total - n * power, must)
        if rest is not None:
            best = max(best or 0, n * power + rest)
        if best == total:
            break
    return best


@lru_cache(1 << 16)
def _above(powers: Powers, levels: int, exponent: int, total: int) -> int | None:
    """Return the least sum from ``total`` on, no power above an exponent."""
    if total <= levels:
        return levels
    if total > powers.reach(levels, exponent):
        return None
    total += (levels - total) % (powers.base - 1)
    best: int | None = None
    power = powers.base**exponent
    need = powers.need(power)
    for n in range(levels):
        if n and best is not None and n * power + max(need, levels - n) >= best:
            break
        must = max(total - n * power, need if n else 0)
        rest = _above(powers, levels - n, exponent - 1, must)
        if rest is not None:
            best = n * power + rest if best is None else min(best, n * power + rest)
        if best == total:
            break
    return best

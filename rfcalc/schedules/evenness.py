"""How evenly do the paths of a chain fall on its offsets? In integers, without arrays."""

import cmath
from collections.abc import Sequence
from math import prod, sqrt

__all__ = ["COUNT_LIMIT", "chain_evenness", "counted", "counting_width", "variation"]


COUNT_LIMIT = 1 << 17
"""Most cells times layers over which path counts are written out."""


def chain_evenness(rates: Sequence[int], kernel: int) -> tuple[float | None, float]:
    """Return the coefficient of variation of a chain's path counts, and their largest leak.

    The counts of one axis are packed into one integer, a field of bits each, so that a layer is
    ``k`` shifts and adds; their sum of squares is the middle field of the square, since the
    counts are symmetric. ``None`` where they are too many. The leak is the largest over the
    frequencies ``1/d``.

    >>> chain_evenness([1, 3, 9], 3)[0]
    0.0
    """
    leaks = (prod(_response(rate, kernel, period) for rate in rates) for period in {*rates} - {1})
    if (1 + (kernel - 1) * sum(rates)) * len(rates) > COUNT_LIMIT:
        return None, max(leaks, default=0.0)
    width = counting_width(len(rates), kernel)
    counts, extent = 1, 1
    for rate in rates:
        counts = counted(counts, rate, kernel, width)
        extent += (kernel - 1) * rate
    spread = variation(counts, extent, kernel ** len(rates), width)
    return spread, max(leaks, default=0.0)


def counting_width(layers: int, kernel: int) -> int:
    """Return the bits of a field that holds any sum of squares of a chain's counts."""
    return 2 * (kernel**layers).bit_length() + 1


def counted(counts: int, rate: int, kernel: int, width: int) -> int:
    """Return the packed counts after one more layer."""
    return sum(counts << (width * rate * t) for t in range(kernel))


def variation(counts: int, extent: int, total: int, width: int) -> float:
    """Return standard deviation over mean of packed, symmetric counts over their extent."""
    squares = counts * counts >> (width * (extent - 1)) & ((1 << width) - 1)
    return sqrt(squares * extent - total * total) / total


def _response(step: int, kernel: int, period: int) -> float:
    """Return the magnitude of one layer's frequency response at ``1 / period``."""
    if step % period == 0:
        return 1.0
    turn = cmath.exp(-2j * cmath.pi * step / period)
    return abs(sum(turn**t for t in range(kernel))) / kernel

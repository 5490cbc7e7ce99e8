"""How much of the grid of its own dilations does a schedule leave in its path counts?"""

import cmath
from collections.abc import Sequence
from math import prod

__all__ = ["leak"]


def leak(rates: Sequence[int], kernel: int) -> float:
    """Return the largest magnitude of the path counts' spectrum at ``1/d``, over their total.

    The spectrum of a chain is the product of its layers'.

    >>> round(leak([1, 3, 9], 3), 3)
    0.0
    """
    periods = {*rates} - {1}
    found = (prod(_response(rate, kernel, period) for rate in rates) for period in periods)
    return max(found, default=0.0)


def _response(step: int, kernel: int, period: int) -> float:
    """Return the magnitude of one layer's frequency response at ``1 / period``."""
    if step % period == 0:
        return 1.0
    turn = cmath.exp(-2j * cmath.pi * (step % period) / period)
    return abs(sum(turn**t for t in range(kernel))) / kernel

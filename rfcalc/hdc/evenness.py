"""How evenly do the paths of a chain fall on its cells? Counted in integers, without arrays."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from math import prod, sqrt

import msgspec

__all__ = ["Evenness", "counting_work", "evenness", "meetings", "perfectly_even", "variation"]

WORK_LIMIT = 1 << 19
"""Most sums that the squares of path counts are made of."""
COUNT_LIMIT = 1 << 17
"""Most cells times layers over which path counts are written out."""

Moves = Sequence[tuple[int, int]]
"""Ascending ``(step, kernel)`` pairs of layers with kernels above 1."""


class Evenness(msgspec.Struct, frozen=True):
    """How many paths reach the cells of a chain's field, on one axis.

    ``even`` : every cell by the same number of paths, which is 1. ``cv`` : coefficient of
    variation of the counts over the field, holes among them. ``least``, ``most`` : paths per cell.
    ``None`` stands for what would take too long to count.
    """

    even: bool
    cv: float | None
    least: int
    most: int | None


def evenness(moves: Moves) -> Evenness:
    """Return how evenly the paths of a chain fall on the cells of its field.

    The first cell is reached by one path, so a chain without holes counts 1 at the least.

    >>> evenness([(1, 3), (3, 3), (9, 3)])
    Evenness(even=True, cv=0.0, least=1, most=1)
    """
    if perfectly_even(moves):
        return Evenness(True, 0.0, 1, 1)
    field, solid = 1, True
    for step, kernel in moves:
        solid = solid and step <= field
        field += (kernel - 1) * step
    return Evenness(False, variation(moves), int(solid), _most(moves, field))


def perfectly_even(moves: Moves) -> bool:
    """Whether the steps are a mixed radix: ``e_1 = 1``, ``e_j = k_1 * .. * k_(j-1)`` (T12)."""
    cells = 1
    for step, kernel in moves:
        if step != cells:
            return False
        cells *= kernel
    return True


def variation(moves: Moves) -> float | None:
    """Return standard deviation over mean of the path counts, ``None`` where it is too long."""
    squares = meetings(moves)
    if squares is None:
        return None
    paths = prod(kernel for _, kernel in moves)
    cells = 1 + sum((kernel - 1) * step for step, kernel in moves)
    return sqrt((squares * cells - paths * paths) / (paths * paths))


def meetings(moves: Moves) -> int | None:
    """Return the sum of the squared path counts: how many pairs of paths end at one cell.

    Two paths meet iff ``sum a_i e_i = 0`` with ``a_i`` the difference of their taps, which so and
    so many pairs of taps have. From the largest step down, what is left to be made up has to lie
    within what the smaller ones span, so few remainders are ever held.

    >>> meetings([(1, 3), (2, 3)]), 1 + 1 + 4 + 1 + 4 + 1 + 1
    (13, 13)
    """
    steps = _grouped(moves)
    if _work(steps) > WORK_LIMIT:
        return None
    held = {0: 1}
    for step, kernel, times, span in reversed(steps):
        pairs = _differences(kernel, times)
        most = len(pairs) - 1
        after: dict[int, int] = {}
        for left, ways in held.items():
            low, high = max(-most, -((span + left) // step)), min(most, (span - left) // step)
            for a in range(low, high + 1):
                # Remainders of either sign are made up alike.
                rest = abs(left + a * step)
                after[rest] = after.get(rest, 0) + ways * pairs[abs(a)]
        held = after
    return held[0]


def counting_work(moves: Moves) -> int:
    """Return a bound on the sums that the squares of path counts are made of."""
    return _work(_grouped(moves))


def _grouped(moves: Moves) -> list[tuple[int, int, int, int]]:
    """Return steps and kernels that are unlike, how often they come, and the span before them."""
    steps: list[tuple[int, int, int, int]] = []
    span = 0
    for (step, kernel), group in groupby(moves):
        times = sum(1 for _ in group)
        steps.append((step, kernel, times, span))
        span += (kernel - 1) * times * step
    return steps


def _work(steps: Sequence[tuple[int, int, int, int]]) -> int:
    total, remainders = 0, 1
    for step, kernel, times, span in reversed(steps):
        width = 2 * times * (kernel - 1) + 1
        taken = min(width, 2 * span // step + 1)
        # The differences of many layers of one step are counted first.
        total += remainders * taken + width * (times - 1)
        remainders = min(remainders * taken, span + 1)
        if total > WORK_LIMIT:
            break
    return total


@lru_cache(256)
def _differences(kernel: int, times: int) -> tuple[int, ...]:
    """Return how many pairs of taps of so many layers differ by 0, 1, 2, .. in all.

    Taps are symmetric, so a difference of two sums is a sum of twice as many, about its middle.
    """
    if times == 1:
        return tuple(range(kernel, 0, -1))
    size = 1 + (kernel ** (2 * times)).bit_length() // 8
    middle = times * (kernel - 1)
    sums = _repeated(1, 8 * size, kernel) ** (2 * times)
    written = sums.to_bytes((2 * middle + 1) * size, "little")[middle * size :]
    return tuple(
        int.from_bytes(written[at : at + size], "little") for at in range(0, len(written), size)
    )


def _most(moves: Moves, field: int) -> int | None:
    """Return the largest path count, ``None`` where the counts are too many to write out.

    All counts stand side by side in one integer, some bytes each, so that a layer is a few
    shifts and adds.
    """
    if field * len(moves) > COUNT_LIMIT:
        return None
    size = 1 + prod(kernel for _, kernel in moves).bit_length() // 8
    counts = 1
    for step, kernel in moves:
        counts = _repeated(counts, 8 * size * step, kernel)
    written = counts.to_bytes(field * size, "little")
    return max(
        int.from_bytes(written[at : at + size], "little") for at in range(0, len(written), size)
    )


def _repeated(counts: int, shift: int, times: int) -> int:
    """Return ``sum counts << (shift * t)``, ``0 <= t < times``, by doubling."""
    if times == 1:
        return counts
    half = _repeated(counts, shift, times // 2)
    total = half + (half << (shift * (times // 2)))
    return total + (counts << (shift * (times - 1))) if times % 2 else total

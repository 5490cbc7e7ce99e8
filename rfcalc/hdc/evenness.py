"""How evenly do the paths of a chain fall on its cells? Counted in integers, without arrays."""

from collections.abc import Sequence
from itertools import accumulate
from math import prod, sqrt

import msgspec

__all__ = ["Evenness", "evenness", "meetings", "perfectly_even", "variation"]

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

    Two paths meet iff ``sum a_i e_i = 0`` with ``a_i`` the difference of their taps, which
    ``k_i - |a_i|`` pairs of taps have. From the largest step down, what is left to be made up has
    to lie within what the smaller ones span, so few remainders are ever held.

    >>> meetings([(1, 3), (2, 3)]), 1 + 1 + 4 + 1 + 4 + 1 + 1
    (13, 13)
    """
    spans = list(accumulate(((k - 1) * e for e, k in moves), initial=0))
    if _work(moves, spans) > WORK_LIMIT:
        return None
    held = {0: 1}
    for (step, kernel), span in zip(reversed(moves), reversed(spans[:-1]), strict=True):
        after: dict[int, int] = {}
        for left, ways in held.items():
            low = max(1 - kernel, -((span + left) // step))
            high = min(kernel - 1, (span - left) // step)
            for a in range(low, high + 1):
                # Remainders of either sign are made up alike.
                rest = abs(left + a * step)
                after[rest] = after.get(rest, 0) + ways * (kernel - abs(a))
        held = after
    return held[0]


def _work(moves: Moves, spans: Sequence[int]) -> int:
    """Return a bound on the sums that ``meetings`` makes."""
    total, remainders = 0, 1
    for (step, kernel), span in zip(reversed(moves), reversed(spans[:-1]), strict=True):
        taken = min(2 * kernel - 1, 2 * span // step + 1)
        total += remainders * taken
        remainders = min(remainders * taken, span + 1)
        if total > WORK_LIMIT:
            break
    return total


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

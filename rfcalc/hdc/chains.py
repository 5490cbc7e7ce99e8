"""Which offsets does a chain of dilated layers sample, and by which criterion has it holes?"""

from collections.abc import Sequence
from math import gcd

from rfcalc.cells import Cells

__all__ = ["chain_cells", "criterion", "largest_gap", "sublattices"]


def criterion(moves: Sequence[tuple[int, int]]) -> tuple[int, int, int | None, int | None]:
    """Return field, largest hole run, first missing offset and first failing step (T1, T2).

    ``moves`` are ascending ``(step, kernel)`` pairs: a chain has no holes iff no step exceeds the
    field that the smaller ones build, ``e_j <= 1 + S_(j-1)``. Source: Brown 1961.
    """
    field, hole, first, failing = 1, 0, None, None
    for step, kernel in moves:
        if step > field and failing is None:
            first, failing = field, step
        hole = max(hole, step - field)
        field += (kernel - 1) * step
    return field, hole, first, failing


def largest_gap(moves: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Return ``M'_1 .. M'_n`` of ascending ``(step, kernel)`` pairs.

    ``M'_n = e_n``, ``M'_i = max(M'_(i+1) - (k_i - 1) e_i, e_i)``; the schedule is hole-free iff
    ``M'_1 <= 1``, and ``M'_1`` is the largest gap between sampled offsets (theorem T3).
    """
    if not moves:
        return ()
    gaps = [moves[-1][0]]
    for step, kernel in reversed(moves[:-1]):
        gaps.append(max(gaps[-1] - (kernel - 1) * step, step))
    return tuple(reversed(gaps))


def chain_cells(steps: Sequence[int], kernels: Sequence[int]) -> Cells:
    """Return the offsets ``sum c_i e_i``, ``0 <= c_i < k_i``, that a chain samples."""
    copies: dict[int, int] = {}
    for step, kernel in zip(steps, kernels, strict=True):
        copies[step] = copies.get(step, 1) + kernel - 1
    cells = Cells(0, 1)
    for step in sorted(copies):
        cells = cells.spread(step, copies[step])
    return cells


def sublattices(sampled: Cells, jump: int) -> int | None:
    """Return ``gcd{m : m*jump in A - A}``: classes of outputs that share no cell (theorem T4).

    ``None`` when no two outputs share a cell.
    """
    if jump == 1:
        return sampled.spacing or None
    if sampled.solid:
        return 1 if sampled.extent > jump else None
    number = 0
    first: dict[int, int] = {}
    for index in sampled:
        number = gcd(number, (index - first.setdefault(index % jump, index)) // jump)
        if number == 1:
            break
    return number or None

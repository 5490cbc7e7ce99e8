"""Which even schedules are found where there are too many to make them all?"""

from collections.abc import Iterator, Sequence

from rfcalc.hdc import variation
from rfcalc.schedules.space import Space

__all__ = ["Levels", "construct", "search", "variation_of"]

Levels = tuple[int, ...]
WIDTH = 8
"""Beginnings that are gone on with at each level."""
CHOICES = 12
"""Dilations that are tried for a level, from the least to the largest."""


def variation_of(space: Space, levels: Sequence[int]) -> float | None:
    """Return the coefficient of variation of a schedule's path counts."""
    return variation([(rate, space.kernel) for rate in levels for _ in range(space.times)])


def construct(space: Space, number: int, total: int) -> Levels:
    """Return a schedule of a number of levels and a sum that can be: each level the largest."""
    return _ended(space, (), 1, total, number)


def search(space: Space, number: int, total: int, most: int) -> dict[Levels, float]:
    """Return schedules of a number of levels and a sum with their variation, at most so many.

    Levels are chosen from the smallest up. Of the beginnings those are gone on with whose quickest
    ends are the most even; then dilation is shifted between levels for as long as that helps.
    """
    tried: dict[Levels, float] = {}

    def value(levels: Levels) -> float:
        if levels not in tried:
            if len(tried) >= most:
                return float("inf")
            cv = variation_of(space, levels)
            tried[levels] = float("inf") if cv is None else cv
        return tried[levels]

    begun: list[Levels] = [()]
    for left in range(number, 0, -1):
        ranked: list[tuple[float, Levels]] = []
        for chosen in begun:
            rest, field = total - sum(chosen), 1 + space.unit * sum(chosen)
            for rate in _some(space.choices(left, chosen[-1] if chosen else 1, field, rest)):
                after = (*chosen, rate)
                ends = _ends(space, after, field + space.unit * rate, rest - rate, left - 1)
                ranked.append((min(map(value, ends)), after))
        begun = [levels for _, levels in sorted(ranked)[:WIDTH]]
        if len(tried) >= most:
            break
    best = min(tried, key=lambda levels: (tried[levels], levels))
    better: Levels | None = best
    while better is not None:
        best = better
        better = next((near for near in _near(space, best) if value(near) < tried[best]), None)
    return tried


def _some(choices: Sequence[int]) -> Iterator[int]:
    """Yield a few of the choices, the least and the largest among them."""
    last = len(choices) - 1
    yield from dict.fromkeys(choices[n * last // (CHOICES - 1)] for n in range(CHOICES))


def _ends(space: Space, levels: Levels, field: int, rest: int, left: int) -> Iterator[Levels]:
    """Yield two ends of a beginning: the next level as large, and as small as can be."""
    yield _ended(space, levels, field, rest, left)
    if left > 1:
        least = space.choices(left, levels[-1], field, rest)[0]
        after = field + space.unit * least
        yield _ended(space, (*levels, least), after, rest - least, left - 1)


def _ended(space: Space, levels: Levels, field: int, rest: int, left: int) -> Levels:
    """Return a beginning with each further level as large as can be."""
    for number in range(left, 0, -1):
        low = levels[-1] if levels else 1
        if space.powers is None:
            rate = min(space.largest(field), rest // number)
        else:
            rate = space.choices(number, low, field, rest)[-1]
        levels = (*levels, rate)
        field += space.unit * rate
        rest -= rate
    return levels


def _near(space: Space, levels: Levels) -> Iterator[Levels]:
    """Yield the schedules that differ by dilation shifted from one level to another."""
    if space.powers is not None:
        return
    for into in range(len(levels)):
        for of in range(len(levels)):
            shift = 1
            while into != of and shift < levels[of]:
                moved = list(levels)
                moved[into] += shift
                moved[of] -= shift
                moved.sort()
                if _solid(space, moved):
                    yield tuple(moved)
                shift *= 2


def _solid(space: Space, levels: Sequence[int]) -> bool:
    field = 1
    for rate in levels:
        if rate > space.largest(field):
            return False
        field += space.unit * rate
    return True

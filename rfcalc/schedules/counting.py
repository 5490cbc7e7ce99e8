"""How many hole-free schedules have a length and a sum, and which are they?"""

from collections.abc import Iterator
from functools import cache

from rfcalc.schedules.space import Space

__all__ = ["count", "schedules"]


def count(space: Space, levels: int, total: int, most: int) -> int:
    """Return how many schedules have a number of levels and a sum of dilations, up to a bound.

    More than ``most`` are reported as ``most + 1``. What can follow depends on the last dilation
    and on the sum so far alone, and the last level is what is left: no schedule is made.

    >>> count(Space(3), 4, 25, 1000), len(list(schedules(Space(3), 4, 25)))
    (9, 9)
    """

    @cache
    def ways(left: int, low: int, rest: int) -> int:
        field = 1 + space.unit * (total - rest)
        choices = space.choices(left, low, field, rest)
        if left <= 2:
            return len(choices)
        found = 0
        for rate in choices:
            found += ways(left - 1, rate, rest - rate)
            if found > most:
                break
        return found

    return min(ways(levels, 1, total), most + 1)


def schedules(space: Space, levels: int, total: int) -> Iterator[tuple[int, ...]]:
    """Yield every schedule of a number of levels and a sum, each as its levels, rising.

    Every beginning has an end, so what is yielded is what it costs.
    """

    def extend(chosen: tuple[int, ...], field: int, rest: int) -> Iterator[tuple[int, ...]]:
        left = levels - len(chosen)
        if not left:
            yield chosen
            return
        for rate in space.choices(left, chosen[-1] if chosen else 1, field, rest):
            yield from extend((*chosen, rate), field + space.unit * rate, rest - rate)

    yield from extend((), 1, total)

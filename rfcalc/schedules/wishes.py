"""Which numbers of levels, with which sums of dilations, answer a wish for a field?"""

from collections.abc import Iterator
from itertools import islice

from rfcalc.errors import many
from rfcalc.schedules.ranking import Prefer, Schedule, Wish, made
from rfcalc.schedules.searching import construct
from rfcalc.schedules.space import Space

__all__ = ["LAYER_LIMIT", "nearest", "wishes"]

LAYER_LIMIT = 64
"""Most layers of a schedule that is designed."""


def wishes(
    space: Space, levels: int | None, cells: int, at_least: bool, prefer: Prefer
) -> Iterator[Wish]:
    """Yield what answers a wish for a field, in the order of the preference.

    Where no number of levels is given it is the fewest that do, and up to two more where small
    dilations are preferred.
    """
    low, high = (cells - 1) // space.unit, -((1 - cells) // space.unit)
    most = 3 if prefer == "small-dilations" else 1
    numbers = _numbers(space, levels, high)
    if at_least:
        for number in islice(numbers, most):
            for total in _sums(space, number, high, falling=prefer == "large"):
                yield number, total
    elif low == high:
        exact = (number for number in numbers if space.below(number, low) == low)
        yield from ((number, low) for number in islice(exact, most))


def nearest(
    space: Space, levels: int | None, cells: int
) -> tuple[Schedule | None, Schedule | None, str]:
    """Return a schedule of each of the nearest fields that can be had, and what is in the way."""
    low, high = (cells - 1) // space.unit, -((1 - cells) // space.unit)
    numbers = list(_numbers(space, levels, high))
    if not numbers:
        return None, None, f"more than {LAYER_LIMIT} layers would be needed"
    under = [(total, -n) for n in numbers if (total := space.below(n, low)) is not None]
    over = [(total, n) for n in numbers if (total := space.above(n, high)) is not None]
    below = _built(space, -max(under)[1], max(under)[0]) if under else None
    above = _built(space, min(over)[1], min(over)[0]) if over else None
    return below, above, _reason(space, levels, cells)


def _numbers(space: Space, levels: int | None, total: int) -> Iterator[int]:
    """Yield the numbers of levels that are wanted, or those whose largest field is enough."""
    if levels is not None:
        yield levels
        return
    for number in range(1, LAYER_LIMIT // space.times + 1):
        if space.reach(number) >= total:
            yield number


def _sums(space: Space, levels: int, least: int, falling: bool) -> Iterator[int]:
    """Yield the sums that so many levels can have, from a least one on, rising or falling."""
    total = space.reach(levels) if falling else space.above(levels, least)
    while total is not None and total >= least:
        yield total
        total = space.below(levels, total - 1) if falling else space.above(levels, total + 1)


def _built(space: Space, levels: int, total: int) -> Schedule:
    return made(space, construct(space, levels, total))


def _reason(space: Space, levels: int | None, cells: int) -> str:
    """Say why no schedule has a field."""
    kernel = f"kernel {space.kernel}"
    limit = "" if space.max_dilation is None else f" and dilations up to {space.max_dilation}"
    limit += "" if space.powers is None else f" and powers of {space.powers} as dilations"
    made, lowest = many((levels or 1) * space.times, "layer"), space.field(levels or 1)
    if cells < lowest:
        return f"{made} of {kernel} can see at least {lowest}"
    if levels is not None and cells > (highest := space.field(space.reach(levels))):
        return f"{made} of {kernel}{limit} can reach at most {highest} without holes"
    if (cells - 1) % space.unit:
        level = f", {many(space.times, 'layer')} a dilation," if space.times > 1 else ""
        return f"fields of {kernel}{level} are 1 plus a multiple of {space.unit}"
    number = "any number of layers" if levels is None else made
    return f"{number} of {kernel}{limit} cannot see {cells} without holes"

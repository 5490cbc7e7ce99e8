"""Which schedules are best? They are counted before they are made, and few are made."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, islice
from math import inf
from typing import Literal

import msgspec

from rfcalc.hdc import counting_work, perfectly_even
from rfcalc.schedules.counting import count, schedules
from rfcalc.schedules.leak import leak
from rfcalc.schedules.searching import Levels, construct, search, variation_of
from rfcalc.schedules.space import Space

__all__ = ["ENUMERATION_LIMIT", "Prefer", "Ranking", "Schedule", "Wish", "made", "rank"]

Prefer = Literal["even", "large", "few-layers", "small-dilations"]
Wish = tuple[int, int]
"""A number of levels, and the sum of their dilations."""

ENUMERATION_LIMIT = 5000
"""Most schedules that are made and ranked one by one."""
RANK_WORK = 1 << 23
"""Most sums that go into telling how even schedules are."""
SEARCH_LIMIT = 5000
"""Most levels, over all schedules, that a search tries."""


class Schedule(msgspec.Struct, frozen=True):
    """A hole-free schedule with what it is ranked by.

    ``cells`` : offsets sampled on one axis, all of the field. ``cv`` : coefficient of variation
    of the path counts, ``None`` where it is too long to count. ``leak`` : largest magnitude of
    their Fourier transform at the frequencies one over each dilation, over the total. ``even`` :
    every cell is sampled by exactly one path (T12). ``macs`` : multiply-adds of an output cell on
    one axis, between one channel and one other: with equal channels what a schedule costs.
    """

    dilations: tuple[int, ...]
    rf: int
    cells: int
    cv: float | None
    leak: float
    even: bool
    macs: int

    @property
    def field_per_mac(self) -> float:
        """Cells of field for a multiply-add."""
        return self.rf / self.macs


class Ranking(msgspec.Struct, frozen=True):
    """The best schedules that were found.

    ``total`` : how many there are, ``None`` beyond ``ENUMERATION_LIMIT``. ``complete`` : whether
    none is better than those told; otherwise they are the best that were come across.
    """

    schedules: tuple[Schedule, ...]
    total: int | None
    complete: bool


def rank(
    space: Space, wishes: Iterable[Wish], prefer: Prefer, most: int, also: Iterable[Levels] = ()
) -> Ranking:
    """Return the best schedules for any of the wishes, which come in the order of the preference.

    Of small dilations only those are made whose largest is small enough, of large fields only the
    largest. ``also`` are schedules that are judged beside those of a search.
    """
    given = list(islice(wishes, ENUMERATION_LIMIT + 1))
    counts = list(_counts(space, given))
    complete = len(counts) == len(given)
    total = sum(counts) if complete else None
    if prefer == "small-dilations":
        space = _narrow(space, given, most)
        counts = list(_counts(space, given))
        complete = len(counts) == len(given)
    elif prefer == "large":
        enough = next((n for n, held in enumerate(accumulate(counts), 1) if held >= most), None)
        counts, complete = counts[:enough], complete or enough is not None
    kept = given[: len(counts)]
    first = next(wish for wish in given if count(space, *wish, 1))
    if not kept or sum(counts) * _work(space, first) > RANK_WORK:
        complete, pool = False, _search(space, first)
    else:
        levels = (rates for wish in kept for rates in schedules(space, *wish))
        pool = {rates: variation_of(space, rates) for rates in levels}
    if not complete:
        pool |= {rates: variation_of(space, rates) for rates in also}
    best = sorted(pool, key=lambda rates: _key(space, rates, pool[rates], prefer))[:most]
    return Ranking(tuple(made(space, rates) for rates in best), total, complete)


def _counts(space: Space, wishes: Sequence[Wish]) -> Iterator[int]:
    """Yield how many schedules each wish has, while all together are few enough to be made."""
    spare = ENUMERATION_LIMIT
    for levels, total in wishes:
        number = count(space, levels, total, spare)
        if number > spare:
            return
        spare -= number
        yield number


def _narrow(space: Space, wishes: Sequence[Wish], most: int) -> Space:
    """Return the space with the least bound on dilations that leaves as many schedules."""

    def enough(bound: int) -> bool:
        narrow = msgspec.structs.replace(space, max_dilation=bound)
        found = accumulate(count(narrow, *wish, most) for wish in wishes)
        return any(held >= most for held in found)

    largest = max(total for _, total in wishes)
    bounds = range(1, min(space.max_dilation or largest, largest) + 1)
    at = bisect_left(bounds, True, key=enough)
    return space if at == len(bounds) else msgspec.structs.replace(space, max_dilation=bounds[at])


def _search(space: Space, wish: Wish) -> dict[Levels, float | None]:
    """Return schedules for a wish that has too many."""
    tries = min(SEARCH_LIMIT // wish[0], RANK_WORK // max(1, _work(space, wish)))
    tried = search(space, *wish, max(1, tries))
    return {rates: None if cv == inf else cv for rates, cv in tried.items()}


def _work(space: Space, wish: Wish) -> int:
    """Return about what it takes to tell how even a schedule is."""
    levels = construct(space, *wish)
    return counting_work([(rate, space.kernel) for rate in levels for _ in range(space.times)])


def _key(
    space: Space, levels: Levels, cv: float | None, prefer: Prefer
) -> tuple[float | Fraction, ...]:
    """Return what a schedule is ranked by; ties go to the most field for a multiply-add."""
    spread = inf if cv is None else cv
    # Every level has as many multiply-adds.
    size = (Fraction(-space.field(sum(levels)), len(levels)), *levels)
    if prefer == "small-dilations":
        return (levels[-1], len(levels), spread, *size)
    if prefer == "large":
        return (-sum(levels), len(levels), spread, *size)
    return (spread, *size)


def made(space: Space, levels: Levels) -> Schedule:
    """Return a schedule from its levels."""
    rates, field = space.dilations(levels), space.field(sum(levels))
    cv = variation_of(space, levels)
    even = perfectly_even(sorted((rate, space.kernel) for rate in rates))
    macs = len(rates) * space.kernel
    return Schedule(rates, field, field, cv, leak(rates, space.kernel), even, macs)

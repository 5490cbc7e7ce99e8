"""What is the least change of some sites after which no pair of maps has holes?"""

from collections.abc import Iterator, Sequence
from functools import cache
from operator import add, lt

import msgspec

from rfcalc.repair.fields import Fields
from rfcalc.repair.items import Plan, Rows, front, plan
from rfcalc.repair.masks import Masks
from rfcalc.repair.parts import Part
from rfcalc.repair.sites import Site

__all__ = ["LOOK_LIMIT", "NODE_LIMIT", "Search", "searched"]

NODE_LIMIT = 150_000
"""Most partial changes that are tried before the search says how far it is complete."""
FIELD_COST = 100
"""How many of them the fields of a whole change count for."""
ALIKE = 64
"""Most changes of one total of which that with the least burden comes first."""
LOOK_LIMIT = 4_000
"""Most masks that are looked at."""
CHANGE_LIMIT = 1 << 14
"""Largest total change that is tried."""


class Search(msgspec.Struct):
    """How far a search has come: every total change up to ``complete`` was tried.

    ``exhausted`` says that the bounds allow no larger one.
    """

    complete: int = -1
    exhausted: bool = False


class _CutShort(Exception):
    """A limit is reached."""


def searched(
    made: Sequence[Part],
    ends: Sequence[tuple[int, int]],
    fields: Fields,
    masks: Masks,
    search: Search,
    *,
    whole: bool = True,
    start: int = 0,
    limit: int | None = None,
) -> Iterator[dict[int, int]]:
    """Yield changes of the sites, least total first, that leave no holes and keep the fields.

    Parameters
    ----------
    made : the parts, which share no site.
    ends : how far each site may go down and up.
    whole : decide a chain of units at once, by the largest field for a change. Else every change
        of every site is tried.
    start : a total below which there is known to be none.
    limit : most partial changes that are tried, by default ``NODE_LIMIT``.
    """
    decisions = plan(made, ends, fields, whole)
    top = sum(max(-low, high, 0) for part in made for low, high in (ends[n] for n in part.sites))
    search.complete = start - 1
    if not decisions.possible:
        search.complete, search.exhausted = top, True
        return
    walk = _Walk(decisions, made, fields, masks, NODE_LIMIT if limit is None else limit)
    for total in range(start, min(top, CHANGE_LIMIT) + 1):
        try:
            for some in _batches(walk.changes(total)):
                yield from sorted(some, key=lambda steps: _burden(fields.found, steps))
        except _CutShort:
            return
        search.complete = total
    search.exhausted = top <= CHANGE_LIMIT and not masks.unknown


def _batches(found: Iterator[dict[int, int]]) -> Iterator[list[dict[int, int]]]:
    """Yield changes of one total some at a time, also those that are found when time is up."""
    some: list[dict[int, int]] = []
    try:
        for steps in found:
            some.append(steps)
            if len(some) == ALIKE:
                yield some
                some = []
    except _CutShort:
        if not some:
            raise
    yield some


def _burden(found: Sequence[Site], steps: dict[int, int]) -> int:
    return sum(found[number].burden for number in steps)


class _Walk:
    """Goes through the ways to spend a total change on the items of a plan."""

    def __init__(
        self,
        decisions: Plan,
        made: Sequence[Part],
        fields: Fields,
        masks: Masks,
        limit: int,
    ) -> None:
        self._items = decisions.items
        self._need = decisions.need
        self._straight = decisions.straight
        self._made = made
        self._fields = fields
        self._masks = masks
        self._left = limit
        self._steps = [0] * len(fields.found)
        self._dead: set[tuple[int, int, Rows]] = set()
        parts = [item.part for item in self._items]
        count = len(parts)
        self._first = [at == 0 or parts[at - 1] != parts[at] for at in range(count)]
        # Where the items of a part end, and what is behind an item that it may change at most.
        self._beyond = [0] * count
        self._spare = [0] * (count + 1)
        self._best: list[Rows] = [()] * count
        for at in reversed(range(count)):
            item = self._items[at]
            last = at + 1 == count or parts[at + 1] != parts[at]
            self._beyond[at] = at + 1 if last else self._beyond[at + 1]
            most = 1 << 62 if item.units else max(-item.low, item.high, 0)
            self._spare[at] = self._spare[at + 1] + most
            gain = tuple(max(by, 0) for by in item.gain)
            self._best[at] = gain if last else tuple(map(max, gain, self._best[at + 1]))
        self._hope = cache(self._most)

    def changes(self, total: int) -> Iterator[dict[int, int]]:
        """Yield what spends exactly the total."""
        yield from self._from(0, total, (0,) * len(self._need))

    def _most(self, at: int, left: int) -> Rows | None:
        """Return the most that the items from one on may add to each field, ``None`` for no way."""
        if at == len(self._items):
            return (0,) * len(self._need)
        found: Rows | None = None
        for change, mine in self._ways(at, left):
            rest = self._hope(self._beyond[at], left - change)
            if rest is not None:
                both = tuple(map(add, rest, mine))
                found = both if found is None else tuple(map(max, found, both))
        return found

    def _ways(self, at: int, left: int) -> Iterator[tuple[int, Rows]]:
        """Yield what the rest of a part may add to each field at the most, by its change.

        Where a part begins it changes no less, and adds no more to its own field, than a chain
        of its units in the best order does.
        """
        item, best = self._items[at], self._best[at]
        if item.units:
            for change, (field, _) in front(item.units, left).items():
                yield change, self._plus((0,) * len(best), item.gain, field - item.field)
            return
        least = 0
        units = self._made[item.part].units
        if units and self._first[at]:
            least = min(front(units, left), default=left + 1)
        for change in range(least, left + 1):
            yield change, tuple([by * change for by in best])

    def _plus(self, gains: Rows, by: Rows, step: int) -> Rows:
        """Return gains with those of a step; where fields may stay, none is lost."""
        if not step or (step < 0 and not self._straight):
            return gains
        return tuple([a + b * step for a, b in zip(gains, by, strict=True)])

    def _from(self, at: int, left: int, gains: Rows) -> Iterator[dict[int, int]]:
        """Yield what spends the rest on the items from one on."""
        self._left -= 1
        if self._left < 0 or self._masks.looks > LOOK_LIMIT:
            raise _CutShort
        if at == len(self._items):
            self._left -= FIELD_COST
            steps = {number: step for number, step in enumerate(self._steps) if step}
            if self._fields.kept(steps):
                yield steps
            return
        if not self._enough(at, left, gains):
            return
        first = self._first[at]
        if first and (at, left, gains) in self._dead:
            return
        some = False
        whole = bool(self._items[at].units)
        for found in self._whole(at, left, gains) if whole else self._site(at, left, gains):
            some = True
            yield found
        if first and not some:
            self._dead.add((at, left, gains))

    def _enough(self, at: int, left: int, gains: Rows) -> bool:
        """Whether the items from one on may still add what the fields need."""
        hope = self._hope(at, left)
        return hope is not None and not any(map(lt, map(add, gains, hope), self._need))

    def _whole(self, at: int, left: int, gains: Rows) -> Iterator[dict[int, int]]:
        """Yield what follows every way to move a whole part."""
        item = self._items[at]
        last = at + 1 == len(self._items)
        for change, (field, moves) in front(item.units, left).items():
            if last and change < left:
                continue
            for site, move in moves:
                self._steps[site] = move
            after = self._plus(gains, item.gain, field - item.field)
            yield from self._from(at + 1, left - change, after)
            for site, _ in moves:
                self._steps[site] = 0

    def _site(self, at: int, left: int, gains: Rows) -> Iterator[dict[int, int]]:
        """Yield what follows every move of one site."""
        item = self._items[at]
        least = max(0, left - self._spare[at + 1])
        bound = self._steps[self._items[item.like].site] if item.like >= 0 else 1 << 62
        for size in range(least, min(left, max(-item.low, item.high, 0)) + 1):
            for step in dict.fromkeys((size, -size)):
                if (step and not item.low <= step <= item.high) or step > bound:
                    continue
                after = self._plus(gains, item.gain, step)
                if not self._enough(at + 1, left - size, after):
                    continue
                self._steps[item.site] = step
                if self._fits(at, left - size):
                    yield from self._from(at + 1, left - size, after)
        self._steps[item.site] = 0

    def _fits(self, at: int, left: int) -> bool:
        """Whether the part of an item has no holes, or may still have none."""
        self._left -= 1
        part = self._made[self._items[at].part]
        if self._beyond[at] == at + 1:
            return all(chain.solid(self._steps) for chain in part.chains) and all(
                self._masks.solid(mask, self._steps) for mask in part.masks
            )
        low, high = list(self._steps), list(self._steps)
        for item in self._items[at + 1 : self._beyond[at]]:
            low[item.site] = max(min(item.low, 0), -left)
            high[item.site] = min(max(item.high, 0), left)
        return all(chain.hopeful(low, high) for chain in part.chains)

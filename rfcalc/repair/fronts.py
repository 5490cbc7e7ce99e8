"""How far does a chain reach without a hole, for every total change of its dilations?"""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from rfcalc.repair.units import Moves, Unit, kinds

__all__ = ["Front", "fronts", "reach"]

Front = dict[int, tuple[int, Moves]]
"""For a total change the largest field without holes, and how it is reached."""


class _Way(msgspec.Struct, frozen=True):
    """A field without holes, and how it is reached.

    Of ways to the same field that with the least burden is taken.
    """

    field: int
    burden: int = 0
    before: "_Way | None" = None
    moves: Moves = ()

    def betters(self, other: "_Way | None") -> bool:
        """Whether it reaches further, or as far with less."""
        return other is None or (self.field, -self.burden) > (other.field, -other.burden)

    def listed(self) -> Moves:
        """Return all moves along the way."""
        found, way = list(self.moves), self.before
        while way is not None:
            found += way.moves
            way = way.before
        return tuple(sorted(found))


@lru_cache(maxsize=256)
def fronts(found: tuple[Unit, ...], most: int) -> Front:
    """Return for each total change, up to the most, the largest field without holes.

    A step that does not exceed the field built so far keeps it solid (T1), and a larger field
    leaves more room, so of all ways to spend a change only the largest field is followed. Units
    of one kind are taken in order of their step, which no other order can better.
    """
    sorts = kinds(found)
    weighs = {b.site: b.burden for unit in found for b in unit.branches}
    states: dict[tuple[int, ...], dict[int, _Way]] = {(0,) * len(sorts): {0: _Way(1)}}
    for _ in found:
        following: dict[tuple[int, ...], dict[int, _Way]] = {}
        for taken, ways in states.items():
            for number, alike in enumerate(sorts):
                if taken[number] == len(alike):
                    continue
                unit = alike[taken[number]]
                after = (*taken[:number], taken[number] + 1, *taken[number + 1 :])
                into = following.setdefault(after, {})
                for change, way in ways.items():
                    for step, cost, moves in unit.choices(way.field, most - change):
                        burden = way.burden + sum(weighs[site] for site, _ in moves)
                        wide = _Way(way.field + unit.weight * step, burden, way, moves)
                        if wide.betters(into.get(change + cost)):
                            into[change + cost] = wide
        states = {taken: _pruned(ways) for taken, ways in following.items()}
    # All units are taken in the end, whichever kind came first.
    return {
        change: (way.field, way.listed())
        for ways in states.values()
        for change, way in ways.items()
    }


def _pruned(ways: dict[int, _Way]) -> dict[int, _Way]:
    """Drop what changes more without reaching further."""
    kept: dict[int, _Way] = {}
    largest = 0
    for change in sorted(ways):
        if ways[change].field > largest:
            largest = ways[change].field
            kept[change] = ways[change]
    return kept


def reach(found: Sequence[Unit]) -> int:
    """Return the largest field without holes at any change, 0 where there is none."""
    sorts = kinds(found)
    states = {(0,) * len(sorts): 1}
    for _ in found:
        following: dict[tuple[int, ...], int] = {}
        for taken, field in states.items():
            for number, alike in enumerate(sorts):
                if taken[number] == len(alike):
                    continue
                step = _largest(alike[taken[number]], field)
                if step:
                    after = (*taken[:number], taken[number] + 1, *taken[number + 1 :])
                    wide = field + alike[taken[number]].weight * step
                    following[after] = max(following.get(after, 0), wide)
        states = following
    return max(states.values(), default=0)


def _largest(unit: Unit, room: int) -> int:
    """Return the largest step that fits, 0 where none does."""
    if unit.base > room:
        return max((step for step, _, _ in unit.choices(room, 1 << 62)), default=0)
    top = unit.widest
    move = min(top.high, (room - top.base) // top.scale)
    return max(unit.base, top.base + top.scale * move) if top.site >= 0 else unit.base

"""Of which decisions is a repair made, and what may each of them add to the fields?"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

import msgspec

from rfcalc.repair.fields import Fields, Lever, Slopes
from rfcalc.repair.fronts import Front, fronts, reach
from rfcalc.repair.parts import Part
from rfcalc.repair.units import Unit

__all__ = ["Item", "Plan", "Rows", "front", "plan"]

Rows = tuple[int, ...]
"""One number per field that has to be kept, each in a unit of its own in which it is whole."""
Gains = tuple[Fraction, ...]


class Item(msgspec.Struct, frozen=True):
    """A decision: the move of one site, or of a whole part that is a chain of units.

    ``gain`` is what a unit of change adds to each field at the most, of a whole part what a cell
    of its own field adds. ``like`` is an earlier item that this one need not exceed, -1 for none.
    """

    part: int
    site: int
    units: tuple[Unit, ...]
    gain: Rows
    low: int
    high: int
    like: int = -1

    @property
    def field(self) -> int:
        """The field of a whole part as it is."""
        return 1 + sum(unit.weight * unit.base for unit in self.units)


class Plan(msgspec.Struct, frozen=True):
    """The decisions in order, whole parts first, and what each field needs at the least.

    ``straight`` and ``exact`` as of the slopes: whether what is lost costs field, and whether
    nothing is rounded.
    """

    items: tuple[Item, ...]
    need: Rows
    straight: bool
    exact: bool

    @property
    def possible(self) -> bool:
        """Whether the fields may be kept by the largest that every item can add."""
        most = [0] * len(self.need)
        for item in self.items:
            up = reach(item.units) - item.field if item.units else max(item.high, 0)
            if item.units and up == -item.field:
                return False
            gained = [by * up for by in item.gain]
            if not self.straight:
                gained = [max(by, 0) for by in gained]
            most = [a + b for a, b in zip(most, gained, strict=True)]
        return all(a >= b for a, b in zip(most, self.need, strict=True))


@lru_cache(maxsize=1024)
def front(units: tuple[Unit, ...], most: int) -> Front:
    """Return the largest field for every total change up to the most."""
    found = fronts(units, 1 << max(most, 1).bit_length())
    return {change: value for change, value in found.items() if change <= most}


def plan(
    made: Sequence[Part], ends: Sequence[tuple[int, int]], fields: Fields, whole: bool
) -> Plan:
    """Return the decisions that a search has to take.

    A part is decided at once where all of its sites add to every field in proportion to what
    they add to its own.
    """
    units = [part.units if whole and part.units else () for part in made]
    corner = {n: ends[n][0] for part in made for n in part.sites if ends[n][0] < 0}
    while True:
        levers = [_levers(part, own, ends) for part, own in zip(made, units, strict=True)]
        slopes = fields.slopes([lever for some in levers for lever in some], corner)
        columns = iter(list(zip(*slopes.rows, strict=True)))
        gains = [[next(columns) for _ in some] for some in levers]
        ratios = [_ratio(own, gain) for own, gain in zip(units, gains, strict=True)]
        if all(ratio is not None for ratio in ratios):
            break
        units = [() if r is None else own for own, r in zip(units, ratios, strict=True)]
    items: list[tuple[Item, Gains]] = []
    for number, (part, own, ratio, gain) in enumerate(zip(made, units, ratios, gains, strict=True)):
        if own:
            items.append((Item(number, -1, own, (), 0, 0), ratio or ()))
            continue
        for site, by in zip(part.sites, gain, strict=True):
            items.append((Item(number, site, (), (), *ends[site]), by))
    items.sort(key=lambda item: not item[0].units)
    least = [b - a for a, b in zip(fields.was, fields.least, strict=True)]
    made_whole, need = _distinct(items, least, slopes)
    exact = slopes.straight and not slopes.slack
    decided = _alike(made_whole, made) if exact else made_whole
    return Plan(tuple(decided), need, slopes.straight, exact)


def _levers(part: Part, own: tuple[Unit, ...], ends: Sequence[tuple[int, int]]) -> list[Lever]:
    if not own:
        return [Lever(site, min(ends[site][0], 0)) for site in part.sites]
    free = [unit for unit in own if unit.widest.site >= 0]
    return [Lever(u.widest.site, (u.least - u.base) // u.widest.scale) for u in free]


def _ratio(own: tuple[Unit, ...], gains: Sequence[Gains]) -> Gains | None:
    """Return what a cell of a part's field adds to each field, ``None`` where units differ."""
    free = [unit for unit in own if unit.widest.site >= 0]
    each = {
        tuple(by / (unit.weight * unit.widest.scale) for by in gain)
        for unit, gain in zip(free, gains, strict=False)
    }
    return None if len(each) > 1 else next(iter(each), ())


def _alike(items: Sequence[Item], made: Sequence[Part]) -> list[Item]:
    """Return the items, those that may change places tied to each other.

    Where two sites are alike in all that is needed, and the first adds no less to any field,
    there is a least change in which it is moved no less.
    """
    last: dict[object, int] = {}
    found: list[Item] = []
    for item in items:
        if item.site >= 0 and (role := _role(item, made[item.part])) is not None:
            key = (item.part, item.low, item.high, role)
            before = last.get(key, -1)
            if before >= 0 and all(
                a >= b for a, b in zip(found[before].gain, item.gain, strict=True)
            ):
                item = msgspec.structs.replace(item, like=before)
            last[key] = len(found)
        found.append(item)
    return found


def _role(item: Item, part: Part) -> object | None:
    """Return what a site does in the chains of its part, ``None`` where others do it with it."""
    if any(item.site in mask.sites for mask in part.masks):
        return None
    role: list[tuple[int, int, int, int]] = []
    for number, chain in enumerate(part.chains):
        for link in chain.links:
            for step in link:
                for site, by in step.moves:
                    if site == item.site and len(link) == len(step.moves) == 1:
                        role.append((number, step.base, step.weight, by))
                    elif site == item.site:
                        return None
    return tuple(sorted(role))


def _distinct(
    items: Sequence[tuple[Item, Gains]], need: Sequence[int], slopes: Slopes
) -> tuple[list[Item], Rows]:
    """Return items and needs in whole numbers, fields that say the same only once."""
    kept: dict[tuple[int, ...], None] = {}
    for row, least in enumerate(need):
        gains = [gain[row] if gain else Fraction(0) for _, gain in items]
        least -= slopes.slack
        if any(gains) or least > 0:
            unit = lcm(*(by.denominator for by in gains))
            numbers = [least * unit, *(int(by * unit) for by in gains)]
            shared = gcd(*numbers) or 1
            kept.setdefault(tuple(by // shared for by in numbers))
    rows = list(kept)
    whole = [
        msgspec.structs.replace(item, gain=tuple(row[number] for row in rows))
        for number, (item, _) in enumerate(items, start=1)
    ]
    return whole, tuple(row[0] for row in rows)

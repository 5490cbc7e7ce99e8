"""Which tile size throws away the least when a window may hold only so many cells?"""

from bisect import bisect_right
from collections.abc import Sequence
from math import prod

import msgspec

from rfcalc.errors import fail, many
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.halo import Halo
from rfcalc.tiling.plan import TILE_LIMIT, Plan, planned

__all__ = ["best"]


class _Choice(msgspec.Struct, frozen=True, order=True):
    """A tile size of one axis: its largest window, the cells of all windows, and the size."""

    window: int
    run: int
    tile: int


def best(
    moving: Grids,
    around: Halo,
    most: int,
    used: Halo | None = None,
    assumed: Sequence[str] = (),
) -> Plan:
    """Return the plan with the least overhead whose windows have at most ``most`` cells.

    Among all tile sizes on the alignment that are not smaller than the halo; of equal ones the
    one with the smallest windows. Sizes are ranked by their halo, and a plan is made of the best:
    where outputs read padding alone, its windows are other than the halo says.

    Raises
    ------
    RfcalcError
        RF403: no input size, RF461: not even the smallest tile fits.
    """
    n = moving.size
    if n is None:
        raise fail("RF403", "the best tile depends on the input size", "give it: `input=(H, W)`")
    cut = used or around
    fronts = [
        _front(cells, cut.alignment[axis], cut.aligned[axis], cut.cut[axis])
        if moving.causes[axis] is None
        else (_Choice(cells, cells, cells),)
        for axis, cells in enumerate(n)
    ]
    limit, tried = most, list[int]()
    while True:
        chosen = _least(fronts, limit)
        tiles = chosen or (() if tried else [front[0] for front in fronts])
        if not tiles:
            break
        plan = planned(moving, around, tuple(choice.tile for choice in tiles), used, assumed)
        assert plan.pixels is not None
        if plan.pixels <= most:
            return plan
        tried.append(plan.pixels)
        # Near a border a window can be larger than its halo says: look among smaller ones.
        limit = prod(choice.window for choice in tiles) - 1
    least = many(min(tried), "cell")
    raise fail(
        "RF461",
        f"no tile is found that fits: the smallest window tried has {least}, "
        f"`max_pixels=` is {most:,}",
        f"allow at least {least}, or ask for an earlier `layer=`",
    )


def _front(n: int, step: int, halo: tuple[int, int], cut: tuple[int, int]) -> tuple[_Choice, ...]:
    """Return the tile sizes of one axis that no other beats in both window and cells."""
    choices = [_Choice(n, n, -(-n // step) * step)]
    first = -(-max(1, *halo) // step) * step
    if n // step > TILE_LIMIT:
        fact = f"{n // step:,} tile sizes would have to be tried; the limit is {TILE_LIMIT:,}"
        raise fail("RF409", fact, "give the size: `tile=`")
    for tile in range(first, n, step):
        count = -(-n // tile)
        rest = n - (count - 1) * tile
        after = min(cut[1], rest)
        run = n + (count - 1) * cut[0] + (count - 2) * cut[1] + after
        ends = tile + after if count == 2 else tile + cut[1], cut[0] + rest
        middle = cut[0] + tile + after if count == 3 else cut[0] + tile + cut[1]
        choices.append(_Choice(max(*ends, middle if count > 2 else 0), run, tile))
    choices.sort()
    front: list[_Choice] = []
    for choice in choices:
        if not front or choice.run < front[-1].run:
            front.append(choice)
    return tuple(front)


def _least(fronts: Sequence[Sequence[_Choice]], most: int) -> tuple[_Choice, ...] | None:
    """Return one choice per axis with the least cells, of windows of at most ``most`` cells."""
    front, rest = fronts[0], fronts[1:]
    if not rest:
        at = bisect_right(front, most, key=lambda choice: choice.window)
        return (front[at - 1],) if at else None
    found: tuple[_Choice, ...] | None = None
    for choice in front:
        if choice.window > most:
            break
        others = _least(rest, most // choice.window)
        if others is None:
            continue
        chosen = (choice, *others)
        if found is None or _rank(chosen) < _rank(found):
            found = chosen
    return found


def _rank(chosen: Sequence[_Choice]) -> tuple[int, int]:
    return prod(choice.run for choice in chosen), prod(choice.window for choice in chosen)

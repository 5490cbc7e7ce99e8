"""Which hole-free schedules are nearest to a given one, and which reaches furthest?"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import prod

import msgspec

from rfcalc.errors import fail
from rfcalc.hdc import HdcVerdict, hdc_check

__all__ = ["CHANGE_LIMIT", "STATE_LIMIT", "Suggestion", "largest_of", "suggest"]

CHANGE_LIMIT = 400
"""Largest total change within which the nearest schedules are searched."""
STATE_LIMIT = 1 << 12
"""Most selections of unlike layers that a search goes through."""


class Suggestion(msgspec.Struct, frozen=True):
    """A hole-free schedule near a given one: the total of the changes, and its field.

    ``verdict`` is what the published rules say of it in both readings, and how even it is.
    """

    dilations: tuple[int, ...]
    change: int
    rf: int
    verdict: HdcVerdict


def suggest(
    dilations: Sequence[int],
    kernel: int | Sequence[int] = 3,
    stride: int | Sequence[int] = 1,
    *,
    count: int = 3,
) -> tuple[Suggestion, ...]:
    """Return hole-free schedules of the same length, the least total change first.

    Every further one changes more and reaches a larger field. The order of the layers is kept;
    it does not matter to the mask. Empty when more than ``CHANGE_LIMIT`` would have to change.

    Notes
    -----
    A step that does not exceed the solid field built so far keeps it solid (T1), and a larger
    field leaves more room, so of all ways to spend a given change only the largest field is
    followed. Layers of one kernel and one jump are taken in order of their dilation.
    """
    given = hdc_check(dilations, kernel, stride)
    kinds = _kinds(given)
    best: _Front = {}
    most = 2
    while not best and most < 2 * CHANGE_LIMIT:
        best = _fronts(kinds, given.dilations, min(most, CHANGE_LIMIT))
        most *= 2
    if best:
        best = _fronts(kinds, given.dilations, min(best) + 2)
    found: list[Suggestion] = []
    largest = 0
    for change, (field, chosen) in sorted(best.items()):
        if field > largest and len(found) < count:
            largest = field
            rates = tuple(chosen[p] for p in range(len(given.dilations)))
            verdict = hdc_check(rates, given.kernels, given.strides)
            found.append(Suggestion(rates, change, field, verdict))
    return tuple(found)


def _kinds(given: HdcVerdict) -> dict[tuple[int, int], list[int]]:
    """Return the layers of each kernel and jump, in order of their dilation.

    Raises
    ------
    RfcalcError
        RF410: layers so unlike that there are more than ``STATE_LIMIT`` ways to take some.
    """
    jumps = accumulate(given.strides[:-1], lambda a, b: a * b, initial=1)
    kinds: dict[tuple[int, int], list[int]] = {}
    places = zip(given.dilations, range(len(given.dilations)), given.kernels, jumps, strict=True)
    for _, position, kernel, jump in sorted(places):
        kinds.setdefault((kernel, jump), []).append(position)
    states = prod(len(positions) + 1 for positions in kinds.values())
    if states > STATE_LIMIT:
        fact = f"layers of {len(kinds)} kernels and jumps come in {states:,} selections"
        raise fail("RF410", fact, f"suggestions are searched among {STATE_LIMIT:,} at most")
    return kinds


_Front = dict[int, tuple[int, dict[int, int]]]


def _fronts(kinds: dict[tuple[int, int], list[int]], rates: Sequence[int], most: int) -> _Front:
    """Return for each total change, up to the most, the largest solid field and its dilations."""
    names = list(kinds)
    start: tuple[int, ...] = (0,) * len(names)
    states: dict[tuple[int, ...], _Front] = {start: {0: (1, {})}}
    for _ in range(len(rates)):
        following: dict[tuple[int, ...], _Front] = {}
        for taken, front in states.items():
            for number, (kernel, jump) in enumerate(names):
                places = kinds[names[number]]
                if taken[number] == len(places):
                    continue
                position = places[taken[number]]
                after = (*taken[:number], taken[number] + 1, *taken[number + 1 :])
                into = following.setdefault(after, {})
                for change, (field, chosen) in front.items():
                    for rate in _choices(rates[position], field // jump, kernel, most - change):
                        total = change + abs(rate - rates[position])
                        if total > most:
                            continue
                        reached = field + (kernel - 1) * rate * jump
                        if total not in into or into[total][0] < reached:
                            into[total] = (reached, {**chosen, position: rate})
        states = {taken: _pruned(front) for taken, front in following.items()}
    # All layers are taken in the end, whichever kind came first.
    (front,) = states.values()
    return front


def _choices(rate: int, room: int, kernel: int, spare: int) -> Iterator[int]:
    """Yield the dilations worth trying: the nearest that fits, and larger ones."""
    if kernel == 1:
        yield rate
    elif room < rate:
        # A smaller one than fits would change more and reach less.
        if room >= 1:
            yield room
    else:
        yield from range(rate, min(room, rate + spare) + 1)


def _pruned(front: _Front) -> _Front:
    """Drop what changes more without reaching further."""
    kept: _Front = {}
    largest = 0
    for change in sorted(front):
        if front[change][0] > largest:
            largest = front[change][0]
            kept[change] = front[change]
    return kept


def largest_of(verdict: HdcVerdict) -> Suggestion | None:
    """Return the largest hole-free field that the layers of a verdict can have (T6).

    ``None`` where no dilations leave them without holes: a kernel smaller than a stride.

    Small kernels go first only where jumps allow no more: at each turn the layer that reaches
    furthest in the end is found by trying every order of unlike layers.
    """
    kinds = _kinds(verdict)
    names = list(kinds)
    states: dict[tuple[int, ...], tuple[int, dict[int, int]]] = {(0,) * len(names): (1, {})}
    for _ in verdict.dilations:
        following: dict[tuple[int, ...], tuple[int, dict[int, int]]] = {}
        for taken, (field, chosen) in states.items():
            for number, (kernel, jump) in enumerate(names):
                if taken[number] < len(kinds[names[number]]) and field >= jump:
                    rate = field // jump
                    after = (*taken[:number], taken[number] + 1, *taken[number + 1 :])
                    reached = field + (kernel - 1) * rate * jump
                    position = kinds[names[number]][taken[number]]
                    if after not in following or following[after][0] < reached:
                        following[after] = (reached, {**chosen, position: rate})
        states = following
    if not states:
        return None
    # All layers are taken in the end, whichever kind came first.
    ((field, chosen),) = states.values()
    rates = tuple(chosen[position] for position in range(len(verdict.dilations)))
    change = sum(abs(a - b) for a, b in zip(rates, verdict.dilations, strict=True))
    return Suggestion(rates, change, field, hdc_check(rates, verdict.kernels, verdict.strides))

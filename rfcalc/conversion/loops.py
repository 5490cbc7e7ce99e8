"""Which stretches repeat one after the other? Repetitions, with the names they make."""

import re
from collections.abc import Hashable, Sequence

from rfcalc.conversion.naming import JOINTS, Names, Run, relative, runs
from rfcalc.conversion.plan import Plan
from rfcalc.conversion.signature import outside, signature
from rfcalc.conversion.text import Context, lines
from rfcalc.conversion.tree import Call, Loop, Seq, Step, exit_of, members, parts
from rfcalc.layers import LAYERS
from rfcalc.layers.pointwise import Pointwise

__all__ = ["named_loops", "numbered_loops"]

PERIOD_LIMIT = 32
"""Most items of a turn that is found by looking for it."""
NAME_COST = 0.25
"""Lines that a lost name is worth."""
LOSSY_GAIN = 3
LOSSY_TIMES = 4
"""Fewest lines saved, and fewest turns, for which names are given up at all."""
_NUMBER = re.compile(rf"(.*?)([0-9]{{1,6}})([{re.escape(JOINTS)}]+)", re.DOTALL)


def named_loops(items: Seq, names: Names, loops: set[str]) -> None:
    """Replace neighbours that are alike and numbered in their names, ``layer1.1``, ``layer1.2``.

    ``loops`` holds the names of repetitions so far.
    """
    while found := _chains(items, names):
        taken = [False] * len(items)
        chosen: list[list[Run]] = []
        for chain in found:
            start, stop = chain[0].start, chain[-1].stop
            if not any(taken[start:stop]):
                taken[start:stop] = [True] * (stop - start)
                chosen.append(chain)
        for chain in sorted(chosen, key=lambda chain: -chain[0].start):
            _loop(items, chain, names, loops)


def _loop(items: Seq, chain: Sequence[Run], names: Names, loops: set[str]) -> None:
    """Put a repetition in the place of its turns."""
    first, last = chain[0], chain[-1]
    match = _NUMBER.fullmatch(first.prefix)
    assert match is not None
    stem, number, joint = match.groups()
    nodes = list(members(items[first.start : last.stop]))
    plain = stem.rstrip(".")
    own = joint == "." and stem.endswith(".") and plain not in loops
    if own and names.aliases.get(plain, nodes[-1]) == nodes[-1] and plain not in names.taken:
        loops.add(plain)
        name = plain
    else:
        name = stem + "{}" + ("" if joint == "." else joint)
    body = items[first.start : first.stop]
    loop = Loop(len(chain), body, nodes, name, int(number), first.prefix)
    items[first.start : last.stop] = [loop]


def _chains(items: Seq, names: Names) -> list[list[Run]]:
    """Return chains of runs alike with consecutive numbers, inner and long ones first."""
    numbered: dict[tuple[str, str, int], Run] = {}
    for run in runs(items, names):
        match = _NUMBER.fullmatch(run.prefix)
        if match is not None:
            number = match[2]
            if number == "0" or not number.startswith("0"):
                numbered[match[1], match[3], int(number)] = run
    keys = {
        key: (
            signature(items[run.start : run.stop], names),
            relative(list(members(items[run.start : run.stop])), run.prefix, names),
        )
        for key, run in numbered.items()
    }
    chains: list[list[Run]] = []
    for stem, joint, number in sorted(numbered):
        run = numbered[stem, joint, number]
        before = numbered.get((stem, joint, number - 1))
        alike = before is not None and before.stop == run.start
        if alike and keys[stem, joint, number - 1] == keys[stem, joint, number]:
            chains[-1].append(run)
        else:
            chains.append([run])
    # Two lines are not worth a repetition.
    long = [chain for chain in chains if len(chain) > 1 + (chain[0].count == 1)]
    return sorted(long, key=lambda chain: (-len(chain[0].prefix), -len(chain)))


def numbered_loops(items: Seq, context: Context, plan: Plan, lossy: bool) -> None:
    """Replace stretches that repeat and have no names, or with ``lossy`` give up their names."""
    names = context.names
    while True:  # every round leaves fewer items
        found = sorted(_repeats(items, context, plan, lossy), key=lambda one: -one[0])
        taken = [False] * len(items)
        chosen: list[tuple[int, int, int]] = []
        for _, start, period, times in found:
            stop = start + period * times
            if not any(taken[start:stop]):
                taken[start:stop] = [True] * (stop - start)
                chosen.append((start, period, times))
        if not chosen:
            return
        for start, period, times in sorted(chosen, reverse=True):
            stop = start + period * times
            nodes = list(members(items[start:stop]))
            kept = [names.given[i] for i in nodes]
            label, was = kept[-1], ""
            if any(kept[:-1]):
                label, was = None, _told(kept)
                for i in nodes:
                    names.given[i] = None
            body = items[start : start + period]
            if was:
                _forget(body)
            loop = Loop(times, body, nodes, label, was=was)
            items[start:stop] = [loop]


def _forget(items: Seq) -> None:
    """Take the names from what repeats without them."""
    for one in parts(items):
        for item in one:
            if isinstance(item, Loop | Call):
                item.name = None
            if isinstance(item, Loop):
                item.prefix = None


def _told(kept: Sequence[str | None]) -> str:
    """Return the names that are given up, first and last."""
    real = [name for name in kept if name]
    return f"{real[0]} .. {real[-1]}"


def _repeats(
    items: Seq, context: Context, plan: Plan, lossy: bool
) -> list[tuple[float, int, int, int]]:
    """Return lines saved, start, period and times of stretches that repeat."""
    names = context.names
    keys: list[Hashable] = []
    for number, item in enumerate(items):
        far, near = outside([item], names)
        keys.append((number,) if far or near else signature([item], names))
    found: list[tuple[float, int, int, int]] = []
    for period in range(1, min(PERIOD_LIMIT, len(items) // 2) + 1):
        start = 0
        while start + 2 * period <= len(items):
            length = 0
            while start + length + period < len(items) and (
                keys[start + length] == keys[start + length + period]
            ):
                length += 1
            if length >= period:
                found += _turns(items, start, length + period, period, context, plan, lossy)
            start += length + 1
    return found


def _turns(
    items: Seq, start: int, length: int, period: int, context: Context, plan: Plan, lossy: bool
) -> list[tuple[float, int, int, int]]:
    """Return the best way to cut a stretch into turns, if it saves lines."""
    times = length // period
    offsets = range(length - times * period + 1)
    begin = next(
        (o for o in offsets if not _passing(items, start + o, plan)),
        0,
    )
    start += begin
    nodes = list(members(items[start : start + times * period]))
    lost = sum(context.names.given[i] is not None for i in nodes[:-1])
    if lost and (not lossy or times < LOSSY_TIMES or not context.names.needed.isdisjoint(nodes)):
        return []
    turn = len(lines(items[start : start + period], context))
    saved = turn * (times - 1) - (1 if turn < 4 else 3) - NAME_COST * lost
    return [(saved, start, period, times)] if saved >= (LOSSY_GAIN if lost else 1) else []


def _passing(items: Seq, position: int, plan: Plan) -> bool:
    item = items[position]
    return (
        isinstance(item, Step)
        and issubclass(LAYERS[item.op], Pointwise)
        and (position > 0 and exit_of(items[position - 1]) >= plan.sources)
    )

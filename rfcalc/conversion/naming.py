"""Which names does a file make by itself, and which layers share the beginning of theirs?"""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from rfcalc.conversion.plan import Plan
from rfcalc.conversion.tree import Item, Seq, exit_of, members

__all__ = ["Names", "Run", "numbered", "runs"]

JOINTS = "._/-"


class Names(msgspec.Struct):
    """What every layer is called: its own name to be written, or ``None`` for a number.

    ``own`` is what it was called, ``auto`` what it is called without a name; ``at`` is its place
    in the order of writing, and ``needed`` are layers that others read by name.
    """

    own: list[str]
    given: list[str | None]
    auto: list[str]
    at: list[int]
    aliases: dict[str, int]
    taken: set[str]
    needed: set[int]

    def shown(self, position: int) -> str:
        """Return the name by which a layer can be found from anywhere."""
        return self.given[position] or self.auto[position]

    def lost(self, position: int) -> bool:
        """Whether a layer has had a name and has none any more."""
        return self.given[position] is None and self.auto[position] != self.own[position]


class Run(msgspec.Struct, frozen=True):
    """Neighbouring items whose names all begin with a prefix that ends in a joint."""

    start: int
    stop: int
    prefix: str
    count: int


def numbered(plan: Plan, top: Seq) -> Names:
    """Return the names to write; numbers are left to the reader where most names are numbers."""
    counts: Counter[str] = Counter()
    auto = [one.name for one in plan.placed]
    at = list(range(len(auto)))
    for number, position in enumerate(members(top), start=plan.sources):
        op = plan.placed[position].layer.op
        counts[op] += 1
        auto[position] = f"{op}{counts[op]}"
        at[position] = number
    given: list[str | None] = [one.name for one in plan.placed]
    same = [i for i in range(plan.sources, len(auto)) if auto[i] == given[i]]
    if 2 * len(same) >= len(auto) - plan.sources:
        for position in same:
            given[position] = None
    taken = {one.name for one in plan.placed}
    return Names([one.name for one in plan.placed], given, auto, at, plan.aliases, taken, set())


def runs(items: Seq, names: Names) -> list[Run]:
    """Return every longest run of items whose names share a prefix that a block could give.

    The prefix may be that of a module: then its name has to stand for the output of the run.
    """
    found: list[Run] = []
    begun: dict[str, int] = {}
    for number in range(len(items) + 1):
        here = _prefixes(items[number], names) if number < len(items) else []
        for prefix in [p for p in begun if p not in here]:
            start = begun.pop(prefix)
            run = _run(items, start, number, prefix, names)
            if run is not None:
                found.append(run)
        for prefix in here:
            begun.setdefault(prefix, number)
    return found


def _run(items: Seq, start: int, stop: int, prefix: str, names: Names) -> Run | None:
    stem = prefix.rstrip(JOINTS)
    last = exit_of(items[stop - 1])
    if not stem or stem in names.taken or names.aliases.get(stem, last) != last:
        return None
    if names.given[last] is None:
        return None  # it would be called like the block
    return Run(start, stop, prefix, sum(1 for _ in members(items[start:stop])))


def _prefixes(item: Item, names: Names) -> list[str]:
    """Return the prefixes that all names in an item share, shortest first."""
    common: str | None = None
    for position in members(item):
        name = names.given[position]
        if name is None:
            continue
        common = name if common is None else _shared(common, name)
        if not common:
            return []
    if common is None:
        return []
    ends = [match.end() for match in re.finditer(f"[{re.escape(JOINTS)}]+", common)]
    return [common[:end] for end in ends if _proper(item, common[:end], names)]


def _shared(a: str, b: str) -> str:
    length = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    return a[: min(len(a), len(b)) if length is None else length]


def _proper(item: Item, prefix: str, names: Names) -> bool:
    """Whether something is left of every name behind the prefix."""
    return all(names.given[i] != prefix for i in members(item))


def relative(positions: Sequence[int], prefix: str | None, names: Names) -> tuple[str | None, ...]:
    """Return names without their common beginning."""
    return tuple(
        None if prefix is None or (name := names.given[i]) is None else name[len(prefix) :]
        for i in positions
    )

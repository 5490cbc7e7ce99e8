"""When are two stretches of a network alike? Their structure, and the numbers that may differ."""

from collections.abc import Hashable, Iterator, Sequence

from rfcalc.conversion.naming import Names
from rfcalc.conversion.tree import Call, Fork, Item, Loop, Seq, Step, members
from rfcalc.conversion.values import COUNTED
from rfcalc.documents import Data

__all__ = ["Slots", "filled", "named", "outside", "signature"]

Slots = tuple[tuple[str, int | str], ...]
"""Numbers by the parameter they stand for, in the order of writing."""


def signature(items: Seq, names: Names) -> tuple[Hashable, Slots]:
    """Return the structure of items without their numbers, and the numbers.

    What an item reads is named by its distance within the items, or by the layer outside.
    """
    base = names.at[next(members(items))]
    slots: list[tuple[str, int | str]] = []
    return tuple(_of(item, base, names, slots) for item in items), tuple(slots)


def _of(item: Item, base: int, names: Names, slots: list[tuple[str, int | str]]) -> Hashable:
    if isinstance(item, Step):
        kept: list[Hashable] = []
        for name, value in item.values.items():
            if isinstance(value, int | str) and _is_count(name, value):
                slots.append((name, value))
                kept.append(name)
            else:
                kept.append((name, str(value)))
        return item.op, tuple(kept), _reads(item.reads, base, names)
    if isinstance(item, Fork):
        inner = tuple(
            tuple(_of(one, base, names, slots) for one in branch) for branch in item.branches
        )
        return item.word, item.merge, inner, _reads(item.reads, base, names)
    if isinstance(item, Loop):
        slots.append(("times", item.times))
        inner = tuple(_of(one, base, names, slots) for one in item.body)
        return "repeat", item.first, inner
    slots.extend(item.args.items())
    return "call", item.block, tuple(item.args)


def _is_count(name: str, value: Data) -> bool:
    return name in COUNTED and isinstance(value, int | str) and not isinstance(value, bool)


def _reads(reads: Sequence[int] | None, base: int, names: Names) -> Hashable:
    if reads is None:
        return None
    return tuple(names.at[i] - base if names.at[i] >= base else (i,) for i in reads)


def outside(items: Seq, names: Names) -> tuple[bool, bool]:
    """Return whether items name layers outside of them, and layers inside."""
    base = names.at[next(members(items))]
    reads = [i for one in _readers(items) for i in one]
    return any(names.at[i] < base for i in reads), any(names.at[i] >= base for i in reads)


def _readers(items: Seq) -> Iterator[tuple[int, ...]]:
    for item in items:
        if isinstance(item, Step | Fork) and item.reads is not None:
            yield item.reads
        if isinstance(item, Fork):
            for branch in item.branches:
                yield from _readers(branch)
        elif isinstance(item, Loop):
            yield from _readers(item.body)


def named(items: Seq) -> Iterator[int]:
    """Yield the layers that items name as what they read."""
    for item in items:
        if isinstance(item, Step | Fork) and item.reads is not None:
            yield from item.reads


def filled(items: Seq, given: Iterator[int | str]) -> Seq:
    """Return a copy of items with other numbers, in the order of their slots."""
    made: Seq = []
    for item in items:
        if isinstance(item, Step):
            values: dict[str, Data] = {
                name: next(given) if _is_count(name, value) else value
                for name, value in item.values.items()
            }
            made.append(Step(item.node, item.op, values, item.reads))
        elif isinstance(item, Fork):
            branches = [filled(branch, given) for branch in item.branches]
            made.append(Fork(item.node, item.word, item.merge, branches, item.reads))
        elif isinstance(item, Loop):
            times = next(given)
            body = filled(item.body, given)
            made.append(Loop(times, body, item.nodes, item.name, item.first, item.prefix, item.was))
        else:
            args = {name: next(given) for name in item.args}
            made.append(Call(item.block, args, item.nodes, item.name))
    return made

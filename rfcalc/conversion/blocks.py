"""Which stretches are worth a block? Those that occur again, perhaps with other numbers."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

import msgspec

from rfcalc.conversion.naming import Names, relative, runs
from rfcalc.conversion.plan import free
from rfcalc.conversion.signature import Slots, filled, outside, signature
from rfcalc.conversion.text import Context, lines
from rfcalc.conversion.titles import stem, titled
from rfcalc.conversion.tree import Block, Call, Loop, Seq, Step, members, parts

__all__ = ["add_blocks"]

BLOCK_LIMIT = 40
"""Most blocks of a file."""
PARAMETER_LIMIT = 4
"""Most parameters of a block that is found; with more, its uses are written as different blocks."""
WINDOW_LIMIT = 8
"""Most items of a block without names."""
SEARCH_LIMIT = 4000
"""Most items among which blocks without names are looked for."""


class Use(msgspec.Struct):
    """A stretch that a block could stand for: where it is, and what its names begin with.

    ``loop`` is the repetition that it is the whole turn of.
    """

    items: Seq
    start: int
    stop: int
    prefix: str | None
    slots: Slots
    loop: Loop | None = None

    @property
    def inside(self) -> Seq:
        """The items of the stretch."""
        return self.items[self.start : self.stop]


def add_blocks(top: Seq, names: Names) -> list[Block]:
    """Replace stretches that occur again by uses of blocks, and return the blocks."""
    blocks: list[Block] = []
    while len(blocks) < BLOCK_LIMIT:
        best = _best([top, *(block.body for block in blocks)], names, blocks)
        if best is None:
            break
        _replace(best, names, blocks)
    for body in (top, *(block.body for block in blocks)):
        for items in list(parts(body)):
            _unroll(items, Context(names, blocks))
    titled(top, blocks)
    return blocks


def _unroll(items: Seq, context: Context) -> None:
    """Write turns of a single block one by one where the repetition takes more lines."""
    for number in range(len(items) - 1, -1, -1):
        item = items[number]
        if not (isinstance(item, Loop) and item.name and isinstance(item.times, int)):
            continue
        body = item.body[0]
        if len(item.body) > 1 or not isinstance(body, Call) or item.prefix is None:
            continue
        if len(lines([item], context.within(_around(item)))) <= item.times:
            continue
        size = len(item.nodes) // item.times
        stem = item.name if "{}" in item.name else item.name + ".{}"
        items[number : number + 1] = [
            Call(
                body.block,
                body.args,
                item.nodes[turn * size : (turn + 1) * size],
                stem.replace("{}", str(item.first + turn)),
            )
            for turn in range(item.times)
        ]


def _around(item: Loop) -> str:
    """Return what the names around a repetition may begin with at most."""
    return (item.name or "").partition("{}")[0].rpartition(".")[0]


def _replace(uses: Sequence[Use], names: Names, blocks: list[Block]) -> None:
    """Make the block of alike stretches, and let it stand for them."""
    first = uses[0]
    columns = list(zip(*(use.slots for use in uses), strict=True))
    words: dict[tuple[int | str, ...], str] = {}
    defaults: dict[str, int] = {}
    body_values: list[int | str] = []
    for column in columns:
        found = tuple(value for _, value in column)
        if len(set(found)) == 1:
            body_values.append(found[0])
            continue
        field = column[0][0]
        if (field, *found) not in words:
            name = free(field, defaults)
            words[(field, *found)] = name
            plain = [value for value in found if isinstance(value, int)]
            defaults[name] = Counter(plain).most_common(1)[0][0] if plain else 1
        body_values.append(words[(field, *found)])
    body = filled(first.inside, iter(body_values))
    number = len(blocks)
    blocks.append(
        Block(stem([use.prefix for use in uses], first.inside), defaults, body, first.prefix)
    )
    for place, use in sorted(enumerate(uses), key=lambda one: -one[1].start):
        args = {name: found[1 + place] for found, name in words.items()}
        nodes = list(members(use.inside))
        if use.prefix is None:
            name = names.given[nodes[-1]]
        else:
            name = use.prefix[:-1] if use.prefix.endswith(".") else use.prefix
        use.items[use.start : use.stop] = [Call(number, args, nodes, name)]


def _best(lists: Sequence[Seq], names: Names, blocks: Sequence[Block]) -> list[Use] | None:
    """Return the uses of the block that saves most lines, ``None`` when none saves two."""
    classes: dict[Hashable, list[Use]] = {}
    for key, use in _uses(lists, names):
        classes.setdefault(key, []).append(use)
    best: list[Use] | None = None
    most = 2
    for found in classes.values():
        for uses in _like(found):
            if len(uses) < 2:
                continue
            inside = uses[0].inside
            context = Context(names, blocks).within(uses[0].prefix)
            size = len(lines(inside, context))
            saved = -size - 2 - bool(_varying(uses))
            for use in uses:
                # A repetition of one block is a line.
                saved += (len(lines([use.loop], context)) if use.loop else size) - 1
            if saved >= most:
                best, most = uses, saved + 1
    return best


def _like(uses: list[Use]) -> Iterator[list[Use]]:
    """Yield uses that one block can stand for, none over another."""
    apart = _apart(uses)
    if _varying(apart) <= PARAMETER_LIMIT:
        yield apart
        return
    exact: dict[Slots, list[Use]] = {}
    for use in uses:
        exact.setdefault(use.slots, []).append(use)
    for alike in exact.values():
        yield _apart(alike)


def _varying(uses: Sequence[Use]) -> int:
    """Return how many parameters a block of these uses has."""
    columns = zip(*(use.slots for use in uses), strict=True)
    return len({column for column in columns if len(set(column)) > 1})


def _apart(uses: list[Use]) -> list[Use]:
    """Return uses that do not overlap, first ones first."""
    kept: list[Use] = []
    ends: dict[int, int] = {}
    for use in uses:
        if use.start >= ends.get(id(use.items), 0):
            ends[id(use.items)] = use.stop
            kept.append(use)
    return kept


def _uses(lists: Sequence[Seq], names: Names) -> Iterator[tuple[Hashable, Use]]:
    """Yield every stretch that a block could stand for, with what has to be the same."""
    prefixes: dict[str, tuple[int, Hashable, Use]] = {}
    every = [items for one in lists for items in parts(one)]
    search = sum(map(len, every)) <= SEARCH_LIMIT
    loops = [item for items in every for item in items if isinstance(item, Loop)]
    whole = {id(loop.body): loop for loop in loops}
    for items in every:
        found = [(run.start, run.stop, run.prefix) for run in runs(items, names)]
        loop = whole.get(id(items))
        if loop is not None and loop.prefix:
            found.append((0, len(items), loop.prefix))
        for start, stop, prefix in found:
            inside = items[start:stop]
            if _single(inside) or outside(inside, names)[0]:
                continue
            structure, slots = signature(inside, names)
            nodes = list(members(inside))
            key = (structure, relative(nodes, prefix, names))
            entire = loop if stop - start == len(items) else None
            held = prefixes.get(prefix)
            if held is None or held[0] < len(nodes):
                prefixes[prefix] = (len(nodes), key, Use(items, start, stop, prefix, slots, entire))
        if search:
            yield from _nameless(items, names, loop)
    for _, key, use in prefixes.values():
        yield key, use


def _nameless(items: Seq, names: Names, loop: Loop | None) -> Iterator[tuple[Hashable, Use]]:
    """Yield stretches of which no layer has a name, but perhaps the last."""
    bare = [all(names.given[i] is None for i in members(item)) for item in items]
    for start in range(len(items)):
        for stop in range(start + 1, min(start + WINDOW_LIMIT, len(items)) + 1):
            inside = items[start:stop]
            if stop - start > 1 and not bare[stop - 2]:
                break
            nodes = list(members(items[stop - 1]))
            if any(names.given[i] is not None for i in nodes[:-1]) or _single(inside):
                continue
            if not any(outside(inside, names)):
                structure, slots = signature(inside, names)
                yield (
                    (structure, None),
                    Use(
                        items,
                        start,
                        stop,
                        None,
                        slots,
                        loop if stop - start == len(items) else None,
                    ),
                )


def _single(items: Seq) -> bool:
    return len(items) == 1 and isinstance(items[0], Step | Call)

"""Which layers of two networks stand in the same place, whatever their names?"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from rfcalc.interior import Row
from rfcalc.layers.pointwise import Pointwise

__all__ = ["Place", "places", "same_places"]

Place = tuple[Hashable, Hashable]
"""What a layer is and sees; and what those are and see that it reads, and that read it."""
Pair = tuple[int, int]

PAIR_LIMIT = 1 << 17
"""Most pairs of layers that are alike among which an order is looked for."""


def places(rows: Sequence[Row], sized: bool) -> list[Place]:
    """Return the place of every row, which come in topological order.

    A layer's neighbours are the nearest that are not element-wise: one way of writing a network
    has those where another leaves them out. ``sized`` : whether sizes belong to the place.
    """
    seen = {row.name: _seen(row, sized) for row in rows}
    read: dict[str, frozenset[str]] = {}
    by: dict[str, set[str]] = {row.name: set() for row in rows}
    passing = {row.name for row in rows if _passes(row)}
    for row in rows:
        known = [name for name in row.inputs if name in read]
        read[row.name] = frozenset(
            one for name in known for one in (read[name] if name in passing else {name})
        )
        if row.name not in passing:
            for name in read[row.name]:
                by[name].add(row.name)
    found: list[Place] = []
    for row in rows:
        # What reads an element-wise layer is what reads the layer that it passes on.
        after = (
            {p for one in read[row.name] for p in by[one]} if row.name in passing else by[row.name]
        )
        around = (_many(seen[p] for p in read[row.name]), _many(seen[p] for p in after))
        found.append((seen[row.name], around))
    return found


def same_places(first: Sequence[Place], second: Sequence[Place]) -> Iterator[Pair]:
    """Yield pairs of indices whose places agree, each index once.

    Layers whose neighbours agree too go first. What comes in one order is paired in that order,
    what is left as it comes.
    """
    left: list[int] = list(range(len(first)))
    right: list[int] = list(range(len(second)))
    for nearby in (True, False):
        for paired in (_in_order, _as_they_come):
            one: list[Hashable] = [first[n] if nearby else first[n][0] for n in left]
            two: list[Hashable] = [second[n] if nearby else second[n][0] for n in right]
            pairs: list[Pair] = [(left[a], right[b]) for a, b in paired(one, two)]
            yield from pairs
            left = sorted({*left} - {a for a, _ in pairs})
            right = sorted({*right} - {b for _, b in pairs})


def _seen(row: Row, sized: bool) -> Hashable:
    """Return what a layer is and what it sees."""
    layer = row.node.layer
    kernel: tuple[int, ...] = tuple(getattr(layer, "kernel", ()))
    dilation: tuple[int, ...] = tuple(getattr(layer, "dilation", ())) or (1,) * len(kernel)
    field = (row.jump, row.rf, row.cells, row.largest_hole, row.sides)
    return (layer.op, kernel, dilation, *field, row.node.size if sized else None)


def _passes(row: Row) -> bool:
    """Whether a layer passes on what it reads, cell by cell."""
    return isinstance(row.node.layer, Pointwise) and len(row.inputs) == 1


def _many(values: Iterable[Hashable]) -> Hashable:
    """Return values with their numbers, in no order."""
    return frozenset(Counter(values).items())


def _in_order(first: Sequence[Hashable], second: Sequence[Hashable]) -> Iterator[Pair]:
    """Yield pairs of indices of equal values that rise on both sides."""
    counts = Counter(first), Counter(second)
    common = {*first} & {*second}
    if sum(counts[0][value] * counts[1][value] for value in common) > PAIR_LIMIT:
        # Where much is alike the first goes with the first.
        return
    left = [n for n, value in enumerate(first) if value in common]
    right = [n for n, value in enumerate(second) if value in common]
    matcher = SequenceMatcher(
        None, [first[n] for n in left], [second[n] for n in right], autojunk=False
    )
    for a, b, size in matcher.get_matching_blocks():
        yield from zip(left[a : a + size], right[b : b + size], strict=True)


def _as_they_come(first: Sequence[Hashable], second: Sequence[Hashable]) -> Iterator[Pair]:
    """Yield pairs of indices of equal values, in whatever order."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for n, value in reversed(list(enumerate(second))):
        waiting[value].append(n)
    for n, value in enumerate(first):
        if waiting[value]:
            yield n, waiting[value].pop()

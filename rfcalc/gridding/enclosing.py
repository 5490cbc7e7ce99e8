"""Which pairs of nodes does another pair enclose? Two trees of dominators, swept once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

__all__ = ["outermost"]


class _Pair(Protocol):
    """What has a source and a target."""

    @property
    def source(self) -> int: ...

    @property
    def target(self) -> int: ...


P = TypeVar("P", bound=_Pair)


def outermost(
    pairs: Sequence[P], above: Mapping[int, int], below: Mapping[int, int]
) -> Iterator[P]:
    """Yield the pairs that no other pair encloses, in their order.

    One encloses another when its source lies on every path into it and its target on every path
    out of it. The work grows with the number of pairs, not with its square.

    Parameters
    ----------
    pairs : no two of them alike.
    above, below : the immediate dominator and post-dominator of every node.
    """
    into, out = _spans(above), _spans(below)
    events: list[tuple[int, int, int]] = []
    for number, pair in enumerate(pairs):
        first, last = into[pair.source]
        events += [(first, 0, number), (first, 1, number), (last, 2, number)]
    counts = _Counts(len(out))
    enclosed: set[int] = set()
    # On the way through the tree of dominators: a pair enters, is compared with those that are
    # open then, itself among them, and leaves when all below its source are done.
    for _, kind, number in sorted(events):
        first, last = out[pairs[number].target]
        if kind == 1 and counts.at(first) > 1:
            enclosed.add(number)
        elif kind != 1:
            counts.add(first, last, 1 - kind)
    yield from (pair for number, pair in enumerate(pairs) if number not in enclosed)


def _spans(above: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Number a tree from 0 so that what a node dominates has the numbers of its span."""
    children: dict[int, list[int]] = {}
    for node, parent in above.items():
        children.setdefault(parent, []).append(node)
    spans: dict[int, tuple[int, int]] = {}
    entered: dict[int, int] = {}
    stack = [(root, False) for root in children if root not in above]
    while stack:
        node, left = stack.pop()
        if left:
            spans[node] = entered[node], len(entered) - 1
            continue
        entered[node] = len(entered)
        stack.append((node, True))
        stack += [(child, False) for child in children.get(node, ())]
    return spans


class _Counts:
    """Counters of which ranges are raised together. Source: Fenwick 1994."""

    def __init__(self, size: int) -> None:
        self._sums = [0] * (size + 1)

    def add(self, first: int, last: int, by: int) -> None:
        """Raise the counters from ``first`` to ``last``."""
        for at, change in ((first + 1, by), (last + 2, -by)):
            while at < len(self._sums):
                self._sums[at] += change
                at += at & -at

    def at(self, number: int) -> int:
        """Return a counter."""
        total, at = 0, number + 1
        while at:
            total += self._sums[at]
            at -= at & -at
        return total

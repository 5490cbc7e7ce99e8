"""How is a graph drawn beside the rows of a table? As lanes, one small picture per row."""

from collections import Counter
from collections.abc import Sequence
from heapq import heappop, heappush

__all__ = ["HEIGHT", "lanes", "places", "width"]

HEIGHT = 28
"""Height of a row in pixels."""
_STEP, _MOST, _LEAST = 11, 110, 3
"""Pixels between lanes, of all of them together, and between two that are seen as two."""


def width(assigned: Sequence[int]) -> int:
    """Return the width of the pictures in pixels."""
    return min(_MOST, _STEP * (max(assigned, default=0) + 1)) + 6


def places(assigned: Sequence[int]) -> list[str]:
    """Return where every node's lane runs, pixels; of very many lanes several run in one place."""
    step = _step(assigned)
    return [_place(lane, step) for lane in assigned]


def lanes(inputs: Sequence[Sequence[int]]) -> tuple[list[str], list[int]]:
    """Return the path of every row's picture, and the lane of every node.

    Parameters
    ----------
    inputs : for each node the rows of the nodes it reads, all earlier.

    A node's lane is kept free below it until its last reader, so that a line never crosses a
    node that it does not belong to.
    """
    readers = Counter(i for read in inputs for i in set(read))
    assigned = _assign_lanes(inputs, readers)
    return _draw_paths(inputs, readers, assigned), assigned


def _assign_lanes(inputs: Sequence[Sequence[int]], readers: Counter[int]) -> list[int]:
    """Return the lane of every node: of an input that it is the last to read, or the first free."""
    left, free, count = Counter(readers), list[int](), 0
    taken: set[int] = set()
    assigned: list[int] = []
    for number, read in enumerate(inputs):
        ended: list[int] = []
        for i in set(read):
            left[i] -= 1
            if not left[i]:
                ended.append(assigned[i])
        taken.difference_update(ended)
        for lane in ended:
            heappush(free, lane)
        while free and free[0] in taken:
            heappop(free)
        lane = min(ended) if ended else free[0] if free else count
        count = max(count, lane + 1)
        assigned.append(lane)
        if readers[number]:
            taken.add(lane)
        elif not free or free[0] != lane:
            heappush(free, lane)
    return assigned


def _draw_paths(
    inputs: Sequence[Sequence[int]], readers: Counter[int], assigned: Sequence[int]
) -> list[str]:
    """Return the path of every row's picture: what joins its node, what passes it, what goes on."""
    step, half, left = _step(assigned), HEIGHT // 2, Counter(readers)
    alive: Counter[str] = Counter()
    paths: list[str] = []
    for number, (read, lane) in enumerate(zip(inputs, assigned, strict=True)):
        at = _place(lane, step)
        for i in set(read):
            left[i] -= 1
            if not left[i]:
                alive[_place(assigned[i], step)] -= 1
        parts = [f"M{x} 0V{HEIGHT}" for x, held in alive.items() if held]
        joining = dict.fromkeys(_place(n, step) for n in sorted({assigned[i] for i in read}))
        parts += (
            f"M{x} 0C{x} {half - 4} {at} 4 {at} {half}" if x != at else f"M{at} 0V{half}"
            for x in joining
        )
        if readers[number]:
            parts.append(f"M{at} {half}V{HEIGHT}")
            alive[at] += 1
        paths.append("".join(parts))
    return paths


def _step(assigned: Sequence[int]) -> float:
    return min(_STEP, _MOST / (max(assigned, default=0) + 1))


def _place(lane: int, step: float) -> str:
    x = lane * step if step >= _LEAST else _LEAST * round(lane * step / _LEAST)
    return f"{6 + x:g}"

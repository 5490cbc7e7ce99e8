"""How is a graph drawn beside the rows of a table? As lanes, one small picture per row."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["HEIGHT", "lanes", "width"]

HEIGHT = 28
"""Height of a row in pixels."""
_STEP, _MOST = 11, 110


class _Move(NamedTuple):
    """What the lines of a row do: lanes that join its node, that pass it, whether one goes on."""

    joining: list[int]
    passing: list[int]
    going: bool


def width(assigned: Sequence[int]) -> int:
    """Return the width of the pictures in pixels."""
    return min(_MOST, _STEP * (max(assigned, default=0) + 1)) + 6


def lanes(inputs: Sequence[Sequence[int]]) -> tuple[list[str], list[int]]:
    """Return the path of every row's picture, and the lane of every node.

    Parameters
    ----------
    inputs : for each node the rows of the nodes it reads, all earlier.

    A node's lane is kept free below it until its last reader, so that a line never crosses a
    node that it does not belong to.
    """
    left = [0] * len(inputs)
    for read in inputs:
        for i in set(read):
            left[i] += 1
    alive: list[int | None] = []
    assigned: list[int] = []
    moves: list[_Move] = []
    for number, read in enumerate(inputs):
        entering = [lane for lane, node in enumerate(alive) if node is not None]
        joining = sorted({assigned[i] for i in read})
        for i in set(read):
            left[i] -= 1
            if not left[i]:
                alive[assigned[i]] = None
        passing = [lane for lane in entering if alive[lane] is not None]
        free = [lane for lane in joining if alive[lane] is None]
        lane = free[0] if free else next((n for n, a in enumerate(alive) if a is None), len(alive))
        if lane == len(alive):
            alive.append(None)
        assigned.append(lane)
        if left[number]:
            alive[lane] = number
        moves.append(_Move(joining, passing, bool(left[number])))
    return _paths(moves, assigned), assigned


def _paths(moves: Sequence[_Move], assigned: Sequence[int]) -> list[str]:
    """Return the path of every row's picture."""
    step = min(_STEP, _MOST / (max(assigned, default=0) + 1))
    half = HEIGHT // 2
    paths: list[str] = []
    for (joining, passing, going), lane in zip(moves, assigned, strict=True):
        at = _place(lane, step)
        parts = [f"M{_place(n, step)} 0V{HEIGHT}" for n in passing]
        for n in joining:
            x = _place(n, step)
            parts.append(
                f"M{x} 0C{x} {half - 4} {at} 4 {at} {half}" if x != at else f"M{at} 0V{half}"
            )
        if going:
            parts.append(f"M{at} {half}V{HEIGHT}")
        paths.append("".join(parts))
    return paths


def _place(lane: int, step: float) -> str:
    return f"{6 + lane * step:g}"

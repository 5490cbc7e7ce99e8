"""Do boxes in a plane lie in each other like the steps of a stair? Found by one sort and sweep."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

__all__ = ["FEW", "Staircase", "is_staircase", "stairs"]

Box = TypeVar("Box", bound=tuple[Any, ...])

FEW = 4
"""Boxes that are not worth a sort."""


class Staircase(tuple[Box, ...]):
    """Boxes of which it is known that ``is_staircase`` holds, so that it is asked once."""

    __slots__ = ()


def stairs(boxes: Sequence[Box]) -> Staircase[Box] | None:
    """Return the boxes that none of the others holds, ever narrower and ever taller.

    ``None`` where the sets of an axis do not hold one another in turn, or there are not two axes.
    Entries are values with an order by inclusion (``<=``) and an ``amount`` that follows it.

    >>> from rfcalc.cells import Cells
    >>> wide, tall, both = Cells.run(-3, 7), Cells.run(0, 1), Cells.run(-1, 3)
    >>> found = stairs([(tall, wide), (wide, tall), (tall, both)])
    >>> [[side.extent for side in box] for box in found or ()]
    [[7, 1], [1, 7]]
    """
    if not boxes or len(boxes[0]) != 2:
        return None
    if is_staircase(boxes):
        return Staircase(boxes)
    try:
        order = sorted(boxes, key=_amounts, reverse=True)
    except AttributeError:
        # What has no end has no amount.
        return None
    kept: list[Box] = []
    for box in order:
        if kept:
            across, up = kept[-1]
            if box[1] <= up and box[0] <= across:
                continue
            if not (box[0] <= across and up <= box[1]):
                return None
            if across <= box[0]:
                kept.pop()
        kept.append(box)
    return Staircase(kept)


def is_staircase(boxes: Sequence[tuple[Any, ...]]) -> bool:
    """Whether boxes in a plane are given as ``stairs`` returns them."""
    if isinstance(boxes, Staircase):
        return True
    if len(boxes[0]) != 2:
        return False
    for (across, up), (narrower, taller) in pairwise(boxes):
        if not (narrower <= across and up <= taller) or narrower == across or up == taller:
            return False
    return True


def _amounts(box: tuple[Any, ...]) -> tuple[Any, Any]:
    return box[0].amount, box[1].amount

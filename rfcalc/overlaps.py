"""How do boxes overlap? The cells of their union, counted, and the lines that meet them."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import TypeAlias

from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded

__all__ = ["WORK_LIMIT", "counted", "lines"]

Boxes: TypeAlias = tuple[tuple[Cells, ...], ...]

WORK_LIMIT = 1 << 20
"""Most sets that are looked at to count the cells of a union; one of wide sets counts more."""
WORD = 1 << 13
"""Cells of a bitset that count as one set more."""


def counted(boxes: Boxes) -> int:
    """Return the number of cells of a union of boxes.

    Raises
    ------
    LimitExceeded
        More than ``WORK_LIMIT`` sets would have to be looked at.
    """
    return _count(boxes, 0, _Work()) if boxes else 0


class _Work:
    """How many sets have been looked at for one question about a union of boxes."""

    def __init__(self) -> None:
        self._done = 0

    def add(self, sets: int) -> None:
        """Count some more.

        Raises
        ------
        LimitExceeded
            More than ``WORK_LIMIT`` in all.
        """
        self._done += sets
        if self._done > WORK_LIMIT:
            raise LimitExceeded("its boxes overlap in too many ways to count their cells")


def _parts(boxes: Boxes, axis: int, work: _Work) -> dict[int, int]:
    """Split one axis by which boxes hold an index: membership bits to number of indices."""
    start = min(box[axis].start for box in boxes)
    width = max(box[axis].stop for box in boxes) - start
    words = 1 + width // WORD
    parts: dict[int, int] = {0: (1 << width) - 1}
    for number, box in enumerate(boxes):
        work.add(words * len(parts))
        held = box[axis].mask << (box[axis].start - start)
        split: dict[int, int] = {}
        for members, bits in parts.items():
            if both := bits & held:
                split[members | 1 << number] = both
                if rest := bits ^ both:
                    split[members] = rest
            else:
                split[members] = bits
        parts = split
    parts.pop(0, None)
    return {members: bits.bit_count() for members, bits in parts.items()}


def _chosen(boxes: Boxes, members: int) -> Boxes:
    """Return the boxes whose bits are set."""
    found: list[tuple[Cells, ...]] = []
    while members:
        low = members & -members
        found.append(boxes[low.bit_length() - 1])
        members ^= low
    return tuple(found)


def _count(boxes: Boxes, axis: int, work: _Work) -> int:
    """Count the cells of a union over the axes from ``axis`` on."""
    if len(boxes) == 1:
        return prod(cells.count for cells in boxes[0][axis:])
    if axis == len(boxes[0]) - 1:
        work.add(len(boxes))
        return Cells.union(box[axis] for box in boxes).count
    return sum(
        number * _count(_chosen(boxes, members), axis + 1, work)
        for members, number in _parts(boxes, axis, work).items()
    )


def lines(boxes: Boxes, axes: Sequence[int]) -> Iterator[Boxes]:
    """Yield the sets of boxes that meet along a common line, over the given other axes.

    Raises
    ------
    LimitExceeded
        More than ``WORK_LIMIT`` sets would have to be looked at.
    """
    work = _Work()
    found = {boxes} if boxes else set[Boxes]()
    for axis in axes:
        found = {
            _chosen(group, members) for group in found for members in _parts(group, axis, work)
        }
    for line in found:
        work.add(len(line))
        yield line

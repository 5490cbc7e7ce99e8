"""How do boxes overlap? Who holds an index, the cells of their union, the lines that meet them."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import TypeAlias

from rfcalc.cells import BITS_LIMIT, Cells
from rfcalc.errors import LimitExceeded

__all__ = ["WORK_LIMIT", "counted", "lines", "parted"]

Boxes: TypeAlias = tuple[tuple[Cells, ...], ...]

WORK_LIMIT = 1 << 20
"""Most sets that are looked at to count the cells of a union; one of wide sets counts more."""
WORD = 1 << 13
"""Bits of a set that count as one set more."""


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


def parted(
    sets: Sequence[Cells], frame: Cells, work: "_Work | None" = None
) -> list[tuple[int, Cells]]:
    """Split a frame by which sets hold an index: membership bits, and indices with those bits.

    Progressions stay progressions where they are wide, so the same bits may come more than once.

    Raises
    ------
    LimitExceeded
        More than ``WORK_LIMIT`` sets would have to be looked at.
    """
    work = work or _Work()
    parts: list[tuple[int, Cells]] = [(0, frame)]
    for number, held in enumerate(sets):
        split: list[tuple[int, Cells]] = []
        for members, cells in parts:
            work.add(1 + (cells.weight + held.weight) // WORD)
            inside = cells & held
            if inside:
                split.append((members | 1 << number, inside))
            split += [(members, rest) for rest in _without(cells, inside)]
        parts = split
    return parts


def _without(cells: Cells, inside: Cells) -> Iterator[Cells]:
    """Yield the cells that are not in the subset ``inside``, in as few sets as can be held."""
    if not inside:
        yield cells
        return
    pitch = cells.pitch
    before, after = (inside.start - cells.start) // pitch, (cells.stop - inside.stop) // pitch
    if cells.pattern is not None:
        rest = cells.pattern & ~(inside.bits_at(pitch) << before)
        found = [Cells.of_bits(cells.start, rest, pitch)]
    else:
        found = [
            Cells.progression(cells.start, pitch, before),
            *_between(inside, pitch),
            Cells.progression(inside.stop - 1 + pitch, pitch, after),
        ]
    yield from (rest for rest in found if rest)


def _between(cells: Cells, pitch: int) -> Iterator[Cells]:
    """Yield what a set leaves out of a progression that begins and ends with it."""
    slots = (cells.extent - 1) // pitch + 1
    if cells.count == slots:
        return
    if cells.pattern is None and slots > BITS_LIMIT:
        for turn in range(pitch, cells.pitch, pitch):
            yield Cells.progression(cells.start + turn, cells.pitch, cells.slots - 1)
    else:
        missing = ~cells.bits_at(pitch) & ((1 << slots) - 1)
        yield Cells.of_bits(cells.start, missing, pitch)


def _parts(boxes: Boxes, axis: int, work: "_Work") -> dict[int, int]:
    """Split one axis by which boxes hold an index: membership bits to number of indices."""
    start = min(box[axis].start for box in boxes)
    width = max(box[axis].stop for box in boxes) - start
    if width > BITS_LIMIT:
        counts: dict[int, int] = {}
        for members, cells in parted([box[axis] for box in boxes], Cells.run(start, width), work):
            counts[members] = counts.get(members, 0) + cells.count
        counts.pop(0, None)
        return counts
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

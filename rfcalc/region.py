"""Which cells of a grid does a finite union of boxes hold?"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded

__all__ = ["BOX_LIMIT", "Region", "simplified"]

Box = TypeVar("Box", bound=tuple[Any, ...])

BOX_LIMIT = 512
"""Most boxes in one union."""


class Region(msgspec.Struct, frozen=True, gc=False):
    """A finite union of boxes, each the product of one set of indices per axis.

    >>> cross = Region.of([(Cells.run(0, 3), Cells.run(1, 1)), (Cells.run(1, 1), Cells.run(0, 3))])
    >>> cross.count, cross.volume, cross.holes
    (5, 9, True)
    """

    boxes: tuple[tuple[Cells, ...], ...]

    @staticmethod
    def of(boxes: Iterable[tuple[Cells, ...]]) -> "Region":
        """Return the union of the given boxes; empty and contained ones are dropped."""
        return Region(simplified([box for box in boxes if all(box)]))

    @property
    def bounds(self) -> tuple[Cells, ...] | None:
        """The smallest box without holes around the region, ``None`` when it is empty."""
        if not self.boxes:
            return None
        spans: list[Cells] = []
        for axis in range(len(self.boxes[0])):
            start = min(box[axis].start for box in self.boxes)
            spans.append(Cells.run(start, max(box[axis].stop for box in self.boxes) - start))
        return tuple(spans)

    @property
    def volume(self) -> int:
        """Number of cells in the bounds."""
        product = 1 if self.boxes else 0
        for span in self.bounds or ():
            product *= span.extent
        return product

    @property
    def count(self) -> int:
        """Number of cells."""
        if len(self.boxes) == 1:
            product = 1
            for cells in self.boxes[0]:
                product *= cells.count
            return product
        return _count(self.boxes, 0) if self.boxes else 0

    @property
    def holes(self) -> bool:
        """Whether a cell inside the bounds is missing."""
        if len(self.boxes) == 1:
            return any(cells.bits is not None for cells in self.boxes[0])
        return self.count < self.volume

    def largest_hole(self, axis: int) -> int:
        """Return the longest run of missing cells between two cells on a line along ``axis``."""
        if len(self.boxes) == 1:
            return self.boxes[0][axis].largest_hole
        others = tuple(a for a in range(len(self.boxes[0])) if a != axis) if self.boxes else ()
        lines = _lines(self.boxes, others)
        return max(
            (Cells.union(box[axis] for box in line).largest_hole for line in lines), default=0
        )

    def __or__(self, other: "Region") -> "Region":
        return self if self is other else Region(simplified(self.boxes + other.boxes))

    def __contains__(self, point: object) -> bool:
        return isinstance(point, tuple) and any(
            all(i in cells for i, cells in zip(point, box, strict=True))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            for box in self.boxes
        )

    def shift(self, by: Sequence[int]) -> "Region":
        """Return the region moved by one step per axis."""
        return Region(
            tuple(tuple(c.shift(b) for c, b in zip(box, by, strict=True)) for box in self.boxes)
        )

    def clip(self, size: Sequence[int]) -> "Region":
        """Return what lies on a grid of the given size."""
        return Region.of(
            tuple(cells.clip(n) for cells, n in zip(box, size, strict=True)) for box in self.boxes
        )


def simplified(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Drop boxes contained in another, unite boxes that differ on one axis only.

    The entries of a box are any values ordered by inclusion (``<=``) with a union (``|``).
    """
    if len(boxes) <= 1:
        return tuple(boxes)
    kept: list[Box] = []
    for box in boxes:
        while True:
            if any(_inside(box, other) for other in kept):
                break
            kept = [other for other in kept if not _inside(other, box)]
            partner = next((other for other in kept if _differing(box, other) == 1), None)
            if partner is None:
                kept.append(box)
                break
            kept.remove(partner)
            box = type(box)(a if a == b else a | b for a, b in zip(box, partner, strict=True))
    if len(kept) > BOX_LIMIT:
        raise LimitExceeded(f"the mask is a union of {len(kept)} boxes; the limit is {BOX_LIMIT}")
    return tuple(kept)


def _inside(box: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(a is b or a <= b for a, b in zip(box, other, strict=True))


def _differing(box: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    number = 0
    for a, b in zip(box, other, strict=True):
        if a is not b and a != b:
            number += 1
    return number


def _parts(boxes: Sequence[tuple[Cells, ...]], axis: int) -> dict[int, int]:
    """Split one axis by which boxes hold an index: membership bits to number of indices."""
    start = min(box[axis].start for box in boxes)
    width = max(box[axis].stop for box in boxes) - start
    parts: dict[int, int] = {0: (1 << width) - 1}
    for number, box in enumerate(boxes):
        held = box[axis].mask << (box[axis].start - start)
        split: dict[int, int] = {}
        for members, bits in parts.items():
            if bits & held:
                split[members | 1 << number] = bits & held
            if bits & ~held:
                split[members] = bits & ~held
        parts = split
    parts.pop(0, None)
    return {members: bits.bit_count() for members, bits in parts.items()}


def _chosen(boxes: Sequence[tuple[Cells, ...]], members: int) -> tuple[tuple[Cells, ...], ...]:
    return tuple(box for number, box in enumerate(boxes) if members >> number & 1)


def _count(boxes: tuple[tuple[Cells, ...], ...], axis: int) -> int:
    """Count the cells of a union over the axes from ``axis`` on."""
    if axis == len(boxes[0]) - 1:
        return Cells.union(box[axis] for box in boxes).count
    if len(boxes) == 1:
        return boxes[0][axis].count * _count(boxes, axis + 1)
    return sum(
        number * _count(_chosen(boxes, members), axis + 1)
        for members, number in _parts(boxes, axis).items()
    )


def _lines(
    boxes: tuple[tuple[Cells, ...], ...], axes: tuple[int, ...]
) -> set[tuple[tuple[Cells, ...], ...]]:
    """Return the sets of boxes that meet along a common line, over the given other axes."""
    found = {boxes} if boxes else set[tuple[tuple[Cells, ...], ...]]()
    for axis in axes:
        found = {_chosen(group, members) for group in found for members in _parts(group, axis)}
    return found

"""Which cells of a grid does a finite union of boxes hold?"""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, TypeVar

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded
from rfcalc.overlaps import counted, lines
from rfcalc.staircases import FEW, is_staircase, stairs

__all__ = ["BOX_LIMIT", "Region", "simplified"]

Box = TypeVar("Box", bound=tuple[Any, ...])

BOX_LIMIT = 256
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
        return prod(span.extent for span in self.bounds or ()) if self.boxes else 0

    @property
    def count(self) -> int:
        """Number of cells."""
        if len(self.boxes) == 1:
            first, *others = self.boxes[0]
            count = first.count
            return count * prod(count if cells is first else cells.count for cells in others)
        if len(self.boxes) > FEW and is_staircase(self.boxes):
            # Every step adds its height beside the narrower ones behind it.
            wide = [across.count for across, _ in self.boxes] + [0]
            return sum((wide[n] - wide[n + 1]) * up.count for n, (_, up) in enumerate(self.boxes))
        return counted(self.boxes)

    @property
    def holes(self) -> bool:
        """Whether a cell inside the bounds is missing."""
        if len(self.boxes) == 1:
            return not all(cells.solid for cells in self.boxes[0])
        return self.count < self.volume

    def largest_hole(self, axis: int) -> int:
        """Return the longest run of missing cells between two cells on a line along ``axis``."""
        return self._longest(axis, self._nested)

    @property
    def _nested(self) -> bool:
        return len(self.boxes) == 1 or (len(self.boxes) > FEW and is_staircase(self.boxes))

    def _longest(self, axis: int, nested: bool) -> int:
        if nested:
            # The boxes that meet a line lie in each other along it.
            return max(box[axis].largest_hole for box in self.boxes)
        others = tuple(a for a in range(len(self.boxes[0])) if a != axis) if self.boxes else ()
        unions = (Cells.union(box[axis] for box in line) for line in lines(self.boxes, others))
        return max((cells.largest_hole for cells in unions), default=0)

    @property
    def largest_holes(self) -> tuple[int, ...]:
        """The largest hole of every axis; axes that are alike are looked at once."""
        found: list[int] = []
        nested = self._nested
        for axis in range(len(self.boxes[0]) if self.boxes else 0):
            alike = axis and all(box[axis] is box[axis - 1] for box in self.boxes)
            found.append(found[-1] if alike else self._longest(axis, nested))
        return tuple(found)

    def shared(self, other: "Region") -> int:
        """Return the number of cells that are in both."""
        if len(self.boxes) == len(other.boxes) == 1:
            return prod((a & b).count for a, b in zip(self.boxes[0], other.boxes[0], strict=True))
        both = self.boxes + other.boxes
        return self.count + other.count - counted(both)

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
    if len(boxes) > FEW and (steps := stairs(boxes)) is not None:
        if len(steps) > BOX_LIMIT:
            raise _too_many(str(len(steps)))
        return steps
    kept: list[Box] = []
    for box in boxes:
        kept = _with_box(kept, box)
        if len(kept) > 2 * BOX_LIMIT:
            raise _too_many(f"more than {2 * BOX_LIMIT}")
    if len(kept) > BOX_LIMIT:
        raise _too_many(str(len(kept)))
    return tuple(kept)


def _with_box(kept: list[Box], box: Box) -> list[Box]:
    """Return the boxes and one more, of which none contains or continues another.

    A box that is united with another may contain or continue a third, so it is added anew.
    """
    while True:
        partner = None
        beside: list[Box] = []
        for other in kept:
            how = _compared(box, other)
            if how == _INSIDE:
                return kept
            if how == _ALIKE and partner is None:
                partner = other
            elif how != _AROUND:
                beside.append(other)
        if partner is None:
            return [*beside, box]
        kept = beside
        box = type(box)(a if a == b else a | b for a, b in zip(partner, box, strict=True))


def _too_many(boxes: str) -> LimitExceeded:
    return LimitExceeded(f"the mask is a union of {boxes} boxes; the limit is {BOX_LIMIT}")


_APART, _INSIDE, _AROUND, _ALIKE = range(4)
"""How a box lies to another: unlike on two axes or more, within it, around it, or unlike on one."""


def _compared(box: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    within = around = True
    unlike = 0
    for a, b in zip(box, other, strict=True):
        if a is b:
            continue
        if within or around:
            lower, upper = a <= b, b <= a
            if lower and upper:
                continue
            within, around = within and lower, around and upper
        elif a == b:
            continue
        unlike += 1
        if unlike > 1 and not (within or around):
            return _APART
    if within:
        return _INSIDE
    return _AROUND if around else _ALIKE

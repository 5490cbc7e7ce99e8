"""How are energies added? Boxes that are alike in one, and cell by cell once there are too many."""

from collections.abc import Hashable, Sequence
from math import frexp, ldexp
from typing import TYPE_CHECKING

from rfcalc.energies.sums import Box, Sum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["added"]

_ROOM = 200
"""Powers of two up to which numbers are left as they are: nothing overflows, however deep."""


def added(parts: Sequence[Sum], most: int) -> Sum:
    """Return the sum of energies, cell by cell where more than ``most`` products would be left.

    Raises
    ------
    RfcalcError
        RF409: they have to be written out, and are more cells than the limit.
    """
    top = max(part.exponent for part in parts)
    boxes = [
        box if part.exponent == top else _weighed(box, part.exponent - top)
        for part in parts
        for box in part.boxes
        if 0 not in box.shape
    ]
    if len(boxes) > 1:
        apart = all(len(box.factors) > 1 for box in boxes)
        boxes = _merged(boxes) if apart else boxes
        if not apart or len(boxes) > most:
            boxes = [_written_out(boxes)]
    return _levelled(boxes, top)


def _weighed(box: Box, exponent: int) -> Box:
    return Box(ldexp(box.weight, exponent), box.start, box.factors)


def _merged(boxes: Sequence[Box]) -> list[Box]:
    """Unite boxes of equal factors, then those that differ on one axis alone."""
    axes = range(len(boxes[0].start))
    found: dict[Hashable, Box] = {}
    for box in boxes:
        key = tuple(_mark(box, axis) for axis in axes)
        weight = box.weight + (found[key].weight if key in found else 0.0)
        found[key] = Box(weight, box.start, box.factors)
    merged = list(found.values())
    for axis in axes:
        alike: dict[Hashable, list[Box]] = {}
        for box in merged:
            alike.setdefault(tuple(_mark(box, a) for a in axes if a != axis), []).append(box)
        merged = [_united(group, axis) for group in alike.values()]
    return merged


def _mark(box: Box, axis: int) -> tuple[int, bytes]:
    return box.start[axis], box.factors[axis].tobytes()


def _united(boxes: Sequence[Box], axis: int) -> Box:
    """Return boxes that are equal on all other axes as one."""
    first, *others = boxes
    if not others:
        return first
    line = _written_out([Box(b.weight, (b.start[axis],), (b.factors[axis],)) for b in boxes])
    start = (*first.start[:axis], *line.start, *first.start[axis + 1 :])
    return Box(1.0, start, (*first.factors[:axis], *line.factors, *first.factors[axis + 1 :]))


def _written_out(boxes: Sequence[Box]) -> Box:
    """Return boxes as one, cell by cell."""
    axes = range(len(boxes[0].start))
    low = tuple(min(box.start[a] for box in boxes) for a in axes)
    high = [max(box.start[a] + box.shape[a] for box in boxes) for a in axes]
    shape = tuple(h - s for h, s in zip(high, low, strict=True))
    return Box(1.0, low, (Sum(tuple(boxes)).array(low, shape),))


def _levelled(boxes: Sequence[Box], exponent: int) -> Sum:
    """Take powers of two out of factors and weights that have come far from 1."""
    import numpy as np

    found: list[tuple[int, Box]] = []
    for box in boxes:
        weight, moved = frexp(box.weight)
        factors: list[Array] = []
        for factor in box.factors:
            height = frexp(float(factor.max()))[1]
            far = abs(height) > _ROOM
            factors.append(np.ldexp(factor, -height) if far else factor)
            moved += height * far
        found.append((moved, Box(weight, box.start, tuple(factors))))
    top = max((moved for moved, _ in found), default=0)
    top = top if abs(top) > _ROOM else 0
    return Sum(tuple(_weighed(box, moved - top) for moved, box in found), exponent + top)

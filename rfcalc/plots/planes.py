"""What is in each cell of a drawn plane? Sampled, a hole, outside the field, padding; how much."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.blocks import FULL_BLOCK, PART_BLOCK, blocks, section
from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded, fail
from rfcalc.plots.fields import Field
from rfcalc.region import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BEYOND", "HOLE", "PADDING", "PART", "SAMPLED", "Plane", "plane"]

PADDING, BEYOND, HOLE, PART, SAMPLED = range(5)
"""States of a block: outside the source, outside the field, a hole, some cells, all cells."""


class Plane(msgspec.Struct, frozen=True):
    """Two axes of a field, in blocks of ``step`` by ``step`` cells.

    ``states`` : uint8, shape (rows, columns). ``counts`` : same shape, the largest count or
    share of each block. ``frame``, ``axes``: the cells and the two axes drawn; a strip of one
    axis has one row. ``index``: where the third axis was cut.
    """

    states: "NDArray[np.uint8]"
    counts: "NDArray[Any] | None"
    frame: tuple[Cells, Cells]
    axes: tuple[int, ...]
    step: int
    index: int | None = None


def plane(found: Field, axes: tuple[int, ...], step: int, index: int | None = None) -> Plane:
    """Return two axes of a field (one for a strip), cut at an index of the third."""
    import numpy as np

    region = found.mask.region
    if index is not None:
        cut = next(axis for axis in range(3) if axis not in axes)
        region = section(region, cut, index)
    frame = tuple(found.frame[axis] for axis in axes)
    try:
        rows = blocks(region, frame, [step] * len(frame))
    except LimitExceeded as fault:
        fact = f"'{found.question.layer}' cannot be drawn: {fault}"
        raise fail("RF409", fact, "ask with a later `source=`") from None
    held = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), len(rows[0]))
    states = np.array([BEYOND, PART, SAMPLED], dtype=np.uint8)[held]
    if step > 1 and found.box is not None:
        # A block at the rim of the field has no hole when all it lacks lies outside.
        rest = _outside(found, axes)
        rows = blocks(region | rest, frame, [step] * len(frame))
        filled = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(held.shape)
        states[(filled == FULL_BLOCK) & (held == PART_BLOCK)] = SAMPLED
    if len(axes) == 1:
        frame = (Cells.run(0, 1), *frame)
    bare = held == 0
    in_box = _inside(found.box, axes, frame, step)
    grid = found.question.grid if found.question.bordered else None
    whole = None if grid is None else tuple(Cells.run(0, n) for n in grid)
    states[bare & in_box] = HOLE
    if whole is not None:
        states[bare & ~_inside(whole, axes, frame, step)] = PADDING
    counts = None if found.counts is None else _blocked(found, axes, index, frame, step)
    return Plane(states, counts, (frame[0], frame[1]), axes, step, index)


def _inside(
    box: tuple[Cells, ...] | None, axes: Sequence[int], frame: Sequence[Cells], step: int
) -> "NDArray[np.bool_]":
    """Return which blocks have a cell in the box."""
    import numpy as np

    lines: list[NDArray[np.bool_]] = []
    spans = [None] * (2 - len(axes)) + [None if box is None else box[axis] for axis in axes]
    for span, drawn in zip(spans, frame, strict=True):
        first = np.arange(drawn.start, drawn.stop, step)
        last = np.minimum(first + step, drawn.stop) - 1
        here = np.full(len(first), box is not None)
        lines.append(here if span is None else here & (first < span.stop) & (last >= span.start))
    return np.logical_and.outer(lines[0], lines[1])


def _outside(found: Field, axes: Sequence[int]) -> Region:
    """Return the cells of the frame that are outside the field, or outside the source."""
    frame = [found.frame[axis] for axis in axes]
    box = found.box or found.frame
    grid = found.question.grid if found.question.bordered else None
    around: list[tuple[Cells, ...]] = []
    for place, axis in enumerate(axes):
        span = box[axis] if grid is None else box[axis].clip(grid[axis])
        whole = frame[place]
        before = Cells.run(whole.start, span.start - whole.start)
        after = Cells.run(span.stop, whole.stop - span.stop)
        around += [(*frame[:place], part, *frame[place + 1 :]) for part in (before, after)]
    return Region.of(around)


def _blocked(
    found: Field, axes: tuple[int, ...], index: int | None, frame: Sequence[Cells], step: int
) -> "NDArray[Any]":
    """Return the largest count of every block of the frame."""
    import numpy as np

    array, start = found.counts, found.start
    assert array is not None
    if index is not None:
        cut = next(axis for axis in range(3) if axis not in axes)
        array = array.take(index - start[cut], axis=cut)
    start = (*(0,) * (2 - len(axes)), *(start[axis] for axis in axes))
    array = array.reshape((1,) * (2 - array.ndim) + array.shape)
    padded = [-(-span.extent // step) * step for span in frame]
    whole = np.zeros(padded, dtype=array.dtype)
    low = [max(s, span.start) for s, span in zip(start, frame, strict=True)]
    high = [min(s + n, span.stop) for s, n, span in zip(start, array.shape, frame, strict=True)]
    if all(a < b for a, b in zip(low, high, strict=True)):
        target = tuple(
            slice(a - f.start, b - f.start) for a, b, f in zip(low, high, frame, strict=True)
        )
        source = tuple(slice(a - s, b - s) for a, b, s in zip(low, high, start, strict=True))
        whole[target] = array[source]
    if step == 1:
        return whole
    return whole.reshape(padded[0] // step, step, padded[1] // step, step).max(axis=(1, 3))

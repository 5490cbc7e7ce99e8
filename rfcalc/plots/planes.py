"""What is in each cell of a drawn plane? Sampled, a hole, outside the field, padding; how much."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.blocks import FULL_BLOCK, PART_BLOCK, blocks, section
from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded, fail
from rfcalc.growth import footprint
from rfcalc.masks import Mask, Question, mask
from rfcalc.paths import Paths
from rfcalc.region import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "BEYOND",
    "HOLE",
    "PADDING",
    "PART",
    "SAMPLED",
    "Field",
    "Plane",
    "centred",
    "field",
    "plane",
]

PADDING, BEYOND, HOLE, PART, SAMPLED = range(5)
"""States of a block: outside the source, outside the field, a hole, some cells, all cells."""

_WHOLE_VIEW = 3
"""A source is shown whole when it is no more than this many times the field, on every axis."""


class Field(msgspec.Struct, frozen=True):
    """A mask, its counts when they are asked for, and the frame of source cells to be drawn.

    ``start`` is the source cell of the first count, ``box`` the receptive field with what of it
    lies in the padding, ``None`` when it has no bounds. One entry per axis in every tuple.
    """

    mask: Mask
    counts: "NDArray[Any] | None"
    start: tuple[int, ...]
    frame: tuple[Cells, ...]
    box: tuple[Cells, ...] | None

    @property
    def question(self) -> Question:
        """What was asked."""
        return self.mask.question

    @property
    def centre(self) -> tuple[Fraction, ...] | None:
        """Middle of the receptive-field box per axis."""
        if self.box is None:
            return None
        return tuple(Fraction(2 * span.start + span.extent - 1, 2) for span in self.box)


class Plane(msgspec.Struct, frozen=True):
    """Two axes of a field, in blocks of ``step`` by ``step`` cells.

    ``states`` : uint8, shape (rows, columns). ``counts`` : integers, same shape, the largest
    count of each block. ``frame``, ``axes``: the cells and the two axes drawn; a strip of one
    axis has one row. ``index``: where the third axis was cut.
    """

    states: "NDArray[np.uint8]"
    counts: "NDArray[Any] | None"
    frame: tuple[Cells, Cells]
    axes: tuple[int, ...]
    step: int
    index: int | None = None


def field(result: Mask | Paths, whole: bool = False) -> Field:
    """Return what there is to draw of a mask or of path counts.

    The frame is the receptive-field box; for a position with borders it is the whole source
    where the field fills a good part of it or where ``whole`` asks for it, else the box with a
    margin.

    Raises
    ------
    RfcalcError
        RF420: the output reads nothing, so there is nothing to draw.
    """
    question = result.question
    counts = None
    drawn = result if isinstance(result, Mask) else _mask(question)
    if isinstance(result, Paths):
        counts = result.counts
    bounds = drawn.region.bounds
    box = _box(question) or bounds
    if not question.bordered:
        if bounds is None:
            fact = f"'{question.layer}' reads nothing of '{question.origin}' at this phase"
            raise fail("RF420", fact, "choose another --phase")
        return Field(drawn, counts, result.start, bounds, bounds)
    assert question.grid is not None
    return Field(drawn, counts, result.start, _frame(question.grid, box, bounds, whole), box)


def centred(found: Field, extents: Sequence[int]) -> Field:
    """Return the field in a frame of the given extents around its box."""
    frame = tuple(
        Cells.run(span.start - (extent - span.extent) // 2, extent)
        for span, extent in zip(found.frame, extents, strict=True)
    )
    return msgspec.structs.replace(found, frame=frame)


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
        raise fail("RF409", str(fault), "ask for a later --source") from None
    held = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), len(rows[0]))
    states = np.where(held == FULL_BLOCK, SAMPLED, np.where(held == PART_BLOCK, PART, BEYOND))
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
    return Plane(states.astype(np.uint8), counts, (frame[0], frame[1]), axes, step, index)


def _mask(question: Question) -> Mask:
    output = question.output
    return mask(
        question.network,
        question.layer,
        question.origin,
        at=output if question.bordered else None,
        phase=None if question.bordered else output,
    )


def _box(question: Question) -> tuple[Cells, ...] | None:
    """Return the bounds of what an output reads when nothing is cut off, if it has any."""
    found = footprint(question.network, question.source, question.target)
    if found.unbounded is not None or not found.boxes:
        return None
    return found.read(question.output).bounds


def _frame(
    grid: tuple[int, ...],
    box: tuple[Cells, ...] | None,
    bounds: tuple[Cells, ...] | None,
    whole: bool,
) -> tuple[Cells, ...]:
    """Return the cells to be drawn for a position with borders."""
    if box is None:
        return tuple(Cells.run(0, n) for n in grid)
    # Folded padding may read cells far from the box; they belong into the picture.
    spans = [_span(a, b) for a, b in zip(box, bounds or box, strict=True)]
    whole |= all(n <= _WHOLE_VIEW * s.extent for n, s in zip(grid, spans, strict=True))
    frame: list[Cells] = []
    for n, span in zip(grid, spans, strict=True):
        rim = max(1, span.extent // 8)
        low, high = (0, n) if whole else (max(0, span.start - rim), min(n, span.stop + rim))
        frame.append(_span(Cells.run(low, high - low), span))
    return tuple(frame)


def _span(one: Cells, other: Cells) -> Cells:
    low = min(one.start, other.start) if one and other else (one or other).start
    high = max(one.stop, other.stop) if one and other else (one or other).stop
    return Cells.run(low, high - low)


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

"""Which cells are there to draw? A mask, its numbers, and the frame of cells around them."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from rfcalc.cells import Cells
from rfcalc.energies import Energy, energy
from rfcalc.errors import fail
from rfcalc.interior import footprint
from rfcalc.masks import Mask, bounded_mask, mask
from rfcalc.masks.questions import Question
from rfcalc.path_counts import Paths, paths

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ASKED", "Field", "Result", "What", "centred", "field"]

What: TypeAlias = Literal["mask", "paths", "erf"]
Result: TypeAlias = Mask | Paths | Energy

ASKED: dict[What, Callable[..., Result]] = {"mask": bounded_mask, "paths": paths, "erf": energy}
"""What is drawn, and who answers it, of a network, layer, source, position and phase."""

_WHOLE_VIEW = 3
"""A source is shown whole when it is no more than this many times the field, on every axis."""


class Field(msgspec.Struct, frozen=True):
    """A mask, counts or shares when they are asked for, and the frame of cells to be drawn.

    ``start`` is the source cell of the first count, ``box`` the receptive field with what of it
    lies in the padding, ``None`` when it has no bounds. One entry per axis in every tuple.
    """

    what: What
    mask: Mask
    counts: "NDArray[Any] | None"
    start: tuple[int, ...]
    frame: tuple[Cells, ...]
    box: tuple[Cells, ...] | None
    assumed: tuple[str, ...]

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


def field(result: Result, whole: bool = False) -> Field:
    """Return what there is to draw of a mask, of path counts or of an energy.

    The frame is the receptive-field box; for a position with borders it is the whole source
    where the field fills a good part of it or where ``whole`` asks for it, else the box with a
    margin.

    Raises
    ------
    RfcalcError
        RF420: the output reads nothing, so there is nothing to draw.
    """
    question = result.question
    drawn = result if isinstance(result, Mask) else _mask(question)
    counts = None if isinstance(result, Mask) else result.array()
    what: What = "mask" if isinstance(result, Mask) else "paths"
    what = "erf" if isinstance(result, Energy) else what
    bounds = drawn.region.bounds
    box = _box(question) or bounds
    if not question.bordered:
        if bounds is None:
            fact = f"'{question.layer}' reads nothing of '{question.origin}' at this phase"
            raise fail("RF420", fact, "choose another `phase=`")
        return Field(what, drawn, counts, result.start, bounds, bounds, result.assumed)
    assert question.grid is not None
    frame = _frame(question.grid, box, bounds, whole)
    return Field(what, drawn, counts, result.start, frame, box, result.assumed)


def centred(found: Field, extents: Sequence[int]) -> Field:
    """Return the field in a frame of the given extents around its box."""
    frame = tuple(
        Cells.run(span.start - (extent - span.extent) // 2, extent)
        for span, extent in zip(found.frame, extents, strict=True)
    )
    return msgspec.structs.replace(found, frame=frame)


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
    if not found.bounded or not found.boxes:
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

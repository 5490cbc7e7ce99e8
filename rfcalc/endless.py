"""What does an output read on an axis on which it reads without end, on one side or on both?"""

from collections.abc import Callable
from functools import reduce
from typing import Literal, TypeAlias

import msgspec

from rfcalc.cells import EMPTY, Cells
from rfcalc.taps import IDENTITY, Taps, relation

__all__ = ["WHOLE", "Axis", "Endless", "Side", "Unbounded", "ends", "followed"]

Side: TypeAlias = Literal["both", "before", "after"]


class Unbounded(msgspec.Struct, frozen=True):
    """Which layer makes an axis unbounded, and on which side of an output."""

    by: str
    side: Side


class Endless(msgspec.Struct, frozen=True, gc=False):
    """An axis on which an output reads all cells from ``first`` on, or up to ``last``, or all.

    Both are relations of at most one cell per phase, ``None`` on the side without end; one of
    them is ``None``. ``by`` names the layer that makes it so, once it stands in a network. Cells
    that are passed over on the way to the end are not distinguished: a set is known by its ends.

    >>> Endless(last=Taps(1, (Cells(0, 1),))).side
    'before'
    """

    first: Taps | None = None
    last: Taps | None = None
    by: str = ""

    @property
    def side(self) -> Side:
        """The side on which there is no end."""
        if self.first is None:
            return "both" if self.last is None else "before"
        return "after"

    def __le__(self, other: object) -> bool:
        """Whether every output reads no more than it does in ``other``."""
        return isinstance(other, Endless) and _holds(other, self.first, self.last)

    def __ge__(self, other: object) -> bool:
        if isinstance(other, Taps):
            return _holds(self, _end(other, min), _end(other, max))
        return isinstance(other, Endless) and other <= self

    def __or__(self, other: "Axis") -> "Endless":
        """Return the smallest set that is known by its ends and holds both."""
        return Endless(
            _further(self.first, ends(other)[0], min),
            _further(self.last, ends(other)[1], max),
            self.by or (other.by if isinstance(other, Endless) else ""),
        )

    def __ror__(self, other: Taps) -> "Endless":
        return self | other


WHOLE = Endless()
"""Marks an axis that is unbounded on both sides: the output sees the whole of it."""

Axis: TypeAlias = Taps | Endless
_Pick: TypeAlias = Callable[[int, int], int]


def followed(outer: Axis, inner: Axis, name: str, size: int | None = None) -> Axis:
    """Return what ``outer``, of the layer of that name, reads by way of ``inner``.

    With ``size`` the answer is for that many outputs only (``Taps.over``).
    """
    if isinstance(outer, Taps) and isinstance(inner, Taps):
        return outer.over(inner, size)
    if outer is IDENTITY or (isinstance(inner, Endless) and inner.side == "both"):
        return inner
    by = inner.by if isinstance(inner, Endless) else name
    low, high = ends(inner)
    step = next((end.advance for end in (low, high) if end is not None), 0)
    first = _led(outer, low, min, step, size)
    return Endless(first, _led(outer, high, max, step, size), by)


def ends(axis: Axis) -> tuple[Taps | None, Taps | None]:
    """Return the first and the last cell that each output reads, ``None`` where there is none."""
    if isinstance(axis, Endless):
        return axis.first, axis.last
    return _end(axis, min), _end(axis, max)


def _led(outer: Axis, end: Taps | None, pick: _Pick, step: int, size: int | None) -> Taps | None:
    """Return the outermost of the ends of all cells that each output reads."""
    if end is None or not step:
        return None
    if isinstance(outer, Taps):
        return _end(outer.over(end, size), pick)
    # Ends further on lie further on in the source, or further back where it is read in reverse.
    towards = outer.last if (pick is max) == (step > 0) else outer.first
    return None if towards is None else towards.over(_running(end, pick), size)


def _running(end: Taps, pick: _Pick) -> Taps:
    """Return the outermost end among those of a cell and of all that lie on the endless side."""
    period = end.period
    way = -1 if (pick is max) == (end.advance > 0) else 1
    phases: list[Cells] = []
    for phase in range(period):
        found = (end.read(phase + way * back) for back in range(period))
        starts = [cells.start for cells in found if cells]
        phases.append(Cells(reduce(pick, starts), 1) if starts else EMPTY)
    return relation(end.advance, phases)


def _end(taps: Taps, pick: _Pick) -> Taps:
    """Return the relation to the first (``min``) or the last (``max``) cell that is read."""
    if all(cells.extent <= 1 for cells in taps.phases):
        return taps
    return relation(
        taps.advance,
        [Cells(pick(c.start, c.stop - 1), 1) if c else EMPTY for c in taps.phases],
    )


def _further(one: Taps | None, two: Taps | None, pick: _Pick) -> Taps | None:
    return None if one is None or two is None else _end(one | two, pick)


def _holds(outer: Endless, first: Taps | None, last: Taps | None) -> bool:
    """Whether a set that is known by its ends holds one with the given ends."""
    return _reaches(outer.first, first, min) and _reaches(outer.last, last, max)


def _reaches(far: Taps | None, near: Taps | None, pick: _Pick) -> bool:
    if far is None or near is None or far == near:
        return far is None or near is not None
    pairs = zip(*far.aligned(near), strict=True)
    return all(not b or (bool(a) and pick(a.start, b.start) == a.start) for a, b in pairs)

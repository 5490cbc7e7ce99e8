"""Which cells of a source does a cell of a node read? A union of boxes of taps."""

from collections.abc import Iterator, Sequence
from math import lcm

import msgspec

from rfcalc.cells import Cells
from rfcalc.endless import WHOLE, Axis, Endless, Side, Unbounded, ends, followed
from rfcalc.errors import LimitExceeded, fail
from rfcalc.region import Region, simplified
from rfcalc.shown import AsPage
from rfcalc.staircases import Staircase
from rfcalc.taps import IDENTITY, Taps

__all__ = ["WHOLE", "Axis", "Endless", "Footprint", "Side", "Unbounded"]


class Footprint(msgspec.Struct, AsPage, frozen=True, gc=False):
    """The dependence of a node on a source: a union of boxes, one axis relation per axis.

    No box: the node does not depend on the source. Of a union that is too much to be held,
    ``held`` is one box, per axis the projection of the union, and ``reason`` says why: its extents
    are those of the union, its cells are not.
    """

    held: tuple[tuple[Axis, ...], ...]
    reason: str = ""

    @staticmethod
    def source(dims: int) -> "Footprint":
        """Return the footprint of the source itself."""
        return Footprint(((IDENTITY,) * dims,))

    @property
    def boxes(self) -> tuple[tuple[Axis, ...], ...]:
        """The boxes of the union.

        Raises
        ------
        RfcalcError
            RF305: only its projections are held.
        """
        if self.reason:
            help = "its extents are known: `rfcalc.analyze`; or ask with a later `source=`"
            raise fail("RF305", self.reason, help)
        return self.held

    @property
    def bounded(self) -> bool:
        """Whether every axis of every box has two ends."""
        return all(isinstance(axis, Taps) for box in self.held for axis in box)

    @property
    def unbounded(self) -> tuple[Unbounded | None, ...] | None:
        """Which layer makes each axis unbounded, and on which side; ``None`` for one with ends.

        ``None`` as a whole where every axis of every box has two ends.
        """
        if self.bounded:
            return None
        return tuple(_cause(axes) for axes in zip(*self.held, strict=True))

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that have two ends."""
        axes = range(len(self.held[0]) if self.held else 0)
        causes = self.unbounded
        return tuple(axis for axis in axes if causes is None or causes[axis] is None)

    def through(
        self, layer: Sequence[Axis], name: str, size: Sequence[int] | None = None
    ) -> "Footprint":
        """Return what a layer reads of the source when it reads this node by ``layer``.

        With ``size`` the answer is for a grid of that many outputs only (``Taps.over``).
        """
        if not self.held:
            return self
        boxes = [_composed(layer, box, name, size) for box in self.held]
        return Footprint(simplified(boxes), self.reason)

    @staticmethod
    def union(parts: Sequence["Footprint"]) -> "Footprint":
        """Return the union of footprints, simplified once."""
        distinct = list({id(part): part for part in parts if part.held}.values())
        if len(distinct) < 2:
            return distinct[0] if distinct else Footprint(())
        reason = next((part.reason for part in distinct if part.reason), "")
        boxes = tuple(box for part in distinct for box in part.held)
        return Footprint(boxes).projected(reason) if reason else _unite(boxes)

    def projected(self, reason: str) -> "Footprint":
        """Return what is known of a union by its projections, one relation per axis.

        Raises
        ------
        LimitExceeded
            Which boxes an output reads goes by its phase: the projections alone would be too wide.
        """
        if len(self.held) == 1:
            return self if self.reason else Footprint(self.held, reason)
        for axes in zip(*self.held, strict=True):
            if len({(t.period, t.silent) for axis in axes for t in _relations(axis)}) > 1 and any(
                t.silent for axis in axes for t in _relations(axis)
            ):
                raise LimitExceeded(reason)
        return Footprint((tuple(_join(axes) for axes in zip(*self.held, strict=True)),), reason)

    def __or__(self, other: "Footprint") -> "Footprint":
        return Footprint.union((self, other))

    def on(self, axes: Sequence[int]) -> "Footprint":
        """Return the projection on some axes, in their order."""
        if self.held and len(axes) == len(self.held[0]):
            return self
        boxes = simplified([tuple(box[axis] for axis in axes) for box in self.held])
        # On one axis the projection is the whole answer.
        return Footprint(boxes, "" if len(axes) == 1 else self.reason)

    def read(self, output: Sequence[int]) -> Region:
        """Return the source cells that one output position reads; bounded axes only."""
        boxes: list[tuple[Cells, ...]] = []
        for box in self.boxes:
            sets: list[Cells] = []
            for axis, o in zip(box, output, strict=True):
                if not isinstance(axis, Taps):
                    raise ValueError(f"the footprint is unbounded by '{axis.by}'")
                sets.append(axis.read(o))
            boxes.append(tuple(sets))
        if all(len(t.phases) == 1 for box in self.held for t in box if isinstance(t, Taps)):
            # With one phase sets lie to each other as the relations do, which are simplified.
            if not all(map(all, boxes)):
                return Region.of(boxes)
            stair = isinstance(self.held, Staircase)
            return Region(Staircase(boxes) if stair else tuple(boxes))
        return Region.of(boxes)

    def ends(self, axis: int, output: int) -> tuple[int | None, int | None]:
        """Return the first and the last cell read on one axis, ``None`` on a side without end."""
        (found,) = self.spans(axis, range(output, output + 1))
        return found

    def spans(self, axis: int, outputs: range) -> list[tuple[int | None, int | None]]:
        """Return the ends of many outputs, as ``ends`` does of one."""
        sides = list(zip(*(ends(box[axis]) for box in self.held), strict=True))
        found: list[tuple[int | None, int | None]] = []
        for output in outputs:
            first, last = (None if None in side else _read(side, output) for side in sides)
            found.append((min(first) if first else None, max(last) if last else None))
        return found

    def period(self, axis: int) -> int:
        """Return the number of phases on one axis."""
        relations = (t for box in self.held for t in _relations(box[axis]))
        return lcm(*(taps.period for taps in relations))


def _join(axes: Sequence[Axis]) -> Axis:
    """Return the union of the sets of one axis."""
    total, *others = dict.fromkeys(axes)
    for axis in others:
        total |= axis
    return total


def _unite(boxes: Sequence[tuple[Axis, ...]]) -> Footprint:
    """Return a union of boxes, by its projections where they are too many."""
    try:
        return Footprint(simplified(boxes))
    except LimitExceeded as fault:
        return Footprint(tuple(boxes)).projected(str(fault))


def _relations(axis: Axis) -> Iterator[Taps]:
    yield from (end for end in ends(axis) if end is not None)


def _read(side: Sequence[Taps], output: int) -> list[int]:
    found = (end.read(output) for end in side)
    return [cells.start for cells in found if cells]


def _cause(axes: Sequence[Axis]) -> Unbounded | None:
    endless = [axis for axis in axes if isinstance(axis, Endless)]
    if not endless:
        return None
    first = endless[0]
    alike = all(axis.side == first.side for axis in endless)
    return Unbounded(first.by, first.side if alike else "both")


def _composed(
    layer: Sequence[Axis], box: tuple[Axis, ...], name: str, size: Sequence[int] | None
) -> tuple[Axis, ...]:
    """Compose axis by axis; axes that are alike are composed once."""
    done: list[Axis] = []
    for axis, (outer, inner) in enumerate(zip(layer, box, strict=True)):
        n = None if size is None else size[axis]
        for earlier in range(axis):
            if (
                layer[earlier] is outer
                and box[earlier] is inner
                and (size is None or size[earlier] == n)
            ):
                done.append(done[earlier])
                break
        else:
            done.append(followed(outer, inner, name, n))
    return tuple(done)

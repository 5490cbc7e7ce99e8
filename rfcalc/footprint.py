"""Which cells of a source does a cell of a node read? A union of boxes of taps."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from rfcalc.cells import Cells
from rfcalc.region import Region, simplified
from rfcalc.shown import AsPage
from rfcalc.taps import IDENTITY, Taps

__all__ = ["WHOLE", "Axis", "Footprint"]


class _Whole(msgspec.Struct, frozen=True):
    """The axis on which a cell reads the whole source, however large."""

    def __le__(self, other: object) -> bool:
        return other is self

    def __ge__(self, other: object) -> bool:
        return True


WHOLE = _Whole()
"""Marks an unbounded axis: the output sees the whole of it."""

Axis: TypeAlias = Taps | _Whole


class Footprint(msgspec.Struct, AsPage, frozen=True, gc=False):
    """The dependence of a node on a source: a union of boxes, and who made it unbounded.

    No box: the node does not depend on the source. ``unbounded`` names the layer that reads
    the whole of its input, ``None`` when every axis of every box is bounded.
    """

    boxes: tuple[tuple[Axis, ...], ...]
    unbounded: str | None = None

    @staticmethod
    def source(dims: int) -> "Footprint":
        """Return the footprint of the source itself."""
        return Footprint(((IDENTITY,) * dims,))

    def through(
        self, layer: Sequence[Axis], name: str, size: Sequence[int] | None = None
    ) -> "Footprint":
        """Return what a layer reads of the source when it reads this node by ``layer``.

        With ``size`` the answer is for a grid of that many outputs only (``Taps.over``).
        """
        if not self.boxes:
            return self
        cause = self.unbounded
        if cause is None and any(axis is WHOLE for axis in layer):
            cause = name
        boxes = [_composed(layer, box, size) for box in self.boxes]
        return Footprint(simplified(boxes), cause)

    @staticmethod
    def union(parts: Sequence["Footprint"]) -> "Footprint":
        """Return the union of footprints, simplified once."""
        distinct = list({id(part): part for part in parts if part.boxes}.values())
        if len(distinct) < 2:
            return distinct[0] if distinct else Footprint(())
        boxes = [box for part in distinct for box in part.boxes]
        causes = (part.unbounded for part in distinct if part.unbounded is not None)
        return Footprint(simplified(boxes), next(causes, None))

    def __or__(self, other: "Footprint") -> "Footprint":
        return Footprint.union((self, other))

    def read(self, output: Sequence[int]) -> Region:
        """Return the source cells that one output position reads; bounded axes only."""
        boxes: list[tuple[Cells, ...]] = []
        for box in self.boxes:
            sets: list[Cells] = []
            for axis, o in zip(box, output, strict=True):
                if not isinstance(axis, Taps):
                    raise ValueError(f"the footprint is unbounded by {self.unbounded}")
                sets.append(axis.read(o))
            boxes.append(tuple(sets))
        return Region.of(boxes)


def _composed(
    layer: Sequence[Axis], box: tuple[Axis, ...], size: Sequence[int] | None
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
            if isinstance(outer, Taps) and isinstance(inner, Taps):
                done.append(outer.over(inner, n))
            else:
                done.append(WHOLE)
    return tuple(done)

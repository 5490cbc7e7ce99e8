"""On which grid do the branches of a merge meet? A common period, or the outputs there are."""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc.errors import fail
from rfcalc.footprint import WHOLE, Axis, Footprint
from rfcalc.network import Node
from rfcalc.taps import PERIOD_LIMIT, Taps

__all__ = ["on_grid", "relative", "turned", "written_out"]


def relative(node: Node, source: Node) -> tuple[Fraction | None, ...]:
    """Return the node's jump in cells of the source."""
    if source.jump.count(1) == len(source.jump):
        return node.jump
    return tuple(
        None if mine is None or not theirs else mine / theirs
        for mine, theirs in zip(node.jump, source.jump, strict=True)
    )


def on_grid(found: Footprint, jumps: Sequence[Fraction | None]) -> bool:
    """Whether a footprint steps over the source by the given jumps."""
    return all(
        jump is None or not isinstance(taps, Taps) or _follows(taps, jump)
        for box in found.boxes
        for taps, jump in zip(box, jumps, strict=True)
    )


def _follows(taps: Taps, jump: Fraction) -> bool:
    return taps.advance * jump.denominator == jump.numerator * len(taps.phases)


def turned(name: str, jumps: Sequence[Fraction | None], found: Footprint) -> Footprint:
    """Return a footprint without bound on the axes on which it steps against its neighbours.

    What reads a place and its mirror image has no field that moves along with it. ``name`` is
    the layer where the two meet.
    """
    boxes = [
        tuple(
            WHOLE if jump and isinstance(taps, Taps) and taps.advance * jump < 0 else taps
            for taps, jump in zip(box, jumps, strict=True)
        )
        for box in found.boxes
    ]
    if all(box == was for box, was in zip(boxes, found.boxes, strict=True)):
        return found
    return Footprint(tuple(boxes), found.unbounded or name)


def written_out(node: Node, jumps: Sequence[Fraction | None], found: Footprint) -> Footprint:
    """Return a footprint for the outputs there are, with the jumps of the node's own grid."""
    boxes: list[tuple[Axis, ...]] = []
    for box in found.boxes:
        axes: list[Axis] = []
        for axis, (taps, jump) in enumerate(zip(box, jumps, strict=True)):
            if not isinstance(taps, Taps) or jump is None:
                axes.append(taps)
            elif node.size is None:
                raise fail("RF304", f"'{node.name}' merges unlike grids", "give the input size")
            else:
                axes.append(_tabulated(taps, node.size[axis], jump))
        boxes.append(tuple(axes))
    return Footprint(tuple(boxes), found.unbounded)


def _tabulated(taps: Taps, size: int, jump: Fraction) -> Taps:
    """Return taps in a period that all branches of a merge share."""
    if _follows(taps, jump):
        period = -(-size // jump.denominator) * jump.denominator
        if period > PERIOD_LIMIT or not period % len(taps.phases):
            return taps
    return taps.tabulated(size, jump)

"""On which grid do the branches of a merge meet? A common period, or the outputs there are."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rfcalc.errors import fail
from rfcalc.footprint import Axis, Endless, Footprint
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
        jump is None or _follows(taps, jump)
        for box in found.held
        for axis, jump in zip(box, jumps, strict=True)
        for taps in _steps(axis)
    )


def _steps(axis: Axis) -> Iterator[Taps]:
    """Yield what steps over the source on an axis: a relation, or the ends that there are."""
    if isinstance(axis, Taps):
        yield axis
    else:
        yield from (end for end in (axis.first, axis.last) if end is not None)


def _follows(taps: Taps, jump: Fraction) -> bool:
    return taps.advance * jump.denominator == jump.numerator * len(taps.phases)


def turned(name: str, jumps: Sequence[Fraction | None], found: Footprint) -> Footprint:
    """Return a footprint without bound on the axes on which it steps against its neighbours.

    What reads a place and its mirror image has no field that moves along with it. ``name`` is
    the layer where the two meet.
    """
    boxes = [
        tuple(_against(axis, jump, name) for axis, jump in zip(box, jumps, strict=True))
        for box in found.held
    ]
    if all(box == was for box, was in zip(boxes, found.held, strict=True)):
        return found
    return Footprint(tuple(boxes), found.reason)


def _against(axis: Axis, jump: Fraction | None, name: str) -> Axis:
    if not jump or all(taps.advance * jump >= 0 for taps in _steps(axis)):
        return axis
    return Endless(by=name if isinstance(axis, Taps) else axis.by)


def written_out(node: Node, jumps: Sequence[Fraction | None], found: Footprint) -> Footprint:
    """Return a footprint for the outputs there are, with the jumps of the node's own grid."""
    boxes: list[tuple[Axis, ...]] = []
    for box in found.held:
        axes: list[Axis] = []
        for axis, (taps, jump) in enumerate(zip(box, jumps, strict=True)):
            if jump is None or (isinstance(taps, Endless) and taps.side == "both"):
                axes.append(taps)
            elif node.size is None:
                raise fail("RF304", f"'{node.name}' merges unlike grids", "give the input size")
            elif isinstance(taps, Taps):
                axes.append(_tabulated(taps, node.size[axis], jump))
            else:
                first, last = (
                    None if end is None else _tabulated(end, node.size[axis], jump)
                    for end in (taps.first, taps.last)
                )
                axes.append(Endless(first, last, taps.by))
        boxes.append(tuple(axes))
    return Footprint(tuple(boxes), found.reason)


def _tabulated(taps: Taps, size: int, jump: Fraction) -> Taps:
    """Return taps in a period that all branches of a merge share."""
    if _follows(taps, jump):
        period = -(-size // jump.denominator) * jump.denominator
        if period > PERIOD_LIMIT or not period % len(taps.phases):
            return taps
    return taps.tabulated(size, jump)

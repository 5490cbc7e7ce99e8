"""Which cells does one output read where borders count? Pulled back, cut at each node's own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded, fail
from rfcalc.footprint import Axis, Endless
from rfcalc.layers.base import Border, fold
from rfcalc.masks.questions import Question
from rfcalc.network import Node
from rfcalc.region import Region
from rfcalc.taps import IDENTITY, Taps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["endless", "fold_cells", "fold_lines", "pulled"]


def pulled(question: Question) -> Region:
    """Pull the demanded cell back to the source, cut at every node's own borders."""
    nodes = question.network.nodes
    between = question.network.between(question.source, question.target)
    demand: dict[int, Region] = {
        question.target: Region((tuple(Cells(o, 1) for o in question.output),))
    }
    for position in range(question.target, question.source, -1):
        wanted = demand.pop(position, None)
        if wanted is None:
            continue
        node = nodes[position]
        for i, taps in zip(node.inputs, node.reads, strict=True):
            if not between[i]:
                continue
            try:
                found = _read(node, nodes[i], taps, wanted)
                demand[i] = demand[i] | found if i in demand else found
            except LimitExceeded as fault:
                raise fail("RF305", f"'{node.name}': {fault}", "ask for a later source") from None
    return demand.get(question.source, Region(()))


def _read(node: Node, given: Node, taps: Sequence[Axis], wanted: Region) -> Region:
    """Return which cells of an input a set of a node's cells reads."""
    if all(axis is IDENTITY for axis in taps) and given.size == node.size:
        return wanted
    assert given.size is not None
    boxes = (
        tuple(
            fold_cells(axis.image(cells), n, node.layer.beyond(d))
            if isinstance(axis, Taps)
            else endless(axis, cells, n)
            for d, (axis, cells, n) in enumerate(zip(taps, box, given.size, strict=True))
        )
        for box in wanted.boxes
    )
    return Region.of(boxes)


def endless(axis: Endless, cells: Cells, n: int) -> Cells:
    """Return which of ``n`` cells are read by outputs that read without end."""
    first = Cells.run(0, 1) if axis.first is None else axis.first.image(cells)
    last = Cells.run(n - 1, 1) if axis.last is None else axis.last.image(cells)
    if not first or not last:
        return EMPTY
    return Cells.run(first.start, last.stop - first.start).clip(n)


def fold_cells(cells: Cells, n: int, mode: Border) -> Cells:
    """Return what indices outside ``0 .. n - 1`` stand for, united with those inside."""
    if cells.start >= 0 and cells.stop <= n:
        return cells
    inside = cells.clip(n)
    if mode == "zeros":
        return inside
    before = cells & Cells.run(cells.start, -cells.start)
    after = cells & Cells.run(n, cells.stop - n)
    if isinstance(mode, int):
        return inside | before.shift(mode) | after.shift(-mode)
    if mode == "circular":
        return inside | before.shift(n) | after.shift(-n)
    if mode == "reflect":
        return inside | before.reflect() | after.reflect().shift(2 * (n - 1))
    ends = [index for index, beyond in ((0, before), (n - 1, after)) if beyond]
    return inside | Cells.of(ends)


def fold_lines(lines: "Array", start: int, n: int, mode: Border) -> "tuple[int, Array]":
    """Return lines with those outside ``0 .. n - 1`` added to what they stand for, or dropped.

    Parameters
    ----------
    lines : one per index from ``start`` on.

    Returns
    -------
    start : index of the first line that is left.
    lines : those inside; all ``n`` where padding repeats the input.
    """
    import numpy as np

    stop = start + len(lines)
    low, high = max(0, start), max(0, min(n, stop))
    inside = lines[low - start : max(low, high) - start]
    if mode == "zeros":
        return low, inside
    total = np.zeros((n, *lines.shape[1:]), lines.dtype)
    total[low : low + len(inside)] = inside
    for i in (*range(start, min(0, stop)), *range(max(n, start), stop)):
        total[fold(i, n, mode)] += lines[i - start]
    return 0, total

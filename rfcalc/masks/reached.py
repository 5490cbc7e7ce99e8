"""Which cells of each node does a cell of the source reach? Pushed forward, cut at each border."""

from collections.abc import Sequence

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded, fail
from rfcalc.footprint import Axis, Endless
from rfcalc.layers.base import Border
from rfcalc.network import Network, Node
from rfcalc.region import Region
from rfcalc.taps import IDENTITY, Taps

__all__ = ["reached", "readers", "unfold"]


def reached(network: Network, source: int, cell: Sequence[int]) -> dict[int, Region]:
    """Return for every node behind the source the cells that read one cell of it.

    The transpose of the masks: cell ``o`` of a node is in its region if and only if ``cell`` is
    in the mask of ``o``. Borders and padding modes count, so every size has to be known.

    Raises
    ------
    RfcalcError
        RF305: a union of too many boxes, or sets beyond the limits.
    """
    found = {source: Region((tuple(Cells(index, 1) for index in cell),))}
    for position in range(source + 1, len(network.nodes)):
        node = network.nodes[position]
        reads = dict(zip(node.inputs, node.reads, strict=True))
        parts = [(i, taps) for i, taps in reads.items() if i in found]
        if not parts:
            continue
        try:
            region = Region(())
            for i, taps in parts:
                region = region | _through(node, network.nodes[i], taps, found[i])
        except LimitExceeded as fault:
            raise fail("RF305", f"'{node.name}': {fault}", "ask with a later `source=`") from None
        found[position] = region
    return found


def _through(node: Node, given: Node, taps: Sequence[Axis], held: Region) -> Region:
    """Return which cells of a node read any of a set of cells of one of its inputs."""
    if all(axis is IDENTITY for axis in taps) and given.size == node.size:
        return held
    assert given.size is not None
    assert node.size is not None
    return Region.of(
        tuple(
            readers(axis, cells, n, outputs, node.layer.beyond(d))
            for d, (axis, cells, n, outputs) in enumerate(
                zip(taps, box, given.size, node.size, strict=True)
            )
        )
        for box in held.boxes
    )


def readers(axis: Axis, cells: Cells, n: int, outputs: int, border: Border) -> Cells:
    """Return which of so many outputs read any of a set of ``n`` input cells, on one axis.

    With ``R(P q + r) = C_r + Q q`` output ``P q + r`` reads ``s`` where ``Q q`` is ``s - c`` for a
    ``c`` of ``C_r``.

    >>> from rfcalc.taps import window
    >>> readers(window(3, stride=2, before=1), Cells.run(4, 1), 9, 5, "zeros")
    Cells(start=2, extent=1)
    """
    if isinstance(axis, Endless):
        return _endless(axis, cells, outputs)
    if not cells:
        return EMPTY
    wanted = unfold(axis, cells, n, outputs, border)
    turns = -(-outputs // axis.period)
    total = EMPTY
    for phase, read in enumerate(axis.phases):
        if not read:
            continue
        if axis.advance == 0:
            found = Cells.run(0, turns) if read & wanted else EMPTY
        else:
            found = wanted.plus(read.reflect()).residue(abs(axis.advance), 0)
            found = found if axis.advance > 0 else found.reflect()
        total |= found.clip(turns).scale(axis.period).shift(phase)
    return total.clip(outputs)


def unfold(axis: Taps, cells: Cells, n: int, outputs: int, border: Border) -> Cells:
    """Return the indices, inside and in the padding, that stand for cells of a set."""
    if border == "zeros":
        return cells
    turns = (0, (outputs - 1) // axis.period)
    ends = [read.shift(axis.advance * turn) for read in axis.phases if read for turn in turns]
    low, high = min((e.start for e in ends), default=0), max((e.stop for e in ends), default=n)
    before, after = Cells.run(low, -low), Cells.run(n, high - n)
    if isinstance(border, int):
        return cells | (cells.shift(-border) & before) | (cells.shift(border) & after)
    if border == "circular":
        return cells | (cells.shift(-n) & before) | (cells.shift(n) & after)
    if border == "reflect":
        mirrored = cells.reflect()
        return cells | (mirrored & before) | (mirrored.shift(2 * (n - 1)) & after)
    found = cells | before if 0 in cells else cells
    return found | after if n - 1 in cells else found


def _endless(axis: Endless, cells: Cells, outputs: int) -> Cells:
    """Return which outputs read a cell of a set on an axis on which they read to an end."""
    if not cells:
        return EMPTY
    end = axis.last if axis.first is None else axis.first
    if end is None:
        return Cells.run(0, outputs)
    bound = cells.start if axis.first is None else cells.stop - 1
    # All up to `last` are read, or all from `first` on.
    reads = [end.read(output) for output in range(min(outputs, end.period))]
    total = EMPTY
    for phase, read in enumerate(reads):
        turns = -(-(outputs - phase) // end.period)
        if not read:
            continue
        gap = bound - read.start if axis.first is None else read.start - bound
        step = end.advance if axis.first is None else -end.advance
        total |= _from(gap, step, turns).scale(end.period).shift(phase)
    return total


def _from(gap: int, step: int, turns: int) -> Cells:
    """Return the turns ``q`` below ``turns`` with ``step * q >= gap``."""
    if step == 0:
        return Cells.run(0, turns) if gap <= 0 else EMPTY
    if step > 0:
        first = max(0, -(-gap // step))
        return Cells.run(first, turns - first)
    return Cells.run(0, min(turns, gap // step + 1)) if gap <= 0 else EMPTY

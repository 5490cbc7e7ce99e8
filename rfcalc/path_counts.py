"""How many paths lead from each cell of the source to one output? Exactly, at any depth."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import fail
from rfcalc.footprint import Axis
from rfcalc.layers.base import PaddingMode
from rfcalc.masks import Question, ask, broadcast, pixels
from rfcalc.network import Network
from rfcalc.shown import AsPicture
from rfcalc.taps import Taps

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Paths", "paths"]

_SAFE = 1 << 62


class Paths(msgspec.Struct, AsPicture, frozen=True, eq=False):
    """Path counts of one output: the gradient of a network of ones.

    ``counts`` : int array, shape ``shape``, paths; ``int64`` where every count fits and Python
    integers beyond. Its first cell is ``start`` of the source.
    """

    question: Question
    counts: "NDArray[Any]"
    start: tuple[int, ...]
    exact: bool = True
    assumed: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of the array per axis."""
        return tuple(self.counts.shape)

    @property
    def total(self) -> int:
        """Number of paths to the output."""
        return int(self.counts.sum(dtype=object)) if self.counts.size else 0

    def array(self) -> "NDArray[Any]":
        """Return the counts."""
        return self.counts


def paths(
    network: Network,
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | None = None,
    phase: Sequence[int] | None = None,
) -> Paths:
    """Return the exact path counts of one output cell; arguments and errors as for ``mask``."""
    import numpy as np

    question = ask(network, layer, source, at, phase)
    start, counts = _pulled(question)
    if question.bordered:
        grid = question.grid
        assert grid is not None
        pixels(grid)
        whole = np.zeros(grid, dtype=counts.dtype)
        if counts.size:  # what nothing reaches has no place on the grid either
            box = zip(start, counts.shape, strict=True)
            whole[tuple(slice(first, first + extent) for first, extent in box)] = counts
        start, counts = (0,) * len(grid), whole
    if counts.dtype == object and counts.size and max(counts.flat) < _SAFE:
        counts = counts.astype(np.int64)
    return Paths(question, counts, start, not network.assumed, network.assumed)


_Part = tuple[tuple[int, ...], "NDArray[Any]"]


def _pulled(question: Question) -> _Part:
    """Pull the weight of one output back to the source, cut at every node's own borders."""
    import numpy as np

    nodes = question.network.nodes
    between = question.network.between(question.source, question.target)
    one: _Part = (question.output, np.ones((1,) * len(question.output), dtype=np.int64))
    demand: dict[int, list[_Part]] = {question.target: [one]}
    for position in range(question.target, question.source, -1):
        if position not in demand:
            continue
        node = nodes[position]
        part = _summed(demand.pop(position))
        for i in node.inputs:
            if not between[i]:
                continue
            size = nodes[i].size if question.bordered else None
            taps = broadcast(node, nodes[i]) if question.bordered else node.taps
            found = _through(part, taps, size, node.layer.border)
            demand.setdefault(i, []).append(found)
            if node.layer.gate:
                demand[i].append(part)
    empty: _Part = ((0,) * len(question.output), np.zeros((0,) * len(question.output), np.int64))
    found = _summed(demand[question.source]) if question.source in demand else empty
    # Where one axis reads nothing the others were not followed to their end.
    return found if found[1].size else empty


def _summed(parts: Sequence[_Part]) -> _Part:
    """Add arrays that start at different cells."""
    import numpy as np

    parts = [part for part in parts if part[1].size] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    axes = range(len(parts[0][0]))
    low = [min(start[a] for start, _ in parts) for a in axes]
    high = [max(start[a] + array.shape[a] for start, array in parts) for a in axes]
    top = sum(int(array.max()) for _, array in parts)
    kind = np.int64 if top < _SAFE else object
    shape = tuple(h - s for h, s in zip(high, low, strict=True))
    pixels(shape)
    total = np.zeros(shape, dtype=kind)
    for start, array in parts:
        window = tuple(
            slice(s - base, s - base + n)
            for s, base, n in zip(start, low, array.shape, strict=True)
        )
        # What is left after clipping may be small again, in an array that once needed objects.
        total[window] += array.astype(kind, copy=False)
    return tuple(low), total


def _through(
    part: _Part, taps: Sequence[Axis], size: tuple[int, ...] | None, mode: PaddingMode
) -> _Part:
    """Pull an array of counts through one layer, axis by axis."""
    start, array = list(part[0]), part[1]
    for axis, relation in enumerate(taps):
        if not array.size:
            break
        n = None if size is None else size[axis]
        if isinstance(relation, Taps):
            start[axis], array = _along(array, axis, start[axis], relation)
            if n is not None:
                start[axis], array = _folded(array, axis, start[axis], n, mode)
        elif n is None:
            raise fail("RF404", "an unbounded layer has no interior path counts", "use --at")
        else:
            array = _wide(array, array.shape[axis]).sum(axis=axis, keepdims=True).repeat(n, axis)
            start[axis] = 0
    return tuple(start), array


def _wide(array: "NDArray[Any]", terms: int) -> "NDArray[Any]":
    """Return the array in a type that holds sums of so many of its entries."""
    if array.dtype == object or int(array.max()) * terms < _SAFE:
        return array
    return array.astype(object)


def _along(array: "NDArray[Any]", axis: int, start: int, taps: Taps) -> "tuple[int, NDArray[Any]]":
    """Pull counts of outputs ``start ..`` back along one axis."""
    import numpy as np

    if taps.period == 1 and taps.advance == 1 and taps.phases[0].extent == 1:
        return start + taps.phases[0].start, array
    length, period, advance = array.shape[axis], taps.period, taps.advance
    moves: list[tuple[int, int, int]] = []
    for phase, cells in enumerate(taps.phases):
        first = (phase - start) % period
        if first >= length:
            continue
        turn = (start + first) // period
        moves += [
            (first, index + advance * turn, -(-(length - first) // period)) for index in cells
        ]
    ends = [to + advance * (count - 1) for _, to, count in moves] + [to for _, to, _ in moves]
    if not ends:
        return 0, array[(slice(None),) * axis + (slice(0, 0),)]
    low, high = min(ends), max(ends) + 1
    array = _wide(np.moveaxis(array, axis, 0), len(moves) if advance else length * len(moves))
    shape = (high - low, *array.shape[1:])
    pixels(shape)
    total = np.zeros(shape, dtype=array.dtype)
    for first, to, count in moves:
        lines = array[first::period]
        if advance == 0:
            total[to - low] += lines.sum(axis=0)
        else:
            at, step = (to, advance) if advance > 0 else (to + advance * (count - 1), -advance)
            stop = at - low + step * (count - 1) + 1
            total[at - low : stop : step] += lines if advance > 0 else lines[::-1]
    return low, np.moveaxis(total, 0, axis)


def _folded(
    array: "NDArray[Any]", axis: int, start: int, n: int, mode: PaddingMode
) -> "tuple[int, NDArray[Any]]":
    """Fold counts outside ``0 .. n - 1`` to where padding took them from, or drop them."""
    import numpy as np

    stop = start + array.shape[axis]
    if start >= 0 and stop <= n:
        return start, array
    lines = np.moveaxis(array, axis, 0)
    if mode == "zeros":
        low, high = max(0, start), max(0, min(n, stop))
        kept = lines[low - start : max(low, high) - start]
        return low, np.moveaxis(kept, 0, axis)
    lines = _wide(lines, 3 if mode != "replicate" else max(3, len(lines)))
    total = np.zeros((n, *lines.shape[1:]), dtype=lines.dtype)
    index = [_inside(i, n, mode) for i in range(start, stop)]
    np.add.at(total, index, lines)
    return 0, np.moveaxis(total, 0, axis)


def _inside(index: int, n: int, mode: PaddingMode) -> int:
    """Return the cell that an index outside ``0 .. n - 1`` stands for."""
    if mode == "circular":
        return index % n
    if mode == "replicate":
        return min(max(index, 0), n - 1)
    return n - 1 - abs(n - 1 - abs(index))

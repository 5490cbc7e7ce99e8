"""What do the operators that only move and join dimensions do to the axes?"""

from collections.abc import Sequence
from math import prod
from typing import ClassVar, Self

from rfcalc.importers.axes import (
    Dim,
    Factor,
    Pieces,
    Tensor,
    Uneven,
    Value,
    extent,
    normal,
    regrouped,
    spatial,
)
from rfcalc.importers.cutting import narrow
from rfcalc.importers.digits import spread
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.joining import lay_beside
from rfcalc.importers.pieces import items_of, merged, one_axis, only
from rfcalc.importers.replaying import AxisOperation, apply, carry, distribute
from rfcalc.importers.uneven import folded, marked, spanned, standing
from rfcalc.layers.whole import SpatialNorm

__all__ = ["cat", "expand", "overlaid", "permute", "reshape", "squeeze", "stack", "unsqueeze"]


class Permute(AxisOperation, frozen=True):
    """Dimensions in another order."""

    moves: ClassVar[bool] = True
    order: tuple[int, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return [given[d] for d in self.order]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        return Tensor(x.node, tuple(x.dims[d] for d in self.order))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return self.order.index(d)


class Reshape(AxisOperation, frozen=True):
    """Cells, in row-major order, under another shape."""

    moves: ClassVar[bool] = True
    to: tuple[int, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return self.to

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        dims = regrouped(x.dims, self.to)
        if dims is None:
            fact = f"a view of {list(x.shape)} as {list(self.to)} cuts an axis askew"
            raise lost(graph.here, fact)
        return Tensor(x.node, dims)

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return standing(given, self.to, d)

    def part(self, given: tuple[int, ...], d: int, start: int, size: int) -> Self:
        # Segments, however they are laid out, are blocks of as many cells at the same depth.
        before = prod(given[:d])
        at = max(e for e in range(len(self.to)) if prod(self.to[:e]) == before)
        cells = size * prod(given[d + 1 :])
        return type(self)((*self.to[:at], cells // prod(self.to[at + 1 :]), *self.to[at + 1 :]))

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        return reshape(graph, parts[0], self.to)

    def gather(self, graph: Graph, x: Pieces) -> Value:
        skewed = self._skewed(graph, x)
        if skewed is not None:
            return skewed
        sizes = [item.shape[x.dim] for item in x.items]
        at, _, cut = (None, 0, ()) if one_axis(graph, x) else folded(x.shape, self.to, x.dim, sizes)
        if at is None or not cut:
            return apply(graph, self, merged(graph, x))
        return distribute(graph, self, x, at)

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        was = x.uneven
        assert was is not None
        if was.among:
            return Tensor(done.node, done.dims, Uneven(None, among=spanned(x, x.shape, self.to)))
        if was.dim is None:
            return marked(done, None)
        at, period, sizes = folded(x.shape, self.to, was.dim, was.sizes, was.period)
        if at is None or not sizes:
            return marked(done, at, period, was, spread=was.nested)
        return carry(graph, self, x, done, at, was.nested and sizes != was.sizes)

    def _skewed(self, graph: Graph, x: Pieces) -> Value | None:
        """Return rows of ``m`` values, zeros behind them, as one row more of ``m - 1`` values.

        Relative positions become absolute ones so: each row is shifted against the last, and a
        value of a row is one of its own or of the row before. Here it reads all of its rows.
        """
        live = [item for item in x.items if item.node is not None]
        d, to = x.dim, self.to
        if len(live) != 1 or len(to) != d + 2 or x.shape[:d] != to[:d]:
            return None
        item = live[0]
        *rows, last = item.dims[d] or (Factor(1),)
        count = extent(tuple(rows))
        if not rows or last.axis is not None or to[d:] != (count + 1, last.size - 1):
            return None
        assert item.node is not None
        graph.assume(f"{graph.here}: a shifted row is taken to read all rows of its block")
        node = spread(graph, item.node, spatial(tuple(rows)), SpatialNorm, "rows")
        dims = (*item.dims[:d], normal(rows), normal([Factor(last.size - 1)]))
        mixed = Tensor(node, dims)
        return Pieces(d, (mixed, only(narrow(graph, mixed, d, count - 1, 1))))


class Expand(AxisOperation, frozen=True):
    """Dimensions of size 1 repeated; new ones stand first."""

    moves: ClassVar[bool] = True
    to: tuple[int, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return self.to

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        added = len(self.to) - len(x.dims)
        dims: list[Dim] = []
        for d, size in enumerate(self.to):
            here = x.dims[d - added] if d >= added else ()
            dims.append(here or normal([Factor(size)]))
        return Tensor(x.node, tuple(dims))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return d + len(self.to) - len(given)

    def part(self, given: tuple[int, ...], d: int, start: int, size: int) -> Self:
        at = d + len(self.to) - len(given)
        wide = self.to[at] if given[d] == 1 else size
        return type(self)((*self.to[:at], wide, *self.to[at + 1 :]))


def permute(graph: Graph, x: Value, order: Sequence[int]) -> Value:
    """Return the tensor with its dimensions in another order."""
    return apply(graph, Permute(tuple(d % len(x.shape) for d in order)), x)


def reshape(graph: Graph, x: Value, shape: Sequence[int]) -> Value:
    """Return the tensor with its cells, in row-major order, under another shape.

    Raises
    ------
    RfcalcError
        RF502: a new dimension would begin in the middle of an old one.
    """
    return x if x.shape == tuple(shape) else apply(graph, Reshape(tuple(shape)), x)


def squeeze(graph: Graph, x: Value, dims: Sequence[int] | None) -> Value:
    """Return the tensor without dimensions of size 1."""
    rank = len(x.shape)
    chosen = range(rank) if dims is None else [d % rank for d in dims]
    gone = {d for d in chosen if x.shape[d] == 1}
    return reshape(graph, x, [size for d, size in enumerate(x.shape) if d not in gone])


def unsqueeze(graph: Graph, x: Value, d: int) -> Value:
    """Return the tensor with one more dimension of size 1."""
    shape = list(x.shape)
    shape.insert(d % (len(shape) + 1), 1)
    return reshape(graph, x, shape)


def expand(graph: Graph, x: Value, shape: Sequence[int]) -> Value:
    """Return the tensor repeated along its dimensions of size 1; new dimensions stand first."""
    added = len(shape) - len(x.shape)
    wanted = [x.shape[d - added] if size == -1 else size for d, size in enumerate(shape)]
    return apply(graph, Expand(tuple(wanted)), x)


def cat(graph: Graph, values: Sequence[Value], d: int) -> Value:
    """Return values side by side along a dimension.

    Without space in it that is a merge; with space the tensors stay apart, as pieces, until an
    operator needs them on one grid.
    """
    rank = max(len(v.shape) for v in values)
    d %= rank
    # A part of size 0 may have any shape.
    values = [v for v in values if len(v.shape) == rank and v.shape[d]] or values[:1]
    if len(values) == 1:
        return values[0]
    flat = [
        item for v in values for item in (v.items if isinstance(v, Pieces) and v.dim == d else (v,))
    ]
    other = next((v.dim for v in flat if isinstance(v, Pieces)), None)
    if other is not None and any(spatial(one.dims[d]) for v in flat for one in items_of(v)):
        # Cells side by side along two axes: those along the first come onto one grid.
        flat = [merged(graph, v) for v in flat]
    elif other is not None:
        return _across(graph, flat, d, other)
    return lay_beside(graph, [only(v) for v in flat], d)


def stack(graph: Graph, values: Sequence[Value], d: int) -> Value:
    """Return tensors side by side along a new dimension."""
    d %= len(values[0].shape) + 1
    return cat(graph, [unsqueeze(graph, value, d) for value in values], d)


def overlaid(graph: Graph, base: Value, value: Value, d: int, start: int) -> Value:
    """Return a tensor whose indices of a dimension from ``start`` on are those of another."""
    n, stop = base.shape[d], start + value.shape[d]
    rows = [
        narrow(graph, base, d, 0, start) if start else None,
        value,
        narrow(graph, base, d, stop, n - stop) if stop < n else None,
    ]
    return cat(graph, [row for row in rows if row is not None], d)


def _across(graph: Graph, values: Sequence[Value], d: int, other: int) -> Value:
    """Concatenate along ``d`` values of which some are in pieces along another dimension."""
    ends = {
        sum(item.shape[other] for item in v.items[: i + 1])
        for v in values
        if isinstance(v, Pieces)
        for i in range(len(v.items))
    }
    done, start = list[Tensor](), 0
    for end in sorted(ends):
        row = [narrow(graph, v, other, start, end - start) for v in values]
        done.append(only(cat(graph, row, d)))
        start = end
    return Pieces(other, tuple(done))

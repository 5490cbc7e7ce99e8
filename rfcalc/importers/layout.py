"""What do the operators that only move and join dimensions do to the axes?"""

from collections.abc import Sequence
from itertools import pairwise

from rfcalc.importers.axes import (
    Dim,
    Factor,
    Pieces,
    Tensor,
    Value,
    constant,
    normal,
    regrouped,
    spatial,
)
from rfcalc.importers.combining import combine
from rfcalc.importers.cutting import narrow
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.importers.pieces import merged, only, resized

__all__ = ["cat", "expand", "permute", "reshape", "squeeze", "stack", "unsqueeze"]


def permute(graph: Graph, x: Value, order: Sequence[int]) -> Value:
    """Return the tensor with its dimensions in another order."""
    order = [d % len(x.shape) for d in order]
    if isinstance(x, Pieces):
        items = tuple(only(permute(graph, item, order)) for item in x.items)
        return Pieces(order.index(x.dim), items)
    parts = x.parts
    if parts is not None:
        moved = tuple(only(permute(graph, part, order)) for part in parts[1])
        parts = (order.index(parts[0]), moved)
    return Tensor(x.node, tuple(x.dims[d] for d in order), parts)


def reshape(graph: Graph, x: Value, shape: Sequence[int]) -> Value:
    """Return the tensor with its cells, in row-major order, under another shape.

    Raises
    ------
    RfcalcError
        RF502: a new dimension would begin in the middle of an old one.
    """
    if x.shape == tuple(shape):
        return x
    if isinstance(x, Pieces):
        d = _kept(x.shape, shape, x.dim)
        if d is None:
            return reshape(graph, merged(graph, x), shape)
        items = [
            reshape(graph, item, [*shape[:d], item.shape[x.dim], *shape[d + 1 :]])
            for item in x.items
        ]
        return Pieces(d, tuple(only(item) for item in items))
    if x.node is None:
        return constant(shape)
    dims = regrouped(x.dims, shape)
    if dims is None:
        raise lost(graph.here, f"a view of {list(x.shape)} as {list(shape)} cuts an axis askew")
    return Tensor(x.node, dims)


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
    if isinstance(x, Pieces):
        d = x.dim + added
        grown = [
            expand(graph, item, [*wanted[:d], item.shape[x.dim], *wanted[d + 1 :]])
            for item in x.items
        ]
        return Pieces(d, tuple(only(item) for item in grown))
    dims: list[Dim] = []
    for d, size in enumerate(wanted):
        here = x.dims[d - added] if d >= added else ()
        dims.append(here or normal([Factor(size)]))
    return Tensor(x.node, tuple(dims))


def cat(graph: Graph, values: Sequence[Value], d: int) -> Value:
    """Return tensors side by side along a dimension.

    Without space in it that is a merge; with space the tensors stay apart, as pieces, until an
    operator needs them on one grid.
    """
    values = [v for v in values if len(v.shape) > 1 or v.shape != (0,)]
    if len(values) == 1:
        return values[0]
    d %= len(values[0].shape)
    flat = [
        item for v in values for item in (v.items if isinstance(v, Pieces) and v.dim == d else (v,))
    ]
    other = next((v.dim for v in flat if isinstance(v, Pieces)), None)
    if other is not None:
        return _across(graph, flat, d, other)
    items = [only(v) for v in flat]
    total = sum(item.shape[d] for item in items)
    live = [item for item in items if item.node is not None]
    if not live:
        return resized(items[0], d, total)
    if any(spatial(item.dims[d]) for item in live) or _apart(graph, live):
        return Pieces(d, tuple(items))
    labels = list(range(len(items[0].dims)))
    rows = [(Tensor(i.node, (*i.dims[:d], (), *i.dims[d + 1 :])), labels) for i in live]
    joined = combine(graph, JOIN, rows, labels)
    assert isinstance(joined, Tensor)
    done = resized(joined, d, total)
    return Tensor(done.node, done.dims, (d, tuple(items)))


def stack(graph: Graph, values: Sequence[Value], d: int) -> Value:
    """Return tensors side by side along a new dimension."""
    d %= len(values[0].shape) + 1
    return cat(graph, [unsqueeze(graph, value, d) for value in values], d)


def _kept(old: Sequence[int], new: Sequence[int], d: int) -> int | None:
    """Return where a dimension stands after a reshape that leaves it whole."""
    before = 1
    for size in old[:d]:
        before *= size
    product = 1
    for at, size in enumerate(new):
        if product == before and size == old[d]:
            return at
        product *= size
    return None


def _apart(graph: Graph, items: Sequence[Tensor]) -> bool:
    """Whether tensors lie on grids that cannot be spread over one another."""
    sizes = [graph.sizes[item.node] for item in items if item.node is not None]
    for one, other in pairwise(sizes):
        if any(n != m and 1 not in (n, m) for n, m in zip(one, other, strict=True)):
            return True
    return False


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

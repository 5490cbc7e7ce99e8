"""What do the operators that only move and join dimensions do to the axes?"""

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from rfcalc.importers.axes import (
    Dim,
    Factor,
    Pieces,
    Tensor,
    Uneven,
    Value,
    constant,
    extent,
    normal,
    regrouped,
    spatial,
)
from rfcalc.importers.combining import combine
from rfcalc.importers.cutting import narrow
from rfcalc.importers.digits import spread
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.importers.mirroring import reflected
from rfcalc.importers.pieces import items_of, merged, one_axis, only, resized
from rfcalc.importers.rows import rows_of_one_axis
from rfcalc.importers.uneven import blurred, carried, covered, folded, marked, spanned, standing
from rfcalc.layers.whole import SpatialNorm

__all__ = ["cat", "expand", "overlaid", "permute", "reshape", "squeeze", "stack", "unsqueeze"]


def permute(graph: Graph, x: Value, order: Sequence[int]) -> Value:
    """Return the tensor with its dimensions in another order."""
    order = [d % len(x.shape) for d in order]
    if isinstance(x, Pieces):
        items = tuple(only(permute(graph, item, order)) for item in x.items)
        return Pieces(order.index(x.dim), items)
    done = Tensor(x.node, tuple(x.dims[d] for d in order))
    if x.uneven is not None and x.uneven.among:
        among = tuple(order.index(d) for d in x.uneven.among)
        return Tensor(done.node, done.dims, Uneven(None, among=among))
    if x.uneven is None or x.uneven.dim is None:
        return blurred(done, x)
    at = order.index(x.uneven.dim)
    return carried(graph, done, x, at, lambda v: permute(graph, v, order))


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
        return _reshape_pieces(graph, x, list(shape))
    if x.node is None:
        return constant(shape)
    dims = regrouped(x.dims, shape)
    if dims is None:
        raise lost(graph.here, f"a view of {list(x.shape)} as {list(shape)} cuts an axis askew")
    return _reshaped_uneven(graph, x, Tensor(x.node, dims), list(shape))


def _reshape_pieces(graph: Graph, x: Pieces, shape: list[int]) -> Value:
    """Return pieces under another shape, each by itself where it begins and ends with a row."""
    d = standing(x.shape, shape, x.dim)
    if d is not None:
        sizes = [item.shape[x.dim] for item in x.items]
    else:
        skewed = _skewed(graph, x, shape)
        if skewed is not None:
            return skewed
        cut = None if one_axis(graph, x) else _cut_alike(x, shape)
        if cut is None:
            return reshape(graph, merged(graph, x), shape)
        d, sizes = cut
    items = [
        reshape(graph, item, [*shape[:d], size, *shape[d + 1 :]])
        for item, size in zip(x.items, sizes, strict=True)
    ]
    return Pieces(d, tuple(only(item) for item in items))


def _cut_alike(x: Pieces, shape: list[int]) -> tuple[int, list[int]] | None:
    """Return the new dimension along which pieces lie, and how much of it each is.

    Rows of heads that were flattened and concatenated become cells and channels again. ``None``
    where a piece ends within an index of that dimension.
    """
    before, weight = prod(x.shape[: x.dim]), prod(x.shape[x.dim + 1 :])
    d = max((d for d in range(len(shape)) if prod(shape[:d]) == before), default=None)
    if d is None:
        return None
    inner = prod(shape[d + 1 :])
    cells = [item.shape[x.dim] * weight for item in x.items]
    if any(n % inner for n in cells):
        return None
    return d, [n // inner for n in cells]


def _reshaped_uneven(graph: Graph, x: Tensor, done: Tensor, shape: list[int]) -> Tensor:
    if x.uneven is None:
        return done
    if x.uneven.among:
        among = spanned(x, x.shape, shape)
        return Tensor(done.node, done.dims, Uneven(None, among=among))
    d, period, sizes = folded(x, x.shape, shape)
    if d is None or not sizes:
        return marked(done, d, period, x.uneven, spread=x.uneven.nested)
    was = x.uneven.dim or 0
    spread = x.uneven.nested and sizes != x.uneven.sizes

    def pieces(value: Value) -> Value:
        items = items_of(value)
        assert sum(item.shape[was] for item in items) == x.shape[was]
        return Pieces(
            d,
            tuple(
                only(reshape(graph, item, [*shape[:d], size, *shape[d + 1 :]]))
                for item, size in zip(items, sizes, strict=True)
            ),
        )

    return carried(graph, done, x, d, pieces, sizes, spread)


def _skewed(graph: Graph, x: Pieces, shape: list[int]) -> Value | None:
    """Return rows of ``m`` values, zeros behind them, as one row more of ``m - 1`` values.

    Relative positions become absolute ones so: each row is shifted against the last, and a
    value of a row is one of its own or of the row before. Here it reads all of its rows.
    """
    live = [item for item in x.items if item.node is not None]
    d = x.dim
    if len(live) != 1 or len(shape) != d + 2 or list(x.shape[:d]) != shape[:d]:
        return None
    item = live[0]
    *rows, last = item.dims[d] or (Factor(1),)
    count = extent(tuple(rows))
    if not rows or last.axis is not None or shape[d:] != [count + 1, last.size - 1]:
        return None
    assert item.node is not None
    graph.assume(f"{graph.here}: a shifted row is taken to read all rows of its block")
    node = spread(graph, item.node, spatial(tuple(rows)), SpatialNorm, "rows")
    dims = (*item.dims[:d], normal(rows), normal([Factor(last.size - 1)]))
    mixed = Tensor(node, dims)
    return Pieces(d, (mixed, only(narrow(graph, mixed, d, count - 1, 1))))


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
    done = Tensor(x.node, tuple(dims))
    if x.uneven is None or x.uneven.dim is None:
        return blurred(done, x)
    return carried(graph, done, x, x.uneven.dim + added, lambda v: expand(graph, v, wanted))


def cat(graph: Graph, values: Sequence[Value], d: int) -> Value:
    """Return tensors side by side along a dimension.

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
    items = [only(v) for v in flat]
    total = sum(item.shape[d] for item in items)
    live = [item for item in items if item.node is not None]
    if not live:
        return resized(items[0], d, total)
    if any(spatial(item.dims[d]) for item in live) or _apart(graph, live):
        _check_sides(graph, items, d)
        pieces = Pieces(d, tuple(items))
        return reflected(graph, pieces) or pieces
    labels = list(range(len(items[0].dims)))
    rows = [(Tensor(i.node, (*i.dims[:d], (), *i.dims[d + 1 :])), labels) for i in live]
    joined = combine(graph, JOIN, rows, labels)
    assert isinstance(joined, Tensor)
    done = resized(joined, d, total)
    if any(item.uneven is not None and item.uneven.dim != d for item in items):
        return marked(done, None)
    parts = Pieces(d, tuple(items))
    sizes = tuple(item.shape[d] for item in items)
    nested = not covered(graph, items)
    if set(sizes) == {1} and rows_of_one_axis(graph, [item.node for item in live]):
        graph.rows.add(graph.here)
    held = Uneven(d, sizes, make=lambda _: parts, name=graph.here, nested=nested)
    return Tensor(done.node, done.dims, held)


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


def _check_sides(graph: Graph, items: Sequence[Tensor], d: int) -> None:
    """Refuse tensors that do not fit side by side: not every reader's framework has tried."""
    for one, other in pairwise(items):
        pairs = zip(one.shape, other.shape, strict=True)
        unlike = next((e for e, (n, m) in enumerate(pairs) if e != d and n != m), None)
        if unlike is not None:
            shapes = f"{list(one.shape)} and {list(other.shape)}"
            fact = f"it lays {shapes} side by side, which differ in dimension {unlike}"
            raise lost(graph.here, fact)


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

"""What do the operators that only move, cut and join dimensions do to the axes?"""

from collections.abc import Sequence
from itertools import pairwise

from rfcalc.importers.axes import (
    Dim,
    Factor,
    Pieces,
    Tensor,
    Value,
    constant,
    extent,
    normal,
    regrouped,
    spatial,
)
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.layers.frame import Pad, Slice

__all__ = [
    "cat",
    "expand",
    "merged",
    "narrow",
    "permute",
    "reshape",
    "select",
    "squeeze",
    "stack",
    "strided",
    "unsqueeze",
]


def permute(graph: Graph, x: Value, order: Sequence[int]) -> Value:
    """Return the tensor with its dimensions in another order."""
    order = [d % len(x.shape) for d in order]
    if isinstance(x, Pieces):
        items = tuple(_tensor(permute(graph, item, order)) for item in x.items)
        return Pieces(order.index(x.dim), items)
    parts = x.parts
    if parts is not None:
        moved = tuple(_tensor(permute(graph, part, order)) for part in parts[1])
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
        return Pieces(d, tuple(_tensor(item) for item in items))
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
        return Pieces(d, tuple(_tensor(item) for item in grown))
    dims: list[Dim] = []
    for d, size in enumerate(wanted):
        here = x.dims[d - added] if d >= added else ()
        dims.append(here or normal([Factor(size)]))
    return Tensor(x.node, tuple(dims))


def strided(
    graph: Graph, x: Value, d: int, start: int, stop: int, step: int = 1
) -> Value:
    """Return ``x[.., start:stop:step, ..]`` along one dimension, bounds as in Python."""
    d %= len(x.shape)
    kept = range(x.shape[d])[start:stop:step]
    if len(kept) == x.shape[d]:
        return x
    if isinstance(x, Pieces):
        return _strided_pieces(graph, x, d, kept)
    if x.node is None:
        return _resized(x, d, len(kept))
    if x.parts is not None and x.parts[0] == d and kept.step == 1:
        inside = _part(graph, x.parts[1], d, kept)
        if inside is not None:
            return inside
    return _cut(graph, x, d, kept)


def narrow(graph: Graph, x: Value, d: int, start: int, length: int) -> Value:
    """Return ``length`` indices of a dimension from ``start`` on."""
    return strided(graph, x, d, start, start + length)


def select(graph: Graph, x: Value, d: int, index: int) -> Value:
    """Return one index of a dimension, which is gone from the result."""
    d %= len(x.shape)
    index %= x.shape[d]
    one = narrow(graph, x, d, index, 1)
    return reshape(graph, one, [size for at, size in enumerate(one.shape) if at != d])


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
        item
        for v in values
        for item in (v.items if isinstance(v, Pieces) and v.dim == d else (v,))
    ]
    other = next((v.dim for v in flat if isinstance(v, Pieces)), None)
    if other is not None:
        return _across(graph, flat, d, other)
    items = [_tensor(v) for v in flat]
    total = sum(item.shape[d] for item in items)
    live = [item for item in items if item.node is not None]
    if not live:
        return _resized(items[0], d, total)
    if any(spatial(item.dims[d]) for item in live) or _apart(graph, live):
        return Pieces(d, tuple(items))
    from rfcalc.importers.mixing import combine

    labels = list(range(len(items[0].dims)))
    rows = [(Tensor(i.node, (*i.dims[:d], (), *i.dims[d + 1 :])), labels) for i in live]
    joined = combine(graph, JOIN, rows, labels)
    assert isinstance(joined, Tensor)
    done = _resized(joined, d, total)
    return Tensor(done.node, done.dims, (d, tuple(items)))


def stack(graph: Graph, values: Sequence[Value], d: int) -> Value:
    """Return tensors side by side along a new dimension."""
    d %= len(values[0].shape) + 1
    return cat(graph, [unsqueeze(graph, value, d) for value in values], d)


def merged(graph: Graph, x: Value) -> Tensor:
    """Return pieces on one grid: each padded to its place on the axis, and added.

    Raises
    ------
    RfcalcError
        RF502: the pieces are not parts of one axis.
    """
    if isinstance(x, Tensor):
        return x
    total = x.shape[x.dim]
    live = [item for item in x.items if item.node is not None]
    axes = {graph.whole(item, x.dim) for item in live if item.shape[x.dim] > 1}
    if len(axes) > 1 or None in axes:
        raise lost(graph.here, "it needs one grid where values of several stand side by side")
    axis = axes.pop() if axes else _free(graph, live[0], x.dim)
    nodes: list[int] = []
    start = 0
    for item in x.items:
        size = item.shape[x.dim]
        if item.node is not None:
            before, after = [0] * graph.dims, [0] * graph.dims
            before[axis], after[axis] = start, total - start - size
            pad = Pad(before=tuple(before), after=tuple(after))
            nodes.append(graph.emit(pad, [item.node], "place"))
        start += size
    node = graph.merge(JOIN, nodes, "join") if len(nodes) > 1 else nodes[0]
    dims = list(live[0].dims)
    for item in live[1:]:
        dims = [mine or other for mine, other in zip(dims, item.dims, strict=True)]
    dims[x.dim] = (Factor(total, axis),)
    return Tensor(node, tuple(dims))


def _tensor(value: Value) -> Tensor:
    assert isinstance(value, Tensor)
    return value


def _free(graph: Graph, x: Tensor, d: int) -> int:
    """Return the axis of size 1 that a dimension without factors stands for, by its order."""
    assert x.node is not None
    used = {f.axis for dim in x.dims for f in spatial(dim)}
    open_axes = [a for a in range(graph.dims) if a not in used and graph.sizes[x.node][a] == 1]
    if not open_axes:
        raise lost(graph.here, "a dimension of size 1 stands for no axis")
    empty = [e for e in range(2, len(x.dims)) if not x.dims[e]]
    late = open_axes[-len(empty) :]
    return late[min(empty.index(d), len(late) - 1)] if d in empty else open_axes[-1]


def _resized(x: Tensor, d: int, size: int) -> Tensor:
    return Tensor(x.node, (*x.dims[:d], normal([Factor(size)]), *x.dims[d + 1 :]))


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


def _part(graph: Graph, parts: Sequence[Tensor], d: int, kept: range) -> Value | None:
    """Return the concatenated parts, or a slice of one, that a range of channels covers."""
    start, taken = 0, list[Value]()
    for part in parts:
        stop = start + part.shape[d]
        low, high = max(start, kept.start), min(stop, kept.stop)
        if low < high:
            taken.append(narrow(graph, part, d, low - start, high - low))
        start = stop
    return cat(graph, taken, d) if len(taken) == 1 else None


def _strided_pieces(graph: Graph, x: Pieces, d: int, kept: range) -> Value:
    if d != x.dim:
        items = [strided(graph, i, d, kept.start, kept.stop, kept.step) for i in x.items]
        return Pieces(x.dim, tuple(_tensor(item) for item in items))
    if kept.step != 1:
        return strided(graph, merged(graph, x), d, kept.start, kept.stop, kept.step)
    start, taken = 0, list[Value]()
    for item in x.items:
        stop = start + item.shape[d]
        low, high = max(start, kept.start), min(stop, kept.stop)
        if low < high:
            taken.append(narrow(graph, item, d, low - start, high - low))
        start = stop
    return cat(graph, taken, d)


def _across(graph: Graph, values: Sequence[Value], d: int, other: int) -> Value:
    """Concatenate along ``d`` values of which some are in pieces along another dimension."""
    sizes = next(
        [item.shape[other] for item in v.items] for v in values if isinstance(v, Pieces)
    )
    done, start = list[Tensor](), 0
    for size in sizes:
        row = [narrow(graph, v, other, start, size) for v in values]
        done.append(_tensor(cat(graph, row, d)))
        start += size
    return Pieces(other, tuple(done))


def _cut(graph: Graph, x: Tensor, d: int, kept: range) -> Tensor:
    """Keep an even run of a dimension's indices; the grid loses the others."""
    dim = x.dims[d]
    if not spatial(dim):
        return _resized(x, d, len(kept))
    x = graph.settled(x)
    dim = x.dims[d]
    assert x.node is not None
    inner, rest = 1, list(dim)
    while len(rest) > 1 and _even(kept, inner * rest[-1].size):
        inner *= rest.pop().size
    head = rest[-1]
    low, high = kept.start // inner, (kept[-1] // inner) + 1
    outer = extent(tuple(rest[:-1]))
    if outer > 1:
        # A run inside one index of the outer digits: those are fixed first.
        turn = low // head.size
        if (high - 1) // head.size != turn:
            raise lost(graph.here, f"a slice of dimension {d} cuts an axis askew")
        x = _fixed(graph, x, d, rest[:-1], turn)
        back = turn * head.size * inner
        return _cut(graph, x, d, range(kept.start - back, kept.stop - back, kept.step))
    step = kept.step if inner == 1 else 1
    return _digit(graph, x, d, len(rest) - 1, range(low, high, step))


def _even(kept: range, block: int) -> bool:
    """Whether a range is made of whole blocks."""
    return kept.step == 1 and kept.start % block == 0 and kept.stop % block == 0


def _fixed(graph: Graph, x: Tensor, d: int, digits: Sequence[Factor], turn: int) -> Tensor:
    """Fix the outer digits of a dimension so that together they have the value ``turn``."""
    left = extent(tuple(digits))
    for factor in digits:
        left //= factor.size
        value, turn = divmod(turn, left)
        x = _digit(graph, x, d, 0, range(value, value + 1))
    return x


def _digit(graph: Graph, x: Tensor, d: int, at: int, kept: range) -> Tensor:
    """Keep an even run of the values of one digit of a dimension."""
    dims = [list(dim) for dim in x.dims]
    digit = dims[d][at]
    if digit.axis is None:
        dims[d][at] = Factor(len(kept))
        return Tensor(x.node, tuple(normal(dim) for dim in dims))
    assert x.node is not None
    axis, stride, n = digit.axis, digit.stride, graph.sizes[x.node][digit.axis]
    others = [f for dim in x.dims for f in spatial(dim) if f.axis == axis and f != digit]
    start, step = [0] * graph.dims, [1] * graph.dims
    stop: list[int | None] = [None] * graph.dims
    if stride * digit.size == n and kept.step == 1:
        # The outermost digit: a run of the axis.
        start[axis], stop[axis] = kept.start * stride, kept.stop * stride
        shrink = {f: f for f in others}
        left = Factor(len(kept), axis, stride)
    elif not others and stride == 1:
        start[axis], stop[axis], step[axis] = kept.start, kept.stop, kept.step
        shrink, left = {}, Factor(len(kept), axis, 1)
    elif len(kept) == 1 and stride == 1:
        # The innermost digit: every so many cells.
        start[axis], step[axis] = kept.start, digit.size
        shrink = {f: Factor(f.size, axis, f.stride // digit.size) for f in others}
        left = Factor(1)
    else:
        raise lost(graph.here, f"a slice keeps a part of every block of axis {axis}")
    layer = Slice(start=tuple(start), stop=tuple(stop), step=tuple(step))
    node = graph.emit(layer, [x.node])
    dims[d][at] = left
    new = [[shrink.get(f, f) for f in dim] for dim in dims]
    return Tensor(node, tuple(normal(dim) for dim in new))

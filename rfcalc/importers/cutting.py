"""What is left of the axes when a slice takes a part of a dimension?"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, extent, normal, spatial
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.pieces import merged, only, resized
from rfcalc.importers.uneven import alike, apart, blurred, carried, marked
from rfcalc.layers.frame import Slice

__all__ = ["narrow", "select", "strided"]


Bounds = tuple[int | None, int | None, int | None]
"""Start, stop and step as they are written: negative ones and ``None`` go by the size."""


def strided(
    graph: Graph, x: Value, d: int, start: int | None, stop: int | None, step: int | None = 1
) -> Value:
    """Return ``x[.., start:stop:step, ..]`` along one dimension, bounds as in Python.

    Bounds that are counted from the end stay so in the layer. What is left of nothing depends on
    nothing.
    """
    d %= len(x.shape)
    given = start, stop, step
    kept = range(x.shape[d])[start:stop:step]
    if len(kept) == x.shape[d]:
        return x
    if not kept:
        return constant([*x.shape[:d], 0, *x.shape[d + 1 :]])
    if isinstance(x, Pieces):
        return _strided_pieces(graph, x, d, kept, given)
    if x.node is None:
        return resized(x, d, len(kept))
    done = _cut(graph, x, d, kept, _ends(given, x.shape[d]))
    return done if x.uneven is None else _cut_uneven(graph, x, done, d, kept, given)


def _ends(given: Bounds, n: int) -> tuple[bool, bool]:
    """Whether start and stop are counted from the end."""
    start, stop, _ = given
    return start is not None and start < 0, stop is None or stop < 0 or stop >= n


def narrow(graph: Graph, x: Value, d: int, start: int, length: int) -> Value:
    """Return ``length`` indices of a dimension from ``start`` on."""
    return strided(graph, x, d, start, start + length)


def select(graph: Graph, x: Value, d: int, index: int) -> Value:
    """Return one index of a dimension, which is gone from the result."""
    d %= len(x.shape)
    index %= x.shape[d]
    one = narrow(graph, x, d, index, 1)
    if isinstance(one, Pieces):
        items = tuple(select(graph, item, d, 0) for item in one.items)
        return Pieces(one.dim - (d < one.dim), tuple(only(item) for item in items))
    done = Tensor(one.node, one.dims[:d] + one.dims[d + 1 :])
    if one.uneven is None or one.uneven.dim is None:
        return blurred(done, one)
    if one.uneven.dim == d:
        return done
    at = one.uneven.dim - (d < one.uneven.dim)
    return carried(graph, done, one, at, lambda v: select(graph, v, d, 0))


def _cut_uneven(graph: Graph, x: Tensor, done: Tensor, d: int, kept: range, given: Bounds) -> Value:
    """Return a slice of a tensor some of whose indices read unlike cells."""
    assert x.uneven is not None
    was = x.uneven
    if was.dim is not None and was.dim != d:
        if was.spread:
            return _cut_spread(graph, x, done, d, kept)
        return carried(graph, done, x, was.dim, lambda v: strided(graph, v, d, *given))
    if was.among and d not in was.among:
        return Tensor(done.node, done.dims, was)
    unlike = was.nested or was.spread
    if was.period and kept.step == 1 and len(kept) >= was.period and not unlike:
        return marked(done, d, was.period)
    ends = list(accumulate(was.sizes, initial=0))
    runs = [] if was.period else [_within(kept, low, high) for low, high in pairwise(ends)]
    if runs and all(runs) and not was.nested:
        sizes = tuple(len(run) for run in runs)
        return carried(graph, done, x, d, lambda v: _run(graph, v, d, kept), sizes)
    found = apart(graph, x) if runs else None
    if found is not None:
        return _taken(graph, found, d, kept)
    if was.dim is not None or not spatial(x.dims[d]):
        alike(graph, x, [d])
    return marked(done, was.dim)


def _cut_spread(graph: Graph, x: Tensor, done: Tensor, d: int, kept: range) -> Value:
    """Return a slice along one dimension where runs along another are uneven along it."""
    assert x.uneven is not None
    found = apart(graph, x)
    if found is not None:
        return _taken(graph, found, d, kept)
    alike(graph, x, [d])
    return marked(done, x.uneven.dim, x.uneven.period, x.uneven)


def _taken(graph: Graph, pieces: Value, d: int, kept: range) -> Value:
    """Return a slice of a tensor in pieces, joined."""
    from rfcalc.importers.layout import cat

    taken = _run(graph, pieces, d, kept)
    return cat(graph, taken.items, taken.dim) if isinstance(taken, Pieces) else taken


def _within(kept: range, low: int, high: int) -> range:
    """Return the members of a rising range that lie in ``low .. high - 1``."""
    first = max(0, -((kept.start - low) // kept.step))
    last = max(first, -((kept.start - high) // kept.step))
    return kept[first:last]


def _run(graph: Graph, x: Value, d: int, kept: range) -> Value:
    return strided(graph, x, d, kept.start, kept.stop, kept.step)


def _strided_pieces(graph: Graph, x: Pieces, d: int, kept: range, given: Bounds) -> Value:
    if d != x.dim:
        items = [strided(graph, i, d, *given) for i in x.items]
        return Pieces(x.dim, tuple(only(item) for item in items))
    if kept.step != 1 and any(spatial(item.dims[d]) for item in x.items):
        return strided(graph, merged(graph, x), d, kept.start, kept.stop, kept.step)
    start, taken = 0, list[Value]()
    for item in x.items:
        stop = start + item.shape[d]
        inside = _within(kept, start, stop)
        if inside:
            back = range(inside.start - start, inside.stop - start, inside.step)
            taken.append(_run(graph, item, d, back))
        start = stop
    return taken[0] if len(taken) == 1 else Pieces(d, tuple(only(item) for item in taken))


def _cut(
    graph: Graph, x: Tensor, d: int, kept: range, ends: tuple[bool, bool] = (False, False)
) -> Tensor:
    """Keep an even run of a dimension's indices; the grid loses the others.

    ``ends`` tells which of its bounds are counted from the end of the dimension.
    """
    dim = x.dims[d]
    if not spatial(dim):
        return resized(x, d, len(kept))
    x = graph.settled(x)
    dim = x.dims[d]
    assert x.node is not None
    inner, rest = 1, list(dim)
    while len(rest) > 1 and _even(kept, inner * rest[-1].size):
        inner *= rest.pop().size
    head = rest[-1]
    low, high = kept.start // inner, -(-kept.stop // inner)
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
    return _digit(graph, x, d, len(rest) - 1, range(low, high, step), ends)


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


def _digit(
    graph: Graph,
    x: Tensor,
    d: int,
    at: int,
    kept: range,
    ends: tuple[bool, bool] = (False, False),
) -> Tensor:
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
        start[axis], stop[axis] = _bounds(kept, stride, n, ends)
        shrink = {f: f for f in others}
        left = Factor(len(kept), axis, stride)
    elif not others and stride == 1:
        start[axis], stop[axis] = _bounds(kept, 1, n, ends)
        step[axis] = kept.step
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


def _bounds(kept: range, stride: int, n: int, ends: tuple[bool, bool]) -> tuple[int, int | None]:
    """Return start and stop in cells of an axis of ``n``, from the end where they are so given."""
    start = kept.start * stride - (n if ends[0] else 0)
    stop = kept.stop * stride
    return start, (stop - n or None) if ends[1] or stop >= n else stop

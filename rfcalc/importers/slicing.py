"""Which cells of a grid does a slice of a dimension keep?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Factor, Tensor, extent, normal, spatial
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.pieces import resized
from rfcalc.layers.frame import Slice

__all__ = ["cut"]


def cut(
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
        x = _fix_digits(graph, x, d, rest[:-1], turn)
        back = turn * head.size * inner
        return cut(graph, x, d, range(kept.start - back, kept.stop - back, kept.step))
    step = kept.step if inner == 1 else 1
    return _digit(graph, x, d, len(rest) - 1, range(low, high, step), ends)


def _even(kept: range, block: int) -> bool:
    """Whether a range is made of whole blocks."""
    return kept.step == 1 and kept.start % block == 0 and kept.stop % block == 0


def _fix_digits(graph: Graph, x: Tensor, d: int, digits: Sequence[Factor], turn: int) -> Tensor:
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

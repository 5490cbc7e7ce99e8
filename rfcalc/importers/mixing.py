"""What does an operator read that sums or normalises over dimensions?"""

from collections.abc import Sequence
from functools import partial

from rfcalc.footprint import Side
from rfcalc.importers.axes import Pieces, Tensor, Value, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.digits import Whole, removed, spread
from rfcalc.importers.graph import Graph, plain
from rfcalc.importers.pairing import softened
from rfcalc.importers.pieces import items_of, only
from rfcalc.importers.uneven import carried, within
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import GlobalPool
from rfcalc.layers.whole import Sequence as Scan

__all__ = ["mix", "reduce", "running", "scan"]


def reduce(graph: Graph, x: Value, dims: Sequence[int], keep: bool) -> Value:
    """Return a mean, sum or maximum over dimensions; without space, an element-wise node."""
    if isinstance(x, Pieces):
        return _reduced_pieces(graph, x, dims, keep)
    if x.node is None:
        done: Tensor = x
    else:
        graph.sum(x, dims)
        digits = [f for d in dims for f in spatial(x.dims[d])]
        done = removed(graph, x, digits, GlobalPool)
        if not digits:
            done = Tensor(graph.emit(plain("identity"), [x.node]), x.dims)
    left = tuple(
        () if d in dims else dim for d, dim in enumerate(done.dims) if keep or d not in dims
    )
    less = Tensor(done.node, left)
    if x.uneven is None or x.uneven.dim in dims:
        return within(less, x)
    at = x.uneven.dim
    if at is not None and not keep:
        at -= sum(d < at for d in dims)
    return carried(graph, less, x, at, lambda v: reduce(graph, v, dims, keep))


def mix(graph: Graph, x: Value, dims: Sequence[int], layer: Layer, whole: Whole) -> Value:
    """Return a softmax or normalisation over dimensions; ``layer`` where they hold no space."""
    if isinstance(x, Pieces):
        if x.dim not in dims:
            return Pieces(x.dim, tuple(only(mix(graph, i, dims, layer, whole)) for i in x.items))
        labels = list(range(len(x.shape)))
        inner = [("sum", d) if d in dims else d for d in labels]
        return combine(graph, layer, [(x, labels), (x, inner)], labels, whole)
    if x.node is None:
        return x
    digits = [f for d in dims for f in spatial(x.dims[d])]
    node = spread(graph, x.node, digits, whole) if digits else graph.emit(layer, [x.node])
    done = Tensor(node, x.dims)
    if x.uneven is None or x.uneven.dim in dims:
        return softened(within(done, x), x, dims, layer)
    return carried(graph, done, x, x.uneven.dim, lambda v: mix(graph, v, dims, layer, whole))


def scan(
    graph: Graph, x: Value, dims: Sequence[int], what: str, side: Side | None = "before"
) -> Value:
    """Return a running value along dimensions, which reads all that lies on one side, or on both.

    Where they are no whole axes, or the side is not known, it is taken to read the whole of
    them, and the network is marked; ``what`` names the operator then.
    """
    items = items_of(x)
    across = isinstance(x, Pieces) and x.dim in dims
    running(graph, x, dims)
    over = [(item, d) for item in items for d in dims if spatial(item.dims[d])]
    whole = all(graph.whole(item, d) is not None for item, d in over)
    if across or not whole or side is None:
        graph.assume(f"{graph.here}: {what} taken to read its whole axis")
        side = "both"
    done = mix(graph, x, dims, plain("identity"), partial(Scan, side=side))
    if "cumsum" in what.lower():
        graph.sums |= {item.node for item in items_of(done) if item.node is not None}
    return done


def running(graph: Graph, x: Value, dims: Sequence[int]) -> None:
    """Tell a graph that something runs along dimensions, or over all of them, without a kernel."""
    for item in items_of(x):
        graph.window(item, None, dims)


def _reduced_pieces(graph: Graph, x: Pieces, dims: Sequence[int], keep: bool) -> Value:
    done = [only(reduce(graph, item, dims, keep)) for item in x.items]
    if x.dim not in dims:
        return Pieces(x.dim if keep else x.dim - sum(d < x.dim for d in dims), tuple(done))
    labels = list(range(len(done[0].dims)))
    return combine(graph, plain("identity"), [(item, labels) for item in done], labels)

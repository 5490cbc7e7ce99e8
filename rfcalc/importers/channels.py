"""What does an operator read that mixes channels, wherever space may be among them?"""

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
from rfcalc.importers.digits import removed
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.importers.pieces import items_of, only
from rfcalc.importers.uneven import alike, blurred, carried, marked, within
from rfcalc.layers.whole import Linear
from rfcalc.layers.window import Conv

__all__ = ["channels", "linear", "replaced"]


def linear(graph: Graph, x: Value, features: int | None) -> Value:
    """Return a dense layer over the last dimension, which is gone when ``features`` is ``None``."""
    last = len(x.shape) - 1
    if isinstance(x, Pieces):
        if x.dim != last:
            done = tuple(only(linear(graph, item, features)) for item in x.items)
            return Pieces(x.dim, done)
        return _over_pieces(graph, x, features)
    size = (features,) if features is not None else ()
    if x.node is None:
        return constant((*x.shape[:-1], *size))
    graph.mix(x, last)
    digits = spatial(x.dims[last])
    done = removed(graph, x, digits, Linear)
    assert done.node is not None
    node = done.node
    if not (digits and isinstance(graph.drafts[node].layer, Linear)):
        ones = (1,) * graph.dims
        layer = Conv(kernel=ones, stride=ones, dilation=ones, padding=((0, 0),) * graph.dims)
        node = graph.emit(layer, [node])
    mixed = Tensor(node, (*done.dims[:last], *(normal([Factor(s)]) for s in size)))
    if x.uneven is None or x.uneven.dim == last:
        return within(mixed, x)
    return carried(graph, mixed, x, x.uneven.dim, lambda v: linear(graph, v, features))


def channels(graph: Graph, x: Value, d: int, out: int, groups: int = 1) -> Value:
    """Return the tensor with dimension ``d`` mixed within groups and ``out`` values wide."""
    for item in items_of(x):
        if item.node is not None:
            graph.mix(item, d)
    if isinstance(x, Pieces):
        if x.dim == d:
            raise lost(graph.here, "it mixes channels of values that lie on several grids")
        items = (channels(graph, item, d, out, groups) for item in x.items)
        return Pieces(x.dim, tuple(only(item) for item in items))
    if x.node is None or not spatial(x.dims[d]):
        return _mixed(graph, x, replaced(x, d, normal([Factor(out)])), d, out, groups)
    cut = regrouped([x.dims[d]], [groups, x.shape[d] // groups])
    if cut is None:
        raise lost(graph.here, "its groups cut an axis that was laid out into the channels")
    done = removed(graph, x, spatial(cut[1]), Linear, "unshuffle")
    kept = [f for f in done.dims[d] if f.axis is not None]
    if kept and kept != list(cut[0]):
        raise lost(graph.here, "its groups hold both cells and channels")
    made = replaced(done, d, normal([*kept, Factor(out // groups if kept else out)]))
    return blurred(made, x)


def _mixed(graph: Graph, x: Tensor, done: Tensor, d: int, out: int, groups: int) -> Value:
    """Return what mixing channels within groups leaves uneven."""
    if x.uneven is None or x.node is None:
        return done
    was, share = x.uneven, x.shape[d] // groups
    if was.dim != d:
        return carried(graph, done, x, was.dim, lambda v: channels(graph, v, d, out, groups))
    if groups == 1:
        return within(done, x)
    if share % (was.period or share + 1) == 0:
        if was.nested:
            alike(graph, x, [d])
        return within(done, x)
    if was.period or not was.sizes or any(size % share for size in was.sizes):
        return marked(done, d)

    def pieces(value: Value) -> Value:
        items = items_of(value)
        return Pieces(
            d,
            tuple(
                only(
                    channels(graph, item, d, out * size // x.shape[d], groups * size // x.shape[d])
                )
                for item, size in zip(items, was.sizes, strict=True)
            ),
        )

    return carried(graph, done, x, d, pieces, tuple(out * s // x.shape[d] for s in was.sizes))


def replaced(x: Tensor, d: int, dim: Dim) -> Tensor:
    """Return the tensor with another dimension ``d``."""
    return Tensor(x.node, (*x.dims[:d], dim, *x.dims[d + 1 :]))


def _over_pieces(graph: Graph, x: Pieces, features: int | None) -> Value:
    """Return a dense layer over pieces: each summed, then added."""
    done = [linear(graph, item, features) for item in x.items]
    labels = list(range(len(done[0].shape)))
    return combine(graph, JOIN, [(item, labels) for item in done], labels)

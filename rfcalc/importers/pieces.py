"""How do values of several grids, side by side, come onto one?"""

from rfcalc.importers.axes import Factor, Pieces, Tensor, Uneven, Value, normal, spatial
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.layers.frame import Pad
from rfcalc.layers.resample import Upsample

__all__ = ["items_of", "merged", "one_axis", "only", "resized"]


def items_of(value: Value) -> tuple[Tensor, ...]:
    """Return the tensors of which a value is made: its pieces, or itself."""
    return (value,) if isinstance(value, Tensor) else value.items


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
    x = _lay_copies(graph, x)
    live = [item for item in x.items if item.node is not None]
    axes = {graph.whole(item, x.dim) for item in live if item.shape[x.dim] > 1}
    if len(axes) > 1 or None in axes:
        raise lost(graph.here, "it needs one grid where values of several stand side by side")
    axis = axes.pop() if axes else None
    if axis is None:
        axis = _free(graph, live[0], x.dim)
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
    unlike = any(item.uneven is not None for item in live)
    return Tensor(node, tuple(dims), Uneven(None) if unlike else None)


def _lay_copies(graph: Graph, x: Pieces) -> Pieces:
    """Return pieces, those of copies of one cell as cells of the axis that the others lie on."""
    d = x.dim
    axes = {f.axis for item in x.items for f in item.dims[d] if f.axis is not None}
    if len(axes) != 1:
        return x
    (axis,) = axes
    items: list[Tensor] = []
    for item in x.items:
        n = item.shape[d]
        if item.node is not None and n > 1 and not spatial(item.dims[d]) and item.uneven is None:
            size = list(graph.sizes[item.node])
            if size[axis] == 1:
                size[axis] = n
                copies = graph.emit(Upsample(size_to=tuple(size)), [item.node], "expand")
                dims = (*item.dims[:d], (Factor(n, axis),), *item.dims[d + 1 :])
                item = Tensor(copies, dims)
        items.append(item)
    return Pieces(d, tuple(items))


def one_axis(graph: Graph, x: Pieces) -> bool:
    """Whether pieces are the parts of one axis, side by side."""
    live = [item for item in x.items if item.node is not None]
    axes = {graph.whole(item, x.dim) for item in live if item.shape[x.dim] > 1}
    grids = {
        tuple(n for a, n in enumerate(graph.sizes[i.node or 0]) if a not in axes) for i in live
    }
    return len(axes) == len(grids) == 1 and None not in axes


def only(value: Value) -> Tensor:
    """Return a value that is known to lie on one grid."""
    assert isinstance(value, Tensor)
    return value


def resized(x: Tensor, d: int, size: int) -> Tensor:
    """Return the tensor with a dimension without space of another size."""
    return Tensor(x.node, (*x.dims[:d], normal([Factor(size)]), *x.dims[d + 1 :]))


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

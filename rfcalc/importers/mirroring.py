"""Are slices, reversed and laid beside what they were cut from, a border that is reflected?"""

from rfcalc.importers.axes import Factor, Pieces, Tensor
from rfcalc.importers.graph import Graph
from rfcalc.layers.frame import Flip, Pad, Slice

__all__ = ["reflected"]

LOOK = 4
"""Most slices and reversals between a border and what it was cut from."""


def reflected(graph: Graph, x: Pieces) -> Tensor | None:
    """Return pieces as one padded tensor, ``None`` where they are no reflected border of one.

    Of ``n`` cells those before are ``p, .., 1``, and those behind ``n - 2, .., n - 1 - q``.
    """
    main = max(x.items, key=lambda item: item.shape[x.dim])
    at, axis = x.items.index(main), graph.whole(main, x.dim)
    sides = x.items[:at], x.items[at + 1 :]
    if main.node is None or axis is None or max(map(len, sides)) > 1:
        return None
    n = graph.sizes[main.node][axis]
    widths = [sum(item.shape[x.dim] for item in side) for side in sides]
    wanted = range(widths[0], 0, -1), range(n - 2, n - 2 - widths[1], -1)
    for side, cells in zip(sides, wanted, strict=True):
        for item in side:
            rest = [dim for d, dim in enumerate(item.dims) if d != x.dim]
            alike = rest == [dim for d, dim in enumerate(main.dims) if d != x.dim]
            if not alike or _cells(graph, item, main.node, axis) != list(cells):
                return None
    if any(item.uneven is not None for item in x.items):
        return None
    before, after = [0] * graph.dims, [0] * graph.dims
    before[axis], after[axis] = widths
    pad = Pad(before=tuple(before), after=tuple(after), padding_mode="reflect")
    dims = list(main.dims)
    dims[x.dim] = (Factor(n + sum(widths), axis),)
    return Tensor(graph.emit(pad, [main.node]), tuple(dims))


def _cells(graph: Graph, item: Tensor, base: int, axis: int) -> list[int] | None:
    """Return which cells of a node an item holds along an axis, in order; of the others all."""
    layers: list[tuple[Slice | Flip, tuple[int, ...]]] = []
    node = item.node
    while node is not None and node != base and len(layers) < LOOK:
        draft = graph.drafts[node]
        if not isinstance(draft.layer, Slice | Flip):
            return None
        node = draft.inputs[0]
        layers.append((draft.layer, graph.sizes[node]))
    if node != base:
        return None
    cells = range(graph.sizes[base][axis])
    for layer, size in reversed(layers):
        if isinstance(layer, Flip):
            over = layer.over or (True,) * graph.dims
            if any(turned for a, turned in enumerate(over) if a != axis):
                return None
            cells = cells[::-1] if over[axis] else cells
        else:
            if any(layer.size(n, a) != n for a, n in enumerate(size) if a != axis):
                return None
            kept = layer.indices(size[axis], axis)
            cells = [cells[i] for i in kept]
    return list(cells)

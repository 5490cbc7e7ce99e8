"""Are slices, laid beside what they were cut from, a border: reflected, repeated, or wrapped?"""

from collections.abc import Callable, Sequence

from rfcalc.importers.axes import Factor, Pieces, Tensor, spatial
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import PaddingMode
from rfcalc.layers.frame import Flip, Pad, Slice

__all__ = ["as_border"]

LOOK = 4
"""Most slices and reversals between a border and what it was cut from."""

_BORDERS: dict[PaddingMode, Callable[[int, int, int], tuple[list[int], list[int]]]] = {
    "reflect": lambda n, p, q: ([*range(p, 0, -1)], [*range(n - 2, n - 2 - q, -1)]),
    "replicate": lambda n, p, q: ([0] * p, [n - 1] * q),
    "circular": lambda n, p, q: ([*range(n - p, n)], [*range(q)]),
}
"""Which of ``n`` cells are the ``p`` before them, and the ``q`` behind them."""


def as_border(graph: Graph, x: Pieces) -> Tensor | None:
    """Return pieces as one padded tensor, ``None`` where they are no such border of one."""
    main = max(x.items, key=lambda item: item.shape[x.dim])
    at, axis = x.items.index(main), graph.whole(main, x.dim)
    sides = x.items[:at], x.items[at + 1 :]
    if main.node is None or axis is None or max(map(len, sides)) > 1:
        return None
    n = graph.sizes[main.node][axis]
    widths = [sum(item.shape[x.dim] for item in side) for side in sides]
    found: list[list[int] | None] = []
    for side in sides:
        for item in side:
            rest = [dim for d, dim in enumerate(item.dims) if d != x.dim]
            if rest != [dim for d, dim in enumerate(main.dims) if d != x.dim]:
                return None
        found.append(_cells(graph, side[0], x.dim, main.node, axis) if side else [])
    mode = _mode(n, widths, found)
    if mode is None or max(widths) >= n or any(item.uneven is not None for item in x.items):
        return None
    before, after = [0] * graph.dims, [0] * graph.dims
    before[axis], after[axis] = widths
    pad = Pad(before=tuple(before), after=tuple(after), padding_mode=mode)
    dims = list(main.dims)
    dims[x.dim] = (Factor(n + sum(widths), axis),)
    return Tensor(graph.emit(pad, [main.node]), tuple(dims))


def _mode(n: int, widths: Sequence[int], sides: Sequence[list[int] | None]) -> PaddingMode | None:
    """Return how cells are padded that have others before and behind them."""
    for mode, cells in _BORDERS.items():
        if [*cells(n, widths[0], widths[1])] == sides:
            return mode
    return None


def _cells(graph: Graph, item: Tensor, d: int, base: int, axis: int) -> list[int] | None:
    """Return which cells of a node an item holds along an axis, in order; of the others all."""
    wide = item.shape[d] if not spatial(item.dims[d]) else 1
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
    return list(cells) * wide

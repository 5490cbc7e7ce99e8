"""Are values cells that were cut from one axis, one by one? Then they are no channels."""

from collections.abc import Sequence

from rfcalc.importers.axes import Uneven
from rfcalc.importers.graph import Graph
from rfcalc.layers.frame import Crop, Slice

__all__ = ["is_of_rows", "rows_of_one_axis"]


def rows_of_one_axis(graph: Graph, nodes: Sequence[int | None]) -> bool:
    """Return whether nodes, of which the first and the last are looked at, come from such cells."""
    first, last = nodes[0], nodes[-1]
    if first is None or last is None or first == last:
        return False
    alone = [axis for axis in range(graph.dims) if graph.sizes[first][axis] == 1]
    return any(_is_cut(graph, first, axis) and _is_cut(graph, last, axis) for axis in alone)


def _is_cut(graph: Graph, node: int, axis: int) -> bool:
    """Whether a slice made a grid of one cell on an axis; not a pool, whose cell reads them all."""
    seen, queue = set[int](), [node]
    while queue:
        here = queue.pop()
        if here in seen or graph.sizes[here][axis] != 1:
            continue
        seen.add(here)
        draft = graph.drafts[here]
        for given in draft.inputs:
            if graph.sizes[given][axis] == 1:
                queue.append(given)
            elif isinstance(draft.layer, Slice | Crop):
                return True
    return False


def is_of_rows(graph: Graph, uneven: Uneven | None) -> bool:
    """Return whether a tensor's unlike indices are such cells."""
    queue = [uneven] if uneven is not None else []
    while queue:
        one = queue.pop()
        if one.name in graph.rows:
            return True
        queue += one.before
    return False

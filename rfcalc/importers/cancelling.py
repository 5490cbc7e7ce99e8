"""Which cells cancel out where running sums are subtracted from one another?"""

from collections.abc import Iterator, Sequence

from rfcalc.importers.axes import Value
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import items_of
from rfcalc.layers.frame import Crop, Flip, Pad, Roll, Slice
from rfcalc.layers.whole import GlobalPool

__all__ = ["note_difference", "note_neighbours"]

LOOK = 64
"""Layers that are looked through from a difference to the running sums that it is of."""

_MOVES = (Crop, Flip, Pad, Roll, Slice)


def note_difference(graph: Graph, values: Sequence[Value]) -> None:
    """Mark a network in which a running sum is subtracted from itself, moved, or from its terms.

    What both sides have summed cancels: of a sum over a window only the window is left. The
    difference is taken to read all that either side has read.
    """
    trails = [_trail(graph, value) for value in values]
    for i, one in enumerate(trails):
        for j, other in enumerate(trails):
            for node in one & graph.sums if i != j else ():
                terms = graph.drafts[node].inputs[0]
                totals = {t for t in other if isinstance(graph.drafts[t].layer, GlobalPool)}
                summed = {graph.drafts[t].inputs[0] for t in totals}
                if node in other or terms in other | summed:
                    _mark(graph)
                    return


def note_neighbours(graph: Graph, value: Value) -> None:
    """Mark a network in which differences are taken of neighbours in a running sum."""
    if _trail(graph, value) & graph.sums:
        _mark(graph)


def _mark(graph: Graph) -> None:
    graph.assume(f"{graph.here}: a difference of running sums is taken to read all that they sum")


def _trail(graph: Graph, value: Value) -> set[int]:
    """Return the nodes whose values, unchanged but for their places, a value holds."""
    return {node for item in _nodes(graph, value) for node in _behind(graph, item)}


def _nodes(graph: Graph, value: Value) -> Iterator[int]:
    for item in items_of(value):
        if item.node is not None:
            yield item.node
        made = None if item.uneven is None else graph.pieces.get(item.uneven)
        if made is not None:
            yield from _nodes(graph, made)


def _behind(graph: Graph, node: int) -> Iterator[int]:
    for _ in range(LOOK):
        yield node
        draft = graph.drafts[node]
        moves = isinstance(draft.layer, _MOVES) or draft.layer.op == "identity"
        if not moves or len(draft.inputs) != 1:
            return
        node = draft.inputs[0]

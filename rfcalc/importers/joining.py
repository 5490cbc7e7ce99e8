"""What do tensors hold that are laid side by side? One grid if they can share it, else pieces."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from rfcalc.importers.axes import Pieces, Tensor, Uneven, Value, spatial
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.importers.mirroring import as_border
from rfcalc.importers.pairing import join_pairs
from rfcalc.importers.pieces import resized
from rfcalc.importers.rows import rows_of_one_axis
from rfcalc.importers.uneven import covered, marked
from rfcalc.importers.uniting import unite

__all__ = ["lay_beside"]


class Concat(msgspec.Struct, frozen=True, eq=False):
    """Tensors side by side, one per segment."""

    parts: Pieces

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        """Return the tensors, which are the pieces."""
        return self.parts


def lay_beside(graph: Graph, items: Sequence[Tensor], d: int) -> Value:
    """Return tensors side by side along a dimension.

    Without space in it they share a grid, on which its segments read unlike cells; with space
    they stay apart, as pieces.
    """
    if len(items) == 1:
        return items[0]
    total = sum(item.shape[d] for item in items)
    live = [item for item in items if item.node is not None]
    if not live:
        return resized(items[0], d, total)
    if any(spatial(item.dims[d]) for item in live) or _apart(graph, live):
        _check_sides(graph, items, d)
        pieces = Pieces(d, tuple(items))
        return as_border(graph, pieces) or pieces
    labels = list(range(len(items[0].dims)))
    rows = [(Tensor(i.node, (*i.dims[:d], (), *i.dims[d + 1 :])), labels) for i in live]
    done = resized(unite(graph, JOIN, rows, labels).done, d, total)
    done = join_pairs(graph, done, items, d)
    if any(item.uneven is not None and item.uneven.dim != d for item in items):
        return marked(done, None)
    if all((i.node, i.uneven) == (items[0].node, None) for i in items):
        return done  # all of one grid, whose indices read alike
    if {item.shape[d] for item in items} == {1} and rows_of_one_axis(graph, [i.node for i in live]):
        graph.rows.add(graph.here)
    held = Uneven(
        d,
        tuple(item.shape[d] for item in items),
        nested=not covered(graph, items),
        name=graph.here,
        recipe=Concat(Pieces(d, tuple(items))),
    )
    return Tensor(done.node, done.dims, held, done.pairs)


def _check_sides(graph: Graph, items: Sequence[Tensor], d: int) -> None:
    """Refuse tensors that do not fit side by side: not every reader's framework has tried."""
    for one, other in pairwise(items):
        pairs = zip(one.shape, other.shape, strict=True)
        unlike = next((e for e, (n, m) in enumerate(pairs) if e != d and n != m), None)
        if unlike is not None:
            shapes = f"{list(one.shape)} and {list(other.shape)}"
            fact = f"it lays {shapes} side by side, which differ in dimension {unlike}"
            raise lost(graph.here, fact)


def _apart(graph: Graph, items: Sequence[Tensor]) -> bool:
    """Whether tensors lie on grids that cannot be spread over one another."""
    sizes = [graph.sizes[item.node] for item in items if item.node is not None]
    for one, other in pairwise(sizes):
        if any(n != m and 1 not in (n, m) for n, m in zip(one, other, strict=True)):
            return True
    return False

"""What is read where channels are laid out as blocks of cells, or blocks as channels?"""

from collections.abc import Sequence

import msgspec

from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, Tensor, Uneven, Value, live, spatial
from rfcalc.importers.channels import channels
from rfcalc.importers.cutting import strided
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import only
from rfcalc.importers.uneven import alike, marked
from rfcalc.importers.windows import last, slide
from rfcalc.layers.resample import PixelShuffle, PixelUnshuffle

__all__ = ["to_depth", "to_space"]

OFFSETS_LIMIT = 256
"""Most places of a block that are followed as channels of their own."""


class Places(msgspec.Struct, frozen=True, eq=False):
    """The places in blocks of ``r`` by ``r`` cells: every ``r``-th row of every ``r``-th column."""

    x: Tensor
    r: int

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        """Return the cells at each place of their block, as pieces."""
        x, r = self.x, self.r
        *_, h, w = x.shape
        rows = [strided(graph, x, 2, i, h, r) for i in range(r)]
        places = [strided(graph, row, 3, j, w, r) for row in rows for j in range(r)]
        return Pieces(1, tuple(map(only, places)))


def to_space(graph: Graph, x: Tensor, r: int, rows_first: bool = True) -> Value:
    """Return channels, which come before two axes, as blocks of ``r`` by ``r`` cells.

    ``rows_first`` tells whether the place in a block is the outer digit of the channel.
    """
    n, c, h, w = x.shape
    if not spatial(x.dims[1]):
        mixed = channels(graph, alike(graph, x, [1]), 1, c // (r * r))
        return slide(graph, mixed, PixelShuffle(factor=(r, r)), last(x, 2))
    cut = [n, r, r, c // (r * r), h, w] if rows_first else [n, c // (r * r), r, r, h, w]
    order = [0, 3, 4, 1, 5, 2] if rows_first else [0, 1, 4, 2, 5, 3]
    moved = layout.permute(graph, layout.reshape(graph, x, cut), order)
    return layout.reshape(graph, moved, [n, c // (r * r), h * r, w * r])


def to_depth(graph: Graph, x: Tensor, r: int) -> Value:
    """Return blocks of ``r`` by ``r`` cells as channels, the place in a block as outer digit."""
    n, c, h, w = x.shape
    if not spatial(x.dims[1]):
        mixed = channels(graph, x, 1, c * r * r)
        done = only(slide(graph, mixed, PixelUnshuffle(factor=(r, r)), last(x, 2)))
        return _offsets(graph, x, done, r)
    cut = layout.reshape(graph, x, [n, c, h // r, r, w // r, r])
    moved = layout.permute(graph, cut, [0, 3, 5, 1, 2, 4])
    return layout.reshape(graph, moved, [n, c * r * r, h // r, w // r])


def _offsets(graph: Graph, x: Tensor, done: Tensor, r: int) -> Tensor:
    """Return blocks as channels, where each run of channels is one place of every block."""
    if r == 1 or not live(done):
        return done
    if x.uneven is not None or r * r > OFFSETS_LIMIT:
        return marked(done, None if x.uneven is not None else 1)
    sizes = (x.shape[1],) * (r * r)
    return Tensor(done.node, done.dims, Uneven(1, sizes, name=graph.here, recipe=Places(x, r)))

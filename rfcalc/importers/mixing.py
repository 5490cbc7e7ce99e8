"""What does an operator read that sums or normalises over dimensions?"""

from collections.abc import Sequence
from typing import ClassVar

from rfcalc.footprint import Side
from rfcalc.importers.axes import Pieces, Tensor, Value, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.digits import Whole, removed, spread
from rfcalc.importers.graph import Graph, plain
from rfcalc.importers.pairing import softened
from rfcalc.importers.pieces import items_of
from rfcalc.importers.replaying import AxisOperation, apply
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import GlobalPool
from rfcalc.layers.whole import Sequence as Scan

__all__ = ["mix", "reduce", "running", "scan"]


class Reduce(AxisOperation, frozen=True):
    """A mean, sum or maximum over dimensions, which are left with size 1 or gone."""

    moves: ClassVar[bool] = True
    sums: ClassVar[bool] = True
    dims: tuple[int, ...]
    keep: bool

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        left = [1 if d in self.dims else n for d, n in enumerate(given)]
        return left if self.keep else [n for d, n in enumerate(given) if d not in self.dims]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        assert x.node is not None
        graph.sum(x, self.dims)
        digits = [f for d in self.dims for f in spatial(x.dims[d])]
        if digits:
            done = removed(graph, x, digits, GlobalPool)
        else:
            done = Tensor(graph.emit(plain("identity"), [x.node]), x.dims)
        every = enumerate(done.dims)
        left = [
            () if d in self.dims else dim for d, dim in every if self.keep or d not in self.dims
        ]
        return Tensor(done.node, tuple(left))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        if d in self.dims:
            return None
        return d if self.keep else d - sum(gone < d for gone in self.dims)

    def gather(self, graph: Graph, x: Pieces) -> Value:
        done = [apply(graph, self, item) for item in x.items]
        labels = list(range(len(done[0].shape)))
        return combine(graph, plain("identity"), [(item, labels) for item in done], labels)


class Mix(AxisOperation, frozen=True):
    """A softmax or normalisation over dimensions; ``layer`` stands where they hold no space."""

    dims: tuple[int, ...]
    layer: Layer
    whole: Whole

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return given

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        assert x.node is not None
        digits = [f for d in self.dims for f in spatial(x.dims[d])]
        if digits:
            node = spread(graph, x.node, digits, self.whole)
        else:
            node = graph.emit(self.layer, [x.node])
        return softened(Tensor(node, x.dims), x, self.dims, self.layer)

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d in self.dims else d

    def gather(self, graph: Graph, x: Pieces) -> Value:
        labels = list(range(len(x.shape)))
        inner = [("sum", d) if d in self.dims else d for d in labels]
        return combine(graph, self.layer, [(x, labels), (x, inner)], labels, self.whole)


def reduce(graph: Graph, x: Value, dims: Sequence[int], keep: bool) -> Value:
    """Return a mean, sum or maximum over dimensions; without space, an element-wise node."""
    return apply(graph, Reduce(tuple(dims), keep), x)


def mix(graph: Graph, x: Value, dims: Sequence[int], layer: Layer, whole: Whole) -> Value:
    """Return a softmax or normalisation over dimensions; ``layer`` where they hold no space."""
    return apply(graph, Mix(tuple(dims), layer, whole), x)


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
    done = mix(graph, x, dims, plain("identity"), (Scan(side=side),))
    if "cumsum" in what.lower():
        graph.sums |= {item.node for item in items_of(done) if item.node is not None}
    return done


def running(graph: Graph, x: Value, dims: Sequence[int]) -> None:
    """Tell a graph that something runs along dimensions, or over all of them, without a kernel."""
    for item in items_of(x):
        graph.window(item, None, dims)

"""What does an operator read that mixes channels, wherever space may be among them?"""

from collections.abc import Sequence
from typing import ClassVar, Self

from rfcalc.importers.axes import Dim, Factor, Pieces, Tensor, Value, normal, regrouped, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.digits import removed
from rfcalc.importers.graph import JOIN, Graph, lost
from rfcalc.importers.replaying import AxisOperation, apply, carry, distribute
from rfcalc.importers.uneven import alike, blurred, marked, within
from rfcalc.layers.whole import Linear
from rfcalc.layers.window import Conv

__all__ = ["channels", "linear", "replaced"]


class Dense(AxisOperation, frozen=True):
    """A dense layer over the last dimension, which is gone when ``features`` is ``None``."""

    sums: ClassVar[bool] = True
    features: int | None

    @property
    def wide(self) -> tuple[int, ...]:
        """What is left of the last dimension in a shape."""
        return () if self.features is None else (self.features,)

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return given[:-1] + self.wide

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        last = len(x.dims) - 1
        graph.mix(x, last)
        digits = spatial(x.dims[last])
        done = removed(graph, x, digits, Linear)
        assert done.node is not None
        node = done.node
        if not (digits and isinstance(graph.drafts[node].layer, Linear)):
            ones = (1,) * graph.dims
            layer = Conv(kernel=ones, stride=ones, dilation=ones, padding=((0, 0),) * graph.dims)
            node = graph.emit(layer, [node])
        return Tensor(node, (*done.dims[:last], *(normal([Factor(n)]) for n in self.wide)))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d == len(given) - 1 else d

    def gather(self, graph: Graph, x: Pieces) -> Value:
        # Each is summed, then they are added.
        done = [apply(graph, self, item) for item in x.items]
        labels = list(range(len(done[0].shape)))
        return combine(graph, JOIN, [(item, labels) for item in done], labels)


class Channels(AxisOperation, frozen=True):
    """A dimension mixed within groups, with ``out`` values."""

    sums: ClassVar[bool] = True
    d: int
    out: int
    groups: int

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return [*given[: self.d], self.out, *given[self.d + 1 :]]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        d, out, groups = self.d, self.out, self.groups
        graph.mix(x, d)
        if not spatial(x.dims[d]):
            return replaced(x, d, normal([Factor(out)]))
        cut = regrouped([x.dims[d]], [groups, x.shape[d] // groups])
        if cut is None:
            raise lost(graph.here, "its groups cut an axis that was laid out into the channels")
        done = removed(graph, x, spatial(cut[1]), Linear, "unshuffle")
        kept = [f for f in done.dims[d] if f.axis is not None]
        if kept and kept != list(cut[0]):
            raise lost(graph.here, "its groups hold both cells and channels")
        return replaced(done, d, normal([*kept, Factor(out // groups if kept else out)]))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d == self.d else d

    def part(self, given: tuple[int, ...], d: int, start: int, size: int) -> Self:
        if d != self.d:
            return self
        n = given[d]
        return type(self)(d, self.out * size // n, self.groups * size // n)

    def gather(self, graph: Graph, x: Pieces) -> Value:
        share = x.shape[self.d] // self.groups
        if any(item.shape[self.d] % share for item in x.items):
            for item in x.items:
                if item.node is not None:
                    graph.mix(item, self.d)
            raise lost(graph.here, "it mixes channels of values that lie on several grids")
        return distribute(graph, self, x, self.d)

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        was, d = x.uneven, self.d
        assert was is not None
        if spatial(x.dims[d]):
            return blurred(done, x)
        if was.dim != d:
            return super().follow(graph, x, done)
        share = x.shape[d] // self.groups
        if self.groups == 1 or share % (was.period or share + 1) == 0:
            if self.groups > 1 and was.nested:
                alike(graph, x, [d])
            return within(done, x)
        if was.period or any(size % share for size in was.sizes):
            return marked(done, d)
        return carry(graph, self, x, done, d)


def linear(graph: Graph, x: Value, features: int | None) -> Value:
    """Return a dense layer over the last dimension, which is gone when ``features`` is ``None``."""
    return apply(graph, Dense(features), x)


def channels(graph: Graph, x: Value, d: int, out: int, groups: int = 1) -> Value:
    """Return the tensor with dimension ``d`` mixed within groups and ``out`` values wide."""
    return apply(graph, Channels(d, out, groups), x)


def replaced(x: Tensor, d: int, dim: Dim) -> Tensor:
    """Return the tensor with another dimension ``d``."""
    return Tensor(x.node, (*x.dims[:d], dim, *x.dims[d + 1 :]))

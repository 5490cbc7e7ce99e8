"""What does a recurrence that runs both ways give? Two halves, each of which reads one side."""

from collections.abc import Sequence

import msgspec

from rfcalc.footprint import Side
from rfcalc.importers.axes import Pieces, Tensor, Uneven, Value
from rfcalc.importers.channels import channels
from rfcalc.importers.graph import Graph
from rfcalc.importers.layout import expand, unsqueeze
from rfcalc.importers.mixing import scan
from rfcalc.importers.pieces import only
from rfcalc.importers.products import scaled
from rfcalc.importers.uneven import marked

__all__ = ["Recurrence", "split_ways"]


class Recurrence(msgspec.Struct, frozen=True, eq=False):
    """A recurrence along a dimension of rows of features, which runs both ways.

    A state that is given from outside reaches every step. Of a result of another rank ``ways``
    is the dimension of the two.
    """

    x: Value
    along: int
    what: str
    states: Sequence[Value] = ()
    ways: int | None = None

    def run(self, graph: Graph, side: Side | None) -> Value:
        """Return what the steps read of one side of each, or of both: one feature, one way."""
        x = channels(graph, self.x, len(self.x.shape) - 1, 1)
        done = scan(graph, x, [self.along], self.what, side)
        for state in self.states:
            graph.state(state)
            done = scaled(graph, done, state)
        return done if self.ways is None else unsqueeze(graph, done, self.ways)


class Ways(msgspec.Struct, frozen=True, eq=False):
    """Steps forward, then steps backward, along ``d``, each of a shape."""

    recurrence: Recurrence
    d: int
    shape: tuple[int, ...]

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        """Return the steps of each way."""
        sides: tuple[Side, ...] = ("before", "after")
        halves = [expand(graph, self.recurrence.run(graph, side), self.shape) for side in sides]
        return Pieces(self.d, tuple(map(only, halves)))


def split_ways(graph: Graph, done: Value, d: int, recurrence: Recurrence) -> Value:
    """Return what runs both ways, its halves along ``d`` separate once one is asked for.

    Parameters
    ----------
    done : the steps of both ways side by side along ``d``: forward, then backward.
    """
    if not isinstance(done, Tensor) or done.node is None:
        return done
    if done.uneven is not None:
        return marked(done, None, 0, done.uneven)
    half = done.shape[d] // 2
    ways = Ways(recurrence, d, (*done.shape[:d], half, *done.shape[d + 1 :]))
    return Tensor(done.node, done.dims, Uneven(d, (half, half), name=graph.here, recipe=ways))

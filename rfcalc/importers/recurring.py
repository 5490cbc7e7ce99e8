"""What does a recurrence that runs both ways give? Two halves, each of which reads one side."""

from collections.abc import Callable

from rfcalc.footprint import Side
from rfcalc.importers.axes import Pieces, Tensor, Uneven, Value
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import only
from rfcalc.importers.uneven import marked

__all__ = ["split_ways"]


def split_ways(graph: Graph, done: Value, d: int, make: Callable[[Side], Value]) -> Value:
    """Return what runs both ways, its halves along ``d`` separate once one is asked for.

    Parameters
    ----------
    done : the steps of both ways side by side along ``d``: forward, then backward.
    make : the half that reads the steps before each, or those after.
    """
    if not isinstance(done, Tensor) or done.node is None:
        return done
    if done.uneven is not None:
        return marked(done, None, 0, done.uneven)
    half = done.shape[d] // 2

    def halves(_: list[Value]) -> Value:
        return Pieces(d, (only(make("before")), only(make("after"))))

    return Tensor(done.node, done.dims, Uneven(d, (half, half), make=halves, name=graph.here))

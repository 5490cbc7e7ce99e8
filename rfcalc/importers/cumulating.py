"""What does a running value read that leaves out its own cell? What the cell before it reads."""

from rfcalc.footprint import Side
from rfcalc.importers.axes import Tensor, Value, constant, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.mixing import scan
from rfcalc.importers.padding import padded

__all__ = ["cumulate"]


def cumulate(graph: Graph, x: Value, d: int, what: str, side: Side, exclusive: bool) -> Value:
    """Return a running value along a dimension, its own cell counted or not.

    Without its own cell it is the one of a cell earlier, and nothing at the first.
    """
    if exclusive and x.shape[d] == 1:
        return constant(x.shape)
    done = scan(graph, x, [d], what, side)
    if not exclusive or (isinstance(done, Tensor) and not spatial(done.dims[d])):
        return done
    moved = (1, -1) if side == "before" else (-1, 1)
    return padded(graph, done, [d], [moved[0]], [moved[1]])

"""What does pooling to a given size read?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.graph import Graph
from rfcalc.importers.mixing import reduce, running
from rfcalc.importers.uneven import blurred
from rfcalc.importers.windows import slide
from rfcalc.layers.resample import AdaptivePool
from rfcalc.layers.whole import GlobalPool

__all__ = ["pooled_over", "pooled_to"]


def pooled_over(graph: Graph, x: Value, dims: Sequence[int], keep: bool) -> Value:
    """Return a pooling over whole dimensions, to one cell."""
    running(graph, x, dims)
    return reduce(graph, x, dims, keep)


def pooled_to(graph: Graph, x: Value, output: Sequence[int], dims: Sequence[int]) -> Value:
    """Return a pooling of dimensions to sizes; to one cell, over the whole."""
    sizes = [x.shape[d] for d in dims]
    if list(output) == sizes and set(output) != {1}:
        return x
    if isinstance(x, Tensor) and x.node is not None and set(output) == {1}:
        if any(size > 1 for size in sizes):
            return pooled_over(graph, x, dims, keep=True)
        if any(n > 1 for n in graph.sizes[x.node]):
            return x
        return blurred(Tensor(graph.emit(GlobalPool(), [x.node]), x.dims), x)
    return slide(graph, x, AdaptivePool(output=tuple(output)), dims)

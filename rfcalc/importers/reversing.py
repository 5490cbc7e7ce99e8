"""What does a tensor read whose dimensions are reversed?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Tensor, Value, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Flip

__all__ = ["reversed_along"]


def reversed_along(graph: Graph, x: Value, dims: Sequence[int]) -> Value:
    """Return the tensor with dimensions reversed; without space in them, as it is."""
    if isinstance(x, Tensor) and not any(spatial(x.dims[d]) for d in dims):
        return x
    return slide(graph, x, Flip(over=(True,) * len(dims)), dims)

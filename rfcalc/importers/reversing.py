"""What does a tensor read whose dimensions are reversed?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Pieces, Value, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import only
from rfcalc.importers.uneven import carried
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Flip

__all__ = ["reversed_along"]


def reversed_along(graph: Graph, x: Value, dims: Sequence[int]) -> Value:
    """Return the tensor with dimensions reversed; without space in them, no cell moves."""
    if isinstance(x, Pieces):
        return slide(graph, x, Flip(over=(True,) * len(dims)), dims)
    space = [d for d in dims if spatial(x.dims[d])]
    done = only(slide(graph, x, Flip(over=(True,) * len(space)), space)) if space else x
    rest, was = [d for d in dims if d not in space], done.uneven
    if was is not None and was.spread and rest and was.dim not in rest:
        return carried(graph, done, done, was.dim, lambda v: reversed_along(graph, v, rest))
    if was is None or was.dim not in rest:
        return done
    return carried(graph, done, done, was.dim, lambda v: _turned(graph, v, rest), was.sizes[::-1])


def _turned(graph: Graph, x: Value, dims: Sequence[int]) -> Value:
    """Return pieces in reverse order, each of them reversed."""
    assert isinstance(x, Pieces)
    items = tuple(only(reversed_along(graph, item, dims)) for item in x.items[::-1])
    return Pieces(x.dim, items)

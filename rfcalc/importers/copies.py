"""What do copies of a tensor read that are laid side by side?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, live, normal, spatial
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.layout import cat, expand
from rfcalc.importers.uneven import blurred

__all__ = ["tiled"]

COPIES_LIMIT = 64
"""Most copies of an axis that are laid side by side."""


def tiled(graph: Graph, x: Value, times: Sequence[int]) -> Value:
    """Return copies of a tensor, so many along each dimension.

    Copies of channels read what the channels do. Copies of an axis are pieces of a longer one.

    Raises
    ------
    RfcalcError
        RF502: too many copies of an axis.
    """
    if set(times) <= {1}:
        return x
    if 0 in times or not live(x):
        return constant(n * t for n, t in zip(x.shape, times, strict=True))
    if isinstance(x, Pieces):
        for d, t in enumerate(times):
            x = _beside(graph, x, d, t)
        return x
    along = [d for d, t in enumerate(times) if t > 1 and spatial(x.dims[d])]
    pairs = enumerate(zip(times, x.dims, strict=True))
    dims = [dim if d in along else normal([Factor(t), *dim]) for d, (t, dim) in pairs]
    done: Value = blurred(Tensor(x.node, tuple(dims)), x)
    for d in along:
        done = _beside(graph, done, d, times[d])
    return done


def _beside(graph: Graph, x: Value, d: int, times: int) -> Value:
    """Return copies along one dimension as pieces of it."""
    if x.shape[d] == 1:
        return expand(graph, x, [*x.shape[:d], times, *x.shape[d + 1 :]])
    if times > COPIES_LIMIT:
        fact = f"it lays {times} copies of an axis side by side, at most {COPIES_LIMIT}"
        raise lost(graph.here, fact + " are followed")
    return cat(graph, [x] * times, d)

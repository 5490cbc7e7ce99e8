"""What do copies of a tensor read that are laid side by side?"""

from collections.abc import Sequence

from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, normal, spatial
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.layout import cat
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
        RF502: too many copies of an axis, or a tensor that already is in pieces.
    """
    if set(times) <= {1}:
        return x
    if isinstance(x, Pieces):
        raise lost(graph.here, "it repeats values of several grids")
    if 0 in times or x.node is None:
        return constant(n * t for n, t in zip(x.shape, times, strict=True))
    along = [d for d, t in enumerate(times) if t > 1 and spatial(x.dims[d])]
    pairs = enumerate(zip(times, x.dims, strict=True))
    dims = [dim if d in along else normal([Factor(t), *dim]) for d, (t, dim) in pairs]
    done: Value = blurred(Tensor(x.node, tuple(dims)), x)
    for d in along:
        if times[d] > COPIES_LIMIT:
            fact = f"it lays {times[d]} copies of an axis side by side, at most {COPIES_LIMIT}"
            raise lost(graph.here, fact + " are followed")
        done = cat(graph, [done] * times[d], d)
    return done

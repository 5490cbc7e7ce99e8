"""What do copies of a tensor read that are laid side by side?"""

from collections.abc import Sequence
from typing import ClassVar

from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, live, normal, spatial
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.layout import cat, expand
from rfcalc.importers.pieces import items_of
from rfcalc.importers.replaying import AxisOperation, apply
from rfcalc.importers.uneven import blurred

__all__ = ["tile"]

COPIES_LIMIT = 64
"""Most copies of an axis that are laid side by side."""


class Tile(AxisOperation, frozen=True):
    """Copies of a dimension without space."""

    moves: ClassVar[bool] = True

    d: int
    times: int

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return [*given[: self.d], given[self.d] * self.times, *given[self.d + 1 :]]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        d = self.d
        dim = normal([Factor(self.times), *x.dims[d]])
        return Tensor(x.node, (*x.dims[:d], dim, *x.dims[d + 1 :]))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d == self.d else d

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        if x.uneven is not None and x.uneven.dim == self.d:
            return blurred(done, x)
        return super().follow(graph, x, done)


def tile(graph: Graph, x: Value, times: Sequence[int]) -> Value:
    """Return copies of a tensor, so many along each dimension.

    Copies of channels read what the channels do. Copies of an axis are pieces of a longer one.

    Raises
    ------
    RfcalcError
        RF502: too many copies of an axis.
    """
    if 0 in times or not live(x):
        return constant(n * t for n, t in zip(x.shape, times, strict=True))
    for d, count in enumerate(times):
        if count > 1:
            x = _along(graph, x, d, count)
    return x


def _along(graph: Graph, x: Value, d: int, times: int) -> Value:
    """Return copies along one dimension: of an axis, as pieces of it."""
    if x.shape[d] == 1:
        return expand(graph, x, [*x.shape[:d], times, *x.shape[d + 1 :]])
    own = isinstance(x, Pieces) and x.dim == d
    if not own and not any(spatial(item.dims[d]) for item in items_of(x)):
        return apply(graph, Tile(d, times), x)
    if times > COPIES_LIMIT:
        fact = f"it lays {times} copies of an axis side by side, at most {COPIES_LIMIT}"
        raise lost(graph.here, fact + " are followed")
    return cat(graph, [x] * times, d)

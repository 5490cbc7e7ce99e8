"""What does a tensor read whose dimensions are reversed?"""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from rfcalc.importers.axes import Pieces, Tensor, Value, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.pieces import only
from rfcalc.importers.replaying import AxisOperation, apply, carry, distribute
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Flip

__all__ = ["reversed_along"]


class Reverse(AxisOperation, frozen=True):
    """Dimensions without space reversed: no cell moves."""

    moves: ClassVar[bool] = True
    dims: tuple[int, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return given

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        return x

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d in self.dims else d

    def gather(self, graph: Graph, x: Pieces) -> Value:
        done = distribute(graph, self, x, x.dim)
        return Pieces(x.dim, done.items[::-1])

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        was = x.uneven
        assert was is not None
        if was.dim in self.dims:
            done = carry(graph, self, x, done, was.dim)
            assert done.uneven is not None
            turned = msgspec.structs.replace(done.uneven, sizes=done.uneven.sizes[::-1])
            return msgspec.structs.replace(done, uneven=turned)
        return carry(graph, self, x, done, was.dim) if was.spread else done


def reversed_along(graph: Graph, x: Value, dims: Sequence[int]) -> Value:
    """Return the tensor with dimensions reversed; without space in them, no cell moves."""
    if isinstance(x, Pieces):
        return slide(graph, x, Flip(over=(True,) * len(dims)), dims)
    space = [d for d in dims if spatial(x.dims[d])]
    done = only(slide(graph, x, Flip(over=(True,) * len(space)), space)) if space else x
    rest = tuple(d for d in dims if d not in space)
    return apply(graph, Reverse(rest), done) if rest else done

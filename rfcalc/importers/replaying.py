"""What does an axis operation give of constants, of pieces, of indices that read unlike cells?"""

from collections.abc import Sequence
from itertools import accumulate
from typing import ClassVar, Self

import msgspec

from rfcalc.importers.axes import Pieces, Tensor, Uneven, Value, constant
from rfcalc.importers.graph import Graph
from rfcalc.importers.pairing import move_pairs
from rfcalc.importers.pieces import merged, only
from rfcalc.importers.uneven import marked, within

__all__ = ["AxisOperation", "apply", "carry", "distribute"]


class AxisOperation(msgspec.Struct, frozen=True):
    """One step on the dimensions of a tensor, as data.

    An operation says what it makes of a tensor on one grid, and answers two questions: where a
    dimension ends up, and what the operation is for a part of one. The cases follow from that
    (``apply``): a constant gives a constant, pieces are taken one by one, and indices that read
    unlike cells are remembered with the operation, which is done again on each segment of them
    where a part is asked for. What it makes of a dimension that it mixes it says by ``gather``
    and ``follow``.
    """

    moves: ClassVar[bool] = False
    """Whether the entries of the result are those of the tensor, or sums of some."""
    sums: ClassVar[bool] = False
    """Whether a dimension that is gone was summed over."""

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        """Return the shape of the result for a tensor of that shape."""
        raise NotImplementedError

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        """Return what the operation makes of a tensor as if all indices read alike."""
        raise NotImplementedError

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        """Return where a dimension stands in the result, ``None`` where its indices are mixed."""
        raise NotImplementedError

    def part(self, given: tuple[int, ...], d: int, start: int, size: int) -> Self:
        """Return the operation for ``size`` indices of a dimension from ``start`` on."""
        return self

    def ready(self, graph: Graph, x: Tensor) -> Tensor:
        """Return a tensor on the grid that the operation needs."""
        return x

    def gather(self, graph: Graph, x: Pieces) -> Value:
        """Return what the operation makes of pieces along a dimension that it mixes."""
        return apply(graph, self, merged(graph, x))

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        """Return the result ``done`` with what is known of indices that read unlike cells."""
        was = x.uneven
        assert was is not None
        if was.among:
            among = [self.lands(x.shape, d) for d in was.among]
            known = tuple(d for d in among if d is not None)
            held = Uneven(None, among=known if len(known) == len(among) else ())
            return Tensor(done.node, done.dims, held, done.pairs)
        at = None if was.dim is None else self.lands(x.shape, was.dim)
        if was.dim is not None and at is None:
            return within(done, x)
        return carry(graph, self, x, done, at)

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        """Return what the operation makes of a value, where it is done again on parts."""
        return apply(graph, self, parts[0])


def apply(graph: Graph, step: AxisOperation, x: Value) -> Value:
    """Return what an operation makes of a value, whatever it is made of."""
    if isinstance(x, Pieces):
        at = step.lands(x.shape, x.dim)
        return step.gather(graph, x) if at is None else distribute(graph, step, x, at)
    if x.node is None:
        return constant(step.shape(x.shape))
    x = step.ready(graph, x)
    laid = step.lay(graph, x)
    done = laid if x.uneven is None else step.follow(graph, x, laid)
    if x.pairs is None or isinstance(done, Pieces):
        return done
    at = [step.lands(x.shape, d) for d in (x.pairs.rows, x.pairs.keys)]
    return move_pairs(graph, x, done, at, step, step.moves, step.sums)


def distribute(graph: Graph, step: AxisOperation, x: Pieces, at: int) -> Pieces:
    """Return what an operation makes of each piece, side by side along ``at``."""
    items, start = list[Tensor](), 0
    for item in x.items:
        size = item.shape[x.dim]
        part = step.part(x.shape, x.dim, start, size)
        items.append(only(part.again(graph, [item])))
        start += size
    return Pieces(at, tuple(items))


def carry(
    graph: Graph,
    step: AxisOperation,
    x: Tensor,
    done: Tensor,
    at: int | None,
    spread: bool = False,
) -> Tensor:
    """Return the result of an operation, its segments those of the tensor, along ``at``.

    Parameters
    ----------
    spread : the operation lays indices of a segment over other dimensions.
    """
    was = x.uneven
    assert was is not None
    if was.dim is None or at is None or was.period or not was.sizes:
        return marked(done, at, was.period, was)
    given, sizes = list(x.shape), list[int]()
    for size, end in zip(was.sizes, accumulate(was.sizes), strict=True):
        given[was.dim] = size
        part = step.part(x.shape, was.dim, end - size, size)
        sizes.append(part.shape(tuple(given))[at])
    held = Uneven(
        at,
        tuple(sizes),
        nested=was.nested,
        spread=was.spread or spread,
        name=graph.here,
        recipe=step,
        before=(was,),
    )
    return Tensor(done.node, done.dims, held, done.pairs)

"""What is left of the axes when a slice takes a part of a dimension?"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import ClassVar, Self

from rfcalc.importers.axes import Pieces, Tensor, Value, constant, spatial
from rfcalc.importers.graph import Graph
from rfcalc.importers.joining import lay_beside
from rfcalc.importers.pieces import merged, only
from rfcalc.importers.replaying import AxisOperation, apply, carry
from rfcalc.importers.slicing import cut
from rfcalc.importers.uneven import alike, apart, marked

__all__ = ["narrow", "select", "strided"]


class Slice(AxisOperation, frozen=True):
    """``x[.., start:stop:step, ..]``, bounds as they are written, the step positive.

    Bounds that are negative or ``None`` go by the size.
    """

    moves: ClassVar[bool] = True
    d: int
    start: int | None
    stop: int | None
    step: int | None = 1

    def kept(self, n: int) -> range:
        """Return which of ``n`` indices are left."""
        return range(n)[self.start : self.stop : self.step]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return [*given[: self.d], len(self.kept(given[self.d])), *given[self.d + 1 :]]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        n = x.shape[self.d]
        from_end = self.start is not None and self.start < 0
        to_end = self.stop is None or self.stop < 0 or self.stop >= n
        return cut(graph, x, self.d, self.kept(n), (from_end, to_end))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d == self.d else d

    def part(self, given: tuple[int, ...], d: int, start: int, size: int) -> Self:
        if d != self.d:
            return self
        kept = _within(self.kept(given[d]), start, start + size)
        return type(self)(d, kept.start - start, kept.stop - start, kept.step)

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        return strided(graph, parts[0], self.d, self.start, self.stop, self.step)

    def gather(self, graph: Graph, x: Pieces) -> Value:
        if self.kept(x.shape[x.dim]).step != 1 and any(spatial(i.dims[x.dim]) for i in x.items):
            return apply(graph, self, merged(graph, x))
        taken, start = list[Value](), 0
        for item in x.items:
            size = item.shape[x.dim]
            part = self.part(x.shape, x.dim, start, size)
            if part.kept(size):
                taken.append(part.again(graph, [item]))
            start += size
        return taken[0] if len(taken) == 1 else Pieces(x.dim, tuple(map(only, taken)))

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        was, d = x.uneven, self.d
        assert was is not None
        if (was.dim is not None and was.dim != d and not was.spread) or (
            was.among and d not in was.among
        ):
            return super().follow(graph, x, done)
        if was.dim is not None and was.dim != d:
            return self._join_pieces(graph, x) or self._take_alike(graph, x, done)
        kept = self.kept(x.shape[d])
        of_each = was.period and kept.step == 1 and len(kept) >= was.period
        if of_each and not was.nested and not was.spread:
            return marked(done, d, was.period)
        ends = list(accumulate(() if was.period else was.sizes, initial=0))
        runs = [_within(kept, low, high) for low, high in pairwise(ends)]
        if runs and all(runs) and not was.nested:
            return carry(graph, self, x, done, d)
        found = self._join_pieces(graph, x) if runs else None
        if found is not None:
            return found
        if was.dim is not None or not spatial(x.dims[d]):
            alike(graph, x, [d])
        return marked(done, was.dim)

    def _join_pieces(self, graph: Graph, x: Tensor) -> Value | None:
        """Return the slice of a tensor in pieces, joined, ``None`` where it is not in pieces."""
        found = apart(graph, x)
        taken = None if found is None else self.again(graph, [found])
        return lay_beside(graph, taken.items, taken.dim) if isinstance(taken, Pieces) else taken

    def _take_alike(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        """Return the slice along a dimension over which unlike segments are laid, of any part."""
        assert x.uneven is not None
        alike(graph, x, [self.d])
        return marked(done, x.uneven.dim, x.uneven.period, x.uneven)


class Drop(AxisOperation, frozen=True):
    """A dimension of size 1 gone."""

    moves: ClassVar[bool] = True
    d: int

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return given[: self.d] + given[self.d + 1 :]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        return Tensor(x.node, x.dims[: self.d] + x.dims[self.d + 1 :])

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d == self.d else d - (self.d < d)


def strided(
    graph: Graph, x: Value, d: int, start: int | None, stop: int | None, step: int | None = 1
) -> Value:
    """Return ``x[.., start:stop:step, ..]`` along one dimension, bounds as in Python.

    Bounds that are counted from the end stay so in the layer. What is left of nothing depends on
    nothing.
    """
    d %= len(x.shape)
    kept = range(x.shape[d])[start:stop:step]
    if len(kept) == x.shape[d]:
        return x
    if not kept:
        return constant([*x.shape[:d], 0, *x.shape[d + 1 :]])
    return apply(graph, Slice(d, start, stop, step), x)


def narrow(graph: Graph, x: Value, d: int, start: int, length: int) -> Value:
    """Return ``length`` indices of a dimension from ``start`` on."""
    return strided(graph, x, d, start, start + length)


def select(graph: Graph, x: Value, d: int, index: int) -> Value:
    """Return one index of a dimension, which is gone from the result."""
    d %= len(x.shape)
    return apply(graph, Drop(d), narrow(graph, x, d, index % x.shape[d], 1))


def _within(kept: range, low: int, high: int) -> range:
    """Return the members of a rising range that lie in ``low .. high - 1``."""
    first = max(0, -((kept.start - low) // kept.step))
    last = max(first, -((kept.start - high) // kept.step))
    return kept[first:last]

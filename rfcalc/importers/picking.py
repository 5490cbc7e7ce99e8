"""What is left of a dimension of which constant indices are taken, in any order?"""

from collections.abc import Sequence
from typing import ClassVar

from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, Tensor, Value, constant, spatial
from rfcalc.importers.cutting import strided
from rfcalc.importers.graph import Graph, lost
from rfcalc.importers.pieces import resized
from rfcalc.importers.replaying import AxisOperation, apply, carry, distribute
from rfcalc.importers.reversing import reversed_along
from rfcalc.importers.uneven import alike, blurred
from rfcalc.importers.windows import slide
from rfcalc.layers.resample import PixelShuffle

__all__ = ["picked", "runs_of", "taken_by"]

RUNS_LIMIT = 256
"""Most runs into which a table of indices falls."""


def taken_by(graph: Graph, x: Value, d: int, kept: range) -> Value:
    """Return a dimension's indices in a range, which may run backwards."""
    if not kept:
        return constant([*x.shape[:d], 0, *x.shape[d + 1 :]])
    if kept.step > 0:
        return strided(graph, x, d, kept.start, kept[-1] + 1, kept.step)
    turned = strided(graph, x, d, kept[-1], kept[0] + 1, -kept.step)
    return turned if len(kept) == 1 else reversed_along(graph, turned, [d])


class Pick(AxisOperation, frozen=True):
    """The indices of a dimension without space that are in ranges, one after the other."""

    moves: ClassVar[bool] = True
    d: int
    runs: tuple[range, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        return [*given[: self.d], sum(map(len, self.runs)), *given[self.d + 1 :]]

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        return resized(x, self.d, sum(map(len, self.runs)))

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        return None if d == self.d else d

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        return _beside(graph, parts[0], self)

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        was = x.uneven
        assert was is not None
        if was.dim is not None and was.dim != self.d and not was.spread:
            return carry(graph, self, x, done, was.dim)
        if was.sizes and len(self.runs) <= RUNS_LIMIT:
            return _beside(graph, x, self)
        return blurred(done, alike(graph, x, [self.d]))


def picked(graph: Graph, x: Value, d: int, indices: Sequence[int]) -> Value:
    """Return the given indices of a dimension: along space, run by run."""
    n, runs = x.shape[d], runs_of(indices)
    if list(indices) == list(range(n)):
        return x
    if isinstance(x, Tensor) and not spatial(x.dims[d]):
        if len(runs) == 1 and runs[0].step > 0:
            return taken_by(graph, x, d, runs[0])
        return apply(graph, Pick(d, tuple(runs)), x)
    times = len(indices) // n
    if times > 1 and list(indices) == [i // times for i in range(n * times)]:
        return slide(graph, x, PixelShuffle(factor=(times,)), [d])
    if len(runs) > RUNS_LIMIT:
        raise lost(graph.here, f"it takes cells by a table of {len(runs)} runs of indices")
    return _beside(graph, x, Pick(d, tuple(runs)))


def _beside(graph: Graph, x: Value, pick: Pick) -> Value:
    """Return the ranges side by side."""
    d = pick.d
    if isinstance(x, Pieces) and x.dim != d and not any(spatial(item.dims[d]) for item in x.items):
        return distribute(graph, pick, x, x.dim)
    return layout.cat(graph, [taken_by(graph, x, d, run) for run in pick.runs], d)


def runs_of(indices: Sequence[int]) -> list[range]:
    """Return indices as ranges, each as long as it can be."""
    found: list[range] = []
    at = 0
    while at < len(indices):
        first, stop = indices[at], at + 1
        step = indices[stop] - first if stop < len(indices) else 0
        while step and stop < len(indices) and indices[stop] - indices[stop - 1] == step:
            stop += 1
        found.append(range(first, first + (step or 1) * (stop - at), step or 1))
        at = stop
    return found

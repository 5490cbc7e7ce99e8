"""What does an operator read, or write, at places that are computed? Any cell, or those near by."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from rfcalc.importers import layout, windows
from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, live, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.cutting import narrow, select
from rfcalc.importers.deforming import offsets_within
from rfcalc.importers.graph import Graph
from rfcalc.importers.mixing import reduce, running
from rfcalc.importers.picking import picked
from rfcalc.importers.pieces import items_of
from rfcalc.importers.products import broadcast
from rfcalc.importers.uneven import alike
from rfcalc.layers.pointwise import Mul
from rfcalc.layers.resample import Upsample
from rfcalc.layers.window import AvgPool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "first_ranks",
    "place",
    "pool_regions",
    "sample",
    "shape_at",
    "take",
    "take_along",
    "take_at",
]

T = TypeVar("T")


def sample(graph: Graph, x: Value, grid: Value, beyond: int = 0) -> Value:
    """Return a map, N C.., at places that a grid, N.. K, holds for each cell of the result.

    Where it is said how far offsets reach, and the result has as many cells as the map, each
    reads those as far from its own place; else all.

    Parameters
    ----------
    beyond : cells on each side that interpolation reads beyond the neighbours of a place.
    """
    rank = len(grid.shape) - 2
    dims, cells = windows.last(x, rank), range(-rank, 0)
    row = reduce(graph, grid, [rank + 1], keep=False)
    if not any(spatial(item.dims[d]) for item in items_of(row) for d in cells):
        row = reduce(graph, row, range(1, rank + 1), keep=True)
    running(graph, x, dims)
    reach = offsets_within(graph) if x.shape[2:] == grid.shape[1:-1] else None
    if reach is None:
        kept = len(row.shape) > 1 and _fits(graph, x, row, rank)
        read = _anywhere(graph, x, dims, grid.shape[1:-1] if kept else [1] * rank)
    else:
        far = reach + beyond
        pads = ((far, far),) * rank
        near = AvgPool(kernel=(2 * far + 1,) * rank, stride=(1,) * rank, padding=pads)
        read = windows.slide(graph, x, near, dims)
    labels = ["n", "c", *cells]
    size = constant([grid.shape[0], 1, *grid.shape[1:-1]])
    operands = [(read, labels), (row, ["n", *cells]), (size, labels)]
    return combine(graph, Mul(), operands, labels)


def _fits(graph: Graph, x: Value, row: Value, rank: int) -> bool:
    """Whether the last dimensions of two values are the same axes, or those of one are none."""
    if isinstance(x, Pieces) or isinstance(row, Pieces):
        return False
    pairs = [(len(x.shape) - k, len(row.shape) - k) for k in range(1, rank + 1)]
    return all(
        not spatial(row.dims[e]) or graph.whole(row, e) == graph.whole(x, d) for d, e in pairs
    )


def pool_regions(graph: Graph, x: Value, regions: Sequence[Value], size: Sequence[int]) -> Value:
    """Return what is pooled of a map, N C.., in regions, each a row of other values, as K C..

    Parameters
    ----------
    size : cells of each pooled region.
    """
    dims, count = range(len(x.shape)), regions[0].shape[0]
    running(graph, x, dims[2:])
    over = [d for d in dims if d != 1]
    read = layout.reshape(graph, _anywhere(graph, x, over, [1] * len(over)), [x.shape[1]])
    rows = [(reduce(graph, v, range(1, len(v.shape)), keep=False), ["k"]) for v in regions]
    done = combine(graph, Mul(), [(read, ["c"]), *rows], ["k", "c"])
    shape = [count, x.shape[1], *[1 for _ in size]]
    return layout.expand(graph, layout.reshape(graph, done, shape), [*shape[:2], *size])


def take(
    graph: Graph, x: Value, index: Value, d: int, numbers: "NDArray[np.generic] | None" = None
) -> Value:
    """Return the indices of a dimension that a table holds, whose dimensions take its place.

    Parameters
    ----------
    numbers : those of the table; ``None`` where they depend on the input, or are not read.
    """
    shape = [*x.shape[:d], *index.shape, *x.shape[d + 1 :]]
    if not live(x):
        ones = [1] * (len(x.shape) - d - 1)
        return layout.expand(graph, layout.reshape(graph, index, [*index.shape, *ones]), shape)
    if numbers is not None:
        listed = [int(i) % x.shape[d] for i in numbers.reshape(-1)]
        if not index.shape:
            return select(graph, x, d, listed[0])
        return layout.reshape(graph, picked(graph, x, d, listed), shape)
    if not live(index) and len(index.shape) == 1:
        return _anywhere(graph, x, [d], index.shape)
    return take_at(graph, x, [d], [index])


def take_at(
    graph: Graph, x: Value, dims: Sequence[int], tables: Sequence[Value], batch: int = 0
) -> Value:
    """Return what stands at indices of dimensions, of which tables that are broadcast hold each.

    The dimensions of the tables stand in place of those, or first where those are apart.

    Parameters
    ----------
    batch : first dimensions that the tables share with the tensor.
    """
    index = broadcast(graph, tables, Mul())
    held = [("at", k) for k in range(batch, len(index.shape))]
    left = [d for d in range(len(x.shape)) if d not in dims]
    read = _anywhere(graph, x, dims, [1] * len(dims))
    read = layout.reshape(graph, read, [x.shape[d] for d in left])
    out = _in_place(left, dims, held)
    return combine(graph, Mul(), [(read, left), (index, [*range(batch), *held])], out)


def shape_at(
    shape: Sequence[int], dims: Sequence[int], tables: Sequence[Sequence[int]]
) -> tuple[int, ...] | None:
    """Return the shape of what ``take_at`` gives, ``None`` where the tables do not fit.

    >>> shape_at((2, 5, 7, 7), (2, 3), ((4, 1), (6,)))
    (2, 5, 4, 6)
    """
    sizes = [*zip_longest(*(reversed(one) for one in tables), fillvalue=1)]
    if any(len({*one} - {1}) > 1 for one in sizes):
        return None
    left = [n for d, n in enumerate(shape) if d not in dims]
    return tuple(_in_place(left, dims, [min({*one} - {1}, default=1) for one in reversed(sizes)]))


def _in_place(left: Sequence[T], dims: Sequence[int], held: Sequence[T]) -> list[T]:
    """Return what is held in place of dimensions that are gone, first where those are apart."""
    at = dims[0] if list(dims) == list(range(dims[0], dims[0] + len(dims))) else 0
    return [*left[:at], *held, *left[at:]]


def take_along(graph: Graph, x: Value, index: Value, d: int, *, spread: bool = False) -> Value:
    """Return, for each entry of a table, the value at that index of a dimension, else in place.

    Parameters
    ----------
    spread : a table of size 1 along another dimension is broadcast, else its first index is meant.
    """
    for e, n in enumerate(() if spread else index.shape):
        x = narrow(graph, x, e, 0, n) if e != d and n < x.shape[e] else x
    read = _anywhere(graph, x, [d], [1] if live(index) else [index.shape[d]])
    return broadcast(graph, [read, index], Mul())


def place(graph: Graph, base: Value, others: Sequence[Value], d: int | None = None) -> Value:
    """Return a tensor into which other values are written, at places that are not known.

    Parameters
    ----------
    d : the dimension along which they are moved, where they stay in place along the others.
    """
    graph.assume(f"{graph.here}: any cell is taken to hold what it writes at places not known")
    labels = range(len(base.shape))
    written = [(_beside(graph, base, v, d), labels) for v in others if live(v)]
    return combine(graph, Mul(), [(base, labels), *written], labels)


def _beside(graph: Graph, base: Value, x: Value, d: int | None) -> Value:
    """Return what is written to a tensor, each cell of which may read any along dimensions."""
    if d is not None and len(x.shape) == len(base.shape):
        fitting = [*base.shape[:d], x.shape[d], *base.shape[d + 1 :]]
        if list(x.shape) == fitting:
            return _read_all(graph, x, [d], [base.shape[d]])
    read = reduce(graph, x, range(len(x.shape)), keep=False)
    return layout.reshape(graph, read, [1 for _ in base.shape])


def first_ranks(graph: Graph, x: Value, d: int, count: int) -> Value:
    """Return the first values of a dimension in the order of their size: each reads all of it."""
    return _read_all(graph, x, [d], [count])


def _anywhere(graph: Graph, x: Value, dims: Sequence[int], sizes: Sequence[int]) -> Value:
    """Return a tensor each of whose indices of dimensions may be any: it reads all of them.

    The network is marked where they hold cells, or channels that read unlike ones.
    """
    if any(spatial(item.dims[d]) for item in items_of(x) for d in dims):
        graph.assume(
            f"{graph.here}: it is taken to read all of the cells among which it takes some"
        )
    return _read_all(graph, alike(graph, x, dims), dims, sizes)


def _read_all(graph: Graph, x: Value, dims: Sequence[int], sizes: Sequence[int]) -> Value:
    """Return a tensor each of whose indices of dimensions reads all of those that it had.

    Dimensions that were whole axes still are, with other sizes.
    """
    read = reduce(graph, x, dims, keep=True)
    shape = list(read.shape)
    for d, n in zip(dims, sizes, strict=True):
        shape[d] = n
    if isinstance(x, Tensor) and isinstance(read, Tensor) and read.node is not None:
        size, made = list(graph.sizes[read.node]), list(read.dims)
        for d in dims:
            axis = graph.whole(x, d)
            if axis is not None and shape[d] > 1:
                size[axis], made[d] = shape[d], (Factor(shape[d], axis),)
        if made != list(read.dims):
            node = graph.emit(Upsample(size_to=tuple(size)), [read.node], "expand")
            read = Tensor(node, tuple(made), read.uneven)
    return layout.expand(graph, read, shape)

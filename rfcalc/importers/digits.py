"""What is read when digits of a position are summed over, or all read at once?"""

from collections.abc import Iterator, Sequence, Set
from math import prod
from typing import TypeAlias

import msgspec

from rfcalc.importers.axes import Dim, Factor, Tensor, Uneven, normal
from rfcalc.importers.graph import Graph, lost
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import PixelUnshuffle
from rfcalc.layers.whole import GlobalPool, WindowAttention
from rfcalc.layers.window import AvgPool

__all__ = ["Whole", "blocked", "removed", "spread"]

Whole: TypeAlias = type[Layer] | tuple[Layer, ...]
"""A layer that reads whole axes, or a chain of layers; those that have ``over`` say which."""


def removed(
    graph: Graph,
    x: Tensor,
    digits: Sequence[Factor],
    whole: type[Layer],
    suffix: str = "",
    sized: bool = False,
) -> Tensor:
    """Return the tensor without some of its digits, on a grid that has lost them too.

    A dimension that has other digits left keeps its size if ``sized``.

    All digits of an axis: one cell reads the whole axis (``whole``, which takes ``over``). The
    inner digits: a block of cells becomes one. The outer digits: cells far apart become one.
    """
    if not digits:
        return x
    assert x.node is not None
    grid, node = graph.sizes[x.node], x.node
    over, kernel = [False] * graph.dims, [1] * graph.dims
    spacing, scale = [1] * graph.dims, [1] * graph.dims
    for axis in range(graph.dims):
        gone = sorted((f for f in digits if f.axis == axis), key=lambda f: f.stride)
        if not gone:
            continue
        count = prod(f.size for f in gone)
        low = gone[0].stride
        if gone[-1].stride * gone[-1].size != low * count:
            raise lost(graph.here, f"it sums over scattered digits of axis {axis}")
        if count == grid[axis]:
            over[axis] = True
        elif low == 1:
            kernel[axis] = scale[axis] = count
        elif low * count == grid[axis]:
            kernel[axis], spacing[axis] = count, low
        else:
            raise lost(graph.here, f"it sums over middle digits of axis {axis}")
    if scale != [1] * graph.dims and spacing == [1] * graph.dims:
        more = "unshuffle" if any(over) or not suffix else suffix
        node = graph.emit(PixelUnshuffle(factor=tuple(scale)), [node], more)
    elif kernel != [1] * graph.dims:
        pool = AvgPool(
            kernel=tuple(kernel),
            stride=tuple(scale),
            dilation=tuple(spacing),
            padding=((0, 0),) * graph.dims,
        )
        node = graph.emit(pool, [node], "blocks" if any(over) else suffix)
    if any(over):
        axes = () if all(o or n == 1 for o, n in zip(over, grid, strict=True)) else tuple(over)
        node = graph.emit(whole(over=axes), [node], suffix)  # pyright: ignore[reportCallIssue]
    gone = set(digits)
    return Tensor(node, tuple(normal(_left(dim, gone, scale, sized)) for dim in x.dims))


def _left(dim: Dim, gone: Set[Factor], scale: Sequence[int], sized: bool) -> Iterator[Factor]:
    """Yield what is left of a dimension's factors, on a grid that is coarser by ``scale``."""
    sized = sized and any(f.axis is not None and f not in gone for f in dim)
    for factor in dim:
        if factor in gone:
            if sized:
                yield Factor(factor.size)
        elif factor.axis is None:
            yield factor
        else:
            yield Factor(factor.size, factor.axis, factor.stride // scale[factor.axis])


def blocked(graph: Graph, x: Tensor, scale: Sequence[int]) -> Tensor:
    """Return the tensor on a grid of blocks of cells, ``scale`` along each axis.

    The digits within a block are space no longer: each of their indices reads one cell of the
    block, the node all of them.
    """
    inner = {f for dim in x.dims for f in dim if f.axis is not None and f.stride < scale[f.axis]}
    node = removed(graph, x, sorted(inner, key=lambda f: f.stride), GlobalPool, "blocks").node
    dims = tuple(
        normal(
            f
            if f.axis is None
            else Factor(f.size)
            if f in inner
            else Factor(f.size, f.axis, f.stride // scale[f.axis])
            for f in dim
        )
        for dim in x.dims
    )
    among = tuple(d for d, dim in enumerate(x.dims) if not inner.isdisjoint(dim))
    known = len(among) == 1 and x.uneven is None
    return Tensor(node, dims, Uneven(among[0]) if known else Uneven(None))


def spread(
    graph: Graph, node: int, digits: Sequence[Factor], whole: Whole, suffix: str = ""
) -> int:
    """Return a node whose every cell reads all cells that differ from it in the digits only."""
    grid = graph.sizes[node]
    over, window, spacing = [False] * graph.dims, [1] * graph.dims, [1] * graph.dims
    for axis in range(graph.dims):
        here = sorted((f for f in digits if f.axis == axis), key=lambda f: f.stride)
        if not here:
            continue
        count, low = prod(f.size for f in here), here[0].stride
        if here[-1].stride * here[-1].size != low * count:
            raise lost(graph.here, f"it mixes scattered digits of axis {axis}")
        if count == grid[axis]:
            over[axis] = True
        else:
            window[axis], spacing[axis] = count, low
    windowed = window != [1] * graph.dims
    if windowed:
        dilation = () if spacing == [1] * graph.dims else tuple(spacing)
        layer = WindowAttention(window=tuple(window), dilation=dilation)
        node = graph.emit(layer, [node], "windows" if any(over) else suffix)
    if any(over):
        for layer in whole if isinstance(whole, tuple) else (whole(),):
            if getattr(layer, "over", None) == ():
                axes = () if all(over) else tuple(over)
                layer = msgspec.structs.replace(layer, over=axes)
            node = graph.emit(layer, [node], suffix)
    return node

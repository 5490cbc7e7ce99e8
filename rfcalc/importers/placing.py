"""On which axes does a window over dimensions run, and with which numbers?"""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from rfcalc.cells import Cells
from rfcalc.importers.axes import Tensor, spatial
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Pad
from rfcalc.layers.window import AvgPool, Conv, MaxPool, Padding
from rfcalc.taps import IDENTITY, Taps

__all__ = ["axes_of", "blocks_of", "in_numbers", "leaves", "place"]

_NEUTRAL: dict[str, Any] = {
    "kernel": 1,
    "stride": 1,
    "dilation": 1,
    "padding": (0, 0),
    "output_padding": 0,
    "before": 0,
    "after": 0,
    "shift": 0,
    "factor": 1,
    "scale": 1.0,
    "over": False,
    "start": 0,
    "stop": None,
    "step": 1,
    "window": 1,
}


def leaves(layer: Layer, i: int, n: int) -> bool:
    """Whether a layer leaves the ``i``-th of its dimensions as it is."""
    return layer.size(n, i) == n and layer.taps(n, i) == IDENTITY


def axes_of(
    graph: Graph, x: Tensor, layer: Layer, dims: Sequence[int]
) -> tuple[list[int | None], list[int]] | None:
    """Return which axis each dimension runs over, and the cells between its indices.

    ``None`` where one of them is only a part of an axis, as within tiles or over rows in turn.
    """
    axes: list[int | None] = [None] * len(dims)
    spacing = [1] * len(dims)
    assert x.node is not None
    for i, d in enumerate(dims):
        digits = spatial(x.dims[d])
        if not digits:
            continue
        axes[i] = graph.whole(x, d)
        if axes[i] is not None or leaves(layer, i, x.shape[d]):
            continue
        outer = digits[0]
        grid = graph.sizes[x.node]
        if len(x.dims[d]) > 1 or outer.stride * outer.size != grid[outer.axis or 0]:
            return None
        if outer.stride > 1 and not _can_be_spaced(layer, i):
            return None
        axes[i], spacing[i] = outer.axis, outer.stride
    if None not in axes:
        return axes, spacing
    used = {f.axis for dim in x.dims for f in spatial(dim)}
    free = [a for a in range(graph.dims) if a not in used and graph.sizes[x.node][a] == 1]
    for i in reversed(range(len(dims))):
        if x.shape[dims[i]] == 1 and free:
            above = [a for a in axes[i + 1 :] if a is not None]
            fitting = [a for a in free if not above or a < above[0]]
            axes[i] = (fitting or free)[-1]
            free.remove((fitting or free)[-1])
    return axes, spacing


def blocks_of(layer: Layer, sizes: Sequence[int]) -> list[int] | None:
    """Return how many cells a window reads at a time, if one after the other fills dimensions."""
    if not isinstance(layer, Conv | MaxPool | AvgPool):
        return None
    steps = [layer.step(i) for i in range(len(sizes))]
    for i, (n, step) in enumerate(zip(sizes, steps, strict=True)):
        whole = Taps(step, (Cells(0, step),))
        if n % step or layer.taps(n, i) != whole or layer.size(n, i) != n // step:
            return None
    return steps


def in_numbers(layer: Layer, sizes: Sequence[int], spacing: Sequence[int]) -> Layer:
    """Return a window whose padding is numbers, unless it goes by the size of the input.

    ``same`` with a stride stays the word, which holds at every size; numbers hold at one.
    """
    if not isinstance(layer, Conv | MaxPool | AvgPool) or not isinstance(layer.padding, str):
        return layer
    steps = [layer.step(i) for i in range(len(sizes))]
    if layer.padding in ("same", "same_lower") and max(spacing) == 1 and max(steps) > 1:
        return layer
    pads: Padding = tuple(layer.pads(n, i) for i, n in enumerate(sizes))
    return msgspec.structs.replace(layer, padding=pads)


def place(
    graph: Graph,
    layer: Layer,
    axes: Sequence[int | None],
    spacing: Sequence[int],
    grid: Sequence[int],
) -> Layer:
    """Return the layer with its per-axis values moved from dimensions to axes."""
    if list(axes) == list(range(graph.dims)) and max(spacing) == 1:
        return layer
    changed: dict[str, Any] = {}
    for name in layer.__struct_fields__:
        given = getattr(layer, name)
        if not isinstance(given, tuple) or not given:
            continue
        neutral = list(grid) if name in ("output", "size_to") else None
        moved = neutral or [_NEUTRAL[name]] * graph.dims
        for value, axis, step in zip(given, axes, spacing, strict=True):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            if axis is not None:
                moved[axis] = _spaced(name, value, step)
        changed[name] = tuple(moved)
    return msgspec.structs.replace(layer, **changed)


def _can_be_spaced(layer: Layer, i: int) -> bool:
    """Whether the ``i``-th axis of a layer may run over cells that are some cells apart."""
    if isinstance(layer, Pad):
        return True
    return isinstance(layer, Conv | MaxPool | AvgPool) and layer.step(i) == 1


def _spaced(field: str, value: Any, step: int) -> Any:
    """Return a parameter of a window that runs over cells ``step`` apart."""
    if field in ("dilation", "before", "after"):
        return value * step
    if field == "padding":
        before, after = cast("tuple[int, int]", value)
        return before * step, after * step
    return value

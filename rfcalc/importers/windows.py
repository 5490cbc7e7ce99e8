"""What does a sliding window, a resize or a shift read, whichever dimensions it runs over?"""

from collections.abc import Sequence
from math import prod
from typing import Any, Literal, cast

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import ImpossibleSize, LimitExceeded
from rfcalc.importers.axes import Factor, Tensor, Value, normal, spatial
from rfcalc.importers.channels import channels, replaced
from rfcalc.importers.digits import blocked
from rfcalc.importers.graph import Graph, lost, unfit
from rfcalc.importers.layout import reshape
from rfcalc.importers.pieces import only
from rfcalc.importers.ranges import unusable
from rfcalc.importers.replaying import AxisOperation, apply
from rfcalc.importers.uneven import alike, blurred, marked
from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Pad
from rfcalc.layers.window import AvgPool, Conv, ConvTranspose, MaxPool, Padding
from rfcalc.taps import IDENTITY, Taps

__all__ = ["Pairs", "conv", "conv_transpose", "last", "slide", "windows_of"]

Pairs = Sequence[tuple[int, int]]

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


class Window(AxisOperation, frozen=True):
    """A layer over some dimensions, its per-axis values in their order."""

    layer: Layer
    dims: tuple[int, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        shape = list(given)
        for i, d in enumerate(self.dims):
            shape[d] = self.layer.size(given[d], i)
        return shape

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        if d in self.dims and not _trivial(self.layer, self.dims.index(d), given[d]):
            return None
        return d

    def ready(self, graph: Graph, x: Tensor) -> Tensor:
        graph.window(x, self.layer, self.dims)
        trivial = [_trivial(self.layer, i, x.shape[d]) for i, d in enumerate(self.dims)]
        if not all(trivial):
            x = graph.settled(x)
        if self.layer.border not in ("reflect", "replicate"):
            return x
        axes, spacing = _axes(graph, x, self.dims, trivial)
        if max(spacing) == 1:
            return x
        # A border of coarse cells repeats whole blocks; one of the cells in them would not.
        scale = [1] * graph.dims
        for axis, step in zip(axes, spacing, strict=True):
            if axis is not None:
                scale[axis] = step
        return blocked(graph, x, scale)

    def lay(self, graph: Graph, x: Tensor) -> Tensor:
        layer, dims = self.layer, self.dims
        trivial = [_trivial(layer, i, x.shape[d]) for i, d in enumerate(dims)]
        axes, spacing = _axes(graph, x, dims, trivial)
        assert x.node is not None
        sizes = [layer.size(x.shape[d], i) for i, d in enumerate(dims)]
        layer = _in_numbers(layer, [x.shape[d] for d in dims], spacing)
        node = graph.emit(_placed(graph, layer, axes, spacing, graph.sizes[x.node]), [x.node])
        done = list(x.dims)
        for i, (d, axis) in enumerate(zip(dims, axes, strict=True)):
            if axis is not None:
                done[d] = normal([Factor(sizes[i], axis, spacing[i])])
            elif sizes[i] != x.shape[d]:
                done[d] = normal([Factor(sizes[i])])
        for i, (d, axis) in enumerate(zip(dims, axes, strict=True)):
            if axis is None and not _looked_over(layer, i, x.shape[d], sizes[i]):
                alike(graph, x, [d])
        return Tensor(node, tuple(done))

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        if x.uneven is not None and x.uneven.dim in self.dims:
            return blurred(done, x)
        return super().follow(graph, x, done)

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        return slide(graph, parts[0], self.layer, self.dims)


def slide(graph: Graph, x: Value, layer: Layer, dims: Sequence[int]) -> Value:
    """Return what a layer makes of some dimensions, its per-axis values in their order.

    Each of the dimensions is a whole axis (or becomes one), holds no space at all, or has size 1
    and stands for an axis of size 1. A dimension that is the outer digit of an axis whose inner
    digits lie elsewhere (space moved to batch) is run over at that spacing. The padding may be a
    word: ``same`` is TensorFlow's, which depends on the size and has the odd cell at the end.

    Raises
    ------
    RfcalcError
        RF301, RF305, RF502: a dimension is too small, too large, or only a part of an axis.
    """
    try:
        return apply(graph, Window(layer, tuple(dims)), x)
    except (ImpossibleSize, LimitExceeded) as fault:
        raise unfit(graph.here, layer.op, fault) from None


def conv(
    graph: Graph,
    x: Value,
    weight: Sequence[int],
    stride: Sequence[int],
    padding: Pairs | Literal["same"],
    dilation: Sequence[int] | None = None,
    groups: int = 1,
) -> Value:
    """Return a convolution over the last dimensions; ``weight`` is its weight's shape, O I K.."""
    _sound(graph, weight)
    rank = len(weight) - 2
    layer = Conv(
        kernel=tuple(weight[2:]),
        stride=tuple(stride),
        dilation=tuple(dilation or [1] * rank),
        padding=padding if isinstance(padding, str) else tuple(padding),
    )
    dims = last(x, rank)
    return slide(graph, channels(graph, x, dims[0] - 1, weight[0], groups), layer, dims)


def conv_transpose(
    graph: Graph,
    x: Value,
    weight: Sequence[int],
    stride: Sequence[int],
    padding: Pairs,
    dilation: Sequence[int],
    output_padding: Sequence[int],
    groups: int = 1,
) -> Value:
    """Return a transposed convolution; ``weight`` is its weight's shape, I O K.."""
    _sound(graph, weight)
    layer = ConvTranspose(
        kernel=tuple(weight[2:]),
        stride=tuple(stride),
        dilation=tuple(dilation),
        padding=tuple(padding),
        output_padding=tuple(output_padding),
    )
    dims = last(x, len(weight) - 2)
    return slide(graph, channels(graph, x, dims[0] - 1, weight[1] * groups, groups), layer, dims)


def _sound(graph: Graph, weight: Sequence[int]) -> None:
    """Refuse the shape of a weight that has no values, or fewer dimensions than a window."""
    if len(weight) < 3 or min(weight) < 1:
        raise unusable(graph.here, f"its weight has the shape {list(weight)}")


def last(x: Value, rank: int) -> list[int]:
    """Return the last dimensions."""
    return list(range(len(x.shape) - rank, len(x.shape)))


def windows_of(graph: Graph, x: Tensor, layer: Conv, dims: Sequence[int], channel: int) -> Value:
    """Return the elements under each place of a window as channels. Source: im2col."""
    done = only(slide(graph, x, layer, dims))
    elements = prod(layer.kernel)
    shape = list(done.shape)
    grown = replaced(done, channel, normal([*done.dims[channel], Factor(elements)]))
    if elements > 1:
        unlike = done.uneven is not None
        grown = marked(grown, None if unlike else channel, 0 if unlike else elements)
    places = prod(shape[d] for d in dims)
    return reshape(graph, grown, [*grown.shape[: channel + 1], places])


def _looked_over(layer: Layer, i: int, n: int, size: int) -> bool:
    """Whether some output reads each index of the ``i``-th dimension: none is passed over."""
    taps = layer.taps(n, i)
    return not isinstance(taps, Taps) or Cells(0, n) <= taps.image(Cells(0, size))


def _axes(
    graph: Graph, x: Tensor, dims: Sequence[int], trivial: Sequence[bool]
) -> tuple[list[int | None], list[int]]:
    """Return which axis each dimension runs over, and the cells between its indices."""
    axes: list[int | None] = [None] * len(dims)
    spacing = [1] * len(dims)
    assert x.node is not None
    for i, d in enumerate(dims):
        digits = spatial(x.dims[d])
        if not digits:
            continue
        axes[i] = graph.whole(x, d)
        if axes[i] is not None or trivial[i]:
            continue
        outer = digits[0]
        grid = graph.sizes[x.node]
        if len(x.dims[d]) > 1 or outer.stride * outer.size != grid[outer.axis or 0]:
            raise lost(graph.here, "a window runs over a part of an axis")
        axes[i], spacing[i] = outer.axis, outer.stride
    used = {f.axis for dim in x.dims for f in spatial(dim)}
    free = [a for a in range(graph.dims) if a not in used and graph.sizes[x.node][a] == 1]
    for i in reversed(range(len(dims))):
        if x.shape[dims[i]] == 1 and free:
            above = [a for a in axes[i + 1 :] if a is not None]
            fitting = [a for a in free if not above or a < above[0]]
            axes[i] = (fitting or free)[-1]
            free.remove((fitting or free)[-1])
    return axes, spacing


def _in_numbers(layer: Layer, sizes: Sequence[int], spacing: Sequence[int]) -> Layer:
    """Return a window whose padding is numbers, unless it goes by the size of the input.

    ``same`` with a stride stays the word, which holds at every size; numbers hold at one.
    """
    if not isinstance(layer, Conv | MaxPool | AvgPool) or not isinstance(layer.padding, str):
        return layer
    steps = [layer.step(i) for i in range(len(sizes))]
    if layer.padding == "same" and max(spacing) == 1 and max(steps) > 1:
        return layer
    pads: Padding = tuple(layer.pads(n, i) for i, n in enumerate(sizes))
    return msgspec.structs.replace(layer, padding=pads)


def _placed(
    graph: Graph,
    layer: Layer,
    axes: Sequence[int | None],
    spacing: Sequence[int],
    grid: Sequence[int],
) -> Layer:
    """Return the layer with its per-axis values moved from dimensions to axes."""
    changed: dict[str, Any] = {}
    for name in layer.__struct_fields__:
        given = getattr(layer, name)
        if not isinstance(given, tuple) or not given:
            continue
        neutral = list(grid) if name in ("output", "size_to") else None
        moved = neutral or [_NEUTRAL[name]] * graph.dims
        for value, axis, step in zip(given, axes, spacing, strict=True):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            if axis is not None:
                moved[axis] = _spaced(graph, layer, name, value, step)
        changed[name] = tuple(moved)
    return msgspec.structs.replace(layer, **changed)


def _spaced(graph: Graph, layer: Layer, field: str, value: Any, step: int) -> Any:
    """Return a parameter of a window that runs over cells ``step`` apart."""
    if step == 1:
        return value
    kinds = Conv | MaxPool | AvgPool | Pad
    if not isinstance(layer, kinds) or (field == "stride" and value != 1):
        raise lost(graph.here, "a window runs over a part of an axis")
    if field in ("dilation", "before", "after"):
        return value * step
    if field == "padding":
        before, after = cast("tuple[int, int]", value)
        return before * step, after * step
    return value


def _trivial(layer: Layer, i: int, n: int) -> bool:
    """Whether a layer leaves the ``i``-th of its dimensions as it is."""
    return layer.size(n, i) == n and layer.taps(n, i) == IDENTITY

"""What does a sliding window, a resize or a shift read, whichever dimensions it runs over?"""

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any, Literal

from rfcalc.cells import Cells
from rfcalc.errors import ImpossibleSize, LimitExceeded, RfcalcError
from rfcalc.importers.axes import Factor, Tensor, Value, normal, spatial
from rfcalc.importers.channels import channels, replaced
from rfcalc.importers.digits import blocked
from rfcalc.importers.graph import Graph, plain, unfit
from rfcalc.importers.layout import Expand, reshape
from rfcalc.importers.mixing import Mix, Reduce
from rfcalc.importers.pieces import only
from rfcalc.importers.placing import axes_of, blocks_of, in_numbers, leaves, place
from rfcalc.importers.ranges import unusable
from rfcalc.importers.replaying import AxisOperation, apply
from rfcalc.importers.uneven import alike, blurred, marked
from rfcalc.layers.base import Layer
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.taps import Taps

__all__ = ["Pairs", "conv", "conv_transpose", "im2col", "last", "slide"]

Pairs = Sequence[tuple[int, int]]


class Window(AxisOperation, frozen=True):
    """A layer over some dimensions, its per-axis values in their order."""

    layer: Layer
    dims: tuple[int, ...]

    def shape(self, given: tuple[int, ...]) -> Sequence[int]:
        shape = list(given)
        made = self.layer.stance(tuple(given[d] for d in self.dims))
        for d, size in zip(self.dims, made.sizes, strict=True):
            assert size is not None
            shape[d] = size
        return shape

    def lands(self, given: tuple[int, ...], d: int) -> int | None:
        if d in self.dims and not leaves(self.layer, self.dims.index(d), given[d]):
            return None
        return d

    def ready(self, graph: Graph, x: Tensor) -> Tensor:
        graph.window(x, self.layer, self.dims)
        if any(len(dim) == 2 for dim in x.dims) and not self._keeps(x):
            x = graph.settled(x)
        if self.layer.border not in ("reflect", "replicate"):
            return x
        axes, spacing = axes_of(graph, x, self.layer, self.dims) or ([], [1])
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
        after = self.shape(x.shape)
        sizes = [after[d] for d in dims]
        found = axes_of(graph, x, layer, dims)
        if found is None:
            return self._within(graph, x)
        axes, spacing = found
        assert x.node is not None
        layer = in_numbers(layer, [x.shape[d] for d in dims], spacing)
        node = graph.emit(place(graph, layer, axes, spacing, graph.sizes[x.node]), [x.node])
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

    def _within(self, graph: Graph, x: Tensor) -> Tensor:
        """Return what the layer makes of parts of axes: blocks, or else all that it runs within.

        The results of a window that changes their sizes have no place on an axis: each reads all.
        """
        blocks = self._blocks(graph, x)
        if blocks is not None:
            return blocks
        graph.assume(f"{graph.here}: a window within parts of an axis is taken to read all of each")
        after = tuple(self.shape(x.shape))
        over = [d for i, d in enumerate(self.dims) if not leaves(self.layer, i, x.shape[d])]
        gone = tuple(d for d in over if after[d] != x.shape[d])
        kept = tuple(d for d in over if d not in gone)
        if any(spatial(x.dims[d]) for d in kept):
            x = Mix(kept, plain("identity"), ()).lay(graph, x)
        return Expand(after).lay(graph, Reduce(gone, keep=True).lay(graph, x)) if gone else x

    def _blocks(self, graph: Graph, x: Tensor) -> Tensor | None:
        """Return each block of cells as one, ``None`` where a block begins within a row."""
        steps = blocks_of(self.layer, [x.shape[d] for d in self.dims])
        if steps is None:
            return None
        shape = list(x.shape)
        for d, step in reversed([*zip(self.dims, steps, strict=True)]):
            shape[d : d + 1] = [shape[d] // step, step]
        try:
            cut = only(reshape(graph, x, shape))
        except RfcalcError:
            return None
        return Reduce(tuple(d + 1 + i for i, d in enumerate(self.dims)), keep=False).lay(graph, cut)

    def follow(self, graph: Graph, x: Tensor, done: Tensor) -> Value:
        if x.uneven is not None and x.uneven.dim in self.dims:
            return blurred(done, x)
        return super().follow(graph, x, done)

    def again(self, graph: Graph, parts: Sequence[Value]) -> Value:
        return slide(graph, parts[0], self.layer, self.dims)

    def _keeps(self, x: Tensor) -> bool:
        """Whether the layer leaves all of its dimensions as they are."""
        return all(leaves(self.layer, i, x.shape[d]) for i, d in enumerate(self.dims))


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
    padding: Pairs | Literal["same", "same_lower"],
    dilation: Sequence[int] | None = None,
    groups: int = 1,
) -> Value:
    """Return a convolution over the last dimensions; ``weight`` is its weight's shape, O I K.."""
    _sound(graph, weight)
    rank = len(weight) - 2
    layer = _conv(
        tuple(weight[2:]),
        tuple(stride),
        tuple(dilation or [1] * rank),
        padding if isinstance(padding, str) else tuple(map(tuple, padding)),
    )
    dims = last(x, rank)
    return slide(graph, channels(graph, x, dims[0] - 1, weight[0], groups), layer, dims)


@lru_cache(maxsize=1024)
def _conv(
    kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], padding: Any
) -> Conv:
    """Return the layer of a convolution, one for all that are alike."""
    return Conv(kernel=kernel, stride=stride, dilation=dilation, padding=padding)


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


def im2col(graph: Graph, x: Tensor, layer: Conv, dims: Sequence[int], channel: int) -> Value:
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

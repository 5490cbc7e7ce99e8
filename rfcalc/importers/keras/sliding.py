"""What do Keras' convolutions and poolings read?"""

from collections.abc import Sequence
from typing import Any

from rfcalc.importers.axes import Value
from rfcalc.importers.channels import channels
from rfcalc.importers.keras.activations import activated
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.pooling import pooled_over, pooled_to
from rfcalc.importers.windows import slide
from rfcalc.layers.window import AvgPool, Conv, ConvTranspose, MaxPool

__all__ = ["KERNEL", "OMITTED", "PADDINGS", "convolved", "pooled", "transposed", "windowed"]

KERNEL = 1 << 16
"""Largest kernel or stride."""

PADDINGS = ("valid", "same")

OMITTED: dict[str, Any] = {"strides": 1, "dilation_rate": 1, "padding": "valid"}
"""What the configuration of a convolution omits."""


def windowed(
    op: Op,
    x: Value,
    layer: Conv | MaxPool | AvgPool,
    filters: int | None = None,
    groups: int = 1,
) -> Value:
    """Return what a window makes of a tensor's spatial dimensions, channels mixed in groups."""
    dims, channel = op.space(len(layer.kernel), len(x.shape))
    if filters is not None:
        x = channels(op.graph, x, channel, filters, groups)
    return slide(op.graph, x, layer, dims)


def convolved(op: Op, x: Value, kernel: Sequence[int], filters: int, groups: int) -> Value:
    """Return a convolution with the settings of a layer."""
    rank = len(kernel)
    known = (*PADDINGS, "causal") if rank == 1 else PADDINGS
    layer = Conv(
        kernel=tuple(kernel),
        stride=op.each("strides", rank, most=KERNEL),
        dilation=op.each("dilation_rate", rank),
        padding=op.word("padding", known),  # pyright: ignore[reportArgumentType]
    )
    return windowed(op, x, layer, filters, groups)


@keras_layer(
    *("Conv1D", "Conv2D", "Conv3D", "LocallyConnected1D", "LocallyConnected2D"),
    kind="window",
    **OMITTED,
    groups=1,
)
def _conv(op: Op) -> Result:
    """A convolution; its activation is part of it."""
    kernel = op.each("kernel_size", op.rank, most=KERNEL)
    groups = op.number("groups", most=1 << 20)
    done = convolved(op, op.x, kernel, op.number("filters", most=1 << 20), groups)
    return activated(op, done)


@keras_layer(
    *("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
    kind="window",
    **OMITTED,
    depth_multiplier=1,
)
def _depthwise(op: Op) -> Result:
    """A convolution of each channel by itself, and, where separable, a mix of channels."""
    x = op.x
    _, channel = op.space(op.rank, len(x.shape))
    kernel = op.each("kernel_size", op.rank, most=KERNEL)
    count = x.shape[channel]
    wide = count * op.number("depth_multiplier", most=1 << 12)
    done = convolved(op, x, kernel, wide, count)
    if op.key.startswith("Separable"):
        done = channels(op.graph, done, channel, op.number("filters", most=1 << 20))
    return activated(op, done)


@keras_layer(
    *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    kind="window",
    **OMITTED,
)
def _conv_transpose(op: Op) -> Result:
    """A transposed convolution; ``same`` makes its output ``n * stride``."""
    kernel = op.each("kernel_size", op.rank, most=KERNEL)
    return activated(op, transposed(op, op.x, kernel, op.number("filters", most=1 << 20)))


def transposed(op: Op, x: Value, kernel: Sequence[int], filters: int) -> Value:
    """Return a transposed convolution: its full result, cut or widened to Keras' output size."""
    rank = len(kernel)
    strides, dilation = op.each("strides", rank, most=KERNEL), op.each("dilation_rate", rank)
    same = op.word("padding", PADDINGS) == "same"
    given = op["output_padding"]
    extra = (None,) * rank if given is None else op.each("output_padding", rank, least=0)
    pads: list[tuple[int, int]] = []
    more: list[int] = []
    for k, s, d, e in zip(kernel, strides, dilation, extra, strict=True):
        reach = d * (k - 1) + 1
        if same:
            spare = reach - (s if e is None else reach % 2 + e)
        else:
            spare = min(0, reach - s) if e is None else -e
        before = max(0, spare) // 2
        pads.append((before, max(0, spare) - before))
        more.append(max(0, -spare))
    layer = ConvTranspose(
        kernel=tuple(kernel),
        stride=strides,
        dilation=dilation,
        padding=tuple(pads),
        output_padding=tuple(more),
    )
    dims, channel = op.space(rank, len(x.shape))
    return slide(op.graph, channels(op.graph, x, channel, filters), layer, dims)


@keras_layer(
    *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
    *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
    kind="window",
    pool_size=2,
    padding="valid",
)
def _pool(op: Op) -> Result:
    """The mean or maximum under a window."""
    return pooled(op, op.x, op.rank)


def pooled(op: Op, x: Value, rank: int) -> Value:
    """Return a pooling with the settings of a layer."""
    kernel = op.each("pool_size", rank, most=KERNEL)
    stride = kernel if op["strides"] is None else op.each("strides", rank, most=KERNEL)
    padding = op.word("padding", PADDINGS)
    layer: MaxPool | AvgPool
    if "Max" in op.key:
        layer = MaxPool(kernel=kernel, stride=stride, dilation=(1,) * rank, padding=padding)  # pyright: ignore[reportArgumentType]
    else:
        layer = AvgPool(
            kernel=kernel,
            stride=stride,
            dilation=(1,) * rank,
            padding=padding,  # pyright: ignore[reportArgumentType]
            count_include_pad=False,
        )
    return windowed(op, x, layer)


@keras_layer(
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
    *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"),
    kind="sum",
    keepdims=False,
)
def _global(op: Op) -> Result:
    """Pooling over the whole map."""
    x = op.x
    dims, _ = op.space(op.rank, len(x.shape))
    return pooled_over(op.graph, x, dims, keep=bool(op["keepdims"]))


@keras_layer(
    *("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"),
    *("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"),
    *("ops.AdaptiveAveragePool", "ops.AdaptiveMaxPool"),
    kind="window",
)
def _adaptive(op: Op) -> Result:
    """Pooling to a size; to one cell, over the whole."""
    x = op.x
    rank = len(x.shape) - 2 if op.key.startswith("ops.") else op.rank
    dims, _ = op.space(rank, len(x.shape))
    return pooled_to(op.graph, x, op.each("output_size", rank), dims)

"""What do the operations of ``keras.ops`` read that slide a window?"""

from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.channels import channels
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.keras.sliding import (
    KERNEL,
    OMITTED,
    PADDINGS,
    convolved,
    pooled,
    transposed,
    windowed,
)
from rfcalc.importers.products import scaled
from rfcalc.importers.uneven import marked
from rfcalc.importers.windows import slide
from rfcalc.layers.window import Conv


@keras_layer("ops.Conv", kind="window", **OMITTED)
def _conv(op: Op) -> Result:
    """A convolution with a kernel that is an argument."""
    x, kernel = _operands(op)
    rank = len(x.shape) - 2
    _, channel = op.space(rank, len(x.shape))
    groups = x.shape[channel] // kernel.shape[-2]
    done = convolved(op, x, kernel.shape[:rank], kernel.shape[-1], groups)
    return scaled(op.graph, done, kernel)


@keras_layer(
    *("ops.DepthwiseConv", "ops.SeparableConv"),
    kind="window",
    **OMITTED,
)
def _depthwise(op: Op) -> Result:
    """A convolution of each channel by itself, and, where separable, a mix of channels."""
    x, kernel = _operands(op)
    rank = len(x.shape) - 2
    _, channel = op.space(rank, len(x.shape))
    wide = kernel.shape[-2] * kernel.shape[-1]
    done = convolved(op, x, kernel.shape[:rank], wide, x.shape[channel])
    if op.key != "ops.SeparableConv":
        return scaled(op.graph, done, kernel)
    mixing = op.first(3)[2]
    done = channels(op.graph, done, channel, mixing.shape[-1])
    return scaled(op.graph, scaled(op.graph, done, kernel), mixing)


@keras_layer("ops.ConvTranspose", kind="window", **OMITTED)
def _conv_transpose(op: Op) -> Result:
    """A transposed convolution with a kernel that is an argument."""
    x, kernel = _operands(op)
    rank = len(x.shape) - 2
    return scaled(op.graph, transposed(op, x, kernel.shape[:rank], kernel.shape[-2]), kernel)


def _operands(op: Op) -> tuple[Value, Value]:
    x, kernel = op.first(2)
    return x, kernel


@keras_layer("ops.MaxPool", "ops.AveragePool", kind="window", padding="valid")
def _pool(op: Op) -> Result:
    """The mean or maximum under a window."""
    return pooled(op, op.x, len(op.x.shape) - 2)


@keras_layer("ops.ExtractPatches", kind="window", dilation_rate=1, padding="valid")
def _patches(op: Op) -> Result:
    """The cells under each place of a window, as channels."""
    x = op.x
    kernel = op.each("size", 2, most=KERNEL)
    _, channel = op.space(2, len(x.shape))
    layer = Conv(
        kernel=kernel,
        stride=kernel if op["strides"] is None else op.each("strides", 2, most=KERNEL),
        dilation=op.each("dilation_rate", 2),
        padding=op.word("padding", PADDINGS),  # pyright: ignore[reportArgumentType]
    )
    done = windowed(op, x, layer, x.shape[channel] * kernel[0] * kernel[1])
    # Each channel is a single cell under the window, and which one is not followed.
    return marked(done, channel) if isinstance(done, Tensor) else done


@keras_layer("ops.GaussianBlur", kind="window", kernel_size=3)
def _blurred(op: Op) -> Result:
    """A smoothing window over each channel."""
    x = op.x
    kernel = op.each("kernel_size", 2, most=KERNEL)
    dims, _ = op.space(2, len(x.shape))
    ones = (1,) * 2
    layer = Conv(kernel=kernel, stride=ones, dilation=ones, padding="same")
    return slide(op.graph, x, layer, dims)

"""What do ONNX convolutions and poolings read?"""

from typing import Any

from rfcalc.importers import windows
from rfcalc.importers.col2im import col2im
from rfcalc.importers.combining import combine
from rfcalc.importers.deforming import deformable_conv
from rfcalc.importers.kernels import convolved
from rfcalc.importers.layout import permute, reshape
from rfcalc.importers.onnx.geometry import (
    each,
    groups_of,
    kernel_of,
    listed,
    padding_of,
    pads_of,
    space,
)
from rfcalc.importers.onnx.masking import seen_by
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.pooling import pooled_over
from rfcalc.importers.products import scaled
from rfcalc.importers.ranges import ranged, unusable
from rfcalc.layers.pointwise import Mul
from rfcalc.layers.resample import PixelShuffle
from rfcalc.layers.window import AvgPool, MaxPool


@operator(
    *("Conv", "ConvInteger", "QLinearConv", "com.microsoft.FusedConv", "com.microsoft.NhwcConv"),
    kind="window",
)
def _conv(op: Op) -> Result:
    """A convolution."""
    at = 3 if op.kind == "QLinearConv" else 1
    weight = op.value(at)
    rank = len(weight.shape) - 2
    x = op.value()
    if op.kind == "NhwcConv":
        x = permute(op.graph, x, [0, rank + 1, *range(1, rank + 1)])
    kernel = kernel_of(op, x, weight)
    stride, dilation = each(op, "strides", rank), each(op, "dilations", rank)
    padding = padding_of(op, space(x, rank), kernel, stride, dilation)
    groups = groups_of(op)
    if x.shape[-rank - 1] != weight.shape[1] * groups:
        raise op.lost(
            f"its weight takes {weight.shape[1]} x {groups} channels, its input has "
            f"{x.shape[-rank - 1]}"
        )
    seen = seen_by(op, at) if op.kind in ("Conv", "FusedConv", "NhwcConv") else None
    done = convolved(op.graph, x, weight.shape, seen, stride, padding, dilation, groups)
    done = scaled(op.graph, done, weight)
    if op.kind == "ConvInteger" and op.has(2):
        done = scaled(op.graph, done, op.value(2))
    if op.kind == "FusedConv" and op.has(3):
        labels = range(len(done.shape))
        done = combine(op.graph, Mul(), [(done, labels), (op.value(3), labels)], labels)
    if op.kind == "NhwcConv":
        done = permute(op.graph, done, [0, *range(2, rank + 2), 1])
    return done


@operator("DeformConv", "com.microsoft.DeformConv", kind="window")
def _deformable(op: Op) -> Result:
    """A convolution with moved taps: with ``max_offset`` as far as they reach, else refused."""
    x, weight = op.value(), op.value(1)
    rank = len(weight.shape) - 2
    kernel = kernel_of(op, x, weight)
    stride, dilation = each(op, "strides", rank), each(op, "dilations", rank)
    pads = pads_of(op, space(x, rank), kernel, stride, dilation)
    controls = [op.value(2), *([op.value(4)] if op.has(4) else [])]
    groups = groups_of(op)
    return deformable_conv(op.graph, x, weight.shape, stride, pads, dilation, groups, controls)


@operator("ConvTranspose", kind="window")
def _conv_transpose(op: Op) -> Result:
    """A transposed convolution, its padding given, by words, or by its output's size."""
    x, weight = op.value(), op.value(1)
    rank = len(weight.shape) - 2
    kernel = kernel_of(op, x, weight)
    stride, dilation = each(op, "strides", rank), each(op, "dilations", rank)
    extra = each(op, "output_padding", rank, 0)
    sizes = space(x, rank)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    word = op.attr("auto_pad", "NOTSET")
    wanted = op.attr("output_shape")
    if wanted is not None:
        wanted = listed(op, "output_shape", list(wanted)[-rank:], rank)
    elif word.startswith("SAME"):
        wanted = [n * s for n, s in zip(sizes, stride, strict=True)]
    if wanted is None:
        flat = [0] * (2 * rank) if word == "VALID" else each(op, "pads", 2 * rank, 0)
        pads = list(zip(flat[:rank], flat[rank:], strict=True))
    else:
        pads = list[tuple[int, int]]()
        for i, (n, m) in enumerate(zip(sizes, wanted, strict=True)):
            total = stride[i] * (n - 1) + extra[i] + reach[i] - m
            if total < 0:
                extra[i], total = extra[i] - total, 0
            less, more = total // 2, total - total // 2
            pads.append((less, more) if word == "SAME_UPPER" else (more, less))
    groups = groups_of(op)
    if x.shape[1] != weight.shape[0] or weight.shape[0] % groups:
        raise unusable(
            op.graph.here,
            f"its weight takes {weight.shape[0]} channels in {groups} groups, its input has "
            f"{x.shape[1]}",
        )
    done = windows.conv_transpose(op.graph, x, weight.shape, stride, pads, dilation, extra, groups)
    return scaled(op.graph, done, weight)


@operator(
    *("MaxPool", "AveragePool", "LpPool", "com.microsoft.QLinearAveragePool"),
    *("com.microsoft.NhwcMaxPool",),
    kind="window",
)  # fmt: skip
def _pool(op: Op) -> Result:
    """The mean, maximum or norm under a window."""
    kernel = each(op, "kernel_shape", None, default=None)
    rank = len(kernel)
    x = op.value()
    if len(x.shape) != rank + 2:
        fact = f"kernel_shape is {kernel} for an input of shape {list(x.shape)}"
        raise unusable(op.graph.here, fact)
    last_channel = op.kind == "NhwcMaxPool" or op.attr("channels_last", 0)
    if last_channel:
        x = permute(op.graph, x, [0, rank + 1, *range(1, rank + 1)])
    stride, dilation = each(op, "strides", rank), each(op, "dilations", rank)
    padding = padding_of(op, space(x, rank), kernel, stride, dilation)
    word = op.attr("auto_pad", "NOTSET")
    shared: dict[str, Any] = {
        "kernel": tuple(kernel),
        "stride": tuple(stride),
        "padding": padding if isinstance(padding, str) else tuple(padding),
        "dilation": tuple(dilation),
        "ceil_mode": bool(op.attr("ceil_mode", 0)) and word == "NOTSET",
    }
    layer = MaxPool(**shared)
    if "Max" not in op.kind:
        layer = AvgPool(**shared, count_include_pad=bool(op.attr("count_include_pad", 0)))
    done = windows.slide(op.graph, x, layer, windows.last(x, rank))
    if last_channel:
        done = permute(op.graph, done, [0, *range(2, rank + 2), 1])
    return (done,) * op.outputs


@operator(
    *("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"),
    *("com.microsoft.QLinearGlobalAveragePool",),
    kind="sum",
)  # fmt: skip
def _global_pool(op: Op) -> Result:
    """Pooling over the whole input."""
    x = op.value()
    rank = len(x.shape)
    dims = range(1, rank - 1) if op.attr("channels_last", 0) else range(2, rank)
    return pooled_over(op.graph, x, list(dims), keep=True)


@operator("MaxUnpool", kind="resize")
def _unpool(op: Op) -> Result:
    """Each cell of a block may receive the block's value, wherever the indices say."""
    x, indices = op.tensor(), op.value(1)
    kernel = each(op, "kernel_shape", None, default=None)
    rank = len(kernel)
    stride, pads = each(op, "strides", rank), each(op, "pads", 2 * rank, 0)
    sizes = [n * s for n, s in zip(space(x, rank), stride, strict=True)]
    wanted = (op.integers(2, "output_shape") or sizes)[-rank:]
    if kernel != stride or any(pads) or wanted != sizes:
        raise op.lost("its windows overlap, or are not whole")
    labels = list(range(len(x.shape)))
    both = combine(op.graph, Mul(), [(x, labels), (indices, labels)], labels)
    return windows.slide(op.graph, both, PixelShuffle(factor=tuple(stride)), windows.last(x, rank))


@operator("Col2Im", kind="window")
def _col2im(op: Op) -> Result:
    """Windows added up in their places."""
    x = op.value()
    size = listed(op, "image_shape", op.integers(1, "image_shape") or [], None)
    rank = len(size)
    kernel = listed(op, "block_shape", op.integers(2, "block_shape") or [], rank)
    stride, dilation = each(op, "strides", rank), each(op, "dilations", rank)
    flat = each(op, "pads", 2 * rank, 0)
    pads = list(zip(flat[:rank], flat[rank:], strict=True))
    return col2im(op.graph, x, size, kernel, stride, dilation, pads)


@operator("STFT", kind="window")
def _spectra(op: Op) -> Result:
    """The spectrum of each frame of a signal: cells that its window has as zero are not read."""
    x = op.value()
    step = ranged(op.graph.here, "frame_step", (op.integers(1, "frame_step") or [1])[0])
    given = op.integers(3, "frame_length")
    length = given[0] if given else op.shape(2)[0]
    length = ranged(op.graph.here, "frame_length", length)
    held = None if op.live(2) else op.array(2)
    seen = None if held is None or held.shape != (length,) else held != 0
    bins = length // 2 + 1 if op.attr("onesided", 1) else length
    if len(x.shape) == 2:
        x = reshape(op.graph, x, [*x.shape, 1])
    x = permute(op.graph, x, [0, 2, 1])
    weight = (bins * 2, x.shape[1], length)
    done = convolved(op.graph, x, weight, seen, [step], [(0, 0)], [1], 1)
    if op.has(2):
        done = scaled(op.graph, done, op.value(2))
    done = permute(op.graph, done, [0, 2, 1])
    return reshape(op.graph, done, [*done.shape[:2], bins, 2])

"""What do PyTorch's convolutions, poolings and resizes read?"""

from collections.abc import Sequence
from typing import Any

from rfcalc.importers import layout, windows
from rfcalc.importers.axes import Pieces, Tensor, Value, spatial
from rfcalc.importers.channels import channels
from rfcalc.importers.combining import combine
from rfcalc.importers.deforming import deformable_conv
from rfcalc.importers.kernels import convolved
from rfcalc.importers.mixing import running
from rfcalc.importers.pooling import pooled_to
from rfcalc.importers.products import scaled
from rfcalc.importers.torch.masking import seen_by
from rfcalc.importers.torch.operators import Op, Result, operator, plain_tensor
from rfcalc.importers.uneven import alike
from rfcalc.layers.pointwise import Mul
from rfcalc.layers.resample import PixelShuffle, Upsample
from rfcalc.layers.window import AvgPool, MaxPool


@operator("torchvision.deform_conv2d", kind="window")
def _deformable(op: Op) -> Result:
    """A convolution with moved taps: with ``max_offset`` as far as they reach, else refused."""
    weight = op.value("weight").shape
    stride, pads, dilation = (
        [op.number(f"{word}_{side}") for side in "hw"] for word in ("stride", "pad", "dilation")
    )
    controls = [op.value("offset"), *([op.value("mask")] if op["use_mask"] else [])]
    pairs = [(p, p) for p in pads]
    groups = op.number("groups")
    x = op.value("input")
    return deformable_conv(op.graph, x, weight, stride, pairs, dilation, groups, controls)


@operator(
    *("conv1d", "conv2d", "conv3d", "convolution", "_convolution"),
    kind="window",
    stride=1,
    padding=0,
    dilation=1,
    groups=1,
)
def _conv(op: Op) -> Result:
    """A convolution."""
    weight = op.value("weight")
    rank = len(weight.shape) - 2
    if op["transposed"]:
        return _conv_transpose(op)
    stride, dilation = op.each("stride", rank), op.each("dilation", rank)
    kernel = weight.shape[2:]
    if op["padding"] == "same":
        spare = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        pads = [(s // 2, s - s // 2) for s in spare]
    else:
        given = [0] * rank if op["padding"] == "valid" else op.each("padding", rank)
        pads = [(p, p) for p in given]
    x = op.value("input")
    seen, groups = seen_by(op, "weight"), op.number("groups")
    done = convolved(op.graph, x, weight.shape, seen, stride, pads, dilation, groups)
    return scaled(op.graph, done, weight)


@operator(
    *("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    kind="window",
    stride=1,
    padding=0,
    dilation=1,
    output_padding=0,
    groups=1,
)
def _conv_transpose(op: Op) -> Result:
    """A transposed convolution."""
    weight = op.value("weight")
    rank = len(weight.shape) - 2
    pads = [(p, p) for p in op.each("padding", rank)]
    stride, dilation = op.each("stride", rank), op.each("dilation", rank)
    extra = op.each("output_padding", rank)
    x = op.value("input")
    done = windows.conv_transpose(
        op.graph, x, weight.shape, stride, pads, dilation, extra, op.number("groups")
    )
    return scaled(op.graph, done, weight)


@operator(
    *("max_pool1d", "max_pool2d", "max_pool3d", "max_pool1d_with_indices"),
    *("max_pool2d_with_indices", "max_pool3d_with_indices", "avg_pool1d", "avg_pool2d"),
    *("avg_pool3d", "quantized_max_pool2d"),
    kind="window",
    stride=[],
    padding=0,
    dilation=1,
    ceil_mode=False,
    count_include_pad=True,
)  # fmt: skip
def _pool(op: Op) -> Result:
    """The mean or maximum under a window."""
    name = op.call.op
    rank = int(name[name.index("pool") + 4])
    kernel = op.each("kernel_size", rank)
    stride = op.each("stride", rank) or kernel
    shared: dict[str, Any] = {
        "kernel": tuple(kernel),
        "stride": tuple(stride),
        "padding": tuple((p, p) for p in op.each("padding", rank)),
        "dilation": tuple(op.each("dilation", rank)),
        "ceil_mode": bool(op["ceil_mode"]),
    }
    layer = MaxPool(**shared)
    if "avg" in name:
        layer = AvgPool(**shared, count_include_pad=bool(op["count_include_pad"]))
    x = op.value("self")
    done = windows.slide(op.graph, x, layer, windows.last(x, rank))
    return [done] * len(op.shapes)


@operator(
    *("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "_adaptive_avg_pool2d"),
    *("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"),
    kind="window",
)
def _adaptive(op: Op) -> Result:
    """Pooling to a size; to one cell, over the whole."""
    name = op.call.op
    rank = int(name[name.index("pool") + 4])
    x = op.value("self")
    dims = windows.last(x, rank)
    done = pooled_to(op.graph, x, [op.shape[d] for d in dims], dims)
    return [done] * len(op.shapes)


@operator(
    *("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_linear1d"),
    *("_upsample_nearest_exact1d", "_upsample_nearest_exact2d", "_upsample_nearest_exact3d"),
    *("upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d"),
    *("_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"),
    kind="resize",
    align_corners=False,
)  # fmt: skip
def _upsample(op: Op) -> Result:
    """A resize, by a ratio or to a size."""
    name = op.call.op
    rank = int(name.removesuffix("_aa")[-2])
    x = plain_tensor(op, "input" if "input" in op.call.args else "self")
    dims = windows.last(x, rank)
    mode = "bicubic" if "cubic" in name else "linear"
    if "nearest" in name:
        mode = "nearest-exact" if "exact" in name else "nearest"
    scales = op["scale_factors"]
    given = scales or [op[k] for k in ("scales_d", "scales_h", "scales_w", "scales") if op[k]]
    target = tuple(op.shape[d] for d in dims)
    corners = bool(op["align_corners"])
    smooth = name.endswith("_aa")
    if smooth and corners:
        raise op.lost("antialiased resampling with aligned corners is not followed")
    sizes = [x.shape[d] for d in dims]
    fine = len(given) == rank and all(
        int(n * s) == m for n, s, m in zip(sizes, given, target, strict=True)
    )
    where: dict[str, Any] = {"size_to": target}
    if fine and not corners:
        where = {"scale": tuple(float(s) for s in given)}
    layer = Upsample(mode=mode, align_corners=corners, antialias=smooth, **where)
    return windows.slide(op.graph, x, layer, dims)


@operator("pixel_shuffle", kind="resize")
def _pixel_shuffle(op: Op) -> Result:
    """Channels laid out as blocks of cells."""
    x, factor = op.value("self"), op.number("upscale_factor")
    dims = windows.last(x, 2)
    c = dims[0] - 1
    if isinstance(x, Tensor) and spatial(x.dims[c]):
        *batch, _, h, w = x.shape
        cut = layout.reshape(op.graph, x, [*batch, op.shape[c], factor, factor, h, w])
        order = [*range(c + 1), c + 3, c + 1, c + 4, c + 2]
        return layout.reshape(op.graph, layout.permute(op.graph, cut, order), op.shape)
    runs = x.uneven if isinstance(x, Tensor) else None
    if runs is None:
        mixed = channels(op.graph, x, c, op.shape[c])
    elif (
        runs.dim is None
        or runs.spread
        or (
            runs.dim == c
            and (runs.nested or not runs.sizes or any(size % factor**2 for size in runs.sizes))
        )
    ):
        # The channels of one block read unlike cells, and become cells.
        mixed = channels(op.graph, alike(op.graph, x, [c]), c, op.shape[c])
    else:
        mixed = channels(op.graph, x, c, op.shape[c], op.shape[c])
    return windows.slide(op.graph, mixed, PixelShuffle(factor=(factor, factor)), dims)


@operator("pixel_unshuffle", kind="resize")
def _pixel_unshuffle(op: Op) -> Result:
    """Blocks of cells laid out as channels."""
    x, r = op.value("self"), op.number("downscale_factor")
    *batch, c, h, w = x.shape
    rank = len(batch)
    running(op.graph, x, windows.last(x, 2))
    x = layout.reshape(op.graph, x, [*batch, c, h // r, r, w // r, r])
    order = [*range(rank + 1), rank + 2, rank + 4, rank + 1, rank + 3]
    return layout.reshape(op.graph, layout.permute(op.graph, x, order), op.shape)


@operator("channel_shuffle", "native_channel_shuffle", kind="layout")
def _channel_shuffle(op: Op) -> Result:
    """Channels in another order."""
    x, groups = op.value("self"), op.number("groups")
    batch, c, *space = x.shape
    apart = layout.reshape(op.graph, x, [batch, groups, c // groups, *space])
    order = [0, 2, 1, *range(3, len(space) + 3)]
    return layout.reshape(op.graph, layout.permute(op.graph, apart, order), x.shape)


@operator("max_unpool2d", "max_unpool3d", kind="resize")
def _unpool(op: Op) -> Result:
    """Each cell of a block may receive the block's value, wherever the indices say."""
    x, indices = op.value("self"), op.value("indices")
    rank = int(op.call.op[-2])
    dims = windows.last(x, rank)
    ratios = [op.shape[d] // x.shape[d] for d in dims]
    if isinstance(x, Pieces) or any(op.shape[d] % x.shape[d] for d in dims):
        raise op.lost("its output is not a whole number of blocks")
    if not _in_blocks(op, indices, dims, ratios):
        raise op.lost("its indices are not those of a maximum over blocks side by side")
    labels = list(range(len(x.shape)))
    both = combine(op.graph, Mul(), [(x, labels), (indices, labels)], labels)
    return windows.slide(op.graph, both, PixelShuffle(factor=tuple(ratios)), dims)


def _in_blocks(op: Op, indices: Value, dims: Sequence[int], ratios: Sequence[int]) -> bool:
    """Whether indices, as they left a pooling, each lie in the block of their own cell."""
    if not isinstance(indices, Tensor) or indices.node is None:
        return False
    made = op.graph.drafts[indices.node]
    axes = [axis for d in dims if (axis := op.graph.whole(indices, d)) is not None]
    if not isinstance(made.layer, MaxPool) or len(axes) < len(dims) or axes != sorted(axes):
        return False
    pool, space = made.layer, op.graph.sizes[made.inputs[0]]
    # Places are counted in the map that was pooled, which has to be of the size of this one.
    return all(
        (pool.reach(axis), pool.step(axis), pool.pads(space[axis], axis), space[axis])
        == (ratio, ratio, (0, 0), op.shape[d])
        for axis, d, ratio in zip(axes, dims, ratios, strict=True)
    )

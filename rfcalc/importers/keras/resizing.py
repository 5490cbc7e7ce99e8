"""What do Keras' layers read that resize the map, by a ratio or to a size?"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from rfcalc.importers import layout
from rfcalc.importers.axes import Value
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.mixing import running
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Crop, Pad
from rfcalc.layers.resample import Upsample
from rfcalc.layers.window import Conv

_MODES = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


@keras_layer("UpSampling1D", "UpSampling2D", "UpSampling3D", kind="resize", size=2)
def _upsampling(op: Op) -> Result:
    """Each cell repeated, or resampled, by whole ratios."""
    x = op.x
    dims, _ = op.space(op.rank, len(x.shape))
    size = op.each("size", op.rank, most=1 << 12)
    mode = op.word("interpolation", _MODES) if op["interpolation"] else "nearest"
    if mode == "nearest":
        layer = Upsample(scale=tuple(map(float, size)), mode="nearest")
        return slide(op.graph, x, layer, dims)
    target = [x.shape[d] * n for d, n in zip(dims, size, strict=True)]
    return resampled(op, x, dims, target, mode, antialias=False, scale=size)


def resampled(
    op: Op,
    x: Value,
    dims: Sequence[int],
    target: Sequence[int],
    mode: str,
    antialias: bool,
    scale: Sequence[int] = (),
) -> Value:
    """Return a resize on the half-pixel grid, by ``scale`` where it is given, else to a size."""
    sizes = [x.shape[d] for d in dims]
    if list(target) == sizes:
        return x
    if mode.startswith("lanczos"):
        return _lanczos(op, x, dims, target, int(mode[-1]), antialias)
    name = {"nearest": "nearest-exact", "bilinear": "linear", "bicubic": "bicubic"}[mode]
    smooth = antialias and mode != "nearest"
    if scale:
        layer = Upsample(scale=tuple(map(float, scale)), mode=name, antialias=smooth)  # pyright: ignore[reportArgumentType]
    else:
        layer = Upsample(size_to=tuple(target), mode=name, antialias=smooth)  # pyright: ignore[reportArgumentType]
    return slide(op.graph, x, layer, dims)


def _lanczos(
    op: Op, x: Value, dims: Sequence[int], target: Sequence[int], radius: int, antialias: bool
) -> Value:
    """Return a Lanczos resize as a window around the nearest cell, one cell wider than it is."""
    kernel: list[int] = []
    for d, m in zip(dims, target, strict=True):
        step = Fraction(x.shape[d], m)
        wide = radius if not antialias or step <= 1 else ceil(radius * step)
        kernel.append(1 if step == 1 else 2 * wide + 1)
    ones = (1,) * len(kernel)
    pads = tuple((k // 2, k // 2) for k in kernel)
    window = Conv(kernel=tuple(kernel), stride=ones, dilation=ones, padding=pads)
    op.graph.assume(f"{op.graph.here}: Lanczos resampling taken one cell wider than it is")
    wide_x = slide(op.graph, x, window, dims)
    return slide(op.graph, wide_x, Upsample(size_to=tuple(target), mode="nearest-exact"), dims)


@keras_layer("Resizing", kind="resize")
def _resizing(op: Op) -> Result:
    """A resize to a size, after a crop or padding to its aspect ratio if asked for."""
    return _to_size(op, [op.number("height"), op.number("width")])


@keras_layer("ops.Resize", kind="resize")
def _resize(op: Op) -> Result:
    """A resize to a size, after a crop or padding to its aspect ratio if asked for."""
    return _to_size(op, list(op.each("size", 2)))


def _to_size(op: Op, target: list[int]) -> Value:
    x = op.x
    dims, _ = op.space(2, len(x.shape))
    if op["crop_to_aspect_ratio"]:
        x = _cropped_to_aspect(op, x, dims, target)
    elif op["pad_to_aspect_ratio"]:
        want = [
            max(x.shape[one], int(float(x.shape[other] * target[i]) / target[1 - i]))
            for i, (one, other) in enumerate((dims, dims[::-1]))
        ]
        side = tuple(int((w - x.shape[d]) / 2) for w, d in zip(want, dims, strict=True))
        if any(side):
            x = slide(op.graph, x, Pad(before=side, after=side), dims)
    mode = op.word("interpolation", _MODES) if op["interpolation"] else "bilinear"
    return resampled(op, x, dims, target, mode, antialias=bool(op["antialias"]))


def _cropped_to_aspect(op: Op, x: Value, dims: Sequence[int], target: Sequence[int]) -> Value:
    """Return the central part with the aspect ratio of the target. Source: ``ops.image.resize``."""
    kept = [
        max(min(x.shape[one], int(float(x.shape[other] * target[i]) / target[1 - i])), 1)
        for i, (one, other) in enumerate((dims, dims[::-1]))
    ]
    start = [int((x.shape[d] - n) / 2) for d, n in zip(dims, kept, strict=True)]
    return _cropped(op, x, dims, start, kept)


def _cropped(
    op: Op, x: Value, dims: Sequence[int], start: Sequence[int], kept: Sequence[int]
) -> Value:
    after = tuple(x.shape[d] - s - n for d, s, n in zip(dims, start, kept, strict=True))
    if not any(start) and not any(after):
        return x
    return slide(op.graph, x, Crop(before=tuple(start), after=after), dims)


@keras_layer("CenterCrop", kind="frame")
def _center_crop(op: Op) -> Result:
    """The central part, or, where the input is smaller, the largest part of its ratio, resized."""
    x = op.x
    dims, _ = op.space(2, len(x.shape))
    target = [op.number("height"), op.number("width")]
    spare = [x.shape[d] - n for d, n in zip(dims, target, strict=True)]
    if min(spare) >= 0:
        return _cropped(op, x, dims, [n // 2 for n in spare], target)
    x = _cropped_to_aspect(op, x, dims, target)
    return resampled(op, x, dims, target, "bilinear", antialias=False)


@keras_layer("ops.DepthToSpace", kind="resize")
def _depth_to_space(op: Op) -> Result:
    """Channels laid out as blocks of cells: block row, block column, then the channel left."""
    x, block = op.x, op.number("block_size", most=1 << 12)
    (d, e), channel = op.space(2, len(x.shape))
    running(op.graph, x, [d, e])
    batch, count, high, wide = x.shape[0], x.shape[channel], x.shape[d], x.shape[e]
    if len(x.shape) != 4 or count % block**2:
        raise op.lost(f"{count} channels do not divide into blocks of {block} x {block} cells")
    left = count // block**2
    if channel == 1:
        x = layout.reshape(op.graph, x, [batch, block, block, left, high, wide])
        x = layout.permute(op.graph, x, (0, 3, 4, 1, 5, 2))
        return layout.reshape(op.graph, x, [batch, left, high * block, wide * block])
    x = layout.reshape(op.graph, x, [batch, high, wide, block, block, left])
    x = layout.permute(op.graph, x, (0, 1, 3, 2, 4, 5))
    return layout.reshape(op.graph, x, [batch, high * block, wide * block, left])


@keras_layer("ops.SpaceToDepth", kind="resize")
def _space_to_depth(op: Op) -> Result:
    """Blocks of cells laid out as channels: block row, block column, then the channel."""
    x, block = op.x, op.number("block_size", most=1 << 12)
    (d, e), channel = op.space(2, len(x.shape))
    running(op.graph, x, [d, e])
    batch, count, high, wide = x.shape[0], x.shape[channel], x.shape[d], x.shape[e]
    if len(x.shape) != 4 or high % block or wide % block:
        raise op.lost(f"{high} x {wide} cells do not divide into blocks of {block} x {block}")
    high, wide = high // block, wide // block
    if channel == 1:
        x = layout.reshape(op.graph, x, [batch, count, high, block, wide, block])
        x = layout.permute(op.graph, x, (0, 3, 5, 1, 2, 4))
        return layout.reshape(op.graph, x, [batch, block**2 * count, high, wide])
    x = layout.reshape(op.graph, x, [batch, high, block, wide, block, count])
    x = layout.permute(op.graph, x, (0, 1, 3, 2, 4, 5))
    return layout.reshape(op.graph, x, [batch, high, wide, block**2 * count])

"""What do ONNX convolutions and poolings read?"""

from collections.abc import Sequence
from typing import Any

from rfcalc.importers import windows
from rfcalc.importers.axes import Value
from rfcalc.importers.channels import channels
from rfcalc.importers.combining import combine
from rfcalc.importers.layout import permute, reshape
from rfcalc.importers.mixing import reduce
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.layers.pointwise import Mul
from rfcalc.layers.resample import PixelShuffle
from rfcalc.layers.window import AvgPool, Conv, ConvTranspose, MaxPool

__all__ = ["last"]

Pairs = list[tuple[int, int]]


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
    kernel = weight.shape[2:]
    stride, dilation = _each(op, "strides", rank), _each(op, "dilations", rank)
    pads = _pads(op, _space(x, rank), kernel, stride, dilation)
    groups = int(op.attr("group", 1))
    if x.shape[-rank - 1] != weight.shape[1] * groups:
        raise op.lost(
            f"its weight takes {weight.shape[1]} x {groups} channels, its input has "
            f"{x.shape[-rank - 1]}"
        )
    done = windows.conv(op.graph, x, weight.shape, stride, pads, dilation, groups)
    done = _weighted(op, done, at)
    if op.kind == "FusedConv" and op.has(3):
        labels = range(len(done.shape))
        done = combine(op.graph, Mul(), [(done, labels), (op.value(3), labels)], labels)
    if op.kind == "NhwcConv":
        done = permute(op.graph, done, [0, *range(2, rank + 2), 1])
    return done


def _weighted(op: Op, done: Value, at: int) -> Value:
    """Return a convolution whose weight may itself depend on the input."""
    if not op.live(at):
        return done
    weight = op.value(at)
    flat = reduce(op.graph, weight, list(range(len(weight.shape))), keep=False)
    labels = range(len(done.shape))
    return combine(op.graph, Mul(), [(done, labels), (flat, [])], labels)


@operator("ConvTranspose", kind="window")
def _conv_transpose(op: Op) -> Result:
    """A transposed convolution, its padding given, by words, or by its output's size."""
    x, weight = op.value(), op.value(1)
    rank = len(weight.shape) - 2
    kernel = weight.shape[2:]
    stride, dilation = _each(op, "strides", rank), _each(op, "dilations", rank)
    extra = _each(op, "output_padding", rank, 0)
    sizes = _space(x, rank)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    word = op.attr("auto_pad", "NOTSET")
    wanted = op.attr("output_shape")
    if wanted is not None:
        wanted = [int(n) for n in wanted][-rank:]
    elif word.startswith("SAME"):
        wanted = [n * s for n, s in zip(sizes, stride, strict=True)]
    if wanted is None:
        flat = [0] * (2 * rank) if word == "VALID" else _each(op, "pads", 2 * rank, 0)
        pads = list(zip(flat[:rank], flat[rank:], strict=True))
    else:
        pads = list[tuple[int, int]]()
        for i, (n, m) in enumerate(zip(sizes, wanted, strict=True)):
            total = stride[i] * (n - 1) + extra[i] + reach[i] - m
            if total < 0:
                extra[i], total = extra[i] - total, 0
            less, more = total // 2, total - total // 2
            pads.append((less, more) if word == "SAME_UPPER" else (more, less))
    if any(min(pair) < 0 for pair in pads):
        raise op.lost("its padding is negative")
    groups = int(op.attr("group", 1))
    done = windows.conv_transpose(op.graph, x, weight.shape, stride, pads, dilation, extra, groups)
    return _weighted(op, done, 1)


@operator(
    *("MaxPool", "AveragePool", "LpPool", "com.microsoft.QLinearAveragePool"),
    *("com.microsoft.NhwcMaxPool",),
    kind="window",
)  # fmt: skip
def _pool(op: Op) -> Result:
    """The mean, maximum or norm under a window."""
    kernel = [int(k) for k in op.attr("kernel_shape")]
    rank = len(kernel)
    x = op.value()
    last_channel = op.kind == "NhwcMaxPool" or op.attr("channels_last", 0)
    if last_channel:
        x = permute(op.graph, x, [0, rank + 1, *range(1, rank + 1)])
    stride, dilation = _each(op, "strides", rank), _each(op, "dilations", rank)
    pads = _pads(op, _space(x, rank), kernel, stride, dilation)
    word = op.attr("auto_pad", "NOTSET")
    shared: dict[str, Any] = {
        "kernel": tuple(kernel),
        "stride": tuple(stride),
        "padding": tuple(pads),
        "dilation": tuple(dilation),
        "ceil_mode": bool(op.attr("ceil_mode", 0)) and word == "NOTSET",
    }
    layer = MaxPool(**shared)
    if "Max" not in op.kind:
        layer = AvgPool(**shared, count_include_pad=bool(op.attr("count_include_pad", 0)))
    done = windows.slide(op.graph, x, layer, last(x, rank))
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
    return reduce(op.graph, x, list(dims), keep=True)


@operator("MaxUnpool", kind="resize")
def _unpool(op: Op) -> Result:
    """Each cell of a block may receive the block's value, wherever the indices say."""
    x, indices = op.tensor(), op.value(1)
    kernel = [int(k) for k in op.attr("kernel_shape")]
    rank = len(kernel)
    stride, pads = _each(op, "strides", rank), _each(op, "pads", 2 * rank, 0)
    sizes = [n * s for n, s in zip(_space(x, rank), stride, strict=True)]
    wanted = (op.integers(2, "output_shape") or sizes)[-rank:]
    if kernel != stride or any(pads) or wanted != sizes:
        raise op.lost("its windows overlap, or are not whole")
    labels = list(range(len(x.shape)))
    both = combine(op.graph, Mul(), [(x, labels), (indices, labels)], labels)
    return windows.slide(op.graph, both, PixelShuffle(factor=tuple(stride)), last(x, rank))


@operator("Col2Im", kind="window")
def _col2im(op: Op) -> Result:
    """Windows added up in their places."""
    x = op.value()
    size = op.integers(1, "image_shape") or []
    kernel = op.integers(2, "block_shape") or []
    rank = len(size)
    stride, dilation = _each(op, "strides", rank), _each(op, "dilations", rank)
    flat = _each(op, "pads", 2 * rank, 0)
    pads = list(zip(flat[:rank], flat[rank:], strict=True))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [n + sum(p) - r for n, p, r in zip(size, pads, reach, strict=True)]
    places = [n // s + 1 for n, s in zip(room, stride, strict=True)]
    layer = ConvTranspose(
        kernel=tuple(kernel),
        stride=tuple(stride),
        dilation=tuple(dilation),
        padding=tuple(pads),
        output_padding=tuple(n % s for n, s in zip(room, stride, strict=True)),
    )
    held = 1
    for k in kernel:
        held *= k
    x = reshape(op.graph, x, [*x.shape[:-1], *places])
    mixed = channels(op.graph, x, 1, x.shape[1] // held)
    return windows.slide(op.graph, mixed, layer, last(x, rank))


@operator("STFT", kind="window")
def _spectra(op: Op) -> Result:
    """The spectrum of each frame of a signal."""
    x = op.value()
    step = (op.integers(1, "frame_step") or [1])[0]
    given = op.integers(3, "frame_length")
    length = given[0] if given else op.value(2).shape[0]
    layer = Conv(kernel=(length,), stride=(step,), dilation=(1,), padding=((0, 0),))
    done = windows.slide(op.graph, x, layer, [1])
    bins = length // 2 + 1 if op.attr("onesided", 1) else length
    if len(done.shape) == 2:
        done = reshape(op.graph, done, [*done.shape, 1])
    done = channels(op.graph, done, 2, bins * 2)
    return reshape(op.graph, done, [*done.shape[:2], bins, 2])


def _pads(
    op: Op,
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Pairs:
    """Return the cells of padding before and after, by dimension. Source: ``auto_pad``."""
    rank = len(kernel)
    word = op.attr("auto_pad", "NOTSET")
    if word == "VALID":
        return [(0, 0)] * rank
    if word == "NOTSET":
        flat = _each(op, "pads", 2 * rank, 0)
        if min(flat, default=0) < 0:
            raise op.lost("its padding is negative")
        return list(zip(flat[:rank], flat[rank:], strict=True))
    found: Pairs = []
    for n, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
        less, more = total // 2, total - total // 2
        found.append((less, more) if word == "SAME_UPPER" else (more, less))
    return found


def _each(op: Op, name: str, count: int, default: int = 1) -> list[int]:
    """Return an attribute with one integer per dimension."""
    given = [int(v) for v in op.attr(name) or [default] * count]
    if len(given) != count:
        raise op.lost(f"its {name} has {len(given)} numbers where {count} belong")
    return given


def last(x: Value, rank: int) -> list[int]:
    """Return the last dimensions."""
    return list(range(len(x.shape) - rank, len(x.shape)))


def _space(x: Value, rank: int) -> list[int]:
    return list(x.shape[len(x.shape) - rank :])

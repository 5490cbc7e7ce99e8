"""How do sliding windows go? Convolutions and pools."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from tests.rules.rule import Draw, F, Rule, optional, torch

__all__ = ["DILATIONS", "KERNELS", "LENGTHS", "MODES", "STRIDES", "WINDOWS", "window"]

MODES = ("zeros", "reflect", "replicate", "circular")
LENGTHS = st.integers(6, 24)
KERNELS, STRIDES, DILATIONS = st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)
WORDS = [None, "valid", "same", "same_lower", "causal"]
PADDINGS = st.sampled_from([*WORDS, (0, 0), (2, 2), (1, 3), (4, 0)])


def before(padding, kernel, stride, dilation, n):
    """Cells of padding in front of a sliding window, from SPEC 2."""
    reach = dilation * (kernel - 1) + 1
    if padding is None:
        return (dilation * (kernel - 1)) // 2
    if padding == "same":
        return max((ceil(n / stride) - 1) * stride + reach - n, 0) // 2
    if padding == "same_lower":
        return ceil(max((ceil(n / stride) - 1) * stride + reach - n, 0) / 2)
    if padding == "causal":
        return reach - 1
    return 0 if padding == "valid" else padding[0]


def window(k, s, d, p):
    return lambda o: {s * o - p + d * t for t in range(k)}


def pads(padding):
    return (padding,) if isinstance(padding, tuple) else padding


@st.composite
def conv(draw):
    k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
    layer = LAYERS["conv"](kernel=(k,), stride=(s,), dilation=(d,), padding=pads(p))
    return layer, n, window(k, s, d, before(p, k, s, d, n))


def pool(op):
    @st.composite
    def drawn(draw):
        k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
        stride = draw(st.sampled_from([(), (s,)]))
        s = s if stride else k
        ceiled = draw(st.booleans())
        layer = LAYERS[op](
            kernel=(k,), stride=stride, dilation=(d,), padding=pads(p), ceil_mode=ceiled
        )
        return layer, n, window(k, s, d, before(p, k, s, d, n))

    return drawn()


@st.composite
def conv_transpose(draw):
    k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
    extra = draw(st.integers(0, 2))
    layer = LAYERS["conv_transpose"](
        kernel=(k,), stride=(s,), dilation=(d,), padding=pads(p), output_padding=(extra,)
    )
    reach = d * (k - 1) + 1
    spare = max(0, reach - s)
    cut = {None: spare // 2, "same": spare // 2, "same_lower": ceil(spare / 2)}
    first = p[0] if isinstance(p, tuple) else cut.get(p, 0)
    # A transposed convolution writes input i to outputs s*i - p + d*t: who writes to o?
    return (
        layer,
        n,
        lambda o: {
            i for i in range(o - 60, o + 60) for t in range(k) if s * i - first + d * t == o
        },
    )


def _reach(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


def _window(draw: Draw[Any], sizes: Sequence[int], mode: str) -> dict[str, Any]:
    dims = len(sizes)
    kernel = tuple(draw(st.integers(1, min(5, n + 1))) for n in sizes)
    dilation: tuple[int, ...] = optional(draw, tuple(draw(st.integers(1, 3)) for _ in sizes))
    spread = dilation or (1,) * dims
    spare = [_reach(k, d) - 1 for k, d in zip(kernel, spread, strict=True)]
    most = [
        min(p, {"reflect": n - 1, "circular": n}.get(mode, p))
        for p, n in zip(spare, sizes, strict=True)
    ]
    pairs = tuple((draw(st.integers(0, m)), draw(st.integers(0, m))) for m in most)
    words = st.sampled_from(WORDS)
    padding = pairs if draw(st.booleans()) else draw(words)
    return {"kernel": kernel, "dilation": dilation, "padding": padding}


def _stride(draw: Draw[Any], dims: int) -> tuple[int, ...]:
    return optional(draw, tuple(draw(st.integers(1, 3)) for _ in range(dims)))


def _conv(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    mode = draw(st.sampled_from(MODES))
    groups = draw(st.integers(1, 3))
    return {
        **_window(draw, sizes, mode),
        "stride": _stride(draw, len(sizes)),
        "padding_mode": mode,
        "groups": groups,
        "out_channels": draw(st.sampled_from([None, 1, 2])) and groups * draw(st.integers(1, 2)),
        "bias": draw(st.booleans()),
    }


def _conv_transpose(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    given = _conv(draw, sizes)
    del given["padding_mode"]
    most = [max(s, d) - 1 for s, d in zip(
        given["stride"] or (1,) * len(sizes), given["dilation"] or (1,) * len(sizes), strict=True
    )]  # fmt: skip
    given["output_padding"] = optional(draw, tuple(draw(st.integers(0, m)) for m in most))
    return given


def _pool(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        **_window(draw, sizes, "zeros"),
        "stride": _stride(draw, len(sizes)),
        "ceil_mode": draw(st.booleans()),
    }


def _avgpool(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return _pool(draw, sizes) | {"count_include_pad": draw(st.booleans())}


def _torch_conv(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_layers import framed, padding, per_axis

    x = inputs[0]
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    stride = per_axis(layer.stride, dims, 1)
    x = framed(x, padding(layer, sizes, stride), layer.padding_mode)
    function = getattr(F, f"conv{dims}d")
    dilation = per_axis(layer.dilation, dims, 1)
    return function(x, w["weight"], w.get("bias"), stride, 0, dilation, layer.groups)


def _torch_conv_transpose(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_layers import per_axis

    (x,) = inputs
    dims = x.ndim - 2
    stride, dilation = per_axis(layer.stride, dims, 1), per_axis(layer.dilation, dims, 1)
    extra = per_axis(layer.output_padding, dims, 0)
    function = getattr(F, f"conv_transpose{dims}d")
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, layer.kernel, strict=True)]
    if layer.padding is None:
        pads = [(max(0, r - s) // 2,) * 2 for r, s in zip(reach, stride, strict=True)]
    elif isinstance(layer.padding, tuple):
        pads = list(layer.padding)
    else:
        pads = [(0, 0)] * dims
    if layer.padding not in ("same", "same_lower", "causal") and all(a == b for a, b in pads):
        even = [a for a, _ in pads]
        return function(x, w["weight"], w.get("bias"), stride, even, extra, layer.groups, dilation)
    # A transposed convolution is the gradient of a convolution; here the full one, then cut.
    y = function(x, w["weight"], None, stride, 0, 0, layer.groups, dilation)
    for axis, n in enumerate(x.shape[2:]):
        before, after = pads[axis]
        length = y.shape[2 + axis] + extra[axis] - before - after
        if layer.padding in ("same", "same_lower", "causal"):
            length = n * stride[axis] + extra[axis]
            spare = max(0, reach[axis] - stride[axis])
            before = {"same": spare // 2, "same_lower": (spare + 1) // 2}.get(layer.padding, 0)
        y = y.movedim(2 + axis, -1)
        y = F.pad(y, [0, max(0, before + length - y.shape[-1])])[..., before : before + length]
        y = y.movedim(-1, 2 + axis)
    return y if "bias" not in w else y + w["bias"].reshape(-1, *[1] * dims)


def _torch_maxpool(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_layers import framed, padding, per_axis, pool_padding

    x = inputs[0]
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    stride, pads = pool_padding(layer, sizes)
    asked = padding(layer, sizes, stride)
    function = getattr(F, f"max_pool{dims}d")
    dilation = per_axis(layer.dilation, dims, 1)
    if all(a == b and 2 * a <= k for (a, b), k in zip(asked, layer.kernel, strict=True)):
        even = [a for a, _ in asked]
        return function(x, layer.kernel, stride, even, dilation, layer.ceil_mode)
    return function(framed(x, pads, fill=-torch.inf), layer.kernel, stride, 0, dilation)


def _torch_avgpool(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_layers import framed, padding, pool_padding

    (x,) = inputs
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    stride, pads = pool_padding(layer, sizes)
    asked = padding(layer, sizes, stride)
    plain = all(a == b and 2 * a <= k for (a, b), k in zip(asked, layer.kernel, strict=True))
    if plain and not any(d > 1 for d in layer.dilation):
        function = getattr(F, f"avg_pool{dims}d")
        even = [a for a, _ in asked]
        return function(x, layer.kernel, stride, even, layer.ceil_mode, layer.count_include_pad)
    inside = framed(
        torch.ones(1, 1, *sizes, dtype=x.dtype), asked, fill=float(layer.count_include_pad)
    )
    beyond = [(0, p[1] - a[1]) for p, a in zip(pads, asked, strict=True)]
    counts = _sum(layer, framed(inside, beyond), stride)
    return _sum(layer, framed(x, pads), stride) / counts.clamp(min=1)


def _sum(layer: Any, x: Any, stride: list[int]) -> Any:
    from tests.torch_layers import per_axis

    dims = x.ndim - 2
    ones = torch.ones(x.shape[1], 1, *layer.kernel, dtype=x.dtype)
    function = getattr(F, f"conv{dims}d")
    return function(x, ones, None, stride, 0, per_axis(layer.dilation, dims, 1), x.shape[1])


def _ones_conv(layer: Any, x: Any) -> Any:
    from tests.torch_layers import framed, padding, per_axis

    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    stride = per_axis(layer.stride, dims, 1)
    x = framed(x, padding(layer, sizes, stride), layer.padding_mode)
    return _windows(layer, x, stride)


def _ones_pool(layer: Any, x: Any) -> Any:
    from tests.torch_layers import framed, pool_padding

    stride, pads = pool_padding(layer, tuple(x.shape[2:]))
    return _windows(layer, framed(x, pads), stride)


def _ones_conv_transpose(layer: Any, x: Any) -> Any:
    plain = type(layer)(
        kernel=layer.kernel,
        stride=layer.stride,
        dilation=layer.dilation,
        padding=layer.padding,
        output_padding=layer.output_padding,
    )
    weight = torch.ones(1, 1, *layer.kernel, dtype=x.dtype)
    return _torch_conv_transpose(plain, [x], {"weight": weight})


def _windows(layer: Any, x: Any, stride: list[int]) -> Any:
    from tests.torch_layers import per_axis

    dims = x.ndim - 2
    weight = torch.ones(1, 1, *layer.kernel, dtype=x.dtype)
    function = getattr(F, f"conv{dims}d")
    return function(x, weight, None, stride, 0, per_axis(layer.dilation, dims, 1))


WINDOWS = {
    "conv": Rule(_conv, conv(), _torch_conv, _ones_conv),
    "conv_transpose": Rule(
        _conv_transpose, conv_transpose(), _torch_conv_transpose, _ones_conv_transpose
    ),
    "maxpool": Rule(_pool, pool("maxpool"), _torch_maxpool, _ones_pool),
    "avgpool": Rule(_avgpool, pool("avgpool"), _torch_avgpool, _ones_pool),
}

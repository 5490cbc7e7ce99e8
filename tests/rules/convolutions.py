"""What do convolutions read, and transposed ones?"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from tests.rules.rule import Draw, F, Rule, optional, torch
from tests.rules.sliding import (
    DILATIONS,
    KERNELS,
    LENGTHS,
    MODES,
    PADDINGS,
    STRIDES,
    before,
    pads,
    stride_of,
    summed,
    window,
    window_of,
)

__all__ = ["CONVOLUTIONS"]


@st.composite
def conv(draw):
    k, s, d, p, n = (draw(x) for x in (KERNELS, STRIDES, DILATIONS, PADDINGS, LENGTHS))
    layer = LAYERS["conv"](kernel=(k,), stride=(s,), dilation=(d,), padding=pads(p))
    return layer, n, window(k, s, d, before(p, k, s, d, n))


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


def _conv(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    mode = draw(st.sampled_from(MODES))
    groups = draw(st.integers(1, 3))
    return {
        **window_of(draw, sizes, mode),
        "stride": stride_of(draw, len(sizes)),
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


def _ones_conv(layer: Any, x: Any) -> Any:
    from tests.torch_layers import framed, padding, per_axis

    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    stride = per_axis(layer.stride, dims, 1)
    x = framed(x, padding(layer, sizes, stride), layer.padding_mode)
    return summed(layer, x, stride)


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


CONVOLUTIONS = {
    "conv": Rule(
        _conv,
        conv(),
        _torch_conv,
        _ones_conv,
        beside={
            "kernel": (3, 3),
            "stride": (2, 2),
            "dilation": (2, 2),
            "padding": ((3, 3), (3, 3)),
        },
    ),
    "conv_transpose": Rule(
        _conv_transpose,
        conv_transpose(),
        _torch_conv_transpose,
        _ones_conv_transpose,
        beside={
            "kernel": (3, 3),
            "stride": (2, 2),
            "dilation": (2, 2),
            "padding": ((3, 3), (3, 3)),
            "output_padding": (1, 1),
        },
    ),
}

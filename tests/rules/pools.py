"""What do pools read?"""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from tests.rules.rule import Draw, F, Rule, torch
from tests.rules.sliding import (
    DILATIONS,
    KERNELS,
    LENGTHS,
    PADDINGS,
    STRIDES,
    before,
    pads,
    stride_of,
    summed,
    window,
    window_of,
)

__all__ = ["POOLS"]


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


def _pool(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        **window_of(draw, sizes, "zeros"),
        "stride": stride_of(draw, len(sizes)),
        "ceil_mode": draw(st.booleans()),
    }


def _avgpool(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return _pool(draw, sizes) | {"count_include_pad": draw(st.booleans())}


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


def _ones_pool(layer: Any, x: Any) -> Any:
    from tests.torch_layers import framed, pool_padding

    stride, pads = pool_padding(layer, tuple(x.shape[2:]))
    return summed(layer, framed(x, pads), stride)


POOLS = {
    "maxpool": Rule(
        _pool,
        pool("maxpool"),
        _torch_maxpool,
        _ones_pool,
        beside={
            "kernel": (4, 4),
            "stride": (2, 2),
            "dilation": (1, 1),
            "padding": ((1, 1), (1, 1)),
        },
    ),
    "avgpool": Rule(
        _avgpool,
        pool("avgpool"),
        _torch_avgpool,
        _ones_pool,
        beside={
            "kernel": (4, 4),
            "stride": (2, 2),
            "dilation": (1, 1),
            "padding": ((1, 1), (1, 1)),
        },
    ),
}

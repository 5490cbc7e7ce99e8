"""How does a window slide? What convolutions and pools share."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from hypothesis import strategies as st

from tests.rules.rule import Draw, F, optional, torch

__all__ = [
    "DILATIONS",
    "KERNELS",
    "LENGTHS",
    "MODES",
    "PADDINGS",
    "STRIDES",
    "before",
    "pads",
    "stride_of",
    "summed",
    "window",
    "window_of",
]

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


def _reach(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


def window_of(draw: Draw[Any], sizes: Sequence[int], mode: str) -> dict[str, Any]:
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


def stride_of(draw: Draw[Any], dims: int) -> tuple[int, ...]:
    return optional(draw, tuple(draw(st.integers(1, 3)) for _ in range(dims)))


def summed(layer: Any, x: Any, stride: list[int]) -> Any:
    from tests.torch_layers import per_axis

    dims = x.ndim - 2
    weight = torch.ones(1, 1, *layer.kernel, dtype=x.dtype)
    function = getattr(F, f"conv{dims}d")
    return function(x, weight, None, stride, 0, per_axis(layer.dilation, dims, 1))

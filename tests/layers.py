"""Which layers are there? Hypothesis strategies for the parameters of every op, and for sizes."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]

SINGLE = tuple(op for op, layer in LAYERS.items() if not layer.merges)
MERGING = tuple(op for op, layer in LAYERS.items() if layer.merges)
POINTWISE = tuple(
    op for op in SINGLE if LAYERS[op].__mro__[1].__name__ == "Pointwise" and op != "channel_shuffle"
)
WHOLE = (
    *("global_pool", "flatten", "linear", "attention", "squeeze_excite"),
    *("instance_norm", "group_norm", "spatial_norm", "sequence"),
)
SPATIAL = tuple(op for op in SINGLE if op not in POINTWISE and op not in WHOLE)
FREQUENT = ("conv", "conv", "conv_transpose", "maxpool", "avgpool", "upsample")
MODES = ("zeros", "reflect", "replicate", "circular")
LARGEST = {1: 40, 2: 14, 3: 6}
"""Largest drawn input size per axis, by number of axes."""


def _reach(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


def _optional(draw: Draw[Any], values: tuple[Any, ...], default: tuple[Any, ...] = ()) -> Any:
    """Return the values, or sometimes what stands for a parameter that is left out."""
    return values if draw(st.integers(0, 3)) else default


def _window(draw: Draw[Any], sizes: Sequence[int], mode: str) -> dict[str, Any]:
    dims = len(sizes)
    kernel = tuple(draw(st.integers(1, min(5, n + 1))) for n in sizes)
    dilation: tuple[int, ...] = _optional(draw, tuple(draw(st.integers(1, 3)) for _ in sizes))
    spread = dilation or (1,) * dims
    spare = [_reach(k, d) - 1 for k, d in zip(kernel, spread, strict=True)]
    most = [
        min(p, {"reflect": n - 1, "circular": n}.get(mode, p))
        for p, n in zip(spare, sizes, strict=True)
    ]
    pairs = tuple((draw(st.integers(0, m)), draw(st.integers(0, m))) for m in most)
    words = st.sampled_from([None, "valid", "same", "causal"])
    padding = pairs if draw(st.booleans()) else draw(words)
    return {"kernel": kernel, "dilation": dilation, "padding": padding}


def _stride(draw: Draw[Any], dims: int) -> tuple[int, ...]:
    return _optional(draw, tuple(draw(st.integers(1, 3)) for _ in range(dims)))


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
    given["output_padding"] = _optional(draw, tuple(draw(st.integers(0, m)) for m in most))
    return given


def _pool(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        **_window(draw, sizes, "zeros"),
        "stride": _stride(draw, len(sizes)),
        "ceil_mode": draw(st.booleans()),
    }


def _avgpool(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return _pool(draw, sizes) | {"count_include_pad": draw(st.booleans())}


def _upsample(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    mode = draw(
        st.sampled_from(["nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic"])
    )
    given: dict[str, Any] = {"mode": mode}
    if not mode.startswith("nearest"):
        # PyTorch's mixture of the two follows neither.
        given[draw(st.sampled_from(["align_corners", "antialias"]))] = draw(st.booleans())
    if draw(st.booleans()):
        given["size_to"] = tuple(draw(st.integers(1, 2 * n)) for n in sizes)
    else:
        scales = st.sampled_from([1.0, 2.0, 3.0, 0.5, 1.5, 2.5, 0.75, 4.0])
        given["scale"] = tuple(draw(scales) for _ in sizes)
    return given


def _frame(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    mode = draw(st.sampled_from(MODES))
    most = [min(3, {"reflect": n - 1, "circular": n}.get(mode, 3)) for n in sizes]
    ends = [tuple(draw(st.integers(0, m)) for m in most) for _ in range(2)]
    return {"before": _optional(draw, ends[0]), "after": ends[1], "padding_mode": mode}


def _crop(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    before = tuple(draw(st.integers(0, min(3, n - 1))) for n in sizes)
    after = tuple(
        draw(st.integers(0, min(3, n - 1 - b))) for n, b in zip(sizes, before, strict=True)
    )
    return {"before": before, "after": _optional(draw, after)}


def _slice(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        "start": _optional(draw, tuple(draw(st.integers(-n, n - 1)) for n in sizes)),
        "stop": _optional(draw, tuple(draw(st.none() | st.integers(1, n + 2)) for n in sizes)),
        "step": _optional(draw, tuple(draw(st.integers(1, 3)) for _ in sizes)),
    }


def _axes(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"over": _optional(draw, tuple(draw(st.booleans()) for _ in sizes))}


def _window_attention(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        "window": tuple(draw(st.integers(1, 4)) for _ in sizes),
        "shift": _optional(draw, tuple(draw(st.integers(0, 5)) for _ in sizes)),
        "dilation": _optional(draw, tuple(draw(st.integers(1, 3)) for _ in sizes)),
    }


def _banded(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    width = [draw(st.integers(1, min(4, n))) for n in sizes]
    step = [draw(st.integers(1, max(1, min(3, n // w)))) for n, w in zip(sizes, width, strict=True)]
    return {
        "window": tuple(width),
        "dilation": _optional(draw, tuple(step)),
        "after": _optional(draw, tuple(draw(st.integers(0, w - 1)) for w in width)),
        "edge": draw(st.sampled_from(["shift", "cut"])),
    }


def _factor(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"factor": tuple(draw(st.integers(1, 3)) for _ in sizes)}


def _dividing(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        "factor": tuple(draw(st.sampled_from([r for r in (1, 2, 3) if n % r == 0])) for n in sizes)
    }


def _adaptive(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"output": tuple(draw(st.integers(1, n + 2)) for n in sizes)}


def _roll(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"shift": tuple(draw(st.integers(-n, 2 * n)) for n in sizes)}


def _sided(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    side = draw(st.sampled_from(["both", "before", "after"]))
    return {**_axes(draw, sizes), "side": side}


def _choice(
    name: str, values: Sequence[Any]
) -> Callable[[Draw[Any], Sequence[int]], dict[str, Any]]:
    def drawn(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
        return {name: draw(st.sampled_from(values))}

    return drawn


def _nothing(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {}


PARAMETERS: dict[str, Callable[[Draw[Any], Sequence[int]], dict[str, Any]]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "maxpool": _pool,
    "avgpool": _avgpool,
    "adaptive_pool": lambda draw, sizes: {
        "output": tuple(draw(st.integers(1, n + 2)) for n in sizes)
    },
    "upsample": _upsample,
    "pixel_shuffle": _factor,
    "pixel_unshuffle": _dividing,
    "pad": _frame,
    "crop": _crop,
    "slice": _slice,
    "roll": _roll,
    "flip": _axes,
    "window_attention": _window_attention,
    "banded_attention": _banded,
    "channel_shuffle": _choice("groups", [1, 2, 3]),
    "leaky_relu": _choice("negative_slope", [0.0, 0.01, 0.5]),
    "elu": _choice("alpha", [0.0, 0.7, 1.0]),
    "batchnorm": _choice("eps", [1e-5, 1e-3]),
    "dropout": _choice("p", [0.0, 0.1, 0.5]),
    **dict.fromkeys(WHOLE, _axes),
    **dict.fromkeys(("attention", "sequence"), _sided),
}
"""How the parameters of an op are drawn; ops without an entry have none."""


@st.composite
def layers(draw: Draw[Any], op: str, sizes: Sequence[int]) -> Layer:
    """Draw a layer of an op; nearly always it takes an input of the given sizes."""
    parameters = PARAMETERS.get(op, _nothing)(draw, sizes)
    return LAYERS[op](**parameters)


@st.composite
def sizes(draw: Draw[Any], dims: int | None = None, largest: int | None = None) -> tuple[int, ...]:
    """Draw spatial sizes of one to three axes."""
    dims = dims or draw(st.sampled_from([1, 2, 2, 3]))
    return tuple(draw(st.integers(1, largest or LARGEST[dims])) for _ in range(dims))

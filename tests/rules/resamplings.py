"""What does a change of resolution read?"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st

from rfcalc.layers import LAYERS
from tests.rules.fixed import fixed
from tests.rules.rule import Draw, F, Rule, torch
from tests.rules.sliding import LENGTHS

__all__ = ["RESAMPLINGS", "SCALES", "neighbours"]

SCALES = st.sampled_from([1.0, 2.0, 3.0, 4.0, 0.5, 1.5, 2.5, 0.75, 0.25])


@st.composite
def adaptive_pool(draw):
    n, m = draw(LENGTHS), draw(st.integers(2, 12))
    layer = LAYERS["adaptive_pool"](output=(m,))
    return layer, n, lambda o: set(range(o * n // m, ceil(Fraction((o + 1) * n, m))))


def neighbours(mode, at):
    low = floor(at)
    if mode == "nearest-exact":
        return {floor(at + Fraction(1, 2))}
    if at == low:
        return {low}
    return {low - 1, low, low + 1, low + 2} if mode == "bicubic" else {low, low + 1}


@st.composite
def upsample(draw):
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "linear", "bilinear", "bicubic"]))
    n = draw(LENGTHS)
    if draw(st.booleans()):
        m = draw(st.integers(1, 40))
        layer, ratio = LAYERS["upsample"](size_to=(m,), mode=mode), Fraction(m, n)
    else:
        scale = draw(SCALES)
        layer, ratio = LAYERS["upsample"](scale=(scale,), mode=mode), Fraction(scale)
    if mode == "nearest":
        return layer, n, lambda o: {floor(o / ratio)}
    return layer, n, lambda o: neighbours(mode, (o + Fraction(1, 2)) / ratio - Fraction(1, 2))


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


def _factor(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"factor": tuple(draw(st.integers(1, 3)) for _ in sizes)}


def _dividing(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {
        "factor": tuple(draw(st.sampled_from([r for r in (1, 2, 3) if n % r == 0])) for n in sizes)
    }


def _adaptive(draw: Draw[Any], sizes: Sequence[int]) -> dict[str, Any]:
    return {"output": tuple(draw(st.integers(1, n + 2)) for n in sizes)}


def _torch_adaptive(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    return getattr(F, f"adaptive_avg_pool{inputs[0].ndim - 2}d")(inputs[0], layer.output)


def _torch_upsample(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_resample import upsampled

    return upsampled(layer, inputs[0])


def _torch_pixel_shuffle(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_resample import shuffle

    x = inputs[0]
    dims = x.ndim - 2
    if dims == 2 and layer.factor[0] == layer.factor[1]:
        return F.pixel_shuffle(x, layer.factor[0])
    return shuffle(x, layer.factor)


def _torch_pixel_unshuffle(layer: Any, inputs: list[Any], w: dict[str, Any]) -> Any:
    from tests.torch_resample import unshuffle

    x = inputs[0]
    dims = x.ndim - 2
    if dims == 2 and layer.factor[0] == layer.factor[1]:
        return F.pixel_unshuffle(x, layer.factor[0])
    return unshuffle(x, layer.factor)


def _ones_by_matrix(layer: Any, x: Any) -> Any:
    for axis, n in enumerate(tuple(x.shape[2:])):
        x = torch.tensordot(x, _matrix(layer, axis, n), ([2 + axis], [1])).movedim(-1, 2 + axis)
    return x


def _ones_shuffle(layer: Any, x: Any) -> Any:
    for axis, r in enumerate(layer.factor):
        x = x.repeat_interleave(r, 2 + axis)
    return x


def _ones_unshuffle(layer: Any, x: Any) -> Any:
    parts = product(*map(range, layer.factor))
    steps = (zip(part, layer.factor, strict=True) for part in parts)
    return sum(x[(..., *(slice(p, None, r) for p, r in step))] for step in steps)


def _matrix(layer: Any, axis: int, n: int) -> Any:
    """Return which input each output weighs on one axis: PyTorch's own answer to the identity."""
    identity = torch.eye(n, dtype=torch.float64)[None]
    if layer.op == "adaptive_pool":
        weight = F.adaptive_avg_pool1d(identity, layer.output[axis])[0].T
        return (weight > 0).double()
    given: dict[str, Any] = (
        {"size": layer.size_to[axis]} if layer.size_to else {"scale_factor": layer.scale[axis]}
    )
    if layer.mode.startswith("nearest"):
        # PyTorch finds these indices in float32 and may round them; here they are integers.
        m = layer.size_to[axis] if layer.size_to else int(n * layer.scale[axis])
        top, bottom = (n, m) if layer.size_to else (2**20, round(layer.scale[axis] * 2**20))
        half = layer.mode == "nearest-exact"
        at = [min((2 * o + half) * top // (2 * bottom), n - 1) for o in range(m)]
        return torch.eye(n, dtype=torch.float64)[at]
    if layer.mode == "bicubic" or layer.antialias:
        given = {name: (1, value) for name, value in given.items()}
        given |= {"align_corners": layer.align_corners, "antialias": layer.antialias}
        given["mode"] = "bicubic" if layer.mode == "bicubic" else "bilinear"
        weight = F.interpolate(identity[:, :, None], **given)[0, :, 0].T
    else:
        weight = F.interpolate(identity, mode="linear", align_corners=layer.align_corners, **given)
        weight = weight[0].T
    return (weight.abs() > 1e-9).double()


RESAMPLINGS = {
    "adaptive_pool": Rule(
        _adaptive, adaptive_pool(), _torch_adaptive, _ones_by_matrix, beside={"output": (3, 3)}
    ),
    "upsample": Rule(
        _upsample, upsample(), _torch_upsample, _ones_by_matrix, beside={"scale": (0.25, 0.25)}
    ),
    "pixel_shuffle": Rule(
        _factor,
        fixed(
            "pixel_shuffle",
            {"factor": st.integers(1, 5)},
            lambda n, factor: lambda o: {o // factor},
        ),
        _torch_pixel_shuffle,
        _ones_shuffle,
        beside={"factor": (2, 2)},
    ),
    "pixel_unshuffle": Rule(
        _dividing,
        fixed(
            "pixel_unshuffle",
            {"factor": st.integers(1, 4)},
            lambda n, factor: lambda o: set(range(factor * o, factor * o + factor)),
        ),
        _torch_pixel_unshuffle,
        _ones_unshuffle,
        beside={"factor": (1, 1)},
    ),
}

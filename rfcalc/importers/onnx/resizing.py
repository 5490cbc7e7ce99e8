"""Which cells does an ONNX resize read, in all its coordinates and roundings?"""

from fractions import Fraction
from math import floor

from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.onnx.coordinates import line_of
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.ranges import ranged, unusable
from rfcalc.importers.resizing import HALF, Plan, resized

RATIO_LIMIT = 1 << 12
"""Largest scale, and largest bound of a region."""


@operator("Resize", kind="resize")
def _resize(op: Op) -> Result:
    """A resize in any of the coordinate modes, by ratios or to sizes."""
    x = op.tensor()
    rank = len(x.shape)
    axes = [int(a) % rank for a in op.attr("axes") or range(rank)]
    if op.opset < 11:
        word, rounding = "asymmetric", "floor"
        scales, sizes = _numbers(op, 1), None
    else:
        word = op.attr("coordinate_transformation_mode", "half_pixel")
        rounding = op.attr("nearest_mode", "round_prefer_floor")
        scales, sizes = _numbers(op, 2), op.integers(3, "sizes") or None
    plans = _ratios(op, [x.shape[d] for d in axes], scales, sizes)
    roi = _numbers(op, 1, "roi") if word == "tf_crop_and_resize" else None
    done: list[Plan] = []
    for i, (n, m, scale) in enumerate(plans):
        span = (roi[i], roi[i + len(axes)]) if roi else (Fraction(0), Fraction(1))
        done.append(Plan(n, m, scale, line_of(op, word, n, m, scale, span)))
    return _resized(op, x, axes, done, rounding)


@operator("Upsample", kind="resize")
def _upsample(op: Op) -> Result:
    """A resize by ratios; output ``o`` lies at ``o / ratio``."""
    x = op.tensor()
    given = op.attr("scales")
    scales = [_ratio(op, "scales", s) for s in given] if given is not None else _numbers(op, 1)
    plans = _ratios(op, list(x.shape), scales, None)
    done = [Plan(n, m, s, line_of(op, "asymmetric", n, m, s, None)) for n, m, s in plans]
    return _resized(op, x, list(range(len(x.shape))), done, "floor")


def _numbers(op: Op, i: int, what: str = "scales") -> list[Fraction] | None:
    """Return an input of numbers as fractions, ``None`` without one or for an empty one."""
    held = op.numbers(i, what)
    return None if held is None else [_ratio(op, what, float(v)) for v in held.reshape(-1)] or None


def _ratio(op: Op, what: str, value: float) -> Fraction:
    """Return a number of a file as a ratio of small whole numbers; a scale is above 0."""
    least = 0 if what == "scales" else -RATIO_LIMIT
    if not least < value <= RATIO_LIMIT:
        low = "above 0" if least == 0 else f"from {least:,}"
        raise unusable(
            op.graph.here, f"{what} is {value}, not a number {low} up to {RATIO_LIMIT:,}"
        )
    return Fraction(value).limit_denominator(1 << 12)


def _ratios(
    op: Op, shape: list[int], scales: list[Fraction] | None, sizes: list[int] | None
) -> list[tuple[int, int, Fraction]]:
    """Return the size before, the size after and the ratio of each dimension."""
    if sizes is None:
        if scales is None or len(scales) != len(shape):
            raise op.lost("it has neither a size nor a scale per dimension")
        import numpy as np

        cells = [
            int(np.float32(n) * np.float32(float(s))) for n, s in zip(shape, scales, strict=True)
        ]
        if min(cells) < 1:
            raise op.lost(f"scales {[str(s) for s in scales]} leave nothing of {shape}")
        return list(zip(shape, cells, scales, strict=True))
    if len(sizes) != len(shape):
        raise op.lost(f"it has sizes {sizes} for {len(shape)} dimensions")
    sizes = [ranged(op.graph.here, "sizes", m) for m in sizes]
    ratios = [Fraction(m, n) for n, m in zip(shape, sizes, strict=True)]
    policy = op.attr("keep_aspect_ratio_policy", "stretch")
    if policy != "stretch":
        one = min(ratios) if policy == "not_larger" else max(ratios)
        ratios = [one] * len(shape)
        sizes = [floor(n * one + HALF) for n in shape]
    return list(zip(shape, sizes, ratios, strict=True))


def _resized(op: Op, x: Tensor, dims: list[int], plans: list[Plan], rounding: str) -> Value:
    mode = {"bilinear": "linear", "trilinear": "linear"}.get(
        kind := op.attr("mode", "nearest"), kind
    )
    if mode not in ("nearest", "linear", "cubic"):
        raise op.lost(f"a resize in mode '{mode}' is not known")
    smooth = bool(op.attr("antialias", 0)) and mode != "nearest"
    return resized(op.graph, x, dims, plans, mode, rounding, smooth)

"""Which cells does an ONNX resize read, in all its coordinates and roundings?"""

from fractions import Fraction
from math import ceil, floor, lcm
from typing import NamedTuple

from rfcalc.importers.axes import Tensor, Value, constant
from rfcalc.importers.onnx.coordinates import Line, line_of
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.ranges import ranged, unusable
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Pad, Slice
from rfcalc.layers.resample import PixelShuffle, Upsample
from rfcalc.layers.window import AvgPool

HALF = Fraction(1, 2)

RATIO_LIMIT = 1 << 12
"""Largest scale, and largest bound of a region."""


class _Plan(NamedTuple):
    """How one dimension is resized: from ``n`` to ``m`` cells along a line."""

    n: int
    m: int
    scale: Fraction
    line: Line


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
    done: list[_Plan] = []
    for i, (n, m, scale) in enumerate(plans):
        span = (roi[i], roi[i + len(axes)]) if roi else (Fraction(0), Fraction(1))
        done.append(_Plan(n, m, scale, line_of(op, word, n, m, scale, span)))
    return _resized(op, x, axes, done, rounding)


@operator("Upsample", kind="resize")
def _upsample(op: Op) -> Result:
    """A resize by ratios; output ``o`` lies at ``o / ratio``."""
    x = op.tensor()
    given = op.attr("scales")
    scales = [_ratio(op, "scales", s) for s in given] if given is not None else _numbers(op, 1)
    plans = _ratios(op, list(x.shape), scales, None)
    done = [_Plan(n, m, s, line_of(op, "asymmetric", n, m, s, None)) for n, m, s in plans]
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


def _resized(op: Op, x: Tensor, dims: list[int], plans: list[_Plan], rounding: str) -> Value:
    mode = {"bilinear": "linear", "trilinear": "linear"}.get(
        kind := op.attr("mode", "nearest"), kind
    )
    if mode not in ("nearest", "linear", "cubic"):
        raise op.lost(f"a resize in mode '{mode}' is not known")
    if x.node is None:
        shape = list(x.shape)
        for d, plan in zip(dims, plans, strict=True):
            shape[d] = plan.m
        return constant(shape)
    work = [
        (d, plan) for d, plan in zip(dims, plans, strict=True) if not plan.line.same(plan.n, plan.m)
    ]
    smooth = bool(op.attr("antialias", 0)) and mode != "nearest"
    layers = [_known(plan, mode, rounding, smooth) for _, plan in work]
    one = _joined([layer for layer in layers if layer is not None])
    if one is not None and None not in layers:
        return slide(op.graph, x, one, [d for d, _ in work])
    done: Value = x
    for (d, plan), layer in zip(work, layers, strict=True):
        if layer is not None:
            done = slide(op.graph, done, layer, [d])
        else:
            done = _along(op, done, d, plan, mode, rounding, smooth)
    return done


def _joined(layers: list[Upsample]) -> Upsample | None:
    """Return one layer for several dimensions, where they are resized alike."""
    if len({(v.mode, v.align_corners, v.antialias, v.scale is None) for v in layers}) != 1:
        return None
    first = layers[0]
    scale = tuple(v.scale[0] for v in layers if v.scale)
    size = tuple(v.size_to[0] for v in layers if v.size_to)
    return Upsample(
        scale=scale or None,
        size_to=size or None,
        mode=first.mode,
        align_corners=first.align_corners,
        antialias=first.antialias,
    )


def _known(plan: _Plan, mode: str, rounding: str, smooth: bool) -> Upsample | None:
    """Return the layer that reads the same cells, if there is one."""
    n, m, scale, line = plan
    if line.inside is not None:
        return None
    by_ratio = line.step == 1 / scale and floor(n * Fraction(float(scale))) == m
    by_size = line.step == Fraction(n, m)
    if by_ratio or by_size:
        word = None
        if mode == "nearest":
            start = line.rounded(rounding)
            if start == 0:
                word = "nearest"
            elif start == Line(line.step, line.step / 2).rounded("floor"):
                word = "nearest-exact"
        elif line.start == line.step / 2 - HALF:
            word = "bicubic" if mode == "cubic" else "linear"
        if word is not None:
            where = {"scale": (float(scale),)} if by_ratio else {"size_to": (m,)}
            return Upsample(mode=word, antialias=smooth, **where)  # pyright: ignore[reportArgumentType]
    corners = m > 1 and line.start == 0 and line.step == Fraction(n - 1, m - 1)
    if mode != "nearest" and not smooth and corners:
        word = "bicubic" if mode == "cubic" else "linear"
        return Upsample(size_to=(m,), mode=word, align_corners=True)
    return None


def _along(op: Op, x: Value, d: int, plan: _Plan, mode: str, rounding: str, smooth: bool) -> Value:
    """Return a dimension resized along any line: its cells repeated, then windows over them.

    With cells repeated ``q`` times, ``floor((p*o + c) / q)`` is the cell at place ``p*o + c``
    and the neighbours of a point between two cells are a window of ``q`` places.
    """
    n, m, scale, line = plan
    first, stop = line.inside or (0, m)
    if stop <= first:
        shape = list(x.shape)
        shape[d] = m
        return constant(shape)
    if mode == "nearest":
        q = line.step.denominator
        start = line.rounded(rounding)
        low = high = 0
    else:
        start = line.start
        q = lcm(line.step.denominator, start.denominator)
        reach = Fraction(2 if mode == "cubic" else 1)
        if smooth and scale < 1:
            reach /= scale
            q = lcm(q, reach.denominator)
        low, high = q - int(reach * q), int(reach * q) - 1
        if mode == "cubic" and any(
            (line.step * o + start).denominator == 1 for o in range(first, min(stop, first + q))
        ):
            op.graph.assume(f"{op.graph.here}: cubic weights that are zero taken for read")
    step, origin = int(line.step * q), int(start * q)
    lowest = origin + first * step + low
    highest = origin + (stop - 1) * step + high
    before, after = max(0, ceil(Fraction(-lowest, q))), max(0, highest // q + 1 - n)
    if before or after:
        pad = Pad(before=(before,), after=(after,), padding_mode="replicate")
        x = slide(op.graph, x, pad, [d])
    if q > 1:
        x = slide(op.graph, x, PixelShuffle(factor=(q,)), [d])
    begin, end = lowest + before * q, highest + before * q + 1
    if step == 0:
        x = slide(op.graph, x, Slice(start=(begin,), stop=(end,), step=(1,)), [d])
    elif high == low:
        x = slide(op.graph, x, Slice(start=(begin,), stop=(end,), step=(step,)), [d])
    else:
        x = slide(op.graph, x, Slice(start=(begin,), stop=(end,), step=(1,)), [d])
    if high != low:
        pool = AvgPool(kernel=(high - low + 1,), stride=(step or 1,), padding=((0, 0),))
        x = slide(op.graph, x, pool, [d])
    if step == 0 and stop - first > 1:
        x = slide(op.graph, x, PixelShuffle(factor=(stop - first,)), [d])
    if first or stop < m:
        x = slide(op.graph, x, Pad(before=(first,), after=(m - stop,)), [d])
    return x

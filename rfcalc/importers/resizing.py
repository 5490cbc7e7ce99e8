"""Which cells does a resize read, whose outputs lie along a line of the input?"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, lcm
from typing import NamedTuple

from rfcalc.importers.axes import Tensor, Value, constant
from rfcalc.importers.graph import Graph
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Pad, Slice
from rfcalc.layers.resample import PixelShuffle, Upsample
from rfcalc.layers.window import AvgPool

__all__ = ["HALF", "Line", "Plan", "resized"]

HALF = Fraction(1, 2)


class Line(NamedTuple):
    """Output ``o`` lies at ``step * o + start``, in cells of the input.

    ``inside`` is the range of outputs that read the input at all, ``None`` when all do.
    """

    step: Fraction
    start: Fraction
    inside: tuple[int, int] | None = None

    def same(self, n: int, m: int) -> bool:
        """Whether every output is the input's cell of the same index."""
        return n == m and self.inside is None and self.start == 0 and (self.step == 1 or n == 1)

    def rounded(self, rounding: str) -> Fraction:
        """Return the start of the line that, rounded down, gives the same cells.

        Only its multiples of the step's denominator count: ``floor(p*o/q + b)`` is
        ``floor((p*o + floor(b*q)) / q)``.

        >>> Line(Fraction(1, 2), Fraction(-1, 4)).rounded("round_prefer_floor")
        Fraction(0, 1)
        """
        q = self.step.denominator
        if rounding in ("ceil", "round_prefer_floor"):
            at = self.start - (HALF if rounding == "round_prefer_floor" else 0)
            finest = lcm(q, at.denominator)
            at += 1 - Fraction(1, finest)
        elif rounding in ("floor", "round_prefer_ceil"):
            at = self.start + (HALF if rounding == "round_prefer_ceil" else 0)
        else:
            raise ValueError(f"no rounding '{rounding}'")
        return Fraction(floor(at * q), q)


class Plan(NamedTuple):
    """How one dimension is resized: from ``n`` to ``m`` cells along a line."""

    n: int
    m: int
    scale: Fraction
    line: Line


def resized(
    graph: Graph,
    x: Tensor,
    dims: Sequence[int],
    plans: Sequence[Plan],
    mode: str,
    rounding: str,
    smooth: bool = False,
) -> Value:
    """Return a tensor with dimensions resized.

    Parameters
    ----------
    mode : ``nearest``, ``linear`` or ``cubic``.
    rounding : of the place of a nearest cell, as ONNX calls it.
    smooth : the window grows with the ratio where the map becomes smaller.
    """
    if x.node is None:
        shape = list(x.shape)
        for d, plan in zip(dims, plans, strict=True):
            shape[d] = plan.m
        return constant(shape)
    work = [
        (d, plan) for d, plan in zip(dims, plans, strict=True) if not plan.line.same(plan.n, plan.m)
    ]
    layers = [_known(plan, mode, rounding, smooth) for _, plan in work]
    one = _joined([layer for layer in layers if layer is not None])
    if one is not None and None not in layers:
        return slide(graph, x, one, [d for d, _ in work])
    done: Value = x
    for (d, plan), layer in zip(work, layers, strict=True):
        if layer is not None:
            done = slide(graph, done, layer, [d])
        else:
            done = _along(graph, done, d, plan, mode, rounding, smooth)
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


def _known(plan: Plan, mode: str, rounding: str, smooth: bool) -> Upsample | None:
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


def _along(
    graph: Graph, x: Value, d: int, plan: Plan, mode: str, rounding: str, smooth: bool
) -> Value:
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
            graph.assume(f"{graph.here}: cubic weights that are zero taken for read")
    step, origin = int(line.step * q), int(start * q)
    lowest = origin + first * step + low
    highest = origin + (stop - 1) * step + high
    before, after = max(0, ceil(Fraction(-lowest, q))), max(0, highest // q + 1 - n)
    if before or after:
        pad = Pad(before=(before,), after=(after,), padding_mode="replicate")
        x = slide(graph, x, pad, [d])
    if q > 1:
        x = slide(graph, x, PixelShuffle(factor=(q,)), [d])
    begin, end = lowest + before * q, highest + before * q + 1
    if step == 0:
        x = slide(graph, x, Slice(start=(begin,), stop=(end,), step=(1,)), [d])
    elif high == low:
        x = slide(graph, x, Slice(start=(begin,), stop=(end,), step=(step,)), [d])
    else:
        x = slide(graph, x, Slice(start=(begin,), stop=(end,), step=(1,)), [d])
    if high != low:
        pool = AvgPool(kernel=(high - low + 1,), stride=(step or 1,), padding=((0, 0),))
        x = slide(graph, x, pool, [d])
    if step == 0 and stop - first > 1:
        x = slide(graph, x, PixelShuffle(factor=(stop - first,)), [d])
    if first or stop < m:
        x = slide(graph, x, Pad(before=(first,), after=(m - stop,)), [d])
    return x

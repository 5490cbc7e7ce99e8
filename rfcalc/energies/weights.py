"""What share of an output's energy goes to each cell that it reads? Per axis, by kind of layer."""

from collections.abc import Iterable
from fractions import Fraction
from functools import singledispatch

from rfcalc.layers.base import Layer, fold
from rfcalc.layers.resample import AdaptivePool, Upsample
from rfcalc.layers.whole import (
    Attention,
    BandedAttention,
    GlobalPool,
    GroupNorm,
    InstanceNorm,
    SpatialNorm,
    SqueezeExcite,
    WindowAttention,
)
from rfcalc.layers.window import AvgPool, Pool
from rfcalc.taps import Taps

__all__ = ["BORDERED", "Shares", "at_border", "averages", "keeps", "shares", "whole"]

Shares = tuple[float | tuple[float, ...], ...]
"""By phase of an axis: what each tap weighs, one number where all weigh alike."""

_WINDOWS = (WindowAttention, BandedAttention)

_CUBIC, _SMOOTH_CUBIC = Fraction(-3, 4), Fraction(-1, 2)
"""The free coefficient of the cubic kernel, plain and antialiased. Source: Keys 1981; PyTorch."""


def averages(layer: Layer) -> bool:
    """Return whether the coefficients of a layer are fixed numbers that mix cells."""
    return isinstance(layer, (AvgPool, AdaptivePool, GlobalPool, Attention, *_WINDOWS)) or (
        isinstance(layer, Upsample) and not layer.mode.startswith("nearest")
    )


def keeps(layer: Layer) -> bool:
    """Return whether a layer that reads its whole input passes each cell on: norms and gates."""
    return isinstance(layer, (GroupNorm, InstanceNorm, SpatialNorm, SqueezeExcite))


def whole(layer: Layer, n: int) -> float:
    """Return what a cell weighs on an axis of ``n`` cells that a layer reads whole."""
    return 1 / n**2 if averages(layer) else 1 / n


@singledispatch
def shares(layer: Layer, taps: Taps, n: int | None, axis: int) -> Shares:
    """Return what the taps of a layer weigh on one axis.

    Random weights of fan-in variance, the choice of max pooling, and cells that become channels:
    ``1 / taps`` of that phase. Averages and interpolation: their coefficients squared. ``n`` is
    the size of the input on that axis, where it is known. Source: theorem T10.
    """
    return tuple(1 / max(1, cells.count) for cells in taps.phases)


@shares.register(AvgPool)
@shares.register(AdaptivePool)
@shares.register(WindowAttention)
@shares.register(BandedAttention)
def _(layer: Layer, taps: Taps, n: int | None, axis: int) -> Shares:
    return tuple(1 / max(1, cells.count) ** 2 for cells in taps.phases)


@shares.register
def _(layer: Upsample, taps: Taps, n: int | None, axis: int) -> Shares:
    return tuple(
        tuple(coefficient**2 for _, coefficient in _coefficients(layer, n, axis, phase, cells))
        for phase, cells in enumerate(taps.phases)
    )


@singledispatch
def at_border(layer: Layer, n: int, axis: int, o: int, cells: Iterable[int]) -> dict[int, float]:
    """Return what the cells of output ``o`` weigh when some lie outside ``0 .. n - 1``.

    Asked of ``BORDERED`` layers alone; what others read of their padding is lost, or folded back.
    """
    raise NotImplementedError


BORDERED = (Pool, WindowAttention, BandedAttention, Upsample)
"""Layers whose taps weigh otherwise where some of them lie outside the input."""


@at_border.register(Pool)
@at_border.register(WindowAttention)
def _(layer: Layer, n: int, axis: int, o: int, cells: Iterable[int]) -> dict[int, float]:
    """Only cells of the input are chosen from, or attended to."""
    inside = [index for index in cells if 0 <= index < n]
    power = 2 if averages(layer) else 1
    return {index: 1 / len(inside) ** power for index in inside}


@at_border.register
def _(layer: BandedAttention, n: int, axis: int, o: int, cells: Iterable[int]) -> dict[int, float]:
    """The window is cut at the border, or shifts inside."""
    border = layer.beyond(axis)
    read = [
        i if 0 <= i < n else fold(i, n, border) for i in cells if border != "zeros" or 0 <= i < n
    ]
    return {index: 1 / len(read) ** 2 for index in read}


@at_border.register
def _(layer: AvgPool, n: int, axis: int, o: int, cells: Iterable[int]) -> dict[int, float]:
    """The mean is over the cells inside, and over those of the padding if they are counted."""
    before, after = layer.pads(n, axis) if layer.count_include_pad else (0, 0)
    found = list(cells)
    over = sum(-before <= index < n + after for index in found)
    return {index: 1 / over**2 for index in found if 0 <= index < n}


@at_border.register
def _(layer: Upsample, n: int, axis: int, o: int, cells: Iterable[int]) -> dict[int, float]:
    """Cells outside stand for the one at the border: their coefficients are added, then squared.

    With ``antialias`` they are left out instead.
    """
    found: dict[int, float] = {}
    smooth = _smooth(layer)
    for index, coefficient in _coefficients(layer, n, axis, o, cells):
        if smooth and not 0 <= index < n:
            continue
        inside = min(max(index, 0), n - 1)
        found[inside] = found.get(inside, 0.0) + coefficient
    total = sum(found.values()) if smooth else 1.0
    return {index: (coefficient / total) ** 2 for index, coefficient in found.items()}


def _coefficients(
    layer: Upsample, n: int | None, axis: int, o: int, cells: Iterable[int]
) -> list[tuple[int, float]]:
    """Return the coefficient of every cell that output ``o`` of an interpolation reads."""
    if layer.mode.startswith("nearest"):
        return [(index, 1.0) for index in cells]
    step, at = _place(layer, n, axis, o)
    smooth = _smooth(layer)
    wide = max(step, Fraction(1)) if smooth else Fraction(1)
    free = _SMOOTH_CUBIC if smooth else _CUBIC
    cubic = layer.mode == "bicubic"
    raw = [
        (j, _keys(x, free) if cubic else max(1 - x, Fraction(0)))
        for j in cells
        for x in (abs(j - at) / wide,)
    ]
    total = sum(value for _, value in raw)
    return [(j, float(value / total)) for j, value in raw]


def _smooth(layer: Upsample) -> bool:
    return layer.antialias


def _place(layer: Upsample, n: int | None, axis: int, o: int) -> tuple[Fraction, Fraction]:
    """Return the step between outputs and the place of output ``o``, in input cells."""
    if layer.size_to is not None or layer.align_corners:
        assert n is not None
        m = layer.size(n, axis)
        if layer.align_corners:
            step = Fraction(n - 1, max(1, m - 1))
            return step, step * o
        step = Fraction(n, m)
    else:
        step = 1 / layer.ratio(axis)
    return step, step * (o + Fraction(1, 2)) - Fraction(1, 2)


def _keys(x: Fraction, a: Fraction) -> Fraction:
    """Return the cubic kernel at a distance of ``x``."""
    if x < 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return a * (((x - 5) * x + 8) * x - 4) if x < 2 else Fraction(0)

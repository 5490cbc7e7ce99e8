"""Which cells do the layers that change the resolution by a ratio or to a size read?"""

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Annotated, ClassVar, Literal

import msgspec

from rfcalc.cells import Cells
from rfcalc.errors import ImpossibleSize, NeedsSize, many
from rfcalc.footprint import WHOLE, Axis
from rfcalc.layers.base import Count, Layer
from rfcalc.taps import Taps, check_period, relation, window

__all__ = ["RESAMPLINGS", "AdaptivePool", "PixelShuffle", "PixelUnshuffle", "Scale", "Upsample"]

Scale = Annotated[
    float, msgspec.Meta(ge=2**-12, le=1 << 12, description="output cells per input cell")
]
RATIO_LIMIT = 1 << 12
"""Largest denominator of a ratio that a scale stands for."""
Mode = Literal["nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic"]
Factor = Annotated[int, msgspec.Meta(ge=1, le=1 << 12, description="cells to a block")]


class Upsample(Layer, frozen=True, kw_only=True):
    """Resampling by a ratio or to a size.

    Half-pixel grid: the neighbours of ``(o + 1/2) / r - 1/2`` whose weight is not 0; nearest:
    ``floor(o / r)``; aligned corners: the neighbours of ``o * (n-1) / (m-1)``; antialiased: when
    the map shrinks, all cells under a filter as wide as the step.
    Source: ``torch.nn.Upsample``.
    """

    op: ClassVar[str] = "upsample"
    scale: tuple[Scale, ...] | None = None
    size_to: tuple[Count, ...] | None = msgspec.field(default=None, name="size")
    mode: Mode = "nearest"
    align_corners: bool = False
    antialias: bool = False

    def __post_init__(self) -> None:
        if (self.scale is None) == (self.size_to is None):
            raise ValueError("give either 'scale' or 'size'")
        if self.align_corners and (self.antialias or self.mode.startswith("nearest")):
            raise ValueError(
                "'align_corners' goes with linear and bicubic modes, without 'antialias'"
            )
        if self.antialias and self.mode.startswith("nearest"):
            raise ValueError("'antialias' goes with linear and bicubic modes")

    @property
    def resized(self) -> bool:
        return self.size_to is not None or self.align_corners

    def ratio(self, axis: int) -> Fraction:
        """Return the scale on one axis as an exact fraction."""
        assert self.scale is not None
        return Fraction(self.scale[axis]).limit_denominator(RATIO_LIMIT)

    def size(self, n: int, axis: int) -> int:
        if self.size_to is not None:
            return self.size_to[axis]
        cells = floor(n * self.ratio(axis))
        if cells < 1:
            raise ImpossibleSize(f"scale {self.ratio(axis)} leaves nothing of {many(n, 'cell')}")
        return cells

    def taps(self, n: int | None, axis: int) -> Taps:
        if n is None and self.resized:
            raise NeedsSize("resampling to a size or with aligned corners depends on it")
        return _upsampled(self, n if self.resized else None, axis)

    def between(self, n: int | None, axis: int) -> Taps:
        """Return the taps, for an input of ``n`` cells where they depend on its size."""
        if n is not None:
            return self._to_size(n, self.size(n, axis))
        return self._periodic(1 / self.ratio(axis))

    def _periodic(self, step: Fraction) -> Taps:
        check_period(step.denominator)
        if self.antialias and step > 1:
            return relation(
                step.numerator, [self._smoothed(step, o) for o in range(step.denominator)]
            )
        sources = [self._source(step, o) for o in range(step.denominator)]
        return relation(step.numerator, [self._neighbours(at) for at in sources])

    def _source(self, step: Fraction, o: int) -> Fraction:
        if self.mode == "nearest":
            return step * o
        return step * (o + Fraction(1, 2)) - Fraction(1, 2)

    def _neighbours(self, at: Fraction) -> Cells:
        below = floor(at)
        if self.mode == "nearest":
            return Cells.run(below, 1)
        if self.mode == "nearest-exact":
            return Cells.run(floor(at + Fraction(1, 2)), 1)
        if at == below:
            return Cells.run(below, 1)
        return Cells.run(below - 1, 4) if self.mode == "bicubic" else Cells.run(below, 2)

    def _smoothed(self, step: Fraction, o: int) -> Cells:
        """Return the cells under a filter as wide as the step, zeros of the filter left out."""
        middle = step * (o + Fraction(1, 2)) - Fraction(1, 2)
        width = step * (2 if self.mode == "bicubic" else 1)
        inside = range(floor(middle - width) + 1, ceil(middle + width))
        return Cells.of(j for j in inside if self.mode != "bicubic" or abs(j - middle) != step)

    def _to_size(self, n: int, m: int) -> Taps:
        if not self.align_corners:
            return self._periodic(Fraction(n, m))
        # The corners pin the relation to these sizes: exact for the m outputs there are.
        check_period(m)
        step = Fraction(n - 1, max(1, m - 1))
        cells = [self._neighbours(step * o) for o in range(m)]
        # Where one size divides the other the jump is theirs, as without aligned corners.
        if n % m and m % n and step:
            return relation(step.numerator, cells[: step.denominator])
        return relation(n, cells)


@lru_cache(maxsize=16)
def _upsampled(layer: Upsample, n: int | None, axis: int) -> Taps:
    """Return the taps; the jump and the other axes ask for the same once more."""
    return layer.between(n, axis)


class AdaptivePool(Layer, frozen=True, kw_only=True):
    """Pooling to a size: output ``o`` of ``m`` reads ``floor(o*n/m) .. ceil((o+1)*n/m) - 1``.

    One output reads the whole input. Source: ``torch.nn.AdaptiveAvgPool2d``.
    """

    op: ClassVar[str] = "adaptive_pool"
    output: tuple[Count, ...]

    @property
    def resized(self) -> bool:
        return True

    def size(self, n: int, axis: int) -> int:
        return self.output[axis]

    def taps(self, n: int | None, axis: int) -> Axis:
        m = self.output[axis]
        if m == 1:
            return WHOLE
        if n is None:
            raise NeedsSize("pooling to a size depends on the input size")
        step = Fraction(n, m)
        check_period(step.denominator)
        ends = [(floor(step * o), ceil(step * (o + 1))) for o in range(step.denominator)]
        return relation(step.numerator, [Cells.run(low, high - low) for low, high in ends])


class PixelShuffle(Layer, frozen=True, kw_only=True):
    """Depth to space: output ``o`` reads ``floor(o / r)``. Source: ``torch.nn.PixelShuffle``."""

    op: ClassVar[str] = "pixel_shuffle"
    factor: tuple[Factor, ...]

    def size(self, n: int, axis: int) -> int:
        return n * self.factor[axis]

    def taps(self, n: int | None, axis: int) -> Taps:
        return relation(1, [Cells(0, 1)] * self.factor[axis])


class PixelUnshuffle(Layer, frozen=True, kw_only=True):
    """Space to depth: output ``o`` reads ``r*o .. r*o + r-1``.

    Source: ``torch.nn.PixelUnshuffle``.
    """

    op: ClassVar[str] = "pixel_unshuffle"
    factor: tuple[Factor, ...]

    def size(self, n: int, axis: int) -> int:
        if n % self.factor[axis]:
            raise ImpossibleSize(
                f"{many(n, 'cell')} do not divide into blocks of {self.factor[axis]}"
            )
        return n // self.factor[axis]

    def taps(self, n: int | None, axis: int) -> Taps:
        return window(self.factor[axis], stride=self.factor[axis])


RESAMPLINGS: tuple[type[Layer], ...] = (AdaptivePool, Upsample, PixelShuffle, PixelUnshuffle)
"""The ops of this family, in the order in which they are listed."""

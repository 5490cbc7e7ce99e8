"""Are the gradients at neighbouring cells independent? How far apart they may not be, per axis."""

from math import gcd, lcm

import msgspec

from rfcalc.energies.weights import averages
from rfcalc.footprint import Axis
from rfcalc.layers.base import Layer
from rfcalc.layers.resample import PixelShuffle, Upsample
from rfcalc.layers.window import ConvTranspose, MaxPool
from rfcalc.taps import Taps

__all__ = ["NONE", "Lags", "collide", "passed"]

WORK_LIMIT = 1 << 16
"""Most pairs of outputs that are looked at; beyond it they are taken to collide."""


class Lags(msgspec.Struct, frozen=True):
    """The distances at which gradients may be correlated: multiples of ``step`` up to ``most``.

    A convolution uses the same weights at every place, so it moves a correlation and does not end
    it: cells that an average has tied to each other stay tied.
    """

    step: int = 0
    most: int = 0

    def __or__(self, other: "Lags") -> "Lags":
        return Lags(gcd(self.step, other.step), max(self.most, other.most))


NONE = Lags()
"""No two cells are correlated."""


def collide(layer: Layer, taps: Axis, lags: Lags) -> bool:
    """Return whether a cell may be reached from two correlated outputs by fixed coefficients.

    Their product then counts twice in the square of the sum, which the sum of squares leaves out.
    """
    fixed = isinstance(layer, (Upsample, MaxPool)) or averages(layer)
    if not lags.most or not fixed:
        return False
    if not isinstance(taps, Taps):
        return True
    wide = max(cells.extent for cells in taps.phases)
    # Outputs further apart than this read nothing in common.
    reach = int(wide / abs(taps.jump)) + taps.period
    near = range(lags.step, min(lags.most, reach) + 1, lags.step)
    if len(near) * taps.period > WORK_LIMIT:
        return True
    return any(taps.read(o) & taps.read(o + lag) for lag in near for o in range(taps.period))


def passed(layer: Layer, taps: Axis, lags: Lags, n: int | None) -> Lags:
    """Return the lags of a layer's inputs on one axis from those of its outputs."""
    if not isinstance(taps, Taps):
        return Lags(1, n or 1) if averages(layer) else NONE
    if not taps.advance:
        return NONE
    period, advance = taps.period, abs(taps.advance)
    wide = max(cells.extent for cells in taps.phases)
    if isinstance(layer, (ConvTranspose, PixelShuffle)):
        # Only outputs of one phase meet the same weight.
        return _kept(lcm(lags.step, period) // period * advance, lags.most // period * advance)
    if not averages(layer) and not (isinstance(layer, MaxPool) and lags.most):
        if period == 1:
            return _kept(lags.step * advance, lags.most * advance)
        return _kept(1, -(-lags.most * advance // period))
    tied = taps.phases[0].pitch if period == 1 else 1
    step = gcd(lags.step * advance, tied) if period == 1 else 1
    return _kept(step, -(-lags.most * advance // period) + wide - 1)


def _kept(step: int, most: int) -> Lags:
    return Lags(step, most) if most >= step > 0 else NONE

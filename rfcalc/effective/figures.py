"""How wide and how even is a map of energies or gradients? Its figures, cell by cell."""

from collections.abc import Mapping, Sequence
from math import pi, prod
from typing import TYPE_CHECKING, TypeAlias, cast

import msgspec

from rfcalc.documents import Json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

Spread: TypeAlias = (
    float | Sequence[float | None] | Mapping[str, float | Sequence[float | None] | None] | None
)
"""Standard errors of a figure: of a number, per axis, or of several by name."""

__all__ = ["PERCENTS", "THRESHOLDS", "Asked", "Figures", "Spread", "figures", "numbers"]

PERCENTS = (50, 95, 99)
"""Percentages of the whole whose smallest centred square is measured."""
THRESHOLDS = (50.0, 4.55)
"""Percentages of the maximum above which cells are counted; Luo et al. count those above 4.55 %."""

_ROUNDING = 1e-10
"""What rounding does to a percentage."""


class Asked(msgspec.Struct, frozen=True):
    """Parameters of a map's figures: periods of its leak, thresholds of its area, its middle.

    ``centre`` : per axis, twice the place in the frame about which squares lie, a whole number.
    """

    periods: tuple[int, ...]
    thresholds: tuple[float, ...]
    centre: tuple[int, ...]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a map, normalised to a sum of 1; one entry per axis in tuples.

    deviation : standard deviation, cells.
    side : by percentage, the side of the smallest centred square that holds it, cells; no longer
        than the field on any axis.
    share : by percentage, the share of the field's box that this square fills.
    area : by percentage of the maximum, the cells above it.
    gini : Gini coefficient over the cells of the field's box: 0 is even, 1 a single cell.
    anisotropy : largest over smallest standard deviation along any direction; ``None`` on one
        axis, or where the smallest is 0.
    leak : per axis, magnitude of the Fourier transform at ``1/2``, ``1/3`` and one over each
        dilation.
    error : standard errors of the same, by a jackknife over groups of samples; those of ``side``
        and ``share`` are of sides that are interpolated between whole cells.
    """

    deviation: tuple[float, ...]
    side: dict[int, tuple[int, ...]]
    share: dict[int, float]
    area: dict[float, int]
    gini: float
    anisotropy: float | None
    leak: tuple[dict[str, float], ...]
    error: "Mapping[str, Spread] | None" = None

    def to_dict(self) -> dict[str, Json]:
        """Return the figures as data for JSON."""
        found = _data(self.deviation, self.side, self.share, self.area, self.leak)
        found |= {"gini": self.gini, "anisotropy": self.anisotropy}
        return found if self.error is None else {**found, "error": dict(self.error)}


def figures(values: Array, asked: Asked, error: "Mapping[str, Spread] | None" = None) -> Figures:
    """Return the figures of a map that is not 0 everywhere."""
    total = numbers(values, asked)
    shape = values.shape
    sides, held = _held(values, asked.centre)
    side: dict[int, tuple[int, ...]] = {}
    for percent in PERCENTS:
        reached = int(sides[int((held + _ROUNDING >= percent).argmax())])
        side[percent] = tuple(min(reached, n) for n in shape)
    return Figures(
        deviation=tuple(total[f"deviation.{axis}"] for axis in range(len(shape))),
        side=side,
        share={p: prod(extent) / prod(shape) for p, extent in side.items()},
        area={t: int(total[f"area.{t}"]) for t in asked.thresholds},
        gini=total["gini"],
        anisotropy=total.get("anisotropy"),
        leak=tuple(
            {f"1/{p}": total[f"leak.{axis}.{p}"] for p in asked.periods}
            for axis in range(len(shape))
        ),
        error=error,
    )


def numbers(values: Array, asked: Asked) -> dict[str, float]:
    """Return every figure of a map as a number that varies smoothly where it can, by name.

    Sides are interpolated between whole cells: standard errors are of these.
    """
    import numpy as np

    weights = values / values.sum()
    shape = weights.shape
    axes = range(len(shape))
    lines: list[Array] = [weights.sum(axis=tuple(a for a in axes if a != axis)) for axis in axes]
    found: dict[str, float] = {}
    spans: list[Array] = []
    for n, line in zip(shape, lines, strict=True):
        index = cast("Array", np.arange(n))
        spans.append(index - float(line @ index))
    spread = [[_product(weights, spans, one, two) for two in axes] for one in axes]
    for axis in axes:
        index = cast("Array", np.arange(shape[axis]))
        found[f"deviation.{axis}"] = float(max(spread[axis][axis], 0.0) ** 0.5)
        for period in asked.periods:
            wave: Array = np.exp(-2j * pi * index / period)
            found[f"leak.{axis}.{period}"] = float(abs((lines[axis] * wave).sum()))
    sides, held = _held(values, asked.centre)
    for percent in PERCENTS:
        side = float(np.interp(percent, held, sides))
        found[f"side.{percent}"] = side
        found[f"share.{percent}"] = prod(min(side, n) for n in shape) / prod(shape)
    for threshold in asked.thresholds:
        found[f"area.{threshold}"] = float((values > threshold / 100 * values.max()).sum())
    found["gini"] = _gini(weights)
    ends = np.linalg.eigvalsh(spread)
    if len(shape) > 1 and ends[0] > 1e-12 * ends[-1]:
        found["anisotropy"] = float((ends[-1] / ends[0]) ** 0.5)
    return found


def _product(weights: Array, spans: Sequence[Array], one: int, two: int) -> float:
    """Return the covariance of two axes, or the variance of one."""
    others = tuple(a for a in range(weights.ndim) if a not in (one, two))
    if one == two:
        return float(weights.sum(axis=others) @ spans[one] ** 2)
    plane: Array = weights.sum(axis=others)
    plane = plane if one < two else plane.T
    return float(spans[one] @ plane @ spans[two])


def _held(values: Array, centre: Sequence[int]) -> "tuple[NDArray[np.int64], Array]":
    """Return the sides of centred squares, rising, and the percentage that each holds."""
    import numpy as np

    needed = np.zeros(values.shape, np.int64)
    for axis, (n, middle) in enumerate(zip(values.shape, centre, strict=True)):
        index = cast("Array", np.arange(n))
        line = abs(2 * index - middle) + 1
        needed = np.maximum(
            needed, line.reshape([-1 if a == axis else 1 for a in range(values.ndim)])
        )
    held = np.bincount(needed.ravel(), values.ravel())
    sides = np.unique(needed)
    within = held[sides].cumsum()
    return sides, 100 * within / within[-1]


def _gini(weights: Array) -> float:
    import numpy as np

    rising = np.sort(weights.ravel())
    n = len(rising)
    return max(0.0, float(2 * (rising @ np.arange(1, n + 1)) / n - (n + 1) / n))


def _data(
    deviation: Sequence[float],
    side: Mapping[int, Sequence[int]],
    share: Mapping[int, float],
    area: Mapping[float, int],
    leak: Sequence[Mapping[str, float]],
) -> dict[str, Json]:
    names = list(leak[0]) if leak else []
    return {
        "deviation": deviation,
        "side": {str(p): value for p, value in side.items()},
        "share": {str(p): value for p, value in share.items()},
        "area": {f"{t:g}": value for t, value in area.items()},
        "leak": {name: [axis[name] for axis in leak] for name in names},
    }

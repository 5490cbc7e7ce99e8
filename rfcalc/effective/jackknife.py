"""How well is a figure of measured gradients known? By leaving out samples, group by group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfcalc.effective.figures import PERCENTS, Asked, Spread, numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["errors"]


def errors(groups: Array, counts: Sequence[int], asked: Asked) -> dict[str, Spread] | None:
    r"""Return the standard error of every figure, ``None`` of a single sample.

    The delete-a-group jackknife: of :math:`G` groups of samples each is left out once, and
    :math:`\sqrt{(G - 1) / G \sum_g (t_g - \bar t)^2}` of the figures that are left is the error.
    With as many groups as samples it is the usual one. Source: Kott 2001.

    Parameters
    ----------
    groups : the mean map of each group, shape (groups, ..).
    counts : samples in each group.
    """
    import numpy as np

    number = len(counts)
    if number < 2:
        return None
    weights = np.array(counts, float).reshape(number, *[1] * (groups.ndim - 1))
    sums = groups * weights
    whole = sums.sum(axis=0)
    left = [numbers(rest, asked) for g in range(number) if (rest := whole - sums[g]).any()]
    if len(left) < number:
        return None

    def error(name: str) -> float | None:
        if any(name not in one for one in left):
            return None
        values = np.array([one[name] for one in left])
        return float(((number - 1) / number * ((values - values.mean()) ** 2).sum()) ** 0.5)

    axes = range(groups.ndim - 1)
    return {
        "deviation": [error(f"deviation.{axis}") for axis in axes],
        "side": {str(p): error(f"side.{p}") for p in PERCENTS},
        "share": {str(p): error(f"share.{p}") for p in PERCENTS},
        "area": {f"{t:g}": error(f"area.{t}") for t in asked.thresholds},
        "gini": error("gini"),
        "anisotropy": error("anisotropy"),
        "leak": {f"1/{p}": [error(f"leak.{axis}.{p}") for axis in axes] for p in asked.periods},
    }

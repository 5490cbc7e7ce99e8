"""What is the mean of many gradients, and how well is it known? Sums that grow by samples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.gradients.places import Place
from rfcalc.shown import brief

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["GROUPS", "Averages", "Gradients"]

GROUPS = 16
"""Groups of samples that are held apart, of which one at a time is left out."""


class Gradients(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The gradient of one output cell by each input cell, averaged over samples and channels.

    The output is the sum over the channels of the cell. Arrays have the shape of the frame, whose
    first cell is ``start`` on the source.

    Attributes
    ----------
    absolute, squared : means of the absolute value and of the square.
    absolute_error, squared_error : their standard errors by the spread over samples; ``nan`` of
        one sample.
    groups : the same two means of up to 16 groups of the samples, shape (groups, 2, ..).
    counts : samples in each group.
    """

    place: Place
    samples: int
    absolute: Array
    squared: Array
    absolute_error: Array
    squared_error: Array
    groups: Array
    counts: tuple[int, ...]

    @property
    def layer(self) -> str:
        """Name of the layer."""
        return self.place.layer

    @property
    def source(self) -> str:
        """Name of the source."""
        return self.place.origin

    @property
    def at(self) -> tuple[int, ...]:
        """The output cell, the first of them where several were averaged."""
        return self.place.cells[0]

    @property
    def start(self) -> tuple[int, ...]:
        """First cell of the source in the frame."""
        return self.place.starts[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Extent of the frame per axis, cells of the source."""
        return self.place.shape

    def __repr__(self) -> str:
        cells = " x ".join(map(str, self.shape))
        return brief(
            f"Gradients({self.layer} by {self.source}: {cells} cells, {self.samples} samples)"
        )


class Averages:
    """Sums over samples of two arrays, the absolute values and the squares, in float64.

    Each sample is one of a group, in turn: the figures of all samples but one group tell how much
    they vary (delete-a-group jackknife).
    """

    def __init__(self, place: Place) -> None:
        import numpy as np

        self.place = place
        self.samples = 0
        self.mean = np.zeros((2, *place.shape))
        self.spread = np.zeros((2, *place.shape))
        self.groups = np.zeros((0, 2, *place.shape))

    def add(self, pair: Sequence[Array]) -> None:
        """Add the absolute values and the squares of one sample (Welford's update)."""
        import numpy as np

        values = np.stack(pair).astype(np.float64)
        if len(self.groups) < GROUPS:
            self.groups = np.concatenate([self.groups, values[None]])
        else:
            self.groups[self.samples % GROUPS] += values
        self.samples += 1
        before = values - self.mean
        self.mean += before / self.samples
        self.spread += before * (values - self.mean)

    def result(self) -> Gradients:
        """Return the means of all samples so far."""
        import numpy as np

        n = self.samples
        error = np.full_like(self.spread, np.nan)
        if n > 1:
            error = np.sqrt(np.maximum(self.spread, 0) / (n - 1) / n)
        number = len(self.groups)
        counts = tuple(len(range(group, n, GROUPS)) for group in range(number))
        by_group = np.array(counts).reshape(number, *[1] * (self.groups.ndim - 1))
        return Gradients(
            place=self.place,
            samples=n,
            absolute=self.mean[0].copy(),
            squared=self.mean[1].copy(),
            absolute_error=error[0],
            squared_error=error[1],
            groups=self.groups / by_group,
            counts=counts,
        )

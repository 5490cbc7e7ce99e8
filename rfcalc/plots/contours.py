"""Where does most of the energy lie? Contours around the cells that hold given shares of it."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SHARES", "Contour", "contours"]

SHARES = (50, 95)
"""Percent of the energy inside each contour."""
_WIDTH = 16
"""What is smoothed is one part in this many of the map, three times over, or a hole if wider."""
_ALIKE = 1e-12
"""Heights that differ by less, as a share of the largest, differ by rounding."""


class Contour(msgspec.Struct, frozen=True, eq=False):
    """The line where ``heights`` cross ``level``: no height is at it.

    The cells above it hold at least ``share`` percent of the energy, and no more of them than
    needed, but for cells of one height. ``heights`` has the map's shape with ``rims`` cells around
    it, rows and columns, so that lines close.
    """

    share: int
    level: float
    heights: "NDArray[np.float64]"
    rims: tuple[int, int]


def contours(values: "NDArray[np.float64]") -> tuple[Contour, ...]:
    """Return a contour per share of the energy of a map with two axes.

    The lines follow the smoothed map, which has no holes and no gridding; what lies inside is
    summed on the map itself.

    Examples
    --------
    >>> import numpy as np
    >>> [contour.share for contour in contours(np.ones((8, 8)))]
    [50, 95]
    """
    import numpy as np

    heights, rims = _smooth(values)
    (high, wide), (row, column) = values.shape, rims
    own = heights[row : row + high, column : column + wide]
    held = values > 0
    energies, levels = values[held], own[held]
    order = np.argsort(-levels, kind="stable")
    sums = np.cumsum(energies[order])
    rising = np.sort(levels)
    alike = _ALIKE * float(rising[-1])
    found: list[Contour] = []
    for share in SHARES:
        last = int(np.searchsorted(sums, float(sums[-1]) * share / 100 * (1 - _ALIKE)))
        # Cells of one height are inside together; the line runs half-way to the next lower cell.
        below = int(np.searchsorted(rising, levels[order[last]] - alike))
        lower = float(rising[below - 1]) if below else 0.0
        found.append(Contour(share, (float(rising[below]) + lower) / 2, heights, rims))
    return tuple(found)


def _smooth(values: "NDArray[np.float64]") -> tuple["NDArray[np.float64]", tuple[int, int]]:
    """Return a map of two axes averaged over neighbours on each axis three times, and its rims.

    Around the map lies what is smeared out of it, and one more cell.
    """
    import numpy as np

    widths = [max(3, n // _WIDTH, _step(values, axis)) | 1 for axis, n in enumerate(values.shape)]
    rows, columns = (1 + 3 * (width // 2) for width in widths)
    heights = np.pad(values, ((rows, rows), (columns, columns)))
    for axis, width in enumerate(widths):
        for _ in range(3):
            heights = _average(heights, axis, width)
    return heights, (rows, columns)


def _step(values: "NDArray[np.float64]", axis: int) -> int:
    """Return the largest distance between neighbours of the rows, or columns, with energy."""
    import numpy as np

    places = np.flatnonzero(values.any(axis=1 - axis))
    return int(np.diff(places).max(initial=1))


def _average(values: "NDArray[np.float64]", axis: int, width: int) -> "NDArray[np.float64]":
    """Return the mean of ``width`` cells, an odd number, about each one; zeros lie around all."""
    import numpy as np

    half = width // 2
    pads = [(half + 1, half) if a == axis else (0, 0) for a in (0, 1)]
    sums = np.pad(values, pads).cumsum(axis=axis)
    ends = np.take(sums, range(width, sums.shape[axis]), axis)
    return (ends - np.take(sums, range(sums.shape[axis] - width), axis)) / width

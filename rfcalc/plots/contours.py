"""Where does most of the energy lie? Contours around the cells that hold given shares of it."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SHARES", "Contour", "contours", "smoothed"]

SHARES = (50, 95)
"""Percent of the energy inside each contour."""
_WIDTH = 16
"""What is smoothed is one part in this many of the map, three times over."""


class Contour(msgspec.Struct, frozen=True, eq=False):
    """The line where ``heights``, an array of the map's shape, cross ``level``.

    The cells where they are at least that high hold ``share`` percent of the energy.
    """

    share: int
    level: float
    heights: "NDArray[np.float64]"


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

    heights = smoothed(values)
    order: NDArray[np.intp] = np.argsort(-heights, axis=None, kind="stable")
    held: NDArray[np.float64] = np.cumsum(values.ravel()[order])
    found: list[Contour] = []
    total = float(held[-1])
    for share in SHARES:
        place = int(np.searchsorted(held, total * share / 100))
        level = float(heights.ravel()[order[min(place, len(order) - 1)]])
        found.append(Contour(share, level, heights))
    return tuple(found)


def smoothed(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return a map of two axes, averaged over neighbours on each axis three times."""
    import numpy as np
    from numpy.lib.stride_tricks import sliding_window_view

    for axis, extent in enumerate(values.shape):
        width = max(3, extent // _WIDTH) | 1
        for _ in range(3):
            rim = width // 2
            padded = np.pad(values, [(rim, rim) if a == axis else (0, 0) for a in (0, 1)])
            values = sliding_window_view(padded, width, axis=axis).mean(axis=-1)
    return values

"""What is shown of a map too fine for a pixel per cell? The means of its blocks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["block_means", "block_sums", "even_step"]


def even_step(cells: int, room: int, least: int = 1) -> int:
    """Return cells per block, a power of two: blocks of another width beat with strides.

    Parameters
    ----------
    room : pixels that there are.
    least : pixels that a block needs.

    >>> even_step(500, 200), even_step(500, 200, 3), even_step(50, 200)
    (4, 8, 1)
    """
    step = 1
    while room < least * -(-cells // step):
        step *= 2
    return step


def block_sums(array: "NDArray[Any]", steps: Sequence[int]) -> "NDArray[Any]":
    """Return the sums of blocks, those at the end over fewer cells."""
    import numpy as np

    for axis, step in enumerate(steps):
        array = np.add.reduceat(array.astype(float), range(0, array.shape[axis], step), axis=axis)
    return array


def block_means(array: "NDArray[Any]", steps: Sequence[int]) -> "NDArray[Any]":
    """Return the means of blocks, those at the end of fewer cells.

    >>> import numpy as np
    >>> block_means(np.array([1, 3, 5]), [2]).tolist()
    [2.0, 5.0]
    """
    import numpy as np

    return block_sums(array, steps) / block_sums(np.ones(array.shape), steps)

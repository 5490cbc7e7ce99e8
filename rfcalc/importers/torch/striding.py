"""Which windows does a view by strides lay over a tensor?"""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Windows", "find_windows"]


class Windows(NamedTuple):
    """Windows of ``kernel`` cells along ``dim``, ``amount`` of them, every ``step`` cells.

    ``dim`` is ``None`` where the view only turns the dimensions. ``order`` are the dimensions, in
    the order of the view, of the tensor in which the cells of each window are a new last one.
    """

    dim: int | None
    kernel: int
    step: int
    amount: int
    order: list[int]


def find_windows(
    shape: Sequence[int], own: Sequence[int], size: Sequence[int], strides: Sequence[int]
) -> Windows | None:
    """Return the windows of a view, ``None`` where it is none of windows along one dimension.

    Parameters
    ----------
    shape, own : sizes and strides of the tensor.
    size, strides : those of the view.

    Examples
    --------
    >>> find_windows((1, 10), (10, 1), (1, 4, 3), (10, 2, 1))
    Windows(dim=1, kernel=3, step=2, amount=4, order=[0, 1, 2])
    """
    free = [d for d, n in enumerate(shape) if n > 1]
    places: dict[int, int] = {}
    for i, one in enumerate(zip(size, strides, strict=True)):
        same = [d for d in free if (shape[d], own[d]) == one]
        if one[0] > 1 and same:
            places[i] = same[0]
            free.remove(same[0])
    left = [i for i, n in enumerate(size) if n > 1 and i not in places]
    ones = [d for d, n in enumerate(shape) if n == 1]
    if not free and not left:
        return Windows(None, 1, 1, 1, [*ones, *(places[i] for i in sorted(places))])
    if len(free) != 1 or not 1 <= len(left) <= 2:
        return None
    (dim,), unit = free, own[free[0]]
    if unit < 1 or any(strides[i] % unit or strides[i] < unit for i in left):
        return None
    taps = [i for i in left if strides[i] == unit][-1:]
    rows = [i for i in left if i not in taps]
    if len(rows) > 1:
        return None
    kernel = size[taps[0]] if taps else 1
    step = strides[rows[0]] // unit if rows else 1
    count = size[rows[0]] if rows else 1
    if (count - 1) * step + kernel > shape[dim]:
        return None
    places |= dict.fromkeys(rows, dim) | dict.fromkeys(taps, len(shape))
    single = [*([] if rows else [dim]), *([] if taps else [len(shape)])]
    return Windows(dim, kernel, step, count, [*ones, *single, *(places[i] for i in sorted(places))])

"""Which entries of a tensor are one cell of its grid, and in which cells do entries lie?"""

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING

from rfcalc.importers.axes import Tensor

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["cell_sum", "cells", "on_grid"]


def cell_sum(value: "torch.Tensor", held: Tensor, at: Sequence[int]) -> "torch.Tensor":
    """Return the sum of all entries of the cell at a position, batch and channels included.

    Parameters
    ----------
    held : how the value's dimensions address its grid, by the digits of a position.
    """
    import torch

    for d, dim in enumerate(held.dims):
        rest, chosen = torch.arange(value.shape[d]), torch.ones(value.shape[d], dtype=torch.bool)
        for factor in reversed(dim):
            if factor.axis is not None:
                digit = at[factor.axis] // factor.stride % factor.size
                chosen &= rest % factor.size == digit
            rest = rest // factor.size
        if not chosen.all():
            value = value.index_select(d, chosen.nonzero()[:, 0])
    return value.sum()


def cells(reached: Array, held: Tensor, size: Sequence[int]) -> Array:
    """Return the cells of an input with an entry that was reached.

    Parameters
    ----------
    reached : bool array, shape of the input.
    held : which of its dimensions are which axis.
    size : the input's grid, cells per axis.
    """
    import numpy as np

    return on_grid(reached, held, size, np.any)


def on_grid(values: Array, held: Tensor, size: Sequence[int], merge: Callable[..., Array]) -> Array:
    """Return an array of an input as one of its grid, entries of a cell merged by a reduction.

    Parameters
    ----------
    values : shape of the input.
    held, size : as for ``cells``.
    merge : ``numpy.any``, ``numpy.mean`` or another reduction over axes.
    """
    axes = [dim[0].axis if dim else None for dim in held.dims]
    others = tuple(d for d, axis in enumerate(axes) if axis is None)
    found = merge(values, axis=others, keepdims=True)
    order = sorted(range(len(axes)), key=lambda d: -1 if (a := axes[d]) is None else a)
    assert prod(found.shape) == prod(size)
    return found.transpose(tuple(order)).reshape(tuple(size))

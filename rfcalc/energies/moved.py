"""What is the effect of energies that are sums of one that is moved? Line by line, never whole."""

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Moved", "line_sums"]

CELLS = 1 << 20
"""Cells of all energies that are held at a time."""
HELD = 1 << 17
"""Cells of the products that are held at a time."""
PRODUCTS = 1 << 18
"""Multiplications in one product of matrices: few enough for one core, threads would wait."""


class Moved(msgspec.Struct, frozen=True, eq=False):
    """Some energies, each a sum over cells ``c`` of ``cells[., c]`` times ``values``, moved.

    cells : float array, one entry per energy, then one per axis.
    values : float array, one entry per axis; moved by ``jump`` from cell to cell.
    offset : where ``values`` begin on the frame for the first cell, one entry per axis.
    """

    cells: Array
    values: Array
    jump: tuple[int, ...]
    offset: tuple[int, ...]


def line_sums(parts: Sequence[Moved], count: int, shape: tuple[int, ...]) -> list[Array]:
    """Return the square roots of the sums of energies, summed over all axes but one.

    Parameters
    ----------
    count : number of energies.
    shape : of the frame that holds them.

    Returns
    -------
    list of float arrays, one per axis, shape (count, cells on that axis)
    """
    import numpy as np

    sums = [np.zeros((count, n)) for n in shape]
    axes = range(len(shape))
    rows = max(1, CELLS // (count * prod(shape[1:])))
    adders = [_Adder(part) for part in parts]
    for low in range(0, shape[0], rows):
        high = min(shape[0], low + rows)
        total = np.zeros((count, high - low, *shape[1:]))
        for adder in adders:
            adder.add(total, low, high)
        np.sqrt(total, out=total)
        for axis in axes:
            place = slice(low, high) if axis == 0 else slice(None)
            sums[axis][:, place] += total.sum(axis=tuple(a + 1 for a in axes if a != axis))
    return sums


class _Adder:
    """Adds energies to some rows of a frame: along the first axis by products of matrices."""

    def __init__(self, part: Moved) -> None:
        import numpy as np

        count, self.length, *others = part.cells.shape
        self.part = part
        wide, steps, offsets = part.values.shape[1:], part.jump[1:], part.offset[1:]
        self.places = [
            tuple(
                slice(offset + jump * index, offset + jump * index + n)
                for offset, jump, index, n in zip(offsets, steps, at, wide, strict=True)
            )
            for at in product(*map(range, others))
        ]
        self.values = part.values.reshape(len(part.values), -1)
        # Rows of `values` rise when cells fall: the last cell stands first.
        turned = np.moveaxis(part.cells.reshape(count, self.length, -1), 1, 2)[..., ::-1]
        self.cells = np.ascontiguousarray(turned)

    def add(self, total: Array, low: int, high: int) -> None:
        """Add rows ``low .. high - 1`` of the frame to ``total``."""
        step, first, extent = self.part.jump[0], self.part.offset[0], len(self.values)
        end = first + step * (self.length - 1) + extent
        for row in range(max(low, first), min(high, end)):
            here = row - first
            last, least = (
                min(self.length - 1, here // step),
                max(0, -(-(here - extent + 1) // step)),
            )
            if least <= last:
                given = self.values[here - step * last : here - step * least + 1 : step]
                cells = self.cells[..., self.length - 1 - last : self.length - least]
                self._spread(total[:, row - low], cells, given)

    def _spread(self, line: Array, cells: Array, given: Array) -> None:
        """Add the products of cells and rows to one row of all energies."""
        import numpy as np

        wide, (depth, width) = self.part.values.shape[1:], given.shape
        each = max(1, HELD // (len(self.places) * width))
        for at in range(0, len(line), each):
            some = cells[at : at + each].reshape(-1, depth)
            made = np.empty((len(some), width))
            block = max(1, PRODUCTS // (len(some) * depth))
            for low in range(0, width, block):
                columns = slice(low, low + block)
                np.matmul(some, given[:, columns], out=made[:, columns])
            made = made.reshape(-1, len(self.places), *wide)
            for number, place in enumerate(self.places):
                line[(slice(at, at + each), *place)] += made[:, number]

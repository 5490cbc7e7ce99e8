"""Where in what a model gives are the cells of an output, whatever the size of its input?"""

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import ImpossibleSize, by, fail
from rfcalc.network import Network, Piece, Result
from rfcalc.tiling.ancestors import depends, sizes_at
from rfcalc.tiling.grids import Grids

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Outcome", "Sizes", "outcome_of", "sizes_of"]

Sizes = Callable[[int], tuple[int, ...]]
"""The size of an output, by its position, of a model that is run at some size of its input."""


class Outcome(msgspec.Struct, frozen=True):
    """Which value of a model holds the cells of an output, and as which of its parts."""

    name: str
    number: int
    result: Result
    piece: Piece

    def cells(self, values: Sequence[Array], sizes: Sizes) -> Array:
        """Return the cells of the output, its axes first and all else last.

        Raises
        ------
        RfcalcError
            RF441: the value is not as large as the output.
        """
        import numpy as np

        value, size = values[self.number], sizes(self.piece.output or 0)
        part = self._part(value, sizes)
        factors = None if part is None else _factors(self.piece.dims or (), part.shape, size)
        if part is None or factors is None:
            fact = f"the output '{self.name}' of shape {by(value.shape)} does not hold {by(size)}"
            raise fail("RF441", f"{fact} cells", "verify it in NumPy: omit `backend=`")
        apart = part.reshape([n for n, _ in factors])
        # An axis of one cell may be no factor of a dimension.
        places = {axis: place for place, (_, axis) in enumerate(factors) if axis is not None}
        rest = [place for place, (_, axis) in enumerate(factors) if axis is None]
        moved = np.transpose(apart, [*(places[axis] for axis in sorted(places)), *rest])
        return moved.reshape(*size, -1)

    def _part(self, value: Array, sizes: Sizes) -> Array | None:
        """Return the part of a value that is the output's, ``None`` where it has another size."""
        pieces, dim = self.result.pieces, self.result.dim
        if value.ndim != len(self.piece.dims or ()):
            return None
        if len(pieces) == 1:
            return value
        ends = list(_ends(self.result, sizes))
        if ends[-1] != value.shape[dim]:
            return None
        at = pieces.index(self.piece)
        return value[(slice(None),) * dim + (slice(ends[at], ends[at + 1]),)]


def outcome_of(network: Network, target: int, count: int) -> Outcome:
    """Return which of the values that a model gives holds an output of the network.

    Raises
    ------
    RfcalcError
        RF441: none does, or not in an order in which the cells of its grid can be found.
    """
    name = network.nodes[target].name
    found = [
        (number, result, piece)
        for number, result in enumerate(network.results[:count])
        for piece in result.pieces
        if piece.output == target
    ]
    if not found:
        help = "omit `layer=`, or name the part of the model: `submodule=`; or verify it in NumPy"
        raise fail("RF441", f"'{name}' is no output of the model", help)
    number, result, piece = min(found, key=lambda one: (len(one[1].pieces), one[0]))
    if any(one.dims is None for one in result.pieces):
        fact = f"the model gives the cells of '{name}' in another order than its grid has them"
        raise fail("RF441", fact, "verify it in NumPy: omit `backend=`")
    return Outcome(name, number, result, piece)


def sizes_of(network: Network, moving: Grids, given: Sequence[int | None]) -> Sizes:
    """Return what tells the size of an output for an input of a size.

    Parameters
    ----------
    given : cells of the input per axis; ``None`` on one on which every size is as it was read.
    """
    known: dict[int, dict[int, int]] = {}
    order, inputs = depends(network, network.outputs)

    def on(axis: int, cells: int, target: int) -> int:
        name = network.nodes[target].name
        position = moving.network.index(name, 0) if moving.network.holds(name) else -1
        if position in moving.order:
            if axis not in known:
                known[axis] = moving.sizes(cells, axis)
            return known[axis][position]
        # An output that is not asked about, beside one that is.
        return sizes_at(network.nodes, order, inputs, cells, axis)[target]

    def size(target: int) -> tuple[int, ...]:
        read = network.nodes[target].size or (0,) * len(given)
        try:
            return tuple(
                read[axis] if cells is None else on(axis, cells, target)
                for axis, cells in enumerate(given)
            )
        except ImpossibleSize as fault:
            fact = f"the size of '{network.nodes[target].name}' is not known: {fault}"
            raise fail("RF441", fact, "verify it in NumPy: omit `backend=`") from None

    return size


def _ends(result: Result, sizes: Sizes) -> Iterator[int]:
    """Yield where each part of a value begins along its dimension, and where the last one ends."""
    at = 0
    yield at
    for piece in result.pieces:
        size = () if piece.output is None else sizes(piece.output)
        dims = piece.dims or ()
        at += prod(n if axis is None else size[axis] for n, axis in dims[result.dim])
        yield at


def _factors(
    dims: Sequence[Sequence[tuple[int, int | None]]], shape: Sequence[int], size: Sequence[int]
) -> list[tuple[int, int | None]] | None:
    """Return the factors of all dimensions of a value, ``None`` where it has another size.

    The one of indices alone may differ from what was read, as a batch that a file leaves open.
    """
    found: list[tuple[int, int | None]] = []
    for dim, n in zip(dims, shape, strict=True):
        cells = prod(size[axis] for _, axis in dim if axis is not None)
        free = [count for count, axis in dim if axis is None]
        rest = n // cells if cells else 0
        if rest * cells != n or (len(free) != 1 and dim and prod(free) != rest):
            return None
        free = [rest] if len(free) < 2 else free
        left = iter(free)
        found += [(next(left), None) if axis is None else (size[axis], axis) for _, axis in dim]
        found += [] if dim else [(n, None)]
    met = {axis for _, axis in found}
    return found if all(axis in met or n == 1 for axis, n in enumerate(size)) else None

"""Which integer vectors do given ones generate? Lattices, their sums and their index."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm, prod

import msgspec

__all__ = ["Lattice"]


class Lattice(msgspec.Struct, frozen=True, gc=False):
    """All sums of integer multiples of the basis ``rows``, in Hermite normal form.

    Every lattice has one such form, so equality of values is equality of lattices.

    >>> Lattice.of([(2, 0), (1, 3)], 2).index, Lattice.of([(2, 0), (0, 3)], 2).orders
    (6, (2, 3))
    """

    dims: int
    rows: tuple[tuple[int, ...], ...] = ()

    @staticmethod
    def of(vectors: Iterable[Sequence[int]], dims: int) -> "Lattice":
        """Return the lattice that integer vectors generate."""
        return Lattice(dims, _hermite(vectors, dims))

    def __or__(self, other: "Lattice") -> "Lattice":
        """Return the lattice that both together generate."""
        if self.rows == other.rows or not other.rows:
            return self
        return _sum(self, other) if self.rows else other

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes along which the lattice extends."""
        return tuple(a for a in range(self.dims) if any(row[a] for row in self.rows))

    @property
    def index(self) -> int | None:
        """Number of its translates that fill the axes along which it extends.

        ``None`` where no finite number does: a diagonal fills no plane.
        """
        if len(self.rows) < len(self.axes):
            return None
        return prod(next(value for value in row if value) for row in self.rows)

    @property
    def orders(self) -> tuple[int | None, ...]:
        """For each axis the least multiple of its unit step inside the lattice, if there is one."""
        orders: list[int | None] = []
        for axis in range(self.dims):
            rest = [Fraction(int(a == axis)) for a in range(self.dims)]
            least = 1
            for row in self.rows:
                pivot = next(a for a, value in enumerate(row) if value)
                times = rest[pivot] / row[pivot]
                least = lcm(least, times.denominator)
                rest = [r - times * value for r, value in zip(rest, row, strict=True)]
            orders.append(None if any(rest) else least)
        return tuple(orders)


@lru_cache(maxsize=4096)
def _sum(one: Lattice, other: Lattice) -> Lattice:
    return Lattice.of((*one.rows, *other.rows), one.dims)


def _hermite(vectors: Iterable[Sequence[int]], dims: int) -> tuple[tuple[int, ...], ...]:
    """Return the basis in echelon form with positive pivots and reduced entries above them."""
    rows = [list(vector) for vector in vectors if any(vector)]
    basis: list[list[int]] = []
    for axis in range(dims):
        while len(active := [row for row in rows if row[axis]]) > 1:
            least = min(active, key=lambda row: abs(row[axis]))
            for row in active:
                if row is not least:
                    times = row[axis] // least[axis]
                    row[:] = [a - times * b for a, b in zip(row, least, strict=True)]
        for row in active:
            pivot = row if row[axis] > 0 else [-value for value in row]
            for above in basis:
                times = above[axis] // pivot[axis]
                above[:] = [a - times * b for a, b in zip(above, pivot, strict=True)]
            basis.append(pivot)
        rows = [row for row in rows if any(row) and not row[axis]]
    return tuple(tuple(row) for row in basis)

"""Which statistics does a model take of all that it is given, and what if they are the whole's?

A norm over space, a global pooling, a sum over all cells: on a tile each gives another value than
on the whole. A statistic is what an operator gives in the same shape although the shape of what
it reads changes with the window. Held, it is what it was on the whole.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Call", "Held", "Statistic", "calls_of", "statistics"]


class Statistic(msgspec.Struct, frozen=True):
    """Where a statistic is taken: the module or node, and the operator there."""

    place: str
    op: str


class Held(msgspec.Struct, frozen=True, eq=False):
    """A model whose statistics are those of the whole, but for those of some numbers."""

    statistics: tuple[Statistic, ...]
    run: "Callable[[Sequence[Array], Collection[int]], list[Array]]"


class Call(msgspec.Struct, frozen=True):
    """One call of an operator: the shapes of what it reads and of what it gives.

    ``given`` are those of its results, or of its statistics where it is a norm, whose results are
    as large as what it reads.
    """

    place: str
    op: str
    read: tuple[tuple[int, ...], ...]
    given: tuple[tuple[int, ...], ...]


def statistics(whole: Sequence[Call], window: Sequence[Call]) -> dict[int, Statistic] | None:
    """Return which calls give statistics, ``None`` where a window is computed by other calls.

    >>> whole = [Call("", "mean", ((8,),), ((1,),)), Call("", "relu", ((8,),), ((8,),))]
    >>> window = [Call("", "mean", ((4,),), ((1,),)), Call("", "relu", ((4,),), ((4,),))]
    >>> statistics(whole, window)
    {0: Statistic(place='', op='mean')}
    """
    if [(one.place, one.op) for one in whole] != [(one.place, one.op) for one in window]:
        return None
    pairs = enumerate(zip(whole, window, strict=True))
    return {
        number: Statistic(one.place, one.op)
        for number, (one, other) in pairs
        if one.given and one.given == other.given and one.read != other.read
    }


def calls_of(found: Mapping[int, Statistic], free: Collection[int]) -> set[int]:
    """Return the calls of the statistics of some numbers."""
    return {call for number, call in enumerate(found) if number in free}

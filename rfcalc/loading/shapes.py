"""Which shapes does an ``input`` hold, one or one per input?"""

from collections.abc import Sequence
from operator import index
from typing import TypeAlias, cast

from rfcalc.parameters import expect

__all__ = ["Sizes", "shapes_of"]

Sizes: TypeAlias = Sequence[int] | Sequence[Sequence[int]]
"""One shape, or one per input."""


def shapes_of(input: Sizes | None) -> tuple[tuple[int, ...], ...]:
    """Return one shape per input, whether one was given or a sequence of them.

    Raises
    ------
    TypeError
        ``input`` is neither.

    Examples
    --------
    >>> shapes_of((64, 64)), shapes_of([(1, 3, 8, 8), (1, 4)])
    (((64, 64),), ((1, 3, 8, 8), (1, 4)))
    """
    expect(input=input)
    if input is None or not len(input):
        return ()
    if hasattr(input[0], "__len__"):
        return tuple(tuple(map(index, shape)) for shape in cast("Sequence[Sequence[int]]", input))
    return (tuple(map(index, cast("Sequence[int]", input))),)

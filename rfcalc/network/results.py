"""Which outputs does a model give as which value, and where do their cells lie in it?"""

import msgspec

__all__ = ["Piece", "Result"]


class Piece(msgspec.Struct, frozen=True):
    """One of the parts, side by side, of a value that a model gives.

    output : position of the output whose cells it holds, ``None`` for numbers of the model's own.
    dims : per dimension its factors, outer to inner, each a size and an axis: so many indices, or
        with an axis all cells of the output on it. ``None`` where they lie in another order.
    """

    output: int | None
    dims: tuple[tuple[tuple[int, int | None], ...], ...] | None


class Result(msgspec.Struct, frozen=True):
    """A value that a model gives: parts side by side along the dimension ``dim``."""

    pieces: tuple[Piece, ...]
    dim: int = 0

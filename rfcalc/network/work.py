"""What does a layer cost, as a model says? Its weights, its multiply-adds, what it puts out."""

import msgspec

__all__ = ["Work"]


class Work(msgspec.Struct, frozen=True):
    """What one layer of a model reads and does, as far as the model tells; exact numbers.

    ``weights`` are the learned tensors that it reads, each by what tells it from any other, with
    its number of elements. ``macs`` are the multiply-adds at the sizes that were read, ``values``
    what it puts out, batch and channels included. ``None`` stands for what is not known, and
    ``why`` says why not.

    >>> one, two = Work((("w", 8),), 16, 4), Work((("b", 2),), 0, 4)
    >>> one.and_then(two)
    Work(weights=(('w', 8), ('b', 2)), macs=16, values=4, why='')
    """

    weights: tuple[tuple[str, int], ...] | None = ()
    macs: int | None = 0
    values: int | None = 0
    why: str = ""

    def and_then(self, other: "Work") -> "Work":
        """Return the work of two steps that are one layer: what the second puts out is left."""
        weights = macs = None
        if self.weights is not None and other.weights is not None:
            weights = tuple((dict(self.weights) | dict(other.weights)).items())
        if self.macs is not None and other.macs is not None:
            macs = self.macs + other.macs
        return Work(weights, macs, other.values, self.why or other.why)

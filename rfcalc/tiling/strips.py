"""How is a large input run without holding it? In strips of tiles, drawn as they are needed."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from rfcalc.tiling.one_channel import PRIME, STEPS
from rfcalc.tiling.plan import Plan, Tile
from rfcalc.tiling.windows import Windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

__all__ = ["Image", "Strip", "strips"]

TILES = 3
"""Tiles of a strip on the axis that strips divide; one more on each side is run with them."""

DRAWN = 1 << 14
"""Cells of an input that are drawn together, unless a single line has more."""


class Strip(msgspec.Struct, frozen=True):
    """The window that a strip is run on, half-open and per axis, and its tiles."""

    input: tuple[tuple[int, int], ...]
    tiles: tuple[Tile, ...]


def strips(plan: Plan, lines: Sequence[Windows]) -> Iterator[Strip]:
    """Yield the tiles of a plan in strips across the axis that has most of them.

    A strip is run together with the tiles beside it: what a tile reads of its neighbours, however
    large its halo is said to be, stands in the strip as it does in the whole.
    """
    spans = plan.spans
    assert spans is not None
    axis = max(range(len(spans)), key=lambda a: len(spans[a]))
    along = spans[axis]
    for at in range(0, len(along), TILES):
        own = along[at : at + TILES]
        beside = along[max(0, at - 1) : at + TILES + 1]
        window = [(0, line.n) for line in lines]
        if len(beside) < len(along):
            low, high = lines[axis].window(beside[0].output[0], beside[-1].output[1])
            low = min(low, *(span.input[0] for span in beside))
            high = max(high, *(span.input[1] for span in beside))
            window[axis] = (low, high)
        held = product(*(own if a == axis else one for a, one in enumerate(spans)))
        tiles = (Tile(tuple(s.input for s in one), tuple(s.output for s in one)) for one in held)
        yield Strip(tuple(window), tuple(tiles))


class Image(msgspec.Struct, frozen=True):
    """Inputs of a size that are never held as a whole: each cell has its value wherever asked."""

    size: tuple[int, ...]
    inputs: int
    seed: int

    def cut(self, window: Sequence[tuple[int, int]]) -> list["Array"]:
        """Return a window of every input, shape (1, *window): multiples of ``1 / STEPS``."""
        import numpy as np

        found: list[Array] = []
        (low, high), *others = window
        rows = max(1, DRAWN // max(1, prod(self.size[1:])))
        beside = tuple(slice(*span) for span in others)
        for number in range(self.inputs):
            image = np.empty([end - start for start, end in window])
            for block in range(low // rows, -(-high // rows)):
                generator = np.random.default_rng((self.seed, number, block))
                drawn = generator.integers(0, PRIME // 2, (rows, *self.size[1:]))
                first, last = max(low, block * rows), min(high, (block + 1) * rows)
                kept = drawn[(slice(first - block * rows, last - block * rows), *beside)]
                image[first - low : last - low] = kept / STEPS
            found.append(image[None])
        return found

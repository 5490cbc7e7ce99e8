"""Which cells of a layer are measured, and which cells of the source may they depend on?"""

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import by, fail
from rfcalc.footprint import Footprint
from rfcalc.interior import footprint, widest
from rfcalc.masks import mask
from rfcalc.masks.pixels import drawn, pixels
from rfcalc.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Array = Mask = object

__all__ = ["Place", "place_of"]

FRAME_LIMIT = 1 << 22
"""Most cells of a field that is measured."""
TRIED = 256
"""Most cells that are tried before none is taken to read its whole field."""


class Place(msgspec.Struct, frozen=True, eq=False):
    """Cells of a layer, and the frame on the source in which their gradients are averaged.

    cells : positions on the layer's grid; several are laid over each other.
    starts : first cell of the source in the frame, of each of them.
    shape : extent of the frame.
    bordered : whether borders cut what the one cell reads, or it reads the whole source.
    phase : that of all cells.
    """

    network: Network
    target: int
    source: int
    cells: tuple[tuple[int, ...], ...]
    starts: tuple[tuple[int, ...], ...]
    shape: tuple[int, ...]
    bordered: bool
    phase: tuple[int, ...]

    @property
    def layer(self) -> str:
        """Name of the layer."""
        return self.network.nodes[self.target].name

    @property
    def origin(self) -> str:
        """Name of the source."""
        return self.network.nodes[self.source].name

    def inside(self) -> Mask:
        """Return which cells of the frame the first cell depends on, borders included."""
        region = mask(self.network, self.layer, self.origin, self.cells[0]).region
        return drawn(region, self.starts[0], self.shape)

    def framed(self, values: Array, number: int = 0) -> Array:
        """Return values on the source's grid in the frame of a cell, 0 beyond the source."""
        import numpy as np

        start = self.starts[number]
        found = np.zeros(self.shape, values.dtype)
        pairs = list(zip(start, self.shape, values.shape, strict=True))
        ours = tuple(slice(max(0, -s), max(0, min(n, size - s))) for s, n, size in pairs)
        theirs = tuple(slice(max(0, s), max(0, min(s + n, size))) for s, n, size in pairs)
        found[ours] = values[theirs]
        return found


def place_of(
    network: Network,
    target: int,
    source: int,
    at: Sequence[int] | None = None,
    positions: int = 1,
    phase: Sequence[int] | None = None,
) -> Place:
    """Return the cells of a node that are measured against a source.

    Without ``at`` it is the cell nearest the middle that reads its whole field, of the phase with
    the largest one; of a node that reads the whole source it is the middle. More ``positions`` are
    other cells of that phase that read their whole field, spread over the layer. ``phase`` names
    another one, by the first cell of it.

    Raises
    ------
    RfcalcError
        RF402 a cell outside the layer, RF403 no input size, RF405 the node does not depend on the
        source, RF406 a wrong number of axes or positions, RF409 a field beyond the limit, RF450 no
        cell reads its whole field.
    """
    nodes = network.nodes
    name, origin = nodes[target].name, nodes[source].name
    if target <= source or not network.between(source, target)[target]:
        raise network.unjoined(source, target)
    size, grid = nodes[target].size, nodes[source].size
    if size is None or grid is None:
        raise fail("RF403", "gradients are measured at an input size", "give it: `input=(H, W)`")
    if positions < 1 or (positions > 1 and at is not None):
        fact = f"positions is {positions}" + (" beside `at=`" if at is not None else "")
        raise fail("RF406", fact, "measure one cell, or omit `at=`")
    found = footprint(network, source, target)
    if not found.bounded or at is not None:
        if positions > 1:
            fact = f"'{name}' reads the whole of '{origin}': its cells do not lie over each other"
            raise fail("RF406", fact, "omit `positions=`, or name an earlier layer: `layer=NAME`")
        cell = tuple((n - 1) // 2 for n in size) if at is None else tuple(at)
        mask(network, name, origin, cell)  # it says what is wrong with a position
        start, shape = _frame(found, cell) if found.bounded else ((0,) * len(grid), grid)
        pixels(shape, FRAME_LIMIT)
        return Place(network, target, source, (cell,), (start,), shape, True, cell)
    counts, largest, region = widest(found)
    if phase is None:
        phase = largest
    else:
        region = found.read(tuple(phase))
    shape = tuple(span.extent for span in region.bounds or ())
    pixels(shape, FRAME_LIMIT)
    if not region.boxes:
        raise fail("RF405", f"'{name}' reads no cell of '{origin}'", "name another layer: `layer=`")
    lines = [
        _whole(found, axis, phase[axis], counts[axis], size, grid) for axis in range(len(size))
    ]
    order = _spread(lines, positions)
    cells = list(islice((c for c in order if _uncut(network, target, source, found, c)), positions))
    if not cells:
        fact = (
            f"no cell of '{name}' reads its whole field, {by(shape)}, within the input of "
            f"{by(grid)}"
        )
        help = "give a larger `input=`, or measure one cell as the border cuts it: `at=(I, J)`"
        raise fail("RF450", fact, help)
    starts = tuple(_frame(found, cell)[0] for cell in cells)
    return Place(network, target, source, tuple(cells), starts, shape, False, tuple(phase))


def _frame(found: Footprint, cell: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    bounds = found.read(cell).bounds or ()
    return tuple(span.start for span in bounds), tuple(span.extent for span in bounds)


def _whole(
    found: Footprint, axis: int, phase: int, period: int, size: Sequence[int], grid: Sequence[int]
) -> list[int]:
    """Return the positions on an axis whose field lies within the source, middle ones first."""
    n, cells = size[axis], grid[axis]
    ends = found.spans(axis, range(n))
    inside = [
        o
        for o in range(phase % period, n, period)
        if (low := ends[o][0]) is not None and (high := ends[o][1]) is not None
        if low >= 0 and high < cells
    ]
    return sorted(inside, key=lambda o: (abs(2 * o - (n - 1)), o))


def _spread(lines: Sequence[list[int]], positions: int) -> Iterator[tuple[int, ...]]:
    """Yield cells, the middle one first; then those near it, or if several are wanted, others."""
    if not all(lines):
        return
    if positions == 1:
        ranks = product(*(range(min(len(line), TRIED)) for line in lines))
        near = sorted(islice(ranks, TRIED * TRIED), key=lambda rank: (max(rank), sum(rank)))
        yield from (_at(lines, rank) for rank in near[:TRIED])
        return
    import numpy as np

    generator = np.random.default_rng(0)
    seen = dict.fromkeys([_at(lines, (0,) * len(lines))])
    yield from seen
    for _ in range(TRIED + 4 * positions):
        cell = tuple(int(generator.choice(line)) for line in lines)
        if cell not in seen:
            seen[cell] = None
            yield cell


def _at(lines: Sequence[list[int]], rank: Sequence[int]) -> tuple[int, ...]:
    return tuple(line[r] for line, r in zip(lines, rank, strict=True))


def _uncut(
    network: Network, target: int, source: int, found: Footprint, cell: tuple[int, ...]
) -> bool:
    """Whether borders on the way cut nothing of what a cell reads."""
    names = network.nodes[target].name, network.nodes[source].name
    return mask(network, *names, cell).cells == found.read(cell).count

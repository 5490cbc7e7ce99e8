"""Do the tiles give what the whole gives, bit for bit, whatever stands beyond their halo?"""

from collections.abc import Sequence
from math import ceil, floor, prod
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from rfcalc.errors import fail
from rfcalc.tiling.grids import Grids
from rfcalc.tiling.one_channel import PRIME, STEPS, runner
from rfcalc.tiling.plan import Plan, Tile
from rfcalc.tiling.strips import Image, strips
from rfcalc.tiling.windows import Windows, windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

__all__ = ["Proof", "Seam", "check_cells", "joined", "kept", "verify"]


CELLS_LIMIT = 1 << 26
"""Most cells of one layer that are run at once; some ten bytes are held of each."""


class Seam(msgspec.Struct, frozen=True):
    """A tile whose outputs differ from those of the whole: how many, and the first of them."""

    tile: Tile
    cells: int
    first: tuple[int, ...]


class Proof(msgspec.Struct, frozen=True):
    """What the comparison found: the tiles and outputs compared, and the tiles that differ."""

    halo: tuple[tuple[int, int], ...]
    tiles: int
    cells: int
    seams: tuple[Seam, ...]

    @property
    def ok(self) -> bool:
        """Whether every tile gives what the whole gives."""
        return not self.seams


def verify(plan: Plan, halo: Sequence[tuple[int, int]] | None = None, seed: int = 0) -> Proof:
    """Return the comparison of the whole with the tiles of a plan, run by the NumPy backend.

    Each tile is run on its window, in which every cell that lies further from the tile's own
    region than the halo is overwritten by noise. Where padding reflects or repeats the input,
    what it copies from is left as it is. The whole is run in strips of several tiles with their
    neighbours, so that memory grows with one side of the input.

    Parameters
    ----------
    halo : cells before and after, per axis; by default the plan's own.

    Raises
    ------
    RfcalcError
        RF403: the plan has no input size, RF409: a layer has too many cells to be run.
    """
    import numpy as np

    moving, n = plan.grids, plan.grids.size
    if plan.spans is None or n is None:
        raise fail("RF403", "verification needs the input size", "give it: `input=(H, W)`")
    check_cells(moving)
    if halo is None:
        halo = tuple(plan.cut.of(size, axis) for axis, size in enumerate(plan.tile))
    generator = np.random.default_rng(seed)
    run = runner(moving, generator)
    image = Image(n, len(moving.sources), seed)
    seams: list[Seam] = []
    total = 0
    lines = [windows(moving, axis, cells) for axis, cells in enumerate(n)]
    for strip in strips(plan, lines):
        inputs = image.cut(strip.input)
        whole = run(inputs)[0]
        begun = _first_outputs(plan, strip.input)
        for tile in strip.tiles:
            held = tuple(kept(line, tile, sides) for line, sides in zip(lines, halo, strict=True))
            parts: list[Array] = []
            for whole_input in inputs:
                # Larger than any cell of the input: it differs, and is not hidden by a maximum.
                shape = [high - low for low, high in tile.input]
                part = generator.integers(PRIME // 2, PRIME, (1, *shape)) / STEPS
                window = _within([(k.start, k.stop) for k in held], strip.input)
                inside = _within([(k.start, k.stop) for k in held], tile.input)
                part[0][inside] = whole_input[0][window]
                parts.append(part)
            found = run(parts)[0][_from(tile.output, _first_outputs(plan, tile.input))]
            wanted = whole[_from(tile.output, begun)]
            differs = found != wanted
            total += wanted.size
            if differs.any():
                first = np.argwhere(differs)[0].tolist()
                place = tuple(f + a for f, (a, _) in zip(first, tile.output, strict=True))
                seams.append(Seam(tile, int(differs.sum()), place))
    seams.sort(key=lambda seam: seam.tile.output)
    return Proof(tuple(halo), plan.count or 0, total, tuple(seams))


def _first_outputs(plan: Plan, window: Sequence[tuple[int, int]]) -> list[int]:
    """Return which outputs a run on a window begins with."""
    return [int(low / jump) for (low, _), jump in zip(window, plan.grids.jump, strict=True)]


def _within(
    spans: Sequence[tuple[int, int]], window: Sequence[tuple[int, int]]
) -> tuple[slice, ...]:
    return _from(spans, [low for low, _ in window])


def _from(spans: Sequence[tuple[int, int]], starts: Sequence[int]) -> tuple[slice, ...]:
    """Return the index of a box in an array whose first cell is elsewhere than at 0."""
    return tuple(slice(a - s, b - s) for (a, b), s in zip(spans, starts, strict=True))


def joined(proofs: Sequence[Proof]) -> Proof:
    """Return what comparisons of several outputs found together."""
    first, *others = proofs
    if not others:
        return first
    cells = sum(proof.cells for proof in proofs)
    return Proof(first.halo, first.tiles, cells, tuple(s for p in proofs for s in p.seams))


def check_cells(grids: Grids) -> None:
    """Refuse to run layers of too many cells.

    Raises
    ------
    RfcalcError
        RF409: a layer has more cells than the limit.
    """
    for position in grids.order:
        node = grids.network.nodes[position]
        cells = prod(node.size or ())
        if cells > CELLS_LIMIT:
            fact = f"'{node.name}' has {cells:,} cells; `verify=True` runs at most {CELLS_LIMIT:,}"
            raise fail("RF409", fact, "give a smaller `input=`: the halo is the same")


def kept(line: Windows, tile: Tile, halo: tuple[int, int]) -> slice:
    """Return the cells of the input that are not overwritten in a tile's window, on one axis."""
    (low, high), (start, stop) = tile.input[line.axis], tile.output[line.axis]
    if line.grids.causes[line.axis] is not None:
        return slice(low, high)
    jump = line.grids.jump[line.axis]
    # The outermost tiles have no halo on the outside: what is there is their own.
    first = low if start == 0 else floor(jump * start) - halo[0]
    last = high if stop == line.outputs else ceil(jump * stop) + halo[1]
    copied = line.copied(start, stop)
    if copied is not None:
        first, last = min(first, copied[0]), max(last, copied[1])
    return slice(max(low, first), min(high, last))

"""Into which tiles is an output divided, which window does each need, and what does it cost?"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, prod
from operator import index
from typing import cast

import msgspec

from rfcalc.errors import fail, many
from rfcalc.loading.networks import NetworkLike, as_network
from rfcalc.parameters import expect
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.halo import Halo, halo
from rfcalc.tiling.windows import windows

__all__ = ["TILE_LIMIT", "Plan", "Span", "Tile", "check_axes", "divided", "planned", "tile"]

TILE_LIMIT = 1 << 18
"""Most tiles of one plan."""


class Span(msgspec.Struct, frozen=True):
    """One tile on one axis: outputs ``output``, computed on the input cells ``input``."""

    input: tuple[int, int]
    output: tuple[int, int]


class Tile(msgspec.Struct, frozen=True):
    """The input window a network is run on, and the outputs it is responsible for, per axis.

    Both are half-open. The first output of the run on the window is ``input[0] / jump``.
    """

    input: tuple[tuple[int, int], ...]
    output: tuple[tuple[int, int], ...]


class Plan(msgspec.Struct, frozen=True):
    """Tiles that cover the output exactly once; ``spans`` needs the input size.

    tile : input cells that a tile stands for, per axis.
    spans : the tiles of each axis; a tile of the plan is one of each.
    used : the halo that windows are cut with in place of the exact one; then their outputs are
        not those of the whole.
    overhead : share of the computed cells that are thrown away, ``1 - own / run``, counted in
        input cells; without an input size, that of a tile away from the borders.
    """

    grids: Grids
    tile: tuple[int, ...]
    halo: Halo
    spans: tuple[tuple[Span, ...], ...] | None
    overhead: float
    exact: bool
    assumed: tuple[str, ...]
    used: Halo | None = None

    @property
    def cut(self) -> Halo:
        """The halo of the windows."""
        return self.used or self.halo

    @property
    def count(self) -> int | None:
        """Number of tiles."""
        return None if self.spans is None else prod(map(len, self.spans))

    @property
    def tiles(self) -> Iterator[Tile]:
        """The tiles in row-major order; none without an input size."""
        for spans in product(*self.spans or ((),)):
            yield Tile(tuple(s.input for s in spans), tuple(s.output for s in spans))

    @property
    def each(self) -> "tuple[Plan, ...]":
        """The same plan once for every target, with its own outputs of each tile."""
        if self.spans is None or len(self.grids.targets) == 1:
            return (self,)
        return tuple(
            planned(one, self.halo, self.tile, self.cut, self.assumed) for one in self.grids.each
        )

    @property
    def pixels(self) -> int | None:
        """Cells of the largest window."""
        if self.spans is None:
            return None
        return prod(max(s.input[1] - s.input[0] for s in axis) for axis in self.spans)


def tile(
    network: NetworkLike,
    size: Sequence[int] | int,
    layer: str | None = None,
    *,
    ignore_global: bool = False,
) -> Plan:
    """Return the exact halo, and with an input size the plan, for tiles of a size.

    Parameters
    ----------
    network : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, or a mapping or a
        list as a network file holds it.
    size : input cells that a tile stands for, one for all axes or one per axis.
    layer : whose output is tiled, by default all of the network's; ``spans`` then tells the
        windows that all of them need, and the outputs of the last.
    ignore_global : leave layers that read the whole input aside; the plan is then not exact.

    Raises
    ------
    RfcalcError
        RF404 no finite halo, RF406 wrong number of axes, RF409 too many tiles, RF460 a tile
        smaller than the halo, RF463 a layer that cannot be tiled; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> plan = tile(load("k3,k3d2,k3d5", input=(64, 64)), 32)
    >>> plan.halo.any
    ((8, 8), (8, 8))
    >>> next(plan.tiles).input
    ((0, 40), (0, 40))
    """
    expect(layer=layer, ignore_global=ignore_global)
    _expect_size(size)
    moving = grids(as_network(network), layer, ignore_global=ignore_global)
    return planned(moving, halo(moving), check_axes("tile", size, moving.network.dims))


def planned(
    moving: Grids,
    around: Halo,
    size: tuple[int, ...],
    used: Halo | None = None,
    assumed: Sequence[str] = (),
) -> Plan:
    """Return the plan for tiles of a size, when the halo is known, or for another halo."""
    used = None if used == around else used
    cut = used or around
    n = moving.size
    if n is not None:
        ends = zip(moving.causes, size, n, strict=True)
        size = tuple(t if cause is None else cells for cause, t, cells in ends)
    _check_tile(cut, size, n)
    assumed = tuple(dict.fromkeys((*moving.network.assumed, *assumed)))
    exact = not assumed and used is None
    if n is None:
        run = prod(t + sum(sides) for t, sides in zip(size, cut.cut, strict=True))
        return Plan(moving, size, around, None, 1 - prod(size) / run, exact, assumed, used)
    tiles = prod(-(-cells // part) for cells, part in zip(n, size, strict=True))
    if tiles > TILE_LIMIT:
        fact = f"the plan has {tiles:,} tiles; the limit is {TILE_LIMIT:,}"
        raise fail("RF409", fact, "choose larger tiles")
    spans = tuple(
        divided(moving, axis, n[axis], size[axis], None if used is None else used.cut[axis])
        for axis in range(len(n))
    )
    run = prod(sum(s.input[1] - s.input[0] for s in axis) for axis in spans)
    overhead = max(0.0, 1 - prod(n) / run)
    return Plan(moving, size, around, spans, overhead, exact, assumed, used)


def divided(
    moving: Grids, axis: int, n: int, size: int, sides: tuple[int, int] | None = None
) -> tuple[Span, ...]:
    """Return the tiles of one axis: tile ``k`` has the outputs from ``ceil(k * size / J)`` on.

    An axis without end is one tile. The windows are those that all targets need together,
    or the outputs with a halo that is given.
    """
    if moving.causes[axis] is not None:
        return (Span((0, n), (0, windows(moving, axis, n).outputs)),)
    owned = {one.target: _owned(one, axis, n, size, sides) for one in moving.each}
    own = owned[moving.target]
    if len(owned) == 1:
        return tuple(Span(window, part) for part, window in own if window is not None)
    found: list[Span] = []
    for number, (part, _) in enumerate(own):
        needed = [w for parts in owned.values() if (w := parts[number][1]) is not None]
        if needed:
            low, high = zip(*needed, strict=True)
            found.append(Span((min(low), max(high)), part))
    return tuple(found)


def _owned(
    moving: Grids, axis: int, n: int, size: int, sides: tuple[int, int] | None
) -> list[tuple[tuple[int, int], tuple[int, int] | None]]:
    """Return the outputs of every tile and the window they need, ``None`` where there are none."""
    found = windows(moving, axis, n)
    count = -(-n // size)
    jump = moving.jump[axis]
    edges = [min(found.outputs, ceil(Fraction(k * size) / jump)) for k in range(count)]
    edges.append(found.outputs)
    made: list[tuple[tuple[int, int], tuple[int, int] | None]] = []
    for start, stop in pairwise(edges):
        window = None
        if start < stop:
            window = found.window(start, stop) if sides is None else found.cut(start, stop, sides)
        made.append(((start, stop), window))
    return made


def check_axes(name: str, size: Sequence[int] | int, dims: int) -> tuple[int, ...]:
    """Return one positive value per axis.

    Raises
    ------
    RfcalcError
        RF406: another number of values, or one below 1.
    """
    # A number of NumPy is one number, an array of NumPy several.
    listed = size if hasattr(size, "__len__") else (size,) * dims
    values = tuple(map(index, cast("Sequence[int]", listed)))
    values = values * dims if len(values) == 1 else values
    if len(values) != dims:
        fact = f"`{name}=` has {many(len(values), 'value')} for {dims} axes"
        raise fail("RF406", fact, "give one for all axes, or one per axis, as in 512,512")
    if min(values) < 1:
        raise fail("RF406", f"`{name}=` is {min(values)}", "give 1 or more cells per axis")
    return values


def _expect_size(size: object) -> None:
    """Refuse a size of a type that is none; elsewhere the name is that of a figure's width."""
    try:
        expect(tile=size)
        fault = "of type NoneType; it takes an integer, or one per axis" if size is None else ""
    except TypeError as found:
        fault = str(found).partition(" is ")[2]
    if fault:
        raise TypeError(f"size is {fault}")


def _check_tile(around: Halo, size: Sequence[int], n: Sequence[int] | None) -> None:
    """Refuse tiles that throw away more than they keep; a tile over a whole axis has no halo."""
    for axis, cells in enumerate(size):
        before, after = around.of(cells, axis)
        if cells >= max(before, after) or (n is not None and cells >= n[axis]):
            continue
        step, most = around.alignment[axis], max(around.aligned[axis])
        least = -(-most // step) * step
        fact = (
            f"a tile of {many(cells, 'cell')} is smaller than its halo on axis {axis}: "
            f"{before} before "
            f"and {after} after"
        )
        raise fail("RF460", fact, f"the smallest tile on the alignment of {step} is {least}")

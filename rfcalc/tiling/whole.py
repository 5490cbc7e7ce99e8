"""To which size is an input padded so that the network takes it, and what is cropped after?"""

from bisect import bisect_right
from collections.abc import Sequence
from math import ceil, floor

import msgspec

from rfcalc.errors import fail
from rfcalc.interior import footprint
from rfcalc.network import lone_cells
from rfcalc.taps import Taps
from rfcalc.tiling.grids import Grids, goes_by
from rfcalc.tiling.leaning import looks
from rfcalc.tiling.reach import reach
from rfcalc.tiling.sizes import nearest, taker_of
from rfcalc.tiling.windows import windows

__all__ = ["Padded", "Rim", "at_size", "grow_to", "padded"]


class Rim(msgspec.Struct, frozen=True):
    """What is padded around an input so that an output that shrinks lies over all of it.

    Cells ``before`` and ``after`` per axis make an input of ``size`` cells, and the first ``kept``
    outputs lie over the input. Where shortcuts say that outputs look to one side only, all is
    padded on that side; else the fields are centred, as they would be with padding in each layer.
    ``told`` : whether shortcuts say so, or that outputs look to both sides, per axis.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    size: tuple[int, ...]
    kept: tuple[int, ...]
    told: tuple[bool, ...] = ()


class Padded(msgspec.Struct, frozen=True):
    """An input of any size, padded at the end of every axis.

    ``kept`` : per output of the network how many of its cells, from the first on, stand for the
    input, one entry per axis. ``rims`` : per output what is padded around the input instead, where
    layers without padding leave its border without outputs, else ``None``.
    """

    whole: tuple[int, ...]
    size: tuple[int, ...]
    kept: tuple[tuple[int, ...], ...]
    rims: tuple[Rim | None, ...] = ()


def grow_to(moving: Grids, whole: Sequence[int]) -> Grids:
    """Return the same grids on the smallest input of at least ``whole`` that the network takes.

    Raises
    ------
    RfcalcError
        RF462: it takes none.
    """
    size: list[int] = []
    for axis, cells in enumerate(whole):
        above = _next_size(moving, axis, cells)
        if above is None:
            raise fail("RF462", f"no size from {cells} cells on is taken on axis {axis}", "")
        size.append(above)
    return at_size(moving, size)


def padded(moving: Grids, whole: Sequence[int]) -> Padded:
    """Return what the outputs keep of an input that was padded to the size of the grids."""
    size = moving.size
    assert size is not None
    kept = tuple(
        tuple(_kept(one, axis, n, size[axis]) for axis, n in enumerate(whole))
        for one in moving.each
    )
    return Padded(tuple(whole), tuple(size), kept, tuple(_rim(one, whole) for one in moving.each))


def _next_size(moving: Grids, axis: int, cells: int) -> int | None:
    """Return the smallest size of at least so many cells that the network takes on an axis."""
    takes = taker_of(moving.network, moving.order, moving.inputs, moving.targets, axis)
    return nearest(takes, cells)[1]


def _kept(moving: Grids, axis: int, n: int, size: int) -> int:
    """Return the outputs that stand for the input; without padding, those that read it alone."""
    outputs = moving.sizes(size, axis)[moving.target]
    if n == size:
        return outputs
    jump = moving.jump[axis]
    if size <= jump * outputs:
        return min(outputs, ceil(n / jump))
    found = windows(moving, axis, size)
    return bisect_right(range(1, outputs + 1), n, key=lambda count: found.end(0, count))


def _rim(moving: Grids, whole: Sequence[int]) -> Rim | None:
    """Return what is padded around an input for outputs over all of it, if they are fewer."""
    seen = [footprint(moving.network, source, moving.target) for source in moving.sources]
    rows: list[tuple[int, int, int, int]] = []
    told: list[bool] = []
    shrinks = False
    for axis, n in enumerate(whole):
        size, jump = (moving.size or whole)[axis], moving.jump[axis]
        outputs = moving.sizes(size, axis)[moving.target]
        if moving.causes[axis] is not None:
            rows.append((0, size - n, size, outputs))
            told.append(True)
            continue
        lost, before, side = size - jump * outputs, 0, "both"
        if lost >= jump:
            shrinks = True
            sides, side = reach(seen, axis, jump), looks(moving, axis)
            back, ahead = sides.before or 0, sides.after or 0
            # As many cells before a region as after it: padding that keeps grids centred.
            before = {"back": ahead, "ahead": -back}.get(side or "", (ahead - back + 1) // 2)
        told.append(side is not None)
        kept = ceil(n / jump)
        above = _next_size(moving, axis, n + max(before, floor(lost - jump)))
        while above is not None and moving.sizes(above, axis)[moving.target] < kept:
            above = _next_size(moving, axis, above + 1)
        if above is None or before < 0:
            return None
        rows.append((before, above - n - before, above, kept))
    before, after, sizes, kept = zip(*rows, strict=True)
    return Rim(before, after, sizes, kept, tuple(told)) if shrinks else None


def at_size(moving: Grids, size: Sequence[int]) -> Grids:
    """Return the same grids on inputs of another size, which the network takes.

    Relations that depend on the size, as of padding ``same`` with a stride, are those of that size.
    """
    found = [moving.sizes(n, axis) for axis, n in enumerate(size)]
    nodes = list(moving.network.nodes)
    for position in moving.order:
        node, read = nodes[position], moving.inputs[position]
        here = tuple(axis[position] for axis in found)
        lone = lone_cells(here, [nodes[i].size for i in node.inputs])
        taps = node.taps
        if read:
            sized = (goes_by(node.layer, axis) for axis in range(len(taps)))
            taps = tuple(
                node.layer.taps(axes[read[0]], axis) if one and isinstance(known, Taps) else known
                for axis, (known, one, axes) in enumerate(zip(taps, sized, found, strict=True))
            )
        nodes[position] = msgspec.structs.replace(node, size=here, lone=lone, taps=taps)
    network = msgspec.structs.replace(moving.network, nodes=tuple(nodes))
    return msgspec.structs.replace(moving, network=network)

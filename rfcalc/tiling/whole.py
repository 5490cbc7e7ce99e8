"""To which size is an input padded so that the network takes it, and what is cropped after?"""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import msgspec

from rfcalc.errors import fail
from rfcalc.network import lone_cells
from rfcalc.taps import Taps
from rfcalc.tiling.grids import Grids, goes_by
from rfcalc.tiling.halo import Halo
from rfcalc.tiling.sizes import nearest, taker_of

__all__ = ["Padded", "at_size", "grow_to", "padded"]


class Padded(msgspec.Struct, frozen=True):
    """An input of any size, padded at the end of every axis.

    ``kept`` : per output of the network how many of its cells, from the first on, stand for the
    input, one entry per axis.
    """

    whole: tuple[int, ...]
    size: tuple[int, ...]
    kept: tuple[tuple[int, ...], ...]


def grow_to(moving: Grids, whole: Sequence[int]) -> Grids:
    """Return the same grids on the smallest input of at least ``whole`` that the network takes.

    Raises
    ------
    RfcalcError
        RF462: it takes none.
    """
    size: list[int] = []
    for axis, cells in enumerate(whole):
        takes = taker_of(moving.network, moving.order, moving.inputs, moving.targets, axis)
        above = nearest(takes, cells)[1]
        if above is None:
            raise fail("RF462", f"no size from {cells} cells on is taken on axis {axis}", "")
        size.append(above)
    return at_size(moving, size)


def padded(moving: Grids, around: Halo, whole: Sequence[int]) -> Padded:
    """Return what the outputs keep of an input that was padded to the size of the grids."""
    size = moving.size
    assert size is not None
    outputs = [moving.sizes(n, axis) for axis, n in enumerate(size)]
    kept = tuple(
        tuple(
            _kept(n, all_cells, jump, found[target], sides)
            for n, all_cells, jump, found, sides in zip(
                whole, size, moving.jumps[target], outputs, around.any, strict=True
            )
        )
        for target in moving.targets
    )
    return Padded(tuple(whole), tuple(size), kept)


def _kept(n: int, size: int, jump: Fraction, outputs: int, halo: tuple[int, int]) -> int:
    """Return the outputs that stand for the input; without padding, those that read it alone."""
    if n == size:
        return outputs
    if size <= jump * outputs:
        return min(outputs, ceil(n / jump))
    return min(outputs, max(0, floor((n - halo[1]) / jump)))


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

"""How do the paths of a chain fall on one axis? In packed integers, without arrays."""

from collections.abc import Sequence
from math import log2

import msgspec

from rfcalc.cells import Cells
from rfcalc.interior import inside
from rfcalc.network import Network
from rfcalc.taps import Taps

__all__ = ["Line", "chain_lines", "chain_taps", "counting_work"]

BITS_LIMIT = 1 << 26
"""Most bits of the counts of all cells of one axis."""
FEW = 1 << 16
"""Most paths on one axis that are followed one by one where their cells are too many."""


class Line(msgspec.Struct, frozen=True):
    """Path counts of output 0 on one axis: ``values[n]`` paths to cell ``start + offsets[n]``.

    ``offsets`` rise from 0 to ``extent - 1``; there is no path to a cell that is not among them.
    """

    start: int
    extent: int
    offsets: Sequence[int]
    values: list[int]

    def counts(self) -> list[int]:
        """Return the counts of all cells from ``start`` on."""
        if len(self.values) == self.extent:
            return self.values
        found = [0] * self.extent
        for offset, value in zip(self.offsets, self.values, strict=True):
            found[offset] = value
        return found


def chain_lines(network: Network, source: int, target: int) -> tuple[Line, ...] | None:
    """Return the path counts of an interior output as a product of one line per axis.

    ``None`` where the nodes between are no chain of layers whose outputs read alike, or where the
    counts are beyond the limits. A window of ``k`` taps takes about ``2 log2(k)`` shifts of one
    integer that holds the counts of all cells.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> chain_lines(load("k3,k3d2"), 0, 2)[0].values
    [1, 1, 2, 1, 2, 1, 1]
    """
    taps = chain_taps(network, source, target)
    if taps is None:
        return None
    lines: list[Line] = []
    for axis in range(network.dims):
        layers = [layer[axis] for layer in taps]
        alike = (lines[n] for n in range(axis) if layers == [layer[n] for layer in taps])
        line = next(alike, None) or _line(layers)
        if line is None:
            return None
        lines.append(line)
    return tuple(lines)


def chain_taps(network: Network, source: int, target: int) -> list[tuple[Taps, ...]] | None:
    """Return what each layer of a chain reads on every axis, from the source on.

    ``None`` where the nodes between are no chain of layers whose outputs read alike.
    """
    positions = inside(network, source, target)
    reached = {source, *positions}
    taps: list[tuple[Taps, ...]] = []
    for position in positions:
        node = network.nodes[position]
        read = [i for i in node.inputs if i in reached]
        here = tuple(axis for axis in node.reading(read[0]) if isinstance(axis, Taps))
        plain = all(axis.period == 1 and axis.advance and axis.phases[0] for axis in here)
        if len(read) > 1 or len(here) < network.dims or not plain or node.layer.gate:
            return None
        taps.append(here)
    return taps


def _line(layers: Sequence[Taps]) -> Line | None:
    """Return the counts of layers on one axis, from the source on."""
    start, extent, total, jump = 0, 1, 1, 1
    steps: list[tuple[Cells, int]] = []
    for layer in layers:
        cells = layer.phases[0]
        steps.append((cells, jump))
        start += min(cells.start * jump, (cells.stop - 1) * jump)
        extent += (cells.extent - 1) * abs(jump)
        total *= cells.count
        jump *= layer.advance
    width = -(-total.bit_length() // 8)
    if 8 * width * extent <= BITS_LIMIT:
        return Line(start, extent, range(extent), _packed(steps, width, extent))
    if total > FEW:
        return None
    found = _followed(steps)
    return Line(start, extent, sorted(found), [found[offset] for offset in sorted(found)])


def counting_work(layers: Sequence[tuple[Taps, ...]]) -> int:
    """Return how many bytes are moved for the counts of a chain on its longest axis."""
    most = 0
    for taps in zip(*layers, strict=True):
        extent, jump, bits = 1, 1, 1.0
        for axis in taps:
            extent += (axis.phases[0].extent - 1) * abs(jump)
            bits += log2(axis.phases[0].count)
            jump *= axis.advance
        most = max(most, extent * (1 + int(bits) // 8) * len(taps))
    return most


def _packed(steps: Sequence[tuple[Cells, int]], width: int, extent: int) -> list[int]:
    """Return the counts of all cells, held in one integer with ``width`` bytes for each."""
    packed = 1
    for cells, jump in steps:
        each = 8 * width * abs(jump)
        if cells.pattern is None:
            packed = _copied(packed, cells.pitch * each, cells.count)
        else:
            packed = sum(packed << each * offset for offset in _offsets(cells, jump > 0))
    raw = packed.to_bytes(extent * width, "little")
    return [int.from_bytes(raw[at : at + width], "little") for at in range(0, len(raw), width)]


def _copied(packed: int, shift: int, count: int) -> int:
    """Return the sum of ``count`` copies, each shifted by so many bits more, by halves."""
    if count == 1:
        return packed
    half = _copied(packed, shift, count // 2)
    total = half + (half << shift * (count // 2))
    return total + (packed << shift * (count - 1)) if count % 2 else total


def _followed(steps: Sequence[tuple[Cells, int]]) -> dict[int, int]:
    """Return the counts of the cells that are reached, path by path."""
    found = {0: 1}
    for cells, jump in steps:
        into: dict[int, int] = {}
        for offset in _offsets(cells, jump > 0):
            for cell, paths in found.items():
                at = cell + abs(jump) * offset
                into[at] = into.get(at, 0) + paths
        found = into
    return found


def _offsets(cells: Cells, forward: bool) -> list[int]:
    """Return the cells of a layer from its first on, or from its last where the axis is turned."""
    return [cell - cells.start if forward else cells.stop - 1 - cell for cell in cells]

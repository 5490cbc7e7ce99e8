"""How do the paths of a chain fall on one axis? In packed integers, without arrays."""

from collections.abc import Sequence

import msgspec

from rfcalc.growth import inside
from rfcalc.network import Network
from rfcalc.taps import Taps

__all__ = ["Line", "chain_lines"]

BITS_LIMIT = 1 << 26
"""Most bits of the counts of one axis."""


class Line(msgspec.Struct, frozen=True):
    """Path counts on one axis: ``packed`` is the sum of ``count_i * 2**(width * i)``."""

    extent: int
    width: int
    packed: int

    def counts(self) -> list[int]:
        """Return the counts from the first cell on."""
        step = self.width // 8
        raw = self.packed.to_bytes(self.extent * step, "little")
        return [int.from_bytes(raw[at : at + step], "little") for at in range(0, len(raw), step)]


def chain_lines(network: Network, source: int, target: int) -> tuple[Line, ...] | None:
    """Return the path counts of an interior output as a product of one line per axis.

    ``None`` where the nodes between are no chain of layers whose outputs read alike, or where the
    counts are more bits than the limit. A layer is a few shifts and sums of one integer; a window
    of ``k`` taps takes about ``2 log2(k)`` of them.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> chain_lines(load("k3,k3d2"), 0, 2)[0].counts()
    [1, 1, 2, 1, 2, 1, 1]
    """
    positions = inside(network, source, target)
    reached = {source, *positions}
    taps: list[tuple[Taps, ...]] = []
    for position in positions:
        node = network.nodes[position]
        here = tuple(axis for axis in node.taps if isinstance(axis, Taps))
        plain = all(axis.period == 1 and axis.advance and axis.phases[0] for axis in here)
        if len(here) < network.dims or not plain or node.layer.gate:
            return None
        if sum(i in reached for i in node.inputs) != 1:
            return None
        taps.append(here)
    lines: list[Line] = []
    for axis in range(network.dims):
        before = [layer[axis] for layer in taps]
        alike = (n for n in range(axis) if before == [layer[n] for layer in taps])
        same = next(alike, None)
        line = _line(before) if same is None else lines[same]
        if line is None:
            return None
        lines.append(line)
    return tuple(lines)


def _line(layers: Sequence[Taps]) -> Line | None:
    """Return the counts of layers on one axis, from the source on."""
    reach, total, jump = 1, 1, 1
    for layer in layers:
        reach += (layer.phases[0].extent - 1) * abs(jump)
        total *= layer.phases[0].count
        jump *= layer.advance
    width = -(-total.bit_length() // 8) * 8
    if reach * width > BITS_LIMIT:
        return None
    packed, jump = 1, 1
    for layer in layers:
        cells, each = layer.phases[0], abs(jump) * width
        if cells.bits is None or cells.step:
            packed = _copied(packed, (cells.step or 1) * each, cells.count)
        else:
            offsets = [cell - cells.start for cell in cells]
            offsets = offsets if jump > 0 else [cells.extent - 1 - cell for cell in offsets]
            packed = sum(packed << each * offset for offset in offsets)
        jump *= layer.advance
    return Line(reach, width, packed)


def _copied(packed: int, shift: int, count: int) -> int:
    """Return the sum of ``count`` copies, each shifted by so many bits more, by halves."""
    if count == 1:
        return packed
    half = _copied(packed, shift, count // 2)
    total = half + (half << shift * (count // 2))
    return total + (packed << shift * (count - 1)) if count % 2 else total

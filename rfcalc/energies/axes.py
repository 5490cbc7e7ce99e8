"""How does energy pass back through a layer along one axis? Lines added with their weights."""

from itertools import repeat
from typing import TYPE_CHECKING

import msgspec

from rfcalc.cells import Cells
from rfcalc.energies.weights import BORDERED, Shares, at_border, whole
from rfcalc.errors import fail
from rfcalc.footprint import Axis, Side
from rfcalc.layers.base import Border, Layer
from rfcalc.masks.borders import fold_lines
from rfcalc.masks.pixels import pixels
from rfcalc.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["CELLS_LIMIT", "SUMS_LIMIT", "Passage", "pulled"]

CELLS_LIMIT = 1 << 24
"""Most cells of one array of energies."""
SUMS_LIMIT = 1 << 20
"""Most sums of lines along one axis of one layer."""


class Passage(msgspec.Struct, frozen=True):
    """A layer on one axis: what every output reads, what each tap weighs, and the borders.

    ``n`` is the size of the input, ``None`` where borders are ignored.
    """

    layer: Layer
    axis: int
    taps: Axis
    weights: Shares
    n: int | None


def pulled(values: Array, axis: int, start: int, by: Passage) -> tuple[int, Array]:
    """Return the energy of inputs along an axis of ``values``, and the index of its first line.

    ``values`` : energy of outputs; ``start`` is the index of the first one on the axis.
    """
    import numpy as np

    taps = by.taps
    if not isinstance(taps, Taps):
        # Without borders an unbounded layer has been refused.
        assert by.n is not None
        if taps.side != "both":
            return 0, _sided(values, axis, start, by, taps.side)
        total = values.sum(axis=axis, keepdims=True) * whole(by.layer, by.n)
        pixels((by.n, total.size), CELLS_LIMIT)
        return 0, total.repeat(by.n, axis)
    cells, weight = taps.phases[0], by.weights[0]
    if taps.period == taps.advance == cells.extent == weight == 1:
        first, found = start + cells.start, values
    else:
        lines = np.moveaxis(values, axis, 0)
        odd = _odd(start, len(lines), taps, by)
        regular = lines
        if odd:
            regular = lines.copy()
            regular[[o - start for o in odd]] = 0
        if isinstance(weight, tuple) or taps.period > 1 or taps.advance < 1 or not _paced(cells):
            first, total = _moved(regular, start, taps, by.weights)
        else:
            first, total = _spread(regular, start, taps, weight)
        if odd:
            first, total = _added(first, total, lines, start, odd)
        found = np.moveaxis(total, 0, axis)
    return (
        (first, found)
        if by.n is None
        else _fold(found, axis, first, by.n, by.layer.beyond(by.axis))
    )


def _sided(values: Array, axis: int, start: int, by: Passage, side: Side) -> Array:
    """Return the energy of all inputs of outputs that read those on one side of them."""
    import numpy as np

    assert by.n is not None
    lines = np.moveaxis(values, axis, 0)
    pixels((by.n, *lines.shape[1:]), CELLS_LIMIT)
    stop = start + len(lines)
    total = np.zeros((by.n, *lines.shape[1:]))
    for o, line in enumerate(lines, start):
        total[o] = line * whole(by.layer, o + 1 if side == "before" else by.n - o)
    if side == "before":
        total[:stop] = total[:stop][::-1].cumsum(axis=0)[::-1]
    else:
        total[start:] = total[start:].cumsum(axis=0)
    return np.moveaxis(total, 0, axis)


def _paced(cells: Cells) -> bool:
    return cells.extent > 0 and cells.pattern is None


def _odd(start: int, length: int, taps: Taps, by: Passage) -> dict[int, dict[int, float]]:
    """Return the outputs whose taps weigh otherwise at the border, with what they weigh."""
    n = by.n
    if n is None or not isinstance(by.layer, BORDERED):
        return {}
    read = ((o, taps.read(o)) for o in range(start, start + length))
    return {
        o: at_border(by.layer, n, by.axis, o, cells)
        for o, cells in read
        if cells and (cells.start < 0 or cells.stop > n)
    }


def _added(
    first: int, total: Array, lines: Array, start: int, odd: dict[int, dict[int, float]]
) -> tuple[int, Array]:
    """Add what outputs of their own weights give to the lines that they read."""
    import numpy as np

    ends = [first, *(index for table in odd.values() for index in table)]
    low, high = min(ends), max(first + len(total), max(ends) + 1)
    whole = np.zeros((high - low, *total.shape[1:]))
    whole[first - low : first - low + len(total)] = total
    for o, table in odd.items():
        for index, weight in table.items():
            whole[index - low] += weight * lines[o - start]
    return low, whole


def _spread(lines: Array, start: int, taps: Taps, weight: float) -> tuple[int, Array]:
    """Return equally spaced, equally heavy copies of every line."""
    import numpy as np

    cells, stride = taps.phases[0], taps.advance
    length = (len(lines) - 1) * stride + 1
    pixels((length + cells.extent - 1, *lines.shape[1:]), CELLS_LIMIT)
    spaced = np.zeros((length, *lines.shape[1:]))
    spaced[::stride] = lines * weight
    return start * stride + cells.start, _copied(spaced, cells.pitch, cells.count)


def _copied(lines: Array, step: int, count: int) -> Array:
    """Return the sum of ``count`` copies, each ``step`` lines after the one before, by halves."""
    import numpy as np

    if count == 1:
        return lines
    half = _copied(lines, step, count // 2)
    total = np.zeros((len(lines) + step * (count - 1), *lines.shape[1:]))
    total[: len(half)] = half
    second = step * (count // 2)
    total[second : second + len(half)] += half
    if count % 2:
        total[step * (count - 1) :] += lines
    return total


def _moved(lines: Array, start: int, taps: Taps, weights: Shares) -> tuple[int, Array]:
    """Return the sum of lines moved tap by tap, phase by phase."""
    import numpy as np

    length, period, advance = len(lines), taps.period, taps.advance
    sums = sum(taps.phases[(start + i) % period].count for i in range(min(length, period)))
    if sums > SUMS_LIMIT:
        fact = f"the energy takes {sums:,} sums of lines; the limit is {SUMS_LIMIT:,}"
        raise fail("RF409", fact, "ask for an earlier `layer=` or a later `source=`")
    moves: list[tuple[int, int, int, float]] = []
    for phase, (cells, weight) in enumerate(zip(taps.phases, weights, strict=True)):
        first = (phase - start) % period
        if first >= length:
            continue
        turn, count = (start + first) // period, -(-(length - first) // period)
        each = weight if isinstance(weight, tuple) else repeat(weight)
        moves += [
            (first, index + advance * turn, count, share)
            for index, share in zip(cells, each, strict=False)
        ]
    if not moves:
        return 0, lines[:0]
    ends = [to + advance * (count - 1) * last for _, to, count, _ in moves for last in (0, 1)]
    low, high = min(ends), max(ends) + 1
    pixels((high - low, *lines.shape[1:]), CELLS_LIMIT)
    total = np.zeros((high - low, *lines.shape[1:]))
    for first, to, count, share in moves:
        given = lines[first::period]
        if advance == 0:
            total[to - low] += share * given.sum(axis=0)
            continue
        if advance < 0:
            given, to = given[::-1], to + advance * (count - 1)
        total[to - low : to - low + abs(advance) * (count - 1) + 1 : abs(advance)] += share * given
    # Outputs without energy read cells too, which may lie beyond what the others read.
    held = np.flatnonzero(total.reshape(len(total), -1).any(axis=1))
    if not len(held):
        return 0, lines[:0]
    return low + int(held[0]), total[held[0] : held[-1] + 1]


def _fold(values: Array, axis: int, start: int, n: int, mode: Border) -> tuple[int, Array]:
    """Fold energy outside ``0 .. n - 1`` to where padding took it from, or drop it."""
    import numpy as np

    lines = np.moveaxis(values, axis, 0)
    if start >= 0 and start + len(lines) <= n:
        return start, values
    if mode != "zeros":
        pixels((n, *lines.shape[1:]), CELLS_LIMIT)
    first, lines = fold_lines(lines, start, n, mode)
    return first, np.moveaxis(lines, 0, axis)

"""How do the paths of a long chain fall on one axis? As shares, from the spectrum of its layers."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.energies.sums import Box, Sum
from rfcalc.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["Shares", "shares"]

EXTENT_LIMIT = 1 << 20
"""Most cells of a field whose shares are found."""
WORK_LIMIT = 1 << 26
"""Most cells times unlike layers."""


class Shares(msgspec.Struct, frozen=True, eq=False):
    """The energy of a chain, from 0 on: a product of one line per axis."""

    energies: Sum
    start: tuple[int, ...]
    shape: tuple[int, ...]

    def array(self) -> Array:
        """Return the energies of all cells."""
        return self.energies.array(self.start, self.shape)


def shares(chain: Sequence[tuple[Taps, ...]]) -> Shares | None:
    """Return the shares of all paths that reach the cells of a chain's field.

    ``None`` beyond the limits.
    """
    lines: list[Array] = []
    axes = list(zip(*chain, strict=True))
    for axis, layers in enumerate(axes):
        same = axes.index(layers)
        line = lines[same] if same < axis else _line(layers)
        if line is None:
            return None
        lines.append(line)
    origin = (0,) * len(lines)
    return Shares(Sum((Box(1.0, origin, tuple(lines)),)), origin, tuple(map(len, lines)))


def _line(layers: Sequence[Taps]) -> Array | None:
    r"""Return the share of all paths that reaches each cell on one axis.

    The spectrum of the counts is the product of those of the layers, equal ones to the power of
    their number: :math:`\prod_l (\sum_t e^{-2 \pi i f c_t J})^{n_l}`. A share is exact but for
    rounding, about 1e-12 of the largest.

    Returns
    -------
    shares : float array, shape (extent,), which sums to 1; ``None`` beyond the limits.
    """
    jump, extent = 1, 1
    unlike: Counter[tuple[int, ...]] = Counter()
    for layer in layers:
        cells = layer.phases[0]
        first = cells.start if jump > 0 else cells.stop - 1
        extent += (cells.extent - 1) * abs(jump)
        if extent > EXTENT_LIMIT or cells.count > EXTENT_LIMIT:
            return None
        if cells.count > 1:
            unlike[tuple(sorted((cell - first) * jump for cell in cells))] += 1
        jump *= layer.advance
    size = 1 << extent.bit_length()
    if size * sum(map(len, unlike)) > WORK_LIMIT:
        return None
    import numpy as np

    index = np.arange(size // 2 + 1)
    roots = np.exp(-2j * np.pi * np.arange(size) / size)
    spectrum = np.ones(len(index), complex)
    for offsets, times in unlike.items():
        one = sum(roots[index * offset % size] for offset in offsets) / len(offsets)
        spectrum *= one**times
    found = np.fft.irfft(spectrum, size)[:extent]
    return np.maximum(found, 0)

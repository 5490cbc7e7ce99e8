"""Which pixels does a region fill? An array of its cells, within the limit of what is written."""

from collections.abc import Collection, Sequence
from math import prod
from typing import TYPE_CHECKING

from rfcalc.cells import Cells
from rfcalc.errors import fail
from rfcalc.region import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PIXEL_LIMIT", "drawn", "pixels"]

PIXEL_LIMIT = 1 << 27
"""Most cells of an array that is written out."""


def drawn(region: Region, start: Sequence[int], shape: tuple[int, ...]) -> "NDArray[np.bool_]":
    """Return a region as a boolean array of ``shape`` whose first cell is ``start``.

    Raises
    ------
    RfcalcError
        RF409: more cells than the limit.
    """
    import numpy as np

    pixels(shape)
    filled = np.zeros(shape, dtype=np.bool_)
    for box in region.boxes:
        lines = [
            _line(cells.shift(-low), extent)
            for cells, low, extent in zip(box, start, shape, strict=True)
        ]
        window = tuple(slice(at, at + len(line)) for at, line in lines)
        product = lines[0][1]
        for _, line in lines[1:]:
            product = np.logical_and.outer(product, line)
        filled[window] |= product
    return filled


def pixels(shape: Collection[int], limit: int = PIXEL_LIMIT) -> None:
    """Refuse an array of more cells than a limit.

    Raises
    ------
    RfcalcError
        RF409: more cells than the limit.
    """
    product = prod(shape)
    if product > limit:
        fact = f"the array would have {product:,} cells; the limit is {limit:,}"
        raise fail("RF409", fact, "ask for an earlier `layer=` or a later `source=`")


def _line(cells: Cells, extent: int) -> "tuple[int, NDArray[np.bool_]]":
    """Return the offset and the bits of the cells that lie inside ``0 .. extent - 1``."""
    import numpy as np

    cells = cells.clip(extent)
    if cells.pattern is None:
        filled = np.ones(cells.slots, dtype=np.bool_)
    else:
        raw = cells.pattern.to_bytes((cells.slots + 7) // 8, "little")
        words = np.frombuffer(raw, dtype=np.uint8)
        filled = np.unpackbits(words, count=cells.slots, bitorder="little").view(np.bool_)
    if cells.pitch == 1:
        return max(0, cells.start), filled
    line = np.zeros(cells.extent, dtype=np.bool_)
    line[:: cells.pitch] = filled
    return cells.start, line

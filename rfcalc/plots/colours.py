"""Which colour has each device pixel of a plane? One flat colour per cell, dithered per part."""

from typing import TYPE_CHECKING

from rfcalc.errors import fail
from rfcalc.plots.planes import BEYOND, HOLE, PADDING, PART, SAMPLED, Plane
from rfcalc.plots.scale import Scale
from rfcalc.spelling import nearest

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.colors import Colormap
    from numpy.typing import NDArray

__all__ = [
    "FLAT",
    "HATCH",
    "INPUT",
    "LINE",
    "MARK",
    "RECOMMENDED",
    "Colour",
    "colormap",
    "diagonal",
    "paint",
    "ramp",
]

Colour = tuple[int, ...]
"""Red, green and blue, 0 to 255."""

FLAT: dict[int, Colour] = {
    PADDING: (0xB4, 0xB4, 0xB4),
    BEYOND: (0xDC, 0xDC, 0xDC),
    HOLE: (0xFF, 0xFF, 0xFF),
    SAMPLED: (0x1B, 0x3A, 0x6B),
}
"""Colours of states; they differ in lightness, so that print and colour blindness keep them."""
MARK = "#d55e00"
"""Colour of the receptive-field box and of its centre."""
INPUT = "#56b4e9"
"""Colour of the outline of the input."""
LINE = "#ffffff"
"""Colour of contours."""
RECOMMENDED = ("viridis", "cividis", "plasma", "inferno", "magma")
"""Perceptually uniform maps."""

_TOP = 0.92
"""The lightest end of a map is left out: it would pass for a hole."""
HATCH: Colour = (0xC8, 0xC8, 0xC8)
"""Second colour of padding."""
_LINE = (0x9A, 0x9A, 0x9A)
_LINED = 10
"""From this many pixels per cell on, cells are separated by a line."""


def colormap(name: str) -> "Colormap":
    """Return a matplotlib colour map.

    Raises
    ------
    RfcalcError
        RF421: there is no map of that name.
    """
    from matplotlib import colormaps

    if name not in colormaps:
        close = nearest(name, sorted(colormaps))
        uniform = f"perceptually uniform are {', '.join(RECOMMENDED)}"
        cure = f"{close} {uniform}" if close.startswith("did") else uniform
        raise fail("RF421", f"no colour map is named '{name}'", cure)
    return colormaps[name]


def ramp(name: str, size: int = 256) -> "NDArray[np.uint8]":
    """Return the colours of a map from the smallest to the largest; uint8, shape (size, 3)."""
    import numpy as np

    top = _TOP if name in RECOMMENDED else 1.0
    colours = colormap(name)(np.linspace(0.0, top, size))
    return np.rint(255 * np.asarray(colours)[:, :3]).astype(np.uint8)


def paint(drawn: Plane, scale: Scale | None, cmap: str, zoom: int) -> "NDArray[np.uint8]":
    """Return the picture of a plane; uint8, shape (rows * zoom, columns * zoom, 4).

    A block that is sampled in part is dithered with the colour of holes, so that neither its
    count nor its holes are lost; a block on padding is hatched. Both need a zoom of 2. Large
    cells of the field have a line of one pixel on the sides where they meet.
    """
    import numpy as np

    flat = [(*FLAT.get(state, FLAT[SAMPLED]), 255) for state in range(SAMPLED + 1)]
    cells = np.array(flat, np.uint8)[drawn.states]
    if scale is not None and drawn.counts is not None:
        held = drawn.states >= PART
        colours = ramp(cmap)
        level = np.rint(scale.position(drawn.counts[held]) * (len(colours) - 1)).astype(np.intp)
        cells[held, :3] = colours[level]
    picture = cells if zoom == 1 else cells.repeat(zoom, axis=0).repeat(zoom, axis=1)
    states = drawn.states
    for state, colour, period in ((PART, FLAT[HOLE], 2), (PADDING, HATCH, 6)):
        if state in states:
            here = (states == state).repeat(zoom, axis=0).repeat(zoom, axis=1)
            picture[here & (diagonal(*here.shape) % period >= (period + 1) // 2)] = (*colour, 255)
    if zoom >= _LINED:
        inside = states >= HOLE
        for axis in (0, 1):
            lines = picture if axis == 0 else picture.transpose(1, 0, 2)
            field = inside if axis == 0 else inside.T
            met = (field[1:] & field[:-1]).repeat(zoom, axis=1)
            lines[zoom::zoom][met] = (*_LINE, 255)
    return picture


def diagonal(rows: int, columns: int) -> "NDArray[np.int64]":
    """Return the sum of row and column of every pixel, which patterns follow."""
    import numpy as np

    return np.indices((rows, columns)).sum(axis=0)

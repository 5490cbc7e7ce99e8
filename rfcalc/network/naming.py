"""What are the axes of a network called, and in what are they measured?

Row and column in pixels, or what the letters of its layout say; time in milliseconds.
"""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc.errors import fail
from rfcalc.network.graph import Network

__all__ = ["axis_names", "axis_units"]

_LETTERS = {
    "H": "row",
    "W": "column",
    "D": "slice",
    "T": "time",
    "L": "position",
    "F": "frequency",
}
_SPACE = ("slice", "row", "column")
_TIME = ("time", "position")
_USUAL = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}


def axis_names(network: Network) -> tuple[str, ...]:
    """Return a name per axis: of the layout's letters where there is one, else the usual ones.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> axis_names(load("k3,k3d2"))
    ('row', 'column')
    """
    letters = [letter for letter in "".join(network.layouts[:1]) if letter not in "NC"]
    if len(letters) == network.dims and len(set(letters)) == len(letters):
        if letters == ["W"]:
            return _USUAL[1]
        return tuple(_LETTERS.get(letter, f"axis {letter}") for letter in letters)
    return _USUAL.get(network.dims) or tuple(f"axis {axis}" for axis in range(network.dims))


def axis_units(
    network: Network, source: int, rate: Fraction | None = None
) -> tuple[Sequence[str], Sequence[str], Sequence[Fraction]]:
    """Return the names of the axes of a layer's cells, their units, and cells in each unit.

    Parameters
    ----------
    rate : cells of the input per second, for the one axis that is time.

    Raises
    ------
    RfcalcError
        RF406: a rate for a network without an axis of time, or for cells of another layer.
    """
    names = list(axis_names(network))
    space = {2: "pixels", 3: "voxels"}.get(network.dims, "cells") if source == 0 else "cells"
    units = [space if name in _SPACE else "cells" for name in names]
    cells = [Fraction(1)] * len(names)
    if rate is not None:
        times = [axis for axis, name in enumerate(names) if name in _TIME]
        if len(times) != 1 or source != 0:
            axes = f"the axes {', '.join(names)}" if source == 0 else "the cells of a layer"
            fact = f"`rate=` is given, and the picture has {axes}"
            raise fail("RF406", fact, "omit `rate=`, or ask about the input of a 1-D network")
        (time,) = times
        names[time], units[time], cells[time] = "time", "ms", Fraction(rate) / 1000
    return names, units, cells

"""Does a measured gradient stay inside the exact mask? Outside of it, rfcalc is wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfcalc.errors import RfcalcError, fail
from rfcalc.gradients.places import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Array = Mask = object

__all__ = ["check_inside"]


def check_inside(place: Place, number: int, inside: Mask, whole: Array, framed: Array) -> None:
    """Hold a gradient against the exact mask.

    Parameters
    ----------
    number : which of the place's cells it is of.
    inside : bool array, the mask in the frame.
    whole, framed : absolute gradients on the source's grid, and in the frame.

    Raises
    ------
    RfcalcError
        RF453: it is not 0 outside.
    """
    import numpy as np

    beyond = framed.astype(bool) & ~inside
    if not beyond.any() and np.count_nonzero(whole) == np.count_nonzero(framed):
        return
    start = place.starts[number]
    if beyond.any():
        where = tuple(int(i) + s for i, s in zip(np.argwhere(beyond)[0], start, strict=True))
    else:
        ends = zip(np.argwhere(whole).T, start, place.shape, strict=True)
        out = np.any([(axis < s) | (axis >= s + n) for axis, s, n in ends], axis=0)
        where = tuple(int(i) for i in np.argwhere(whole)[out][0])
    raise _outside(place, place.cells[number], where)


def _outside(place: Place, cell: Sequence[int], where: Sequence[int]) -> RfcalcError:
    """Return the error of a gradient outside of the exact mask."""
    fact = (
        f"cell {tuple(cell)} of '{place.layer}' has a gradient at cell {tuple(where)} of "
        f"'{place.origin}', outside its exact mask"
    )
    help = "this is an error of rfcalc, not of the model: please report it with the model's code"
    if place.network.assumed:
        help = f"the network is not exact: {'; '.join(place.network.assumed)}"
    return fail("RF453", fact, help)

"""What are the axes of a network called? Row and column, or what the letters of its layout say."""

from rfcalc.network.graph import Network

__all__ = ["axis_names"]

_LETTERS = {
    "H": "row",
    "W": "column",
    "D": "slice",
    "T": "time",
    "L": "position",
    "F": "frequency",
}
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

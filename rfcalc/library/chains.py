"""Which network is a chain of layers? The shortest way to write one down in Python."""

from collections.abc import Sequence

from rfcalc.errors import fail
from rfcalc.loading import shapes_of
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.spec import read_inline

__all__ = ["chain"]


def chain(text: str, *, input: Sequence[int] | None = None, dims: int | None = None) -> Network:
    """Return the network of a chain such as ``k3,k3d2,k3d5``, whatever files there are.

    Parameters
    ----------
    text : per layer ``k<kernel>``, then any of ``s<stride>``, ``d<dilation>``, ``p<padding>``;
        ``k3x5`` and ``d1x2`` are per axis.
    input : input size, cells per axis.
    dims : number of axes, by default those of the input size, else 2.

    Raises
    ------
    RfcalcError
        RF106: axes that are none, or other than those of the size; and every fault of the text.
    TypeError
        ``text`` is no text.

    Examples
    --------
    >>> chain("k3,k3d2", input=(9, 9)).input
    (9, 9)
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"text is of type {type(text).__name__}; it takes a chain: 'k3,k3d2'")
    expect(dims=dims)
    shapes = shapes_of(input)
    if len(shapes) > 1:
        fact = f"a chain has one input, and `input=` holds {len(shapes)} sizes"
        raise fail("RF406", fact, "give its size once")
    return read_inline(text, shapes[0] if shapes else None, dims)

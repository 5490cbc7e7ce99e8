"""Is a setting of a window, a block or a resize a number that one can have?"""

from collections.abc import Sequence
from typing import Any

from rfcalc.errors import RfcalcError, fail

__all__ = ["GEOMETRY", "fits", "ranged", "unusable", "whole"]

WINDOW = (1, 1 << 16)
CELLS = (1, 1 << 22)
MARGIN = (0, 1 << 22)
BLOCK = (1, 1 << 12)
CHANNELS = (1, 1 << 20)

GEOMETRY: dict[str, tuple[int, int]] = {
    # ONNX
    "kernel_shape": WINDOW,
    "strides": WINDOW,
    "dilations": CELLS,
    "pads": MARGIN,
    "output_shape": CELLS,
    "sizes": CELLS,
    "group": CHANNELS,
    "blocksize": BLOCK,
    "block_shape": WINDOW,
    "image_shape": CELLS,
    "frame_length": WINDOW,
    "frame_step": WINDOW,
    # PyTorch
    "kernel_size": WINDOW,
    "stride": WINDOW,
    "dilation": CELLS,
    "padding": MARGIN,
    "groups": CHANNELS,
    "size": WINDOW,
    "step": WINDOW,
    "output_size": CELLS,
    "upscale_factor": BLOCK,
    "downscale_factor": BLOCK,
    # both
    "output_padding": MARGIN,
}
"""The least and the most of each setting that says where windows and blocks lie."""


def ranged(where: str, name: str, given: Any) -> int:
    """Return a setting of ``GEOMETRY`` as an integer.

    Raises
    ------
    RfcalcError
        RF504: it is not a whole number, or outside its range.
    """
    least, most = GEOMETRY[name]
    return whole(where, name, given, least, most)


def whole(where: str, name: str, given: Any, least: int, most: int) -> int:
    """Return a whole number from ``least`` to ``most``.

    Raises
    ------
    RfcalcError
        RF504: it is none.

    >>> whole("conv1", "strides", 2, 1, 8)
    2
    >>> whole("conv1", "strides", -2, 1, 8)
    Traceback (most recent call last):
        ...
    rfcalc.errors.RfcalcError: RF504 'conv1': strides is -2, not a whole number from 1 to 8
      = help: no framework writes that: save the model again
    """
    if type(given) is not int or not least <= given <= most:
        fact = f"{name} is {given!r:.60}, not a whole number from {least} to {most}"
        raise unusable(where, fact)
    return given


def unusable(where: str, fact: str) -> RfcalcError:
    """Return the error of a setting that no layer can have."""
    return fail("RF504", f"'{where}': {fact}", "no framework writes that: save the model again")


def fits(where: str, name: str, given: Sequence[int], count: int) -> None:
    """Refuse a setting with another number of entries than there are dimensions.

    Raises
    ------
    RfcalcError
        RF504: it has.
    """
    if len(given) != count:
        fact = f"{name} has {len(given)} numbers where {count} belong"
        raise unusable(where, fact)

"""What does one output see of a real picture? The field drawn on an image, cell by cell."""

import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.errors import RfcalcError, fail
from rfcalc.files import special
from rfcalc.plots.colours import HATCH, diagonal, ramp
from rfcalc.plots.fields import Result, field
from rfcalc.plots.fitting import fit
from rfcalc.plots.heatmap import LABELS, facts, headline, panel
from rfcalc.plots.legend import BOX, CENTRE, Key
from rfcalc.plots.page import compose
from rfcalc.plots.planes import BEYOND, HOLE, PADDING, PART, SAMPLED, Plane, plane
from rfcalc.plots.scale import Scale, Spread, scale
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["overlay", "picture", "picture_size"]

LIMIT = 1 << 26
"""Most pixels of an image that is read; from a third more on Pillow takes it for a bomb."""
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
"""Kinds of image that are read; for others Pillow may start programs, as for PostScript."""
_FADED, _DARK, _TINT = 0.65, 0.75, 0.7


def picture_size(path: str | Path) -> tuple[int, int]:
    """Return the height and width of an image without reading its pixels.

    Raises
    ------
    RfcalcError
        RF423: it is missing, broken, too large or no picture.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow would warn of a large image, which is refused below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if special(Path(path)):
                raise OSError("it is no file")
            with Path(path).open("rb") as file:
                wide, high = Image.open(file, formats=_FORMATS).size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise _unreadable(path, fault) from None
    if wide * high > LIMIT:
        fact = f"'{path}' has {wide * high:,} pixels; the limit is {LIMIT:,}"
        raise fail("RF423", fact, "scale it down")
    return high, wide


def picture(path: str | Path) -> "NDArray[np.uint8]":
    """Return an image; uint8, shape (height, width, 3). Errors as for ``picture_size``."""
    import numpy as np
    from PIL import Image

    picture_size(path)
    try:
        with Image.open(BytesIO(Path(path).read_bytes()), formats=_FORMATS) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError) as fault:
        raise _unreadable(path, fault) from None


def overlay(
    result: Result,
    image: "NDArray[np.uint8]",
    *,
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return the field of one output position on a picture of the input's size.

    Sampled pixels keep their colours (a mask) or take those of the scale (counts), holes are
    dark, the rest is faded.

    Raises
    ------
    RfcalcError
        RF406 a result without a position, on another source or of other than two axes, RF424 a
        picture of another size than the input; and as for ``heatmap``.
    """
    style = Style(dpi, size, cmap, title, bare).checked()
    question = result.question
    if not question.bordered or question.source != 0 or question.network.dims != 2:
        fact = "a picture is laid under one output position of a network with two axes"
        raise fail("RF406", fact, "give `at=`, and omit `source=`")
    assert question.grid is not None
    if image.shape[:2] != question.grid:
        ours, theirs = (f"{n[0]} x {n[1]}" for n in (image.shape, question.grid))
        fact = f"the image has {ours} pixels and the input {theirs} cells (height x width)"
        raise fail(
            "RF424", fact, f"give `input=({image.shape[0]}, {image.shape[1]})`, or another image"
        )
    found = field(result, whole=True)
    step, zoom = fit([found.frame], style)
    drawn = plane(found, (0, 1), step)
    shared = None if found.counts is None else scale(found.counts, found.what == "erf", spread)
    laid = msgspec.structs.replace(
        panel(found, drawn), picture=_laid(image, drawn, shared, cmap, zoom)
    )
    heading = [title or headline(found), *facts(found, step)]
    keys = _keys(drawn, shared)
    return compose([laid], heading, shared, LABELS[found.what], zoom, style, keys=keys)


def _laid(
    image: "NDArray[np.uint8]", drawn: Plane, shared: Scale | None, cmap: str, zoom: int
) -> "NDArray[np.uint8]":
    """Return the image in blocks, each in the manner of its state."""
    import numpy as np

    cells: NDArray[Any] = np.full((*drawn.states.shape, 3), HATCH[0], np.float64)
    rows, columns = (-span.start for span in drawn.frame)
    step = drawn.step
    for i, j in np.ndindex(*drawn.states.shape) if step > 1 else ():
        top, left = i * step - rows, j * step - columns
        block = image[max(0, top) : max(0, top + step), max(0, left) : max(0, left + step)]
        if block.size:
            cells[i, j] = block.reshape(-1, 3).mean(axis=0)
    if step == 1:
        cells[rows : rows + image.shape[0], columns : columns + image.shape[1]] = image
    states = drawn.states
    full = cells.copy()
    cells[states == BEYOND] = (1 - _FADED) * cells[states == BEYOND] + _FADED * 255
    dark = (1 - _DARK) * cells
    cells[states == HOLE] = dark[states == HOLE]
    held = states >= PART
    if shared is not None and drawn.counts is not None:
        colours = ramp(cmap)
        level = np.rint(shared.position(drawn.counts[held]) * (len(colours) - 1)).astype(np.intp)
        full[held] = (1 - _TINT) * full[held] + _TINT * colours[level]
    cells[held] = full[held]
    out = np.rint(cells).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
    part = (states == PART).repeat(zoom, axis=0).repeat(zoom, axis=1)
    part &= diagonal(*part.shape) % 2 == 1
    out[part] = np.rint(dark).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)[part]
    return out


def _keys(drawn: Plane, shared: Scale | None) -> list[Key]:
    """Return the legend: what was done to the picture where."""
    grey, dark, faded = (150,) * 3, (40,) * 3, (225,) * 3
    keys = [
        Key(SAMPLED, "sampled: in its own colours", grey),
        Key(PART, "sampled in part", grey, dark),
        Key(HOLE, "hole: darkened", dark),
        Key(BEYOND, "outside the field: faded", faded),
        Key(PADDING, "padding", HATCH),
    ]
    found = [key for key in keys if (drawn.states == key.state).any()]
    found = [key for key in found if key.state != SAMPLED or shared is None]
    return [*found, Key(BOX, "receptive field", None), Key(CENTRE, "its centre", None)]


def _unreadable(path: str | Path, fault: Exception) -> RfcalcError:
    reason = getattr(fault, "strerror", None) or "it is no picture, or it is broken"
    return fail("RF423", f"'{path}' cannot be read: {reason}", "give a PNG or JPEG")

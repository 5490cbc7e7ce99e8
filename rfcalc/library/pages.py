"""Which page holds everything there is to say? What ``rfcalc report`` writes, in Python."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from os import PathLike, fspath
from typing import Any, Self

from rfcalc import __version__
from rfcalc.errors import fail
from rfcalc.files import target, write
from rfcalc.library.several import networks_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.render.page import page as page_text
from rfcalc.report import Report, analyze

__all__ = ["Page", "check_size", "page", "picture_of", "when"]

_CARRIED = 1600
"""Longest side of the picture inside the page, pixels; it is stretched to the input's size."""
_PIXELS = 1 << 24
"""Most pixels that a page draws on."""


class Page(str):
    """The HTML text of a page, which a notebook shows as it is in a frame of its own."""

    __slots__ = ()

    def __new__(cls, text: str = "") -> Self:
        return super().__new__(cls, text)

    def __repr__(self) -> str:
        head = self.partition("<title>")[2].partition("</title>")[0]
        return f"Page({head[:100]!r}, {len(self):,} characters)"

    def to_dict(self) -> dict[str, Any]:
        """Return the text as data for JSON."""
        return {"rfcalc": __version__, "html": str(self)}

    def _repr_html_(self) -> str:
        held = escape(self)
        frame = 'sandbox="allow-scripts" style="width:100%;height:640px;border:1px solid #ccc"'
        return f'<iframe title="rfcalc report" {frame} srcdoc="{held}"></iframe>'


def page(
    *nets: "NetworkLike | Sequence[NetworkLike]",
    layer: str | None = None,
    source: str | None = None,
    image: "str | PathLike[str] | None" = None,
    out: "str | PathLike[str] | None" = None,
    input: "Sizes | None" = None,
) -> Page:
    """Return one self-contained page of HTML: verdict, layers, graph, masks, counts, findings.

    Parameters
    ----------
    nets : networks, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``; or one sequence of them.
    layer : the layer that is shown first, by default the output.
    source : the layer whose cells are counted, by default the input.
    image : the path of a picture of the input's size, on which the field is drawn.
    out : an ``.html`` or ``.htm`` file to write.
    input : input size, cells per axis, or the shape of a module's example input; by default that
        of the picture.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 a picture beside a source, or no network, RF407, RF408 a
        path that cannot be written, RF423, RF424 a picture that cannot be read or has another
        size; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> text = page("k3,k3d2")
    >>> text[:15], text
    ('<!DOCTYPE html>', Page('Receptive field of k3,k3d2', ... characters))
    """
    expect(layer=layer, source=source, image=image, out=out)
    path = None if out is None else target(fspath(out), (".html", ".htm"))
    address, size = None, None
    if image is not None:
        address, size = picture_of(fspath(image), source)
        input = size if input is None else input
    networks = networks_of(nets, input)
    if not networks:
        raise fail("RF406", "no network is given", "name one: page('k3,k3d2')")
    if image is not None and size is not None:
        check_size(fspath(image), size, networks)
    reports: list[Report] = [analyze(network, layer, source) for network in networks]
    names = ", ".join(network.name for network in networks)
    found = Page(page_text(reports, source, layer, address, f"rfcalc.page of {names}, {when()}"))
    if path is not None:
        write(path, found.encode(errors="replace"))
    return found


def when() -> str:
    """Return the day and time, or those that ``SOURCE_DATE_EPOCH`` sets for equal bytes.

    Raises
    ------
    RfcalcError
        RF406: it is not a number of seconds.
    """
    set_to = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(time.time() if set_to is None else int(set_to), UTC)
    except (ValueError, OverflowError, OSError):
        help = "give seconds since 1970, or unset it"
        raise fail("RF406", f"SOURCE_DATE_EPOCH is '{set_to}'", help) from None
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def picture_of(image: str, source: str | None) -> tuple[str, tuple[int, int]]:
    """Return a picture as a data address, and its size.

    Raises
    ------
    RfcalcError
        RF423: it cannot be read or is too large, RF406: it lies under another layer than the input.
    """
    import base64
    from io import BytesIO

    from PIL import Image

    from rfcalc import plots

    if source is not None:
        fact = "`image=` and `source=` are given"
        raise fail("RF406", fact, "a picture lies under the input")
    size = plots.picture_size(image)
    if size[0] * size[1] > _PIXELS:
        fact = f"'{image}' has {size[0] * size[1]:,} pixels; a page draws on {_PIXELS:,} at most"
        raise fail("RF423", fact, "scale it down")
    shown = Image.fromarray(plots.picture(image))
    shown.thumbnail((_CARRIED, _CARRIED))
    buffer = BytesIO()
    shown.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode(), size


def check_size(image: str, size: tuple[int, ...], networks: "Sequence[Network]") -> None:
    """Refuse a picture that is not of the input's size.

    Raises
    ------
    RfcalcError
        RF424: some network has an input of another size or other than two axes.
    """
    for network in networks:
        if network.input != size:
            ours, theirs = (" x ".join(map(str, n or ("unknown",))) for n in (size, network.input))
            fact = f"'{image}' has {ours} pixels, the input of '{network.name}' {theirs} cells"
            raise fail("RF424", fact, "omit `input=`, or give a picture of its size")

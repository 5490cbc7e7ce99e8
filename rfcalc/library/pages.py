"""Which page holds everything there is to say? What ``rfcalc report`` writes, in Python."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from html import escape, unescape
from os import PathLike, fspath
from typing import NamedTuple, Self

from rfcalc import __version__
from rfcalc.documents import Json
from rfcalc.durations import rate_of
from rfcalc.errors import fail
from rfcalc.files import target, write
from rfcalc.library.several import networks_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.render.page import page as page_text
from rfcalc.report import Report, analyze
from rfcalc.shown import brief

__all__ = ["Page", "page", "page_of", "picture_of"]

_CARRIED = 1600
"""Longest side of the picture inside the page, pixels; it is stretched to the input's size."""
_PIXELS = 1 << 24
"""Most pixels that a page draws on."""


class Picture(NamedTuple):
    """A picture to draw on: its file, its bytes as a data address, its size in pixels."""

    file: str
    address: str
    size: tuple[int, int]


class Page(str):
    """The HTML text of a page, which a notebook shows as it is in a frame of its own."""

    __slots__ = ()

    def __new__(cls, text: str = "") -> Self:
        return super().__new__(cls, text)

    def __repr__(self) -> str:
        head = unescape(self.partition("<title>")[2].partition("</title>")[0])
        return brief(f"Page({head[:100]!r}, {len(self):,} characters)")

    def to_dict(self) -> dict[str, Json]:
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
    rate: float | Fraction | str | None = None,
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
    rate : samples per second, as ``16000`` or ``"16k"``: the axis of time is in milliseconds.
    out : an ``.html`` or ``.htm`` file to write.
    input : input size, cells per axis, or the shape of a module's example input; by default that
        of the picture.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 a picture beside a source, a rate without an axis of
        time, or no network, RF407, RF408 a path that cannot be written, RF423, RF424 a picture
        that cannot be read or has another size; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> text = page("k3,k3d2")
    >>> text[:15], text
    ('<!DOCTYPE html>', Page('Receptive field of k3,k3d2', ... characters))
    """
    expect(layer=layer, source=source, image=image, rate=rate, out=out)
    path = None if out is None else target(fspath(out), (".html", ".htm"))
    hertz = rate_of(rate)
    picture = None if image is None else picture_of(fspath(image), source)
    input = picture.size if picture is not None and input is None else input
    networks = networks_of(nets, input)
    if not networks:
        raise fail("RF406", "no network is given", "name one: page('k3,k3d2')")
    names = ", ".join(network.name for network in networks)
    found = page_of(networks, layer, source, picture, hertz, f"rfcalc.page of {names}")
    if path is not None:
        write(path, found.encode(errors="replace"))
    return found


def page_of(
    networks: "Sequence[Network]",
    layer: str | None,
    source: str | None,
    picture: Picture | None,
    rate: Fraction | None,
    said: str,
) -> Page:
    """Return the page of networks; ``said`` is what was asked for, which stands below with the day.

    Raises
    ------
    RfcalcError
        As ``page``.
    """
    if picture is not None:
        _check_size(picture, networks)
    reports: list[Report] = [analyze(network, layer, source) for network in networks]
    address = None if picture is None else picture.address
    return Page(page_text(reports, source, layer, address, f"{said}, {_when()}", rate))


def _when() -> str:
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


def picture_of(image: str, source: str | None) -> Picture:
    """Return the picture of a file.

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
        raise fail("RF406", fact, "a picture is drawn under the input: omit `source=`")
    size = plots.picture_size(image)
    if size[0] * size[1] > _PIXELS:
        fact = f"'{image}' has {size[0] * size[1]:,} pixels; a page draws on {_PIXELS:,} at most"
        raise fail("RF423", fact, "scale it down")
    shown = Image.fromarray(plots.picture(image))
    shown.thumbnail((_CARRIED, _CARRIED))
    buffer = BytesIO()
    shown.save(buffer, "JPEG", quality=85)
    held = base64.b64encode(buffer.getvalue()).decode()
    return Picture(image, f"data:image/jpeg;base64,{held}", size)


def _check_size(picture: Picture, networks: "Sequence[Network]") -> None:
    """Refuse a picture that is not of the input's size.

    Raises
    ------
    RfcalcError
        RF424: some network has an input of another size or other than two axes.
    """
    for network in networks:
        if network.input != picture.size:
            sizes = (picture.size, network.input)
            ours, theirs = (" x ".join(map(str, n or ("unknown",))) for n in sizes)
            fact = (
                f"'{picture.file}' has {ours} pixels, the input of '{network.name}' {theirs} cells"
            )
            raise fail("RF424", fact, "omit `input=`, or give a picture of its size")

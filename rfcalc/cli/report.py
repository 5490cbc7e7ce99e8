"""Write one self-contained page: verdict, layers, graph, masks and counts, findings."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.flags import translate_page
from rfcalc.cli.output import notes, put
from rfcalc.cli.reading import Reading
from rfcalc.errors import fail
from rfcalc.library.durations import rate_of

if TYPE_CHECKING:
    from rfcalc.network import Network

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}
_CARRIED = 1600
"""Longest side of the picture inside the page, pixels; it is stretched to the input's size."""
_LIMIT = 1 << 24
"""Most pixels that a page draws on."""


def command(
    nets: options.Nets,
    reading: Reading,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="The page: .html or .htm.")
    ],
    layer: options.Layer = None,
    source: options.Source = None,
    image: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option("--image", metavar="FILE", help="Put the field on a picture."),
    ] = None,
    rate: options.Rate = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc import files
    from rfcalc.render.page import page
    from rfcalc.report import analyze

    path = files.target(output, (".html", ".htm"))
    address, size = None, None
    if image is not None:
        address, size = _address(image, source)
        reading = reading if reading.input else reading.at(size)
    networks = reading.networks(nets)
    if image is not None and size is not None:
        _same_size(image, size, networks)
    reports = [analyze(network, layer, source) for network in networks]
    words = [reading.words(net) for net in nets]
    asked = {"--layer": layer, "--source": source, "--image": image, "--rate": rate}
    said = f"rfcalc report {_command_words(words, asked)}, {_when()}"
    timed = None if rate is None else rate_of(rate)
    text = translate_page(page(reports, source, layer, address, said, timed))
    notes(networks, quiet)
    put(path, text.encode(errors="replace"), quiet)


def _command_words(words: "Sequence[Sequence[str]]", asked: "Mapping[str, str | None]") -> str:
    """Return the networks with the options that all of them were read with, and what is asked."""
    from shlex import join

    more = [word for name, value in asked.items() if value is not None for word in (name, value)]
    return join([*(one[0] for one in words), *words[0][1:], *more])


def _when() -> str:
    """Return the day and time, or those that ``SOURCE_DATE_EPOCH`` sets for equal bytes.

    Raises
    ------
    RfcalcError
        RF406: it is not a number of seconds.
    """
    import os
    import time
    from datetime import UTC, datetime

    set_to = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(time.time() if set_to is None else int(set_to), UTC)
    except (ValueError, OverflowError, OSError):
        help = "give seconds since 1970, or unset it"
        raise fail("RF406", f"SOURCE_DATE_EPOCH is '{set_to}'", help) from None
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _address(image: str, source: str | None) -> tuple[str, tuple[int, int]]:
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
        raise fail("RF406", "--image and --source are given", "a picture lies under the input")
    size = plots.picture_size(image)
    if size[0] * size[1] > _LIMIT:
        fact = f"'{image}' has {size[0] * size[1]:,} pixels; a page draws on {_LIMIT:,} at most"
        raise fail("RF423", fact, "scale it down")
    shown = Image.fromarray(plots.picture(image))
    shown.thumbnail((_CARRIED, _CARRIED))
    buffer = BytesIO()
    shown.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode(), size


def _same_size(image: str, size: tuple[int, ...], networks: "Sequence[Network]") -> None:
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
            raise fail("RF424", fact, "omit --input, or give a picture of its size")

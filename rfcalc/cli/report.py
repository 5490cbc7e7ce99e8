"""Write one self-contained page: verdict, layers, graph, masks and counts, findings."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.flags import translate_page
from rfcalc.cli.output import notes, put
from rfcalc.cli.reading import Reading
from rfcalc.durations import rate_of

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


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
        typer.Option("--image", metavar="FILE", help="Draw the field on a picture."),
    ] = None,
    rate: options.Rate = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.files import target
    from rfcalc.library.pages import page_of, picture_of

    path = target(output, (".html", ".htm"))
    picture = None if image is None else picture_of(image, source)
    if picture is not None and not reading.input:
        reading = reading.at(picture.size)
    networks = reading.networks(nets)
    words = [reading.words(net) for net in nets]
    asked = {"--layer": layer, "--source": source, "--image": image, "--rate": rate}
    said = f"rfcalc report {_command_words(words, asked)}"
    timed = rate_of(rate)
    text = translate_page(page_of(networks, layer, source, picture, timed, said))
    notes(networks, quiet)
    put(path, text.encode(errors="replace"), quiet)


def _command_words(words: "Sequence[Sequence[str]]", asked: "Mapping[str, str | None]") -> str:
    """Return the networks with the options that all of them were read with, and what is asked."""
    from shlex import join

    more = [word for name, value in asked.items() if value is not None for word in (name, value)]
    return join([*(one[0] for one in words), *words[0][1:], *more])

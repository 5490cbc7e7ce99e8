"""Say what a network on a stream looks at, keeps and computes per step, and its latency."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show
from rfcalc.cli.reading import Reading
from rfcalc.errors import fail

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    frame: Annotated[
        Optional[int],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--frame", metavar="N", help="Samples per step. [default: the smallest regular]"
        ),
    ] = None,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--rate", metavar="HZ", help="Samples per second: shows seconds as well."),
    ] = None,
    axis: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--axis", metavar="A", help="The axis of time, when there are several."),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from fractions import Fraction

    from rfcalc.cli.sized import sized
    from rfcalc.render.stream import stream_document
    from rfcalc.tiling.streams import stream

    hertz = None
    if rate is not None:
        # A fraction of a long exponent has as many digits.
        short = len(rate) <= 40 and "e" not in rate.lower()
        try:
            hertz = Fraction(rate if short else float(rate))
        except (ValueError, ZeroDivisionError, OverflowError):
            hertz = Fraction(0)
        if not Fraction(1, 10**12) <= hertz <= 10**12:
            raise fail("RF406", f"--rate is '{rate}'", "samples per second, as in --rate 16000")
    network = sized(net, reading)
    found = stream(
        network, layer, source, frame=frame, axis=axis, ignore_global=reading.ignore_global
    )
    show(stream_document(network.name, found, hertz), format, output, quiet)

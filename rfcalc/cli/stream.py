"""Say what a network on a stream looks at, keeps and computes per step, and its latency."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show
from rfcalc.cli.reading import Reading

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    frame: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--frame",
            metavar="N",
            help="Samples per step, or with --rate a time, 10ms. [default: the smallest regular]",
        ),
    ] = None,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--rate", metavar="HZ", help="Samples per second, as 16k: shows seconds too."),
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
    from rfcalc.cli.durations import frame_of, rate_of
    from rfcalc.cli.sized import sized
    from rfcalc.render.stream import stream_document
    from rfcalc.tiling.streams import stream

    hertz = None if rate is None else rate_of(rate)
    samples = None if frame is None else frame_of(frame, hertz)
    network = sized(net, reading)
    found = stream(
        network, layer, source, frame=samples, axis=axis, ignore_global=reading.ignore_global
    )
    show(stream_document(network.name, found, hertz), format, output, quiet)

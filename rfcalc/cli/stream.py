"""Say what a network on a stream looks at, keeps and computes per step, and its latency.

Exit status: 1 when --verify finds that chunks give something else than the whole.
"""

from contextlib import nullcontext
from typing import Annotated, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, show
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import running
from rfcalc.errors import fail

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
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Run the whole and chunk by chunk, and compare."),
    ] = False,
    backend: Annotated[
        Optional[Literal["numpy", "torch", "onnx", "keras"]],  # noqa: UP045
        typer.Option(
            "--backend",
            help="With --verify: layer parameters in NumPy, or the model itself, with its "
            "weights. [default: numpy]",
        ),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    columns: options.Columns = None,
    depth: options.Depth = None,
    every: options.Every = False,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.library.streaming import stream
    from rfcalc.render.stream import stream_document

    if not verify and backend is not None:
        raise fail("RF406", "--backend is given without --verify", "add --verify")
    with running(net, quiet) if backend not in (None, "numpy") else nullcontext():
        found = stream(
            net,
            layer,
            source,
            frame=frame,
            rate=rate,
            axis=axis,
            ignore_global=reading.ignore_global,
            verify=verify,
            backend=backend or "numpy",
            input=reading.input or None,
            **reading.options(),
        )
    document = stream_document(found.network.name, found.needs, found.rate, found.proof)
    show(as_chosen(document, found.network, format, columns, depth, every), format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)

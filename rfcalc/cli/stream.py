"""Say what a network on a stream looks at, keeps and computes per step, and its latency.

Exit status: 1 when --verify finds that chunks give something else than the whole.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, show
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import running
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.network import Network
    from rfcalc.tiling.chunks import Chunked

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
    from msgspec.structs import replace

    from rfcalc.cli.sized import sized
    from rfcalc.library.streaming import check_source, stream
    from rfcalc.render.stream import stream_document

    if not verify and backend is not None:
        raise fail("RF406", "--backend is given without --verify", "add --verify")
    if verify:
        check_source(source)
    network = sized(net, reading)
    asked: dict[str, Any] = {"frame": frame, "axis": axis, "ignore_global": reading.ignore_global}
    itself = backend not in (None, "numpy")
    found = stream(network, layer, source, rate=rate, verify=verify and not itself, **asked)
    if itself:
        asked |= {"layer": layer, "frame": found.needs.frame}
        found = replace(found, proof=_proof(net, network, reading, str(backend), asked, quiet))
    document = stream_document(network.name, found.needs, found.rate, found.proof)
    show(as_chosen(document, network, format, columns, depth, every), format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)


def _proof(
    net: str,
    network: "Network",
    reading: Reading,
    backend: str,
    asked: dict[str, Any],
    quiet: bool,
) -> "Chunked":
    """Return the comparison of chunks with the whole, on the model itself; its code is run."""
    from rfcalc.verification.models import model_of
    from rfcalc.verification.streaming import verify_model_stream, verify_target_stream

    if backend != "torch" or net.lower().endswith(".pt2"):
        model = model_of(backend, net, network.layouts, submodule=reading.submodule)
        return verify_model_stream(model, backend, network, **asked)
    with running(net, quiet):
        return verify_target_stream(
            net,
            reading.input,
            kwargs=reading.kwargs,
            submodule=reading.submodule,
            assume_pointwise=reading.assume_pointwise,
            layout=reading.layout or None,
            **asked,
        )

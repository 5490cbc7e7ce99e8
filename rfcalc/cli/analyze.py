"""Show the receptive field, sampled pixels and gridding of every layer."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import canvas, show
from rfcalc.cli.reading import Reading, resolve_stage

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    layer: options.Layer = None,
    source: options.Source = None,
    stage: options.Stage = None,
    measures: Annotated[
        bool, typer.Option("--measures", help="Add the gridding measures of the layer.")
    ] = False,
    drawn: Annotated[
        bool, typer.Option("--show", help="Draw the sampled pixels in the terminal.")
    ] = False,
    derived: Annotated[
        bool,
        typer.Option("--derive", help="Write out how each field comes about, and draw the first."),
    ] = False,
    columns: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option("--columns", metavar="A,B", help="Columns of the layers: layer,rf,macs."),
    ] = None,
    depth: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--depth", metavar="N", help="One row per module of so many dotted names."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show element-wise layers, too; JSON and CSV have them.")
    ] = False,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.network import PartlyRead
    from rfcalc.render.report import report_document
    from rfcalc.report import analyze

    fault: PartlyRead | None = None
    try:
        network = reading.network(net)
    except PartlyRead as partly:
        if layer is not None or stage is not None or output is not None:
            raise
        fault, network = partly, reading.kept(partly.network)
    network, layer, source = resolve_stage(network, stage, layer, source)
    report = analyze(network, layer, source, measured=measures)
    document = report_document(report, reading.words(net))
    if format in ("table", "markdown", "latex"):
        from rfcalc.render.shaping import shaped

        chosen = [name.strip() for name in (columns or "").split(",") if name.strip()]
        document = shaped(document, report, chosen, depth, every)
    width, colour, unicode = canvas(format, output)
    if derived:
        from rfcalc.render.derivation import with_derivation

        document = with_derivation(document, report, width or 80, colour, unicode)
    if drawn:
        from rfcalc.render.drawing import with_drawing

        document = with_drawing(document, report, source, width or 80, colour, unicode)
    show(document, format, output, quiet)
    if fault is not None:
        # What is known was shown; that the output is not is no answer.
        raise fault

"""Show the receptive field, sampled pixels and gridding of every layer."""

from typing import Annotated

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
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.render.report import report_document
    from rfcalc.report import analyze

    network, layer, source = resolve_stage(reading.network(net), stage, layer, source)
    report = analyze(network, layer, source, measured=measures)
    document = report_document(report, reading.words(net))
    if drawn:
        from rfcalc.render.drawing import with_drawing

        width, colour, unicode = canvas(format, output)
        document = with_drawing(document, report, source, width or 80, colour, unicode)
    show(document, format, output, quiet)

"""Show the receptive field, sampled pixels and gridding of every layer."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, canvas, show
from rfcalc.cli.reading import Reading

NEEDS = True
COST_HEADS = frozenset({"parameters", "macs", "memory"})
"""Columns for which costs are computed; a test holds them to those that there are."""


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
    columns: options.Columns = None,
    depth: options.Depth = None,
    every: options.Every = False,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.cli.drawing import drawing_commands
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
    report = analyze(network, layer, source, stage=stage, measured=measures)
    network, source = report.network, source if stage is None else report.rows[0].name
    document = report_document(report, tuple(drawing_commands(report, reading.words(net))))
    if not COST_HEADS.isdisjoint(options.names(columns)):
        from rfcalc.render.costs import with_costs

        document = with_costs(document, report)
    if format not in ("json", "csv"):
        from rfcalc.render.phases import with_phases

        document = with_phases(document, report)
    document = as_chosen(document, network, format, columns, depth, every)
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

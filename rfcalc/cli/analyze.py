"""Show the receptive field, sampled pixels and gridding of every layer."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show

NEEDS = True


def command(
    net: options.Net,
    layer: options.Layer = None,
    source: options.Source = None,
    input: options.Input = None,
    measures: Annotated[
        bool, typer.Option("--measures", help="Add the gridding measures of the layer.")
    ] = False,
    ignore_global: options.IgnoreGlobal = False,
    set: options.Set = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.render.report import report_document
    from rfcalc.report import analyze

    network = options.network(net, input, set, ignore_global)
    report = analyze(network, source, layer, measured=measures)
    show(report_document(report), format, output, quiet)

"""Show networks side by side, their layers matched by name and by place."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.output import canvas, show
from rfcalc.cli.reading import Reading

NEEDS = True


def command(
    nets: options.Nets,
    reading: Reading,
    layer: options.Layer = None,
    source: options.Source = None,
    all: Annotated[
        bool, typer.Option("--all", help="Show every layer, not only those that differ.")
    ] = False,
    columns: options.Columns = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.library.comparisons import compare
    from rfcalc.render.compare import comparison_document

    networks = reading.networks(nets)
    # Two files may well give the same name; then what was typed names them.
    own = [network.name for network in networks]
    found = compare(
        networks, names=own if len({*own}) == len(own) else nets, layer=layer, source=source
    )
    width = canvas(format, output).width
    chosen = options.names(columns)
    document = comparison_document(found, all, width, layer is None, chosen)
    show(document, format, output, quiet)

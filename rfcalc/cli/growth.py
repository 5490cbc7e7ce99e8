"""Plot RF, jump and density against depth, for one network or several: PNG, SVG, PDF."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import notes, own_style, put, tell
from rfcalc.cli.reading import Reading

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


def command(
    nets: options.Nets,
    reading: Reading,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="The suffix says the format.")
    ],
    source: options.Source = None,
    title: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option("--title", metavar="TEXT", help="First line of the figure."),
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = 150,
    size: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--size", metavar="INCHES", help="Width of the figure."),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc import files, plots
    from rfcalc.errors import many

    path = files.target(output, plots.SUFFIXES)
    own_style()
    networks = reading.networks(nets)
    found = plots.curves(networks, source)
    figure = plots.curves_plot(found, title=title, dpi=dpi, size=size)
    for curve in found:
        if curve.left and not quiet:
            tell(f"{many(curve.left, 'layer')} of '{curve.name}' see everything and are not drawn")
    notes(networks, quiet)
    put(path, plots.render(figure, path.suffix[1:].lower()), quiet)

"""Plot RF, jump and density against depth, for one network or several: PNG, SVG, PDF."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, canvas, notes, own_style, put, show, tell
from rfcalc.cli.reading import Reading
from rfcalc.durations import rate_of

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


def command(
    nets: options.Nets,
    reading: Reading,
    output: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The suffix says the format. [default: bars in the terminal]",
        ),
    ] = None,
    source: options.Source = None,
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--title", metavar="TEXT", help="Heading of the figure; '' for none."),
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = 150,
    size: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--size", metavar="INCHES", help="Width of the figure."),
    ] = None,
    columns: options.Columns = None,
    bare: Annotated[
        bool,
        typer.Option("--bare", help="Neither heading nor legend, for a figure with a caption."),
    ] = False,
    rate: options.Rate = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc import files
    from rfcalc.errors import fail, many

    if output is None and rate is not None:
        raise fail("RF406", "--rate is given without -o", "write a picture: -o growth.png")
    if output is None:
        from rfcalc.render.growth import growth_document

        networks = reading.networks(nets)
        notes(networks, quiet)
        width, _, unicode = canvas("table", None)
        document = growth_document(networks, source, width or 80, unicode)
        show(as_chosen(document, None, "table", columns), "table", None, quiet)
        return
    if columns is not None:
        raise fail("RF406", "--columns is given with -o", "omit one of the two")
    from rfcalc import plots

    path = files.target(output, plots.SUFFIXES)
    own_style()
    networks = reading.networks(nets)
    timed = rate_of(rate)
    found = plots.curves(networks, source, timed)
    figure = plots.curves_plot(found, title=title, dpi=dpi, size=size, bare=bare)
    for curve in found:
        if curve.left and not quiet:
            tell(f"{many(curve.left, 'layer')} of '{curve.name}' see everything and are not drawn")
    notes(networks, quiet)
    put(path, plots.render(figure, path.suffix[1:].lower()), quiet)

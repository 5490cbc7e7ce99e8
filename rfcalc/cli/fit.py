"""Say which share of the objects each head's field covers, and what smallest change covers more.

A field covers an object whose sides, in cells of the input, are none longer than its own. Sizes are
numbers (12,30,96x300; per axis height before width), a COCO file (.json), YOLO labels (.txt or a
folder) or a table (.csv). With --share, changes of dilations, kernels or strides are looked for.
"""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show
from rfcalc.cli.reading import Reading

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    sizes: Annotated[
        str,
        typer.Option("--sizes", metavar="SIDES|FILE|DIR", help="Sides of objects, or labels."),
    ],
    share: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--share", metavar="SHARE", help="Share that every head has to cover, as 95% or 0.95."
        ),
    ] = None,
    resize: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--resize",
            metavar="RULE",
            help="How images become the input: H,W, letterbox:H,W or short:N,MAX. "
            "[default: as they are]",
        ),
    ] = None,
    scale: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--scale", metavar="F", help="Factor of all sides, or one per axis."),
    ] = None,
    image: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--image", metavar="H,W", help="Size of images whose labels do not tell it."),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.coverage import fit
    from rfcalc.coverage.answer import text_behind
    from rfcalc.render.fit import fit_document

    wanted = None if share is None else options.share("--share", share)
    network = reading.load(net)
    # Of a network that options make, changes are listed layer by layer.
    made = bool(reading.variables) or reading.dims is not None
    text = None if made else text_behind(net, reading.input or None)
    found = fit(
        network,
        sizes,
        share=wanted,
        scale=scale,
        resize=resize,
        image=image,
        layer=layer,
        source=source,
        ignore_global=reading.ignore_global,
        text=text,
    )
    show(fit_document(found), format, output, quiet)
    if not found.reached:
        raise typer.Exit(1)

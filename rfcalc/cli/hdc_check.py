"""Judge a dilation schedule by the published HDC rules and by the exact theorem."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.output import canvas, show

NEEDS = True


def command(
    schedule: Annotated[
        list[str], typer.Argument(metavar="DILATIONS", help="Dilations in order, as in 1,2,5.")
    ],
    kernel: Annotated[
        str, typer.Option("--kernel", "-k", metavar="K", help="Kernel, one or one per layer.")
    ] = "3",
    stride: Annotated[
        str, typer.Option("--stride", metavar="S", help="Stride, one or one per layer.")
    ] = "1",
    suggested: Annotated[
        bool,
        typer.Option("--suggest", help="Add the nearest hole-free schedules of this length."),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit status by the paper's words: no two dilations share a factor."
        ),
    ] = False,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.hdc import hdc_check
    from rfcalc.render.hdc import hdc_document

    rates = options.schedule("DILATIONS", " ".join(schedule))
    kernels = options.schedule("--kernel", kernel)
    strides = options.schedule("--stride", stride)
    verdict = hdc_check(
        rates,
        kernels[0] if len(kernels) == 1 else kernels,
        strides[0] if len(strides) == 1 else strides,
    )
    width, colour, unicode = canvas(format, output)
    document = hdc_document(verdict, width or 80, colour, unicode, strict)
    if suggested:
        from rfcalc.render.suggestions import with_suggestions
        from rfcalc.schedules import largest_of, suggest

        document = with_suggestions(
            document, suggest(rates, verdict.kernels, verdict.strides), largest_of(verdict)
        )
    show(document, format, output, quiet)
    if not (verdict.strict if strict else verdict.ok):
        raise typer.Exit(1)

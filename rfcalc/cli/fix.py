"""Remove the gridding of a network file by the least change of dilations, or reach a field."""

from typing import Annotated, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show, tell

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


def command(
    net: options.NetworkFile,
    output: options.Output = None,
    keep: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--keep",
            metavar="PERCENT",
            help="Share of its field that every output keeps. [default: 100]",
        ),
    ] = None,
    keep_layers: Annotated[
        bool, typer.Option("--keep-layers", help="Every layer keeps its field, not only outputs.")
    ] = False,
    max_dilation: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--max-dilation",
            metavar="D",
            help="Largest dilation that may be written. [default: three times the largest; with "
            "--rf at least 16]",
        ),
    ] = None,
    layer: options.Layer = None,
    source: options.Source = None,
    stage: options.Stage = None,
    rf: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--rf",
            metavar="N",
            help="Reach this field at every output, by dilations, kernels or strides.",
        ),
    ] = None,
    max_cost: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--max-cost",
            metavar="SHARE",
            help="With --rf: most multiply-adds, as 120% or 1.2 of those before.",
        ),
    ] = None,
    unroll: Annotated[
        bool,
        typer.Option(
            "--unroll",
            help="Write one entry per layer where no number that decides several layers does it.",
        ),
    ] = False,
    input: options.Input = None,
    format: options.Printed = "table",
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.arguments import shape
    from rfcalc.library.repairs import check_out, fix
    from rfcalc.loading import refuse_model
    from rfcalc.render.repair import repair_document

    share = None if max_cost is None else options.share("--max-cost", max_cost)
    refuse_model(net)
    if output is not None:
        check_out(output)
    found = fix(
        net,
        layer,
        source,
        stage=stage,
        keep=keep,
        keep_layers=keep_layers,
        max_dilation=max_dilation,
        rf=rf,
        max_cost=share,
        unroll=unroll,
        input=[shape(text) for text in input or ()] or None,
    )
    if output is not None:
        check_out(output, found.before)
    show(repair_document(found.repair, found.before, found.file), format, None, quiet)
    if not found.repaired:
        raise typer.Exit(1)
    if output is not None:
        # Last, so that what cannot be printed leaves no file behind.
        found.write(output)
        if not quiet:
            tell(f"wrote {output}")

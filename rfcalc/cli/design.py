"""Find hole-free dilation schedules for a wanted field, ranked, with the reason."""

from typing import Annotated, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show
from rfcalc.errors import fail

NEEDS = True


def command(
    field: Annotated[
        Optional[int],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(metavar="CELLS", help="Wanted field, as with --rf.", show_default=False),
    ] = None,
    layers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--layers", "-n", metavar="N", help="Convolutions. [default: the fewest]"),
    ] = None,
    rf: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--rf", metavar="CELLS", help="Wanted extent of the field, input cells."),
    ] = None,
    at_least: Annotated[
        bool, typer.Option("--at-least", help="A field larger than CELLS will do as well.")
    ] = False,
    kernel: Annotated[int, typer.Option("--kernel", "-k", metavar="K", help="Kernel.")] = 3,
    max_dilation: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-dilation", metavar="D", help="Largest dilation allowed."),
    ] = None,
    per_level: Annotated[
        int,
        typer.Option("--per-level", metavar="M", help="Convolutions of one dilation in a row."),
    ] = 1,
    powers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--powers", metavar="B", help="Allow only powers of B as dilations."),
    ] = None,
    stacks: Annotated[
        int, typer.Option("--stacks", metavar="S", help="How often the schedule is repeated.")
    ] = 1,
    jump: Annotated[
        int, typer.Option("--jump", metavar="J", help="Jump of the map the schedule reads.")
    ] = 1,
    causal: Annotated[
        bool, typer.Option("--causal", help="All padding before: also shows how far back it looks.")
    ] = False,
    prefer: Annotated[
        Literal["even", "large", "few-layers", "small-dilations"],
        typer.Option("--prefer", help="What comes first in the ranking."),
    ] = "even",
    count: Annotated[
        int, typer.Option("--count", min=1, max=1000, help="How many schedules are shown.")
    ] = 5,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.render.design import design_document
    from rfcalc.schedules import design

    if field is not None and rf is not None:
        help = "omit one of them"
        raise fail("RF406", f"the field is {field} cells, and --rf is {rf}", help)
    rf = field if rf is None else rf
    found = design(
        layers,
        rf,
        at_least=at_least,
        kernel=kernel,
        max_dilation=max_dilation,
        per_level=per_level,
        powers=powers,
        stacks=stacks,
        jump=jump,
        prefer=prefer,
        causal=causal,
        count=count,
    )
    show(design_document(found), format, output, quiet)
    if not found.schedules:
        raise typer.Exit(1)

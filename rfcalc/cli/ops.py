"""List the operators of a framework that are handled, and how; the rest is refused by name."""

from typing import Annotated, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show

NEEDS = True


def command(
    framework: Annotated[
        Literal["onnx", "torch", "keras", "tflite"],
        typer.Argument(
            metavar="onnx|torch|keras|tflite", help="The framework.", show_default=False
        ),
    ],
    like: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Argument(metavar="NAME", help="Only operators with this in their name."),
    ] = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.errors import fail
    from rfcalc.importers.tables import table
    from rfcalc.render.operators import operators_document
    from rfcalc.spelling import nearest

    rows = table(framework)
    if like is not None:
        found = tuple(row for row in rows if like.lower() in row.name.lower())
        if not found:
            fact = f"no operator of {framework} with '{like}' in its name is handled"
            raise fail("RF501", fact, nearest(like, [row.name for row in rows]))
        rows = found
    show(operators_document(framework, rows, grouped=format == "table"), format, output, quiet)

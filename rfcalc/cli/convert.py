"""Write a model as a readable network file: blocks and repetitions found, names kept."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.output import deliver, tell
from rfcalc.cli.reading import Reading

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    output: options.Output = None,
    flat: Annotated[
        bool, typer.Option("--flat", help="One line per layer, every name as it is; no blocks.")
    ] = False,
    no_pointwise: Annotated[
        bool,
        typer.Option("--no-pointwise", help="Leave out norms, activations and their like."),
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.convert import convert
    from rfcalc.files import target

    path = None if output is None else target(output, (".yaml", ".yml"))
    found = convert(reading.network(net), net, flat=flat, pointwise=not no_pointwise)
    deliver(found.text, path, quiet)
    if quiet:
        return
    for fact in found.assumed:
        tell(f"not exact: {fact}")
    if path is not None:
        size = found.text.count("\n")
        new = f", {len(found.lost)} with new names (--flat keeps all)" if found.lost else ""
        tell(f"wrote {path}: {found.layers} layers in {size} lines{new}")

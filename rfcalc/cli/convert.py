"""Write a model as a readable network file: blocks and repetitions found, names kept."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.flags import translate
from rfcalc.cli.output import deliver, put, tell
from rfcalc.cli.reading import Reading

NEEDS = True
WRITES = {"yaml": (".yaml", ".yml")}


def command(
    net: options.Net,
    reading: Reading,
    output: options.Output = None,
    flat: Annotated[
        bool, typer.Option("--flat", help="One line per layer, every name as it is; no blocks.")
    ] = False,
    no_pointwise: Annotated[
        bool,
        typer.Option("--no-pointwise", help="Omit norms, activations and their like."),
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.conversion import convert

    found = convert(reading.network(net), net, flat=flat, pointwise=not no_pointwise)
    # The second line says what was lost, and how to keep it.
    first, second, rest = found.text.split("\n", 2)
    text = "\n".join((first, translate(second), rest))
    if output is None:
        deliver(text, None, quiet)
    else:
        size = text.count("\n")
        new = f", {len(found.lost)} with new names (--flat keeps all)" if found.lost else ""
        told = f": {found.layers} layers in {size} lines{new}"
        put(output, text.encode(errors="backslashreplace"), quiet, told)
    for fact in () if quiet else found.assumed:
        tell(f"not exact: {fact}")

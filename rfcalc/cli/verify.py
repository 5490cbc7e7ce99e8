"""Run the network in NumPy and compare every mask and path count with it."""

import sys
from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.output import show

NEEDS = True


def command(
    net: options.Net,
    layer: options.Layer = None,
    source: options.Source = None,
    input: options.Input = None,
    positions: Annotated[
        int,
        typer.Option("--positions", min=1, max=1000, help="Outputs compared per layer."),
    ] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the weights and positions.")] = 0,
    ignore_global: options.IgnoreGlobal = False,
    set: options.Set = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.render.verification import verification_document
    from rfcalc.verification.run import verify

    network = options.network(net, input, set, ignore_global)
    if sys.stderr.isatty() and not quiet:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(network.name, total=None)
            found = verify(
                network,
                layer=layer,
                source=source,
                positions=positions,
                seed=seed,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    else:
        found = verify(network, layer=layer, source=source, positions=positions, seed=seed)
    show(verification_document(found), format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)

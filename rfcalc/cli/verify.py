"""Run the network and compare every mask and path count with what it reads.

In NumPy every layer's masks and path counts are compared. With --backend torch the code of a
PyTorch model, package.module:factory, is run itself, and masks are compared with its gradients.
Exit status: 1 when a mask is refuted, 2 on bad input.
"""

from contextlib import nullcontext
from typing import Annotated, Literal

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, show
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import bar, running

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    backend: Annotated[
        Literal["numpy", "torch"],
        typer.Option("--backend", help="What is run: layer parameters, or a PyTorch model's code."),
    ] = "numpy",
    layer: options.Layer = None,
    source: options.Source = None,
    positions: Annotated[
        int,
        typer.Option("--positions", min=1, max=1000, help="Outputs compared per layer."),
    ] = 5,
    seed: Annotated[
        int,
        typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of the weights and positions."),
    ] = 0,
    columns: options.Columns = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.library.proofs import verify
    from rfcalc.render.verification import verification_document

    runs = backend == "torch"
    with running(net, quiet) if runs else nullcontext(), bar(net, quiet) as progress:
        found = verify(
            net,
            layer=layer,
            source=source,
            input=reading.input or None,
            seed=seed,
            positions=positions,
            backend=backend,
            progress=progress,
            ignore_global=reading.ignore_global,
            **reading.options(),
        )
    document = as_chosen(verification_document(found), None, format, columns)
    show(document, format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)

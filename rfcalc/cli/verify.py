"""Run the network and compare every mask and path count with what it reads.

In NumPy every layer's masks and path counts are compared. With --backend torch the code of a
PyTorch model, package.module:factory, is run itself, and masks are compared with its gradients.
Exit status: 1 when a mask is refuted, 2 on bad input.
"""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, show
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import bar, running
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.cli.running import Progress
    from rfcalc.verification.result import Verification

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
    from rfcalc.render.verification import verification_document

    chosen = (layer, source, positions, seed)
    if backend == "torch":
        with running(net, quiet), bar(net, quiet) as progress:
            found = _in_torch(net, reading, chosen, progress)
    else:
        from rfcalc.verification.run import verify

        network = reading.network(net)
        with bar(network.name, quiet) as progress:
            found = verify(
                network,
                layer=layer,
                source=source,
                positions=positions,
                seed=seed,
                progress=progress,
            )
    document = as_chosen(verification_document(found), None, format, columns)
    show(document, format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)


def _in_torch(
    net: str,
    reading: Reading,
    chosen: tuple[str | None, str | None, int, int],
    progress: "Progress | None",
) -> "Verification":
    """Return the verification of a PyTorch model, whose code is run.

    Raises
    ------
    RfcalcError
        RF406: an option that has no meaning for it.
    """
    from rfcalc.verification.targets import verify_target

    if reading.ignore_global:
        fact = "--ignore-global is given, and --backend torch runs the model as it is"
        raise fail("RF406", fact, "omit one of the two")
    if reading.variables:
        raise fail("RF406", "--set is for network files with `vars`", "omit --set")
    if reading.take_values:
        fact = "--take-values is given, and --backend torch runs other values than it would take"
        raise fail("RF406", fact, "omit --take-values")
    layer, source, positions, seed = chosen
    return verify_target(
        net,
        reading.input,
        kwargs=reading.kwargs,
        submodule=reading.submodule,
        layer=layer,
        source=source,
        positions=positions,
        seed=seed,
        assume_pointwise=reading.assume_pointwise,
        progress=progress,
    )

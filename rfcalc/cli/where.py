"""Say where the cells of a layer lie on the input, and which cells an input pixel reaches.

Without --at and --pixel: the first and last input cell, the centre and the jump of every layer, in
closed form. With --pixel, .npy and .npz hold the reached cells, .png, .svg and .pdf draw them.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.output import as_chosen, notes, own_style, put, show
from rfcalc.cli.outputs import RESULTS
from rfcalc.cli.reading import Reading
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.locations import Projection

NEEDS = True
ARRAYS = (".npy", ".npz")
PICTURES = (".png", ".svg", ".pdf")
WRITES = {**RESULTS, "array": ARRAYS, "picture": PICTURES}


def command(
    net: options.Net,
    reading: Reading,
    layer: options.Layer = None,
    source: options.Source = None,
    at: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option("--at", metavar="I,J", help="One cell of the layer: its box and centre."),
    ] = None,
    pixel: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--pixel", metavar="I,J", help="An input cell: which cells it reaches."),
    ] = None,
    what: Annotated[
        Literal["mask", "paths"],
        typer.Option("--what", help="With --pixel: reached cells, or paths to each of them."),
    ] = "mask",
    columns: options.Columns = None,
    depth: options.Depth = None,
    every: options.Every = False,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.library.places import Places, where
    from rfcalc.render.where import places_document, projection_document

    place, cell = options.integers("at", at), options.integers("pixel", pixel)
    special = str(format) in ("array", "picture")
    if cell is None and special:
        fact = f"{output} would hold what a pixel reaches"
        raise fail("RF406", fact, "name the pixel: --pixel I,J")
    network = reading.network(net)
    if special and layer is None:
        names = [network.nodes[i].name for i in network.outputs]
        if len(names) > 1:
            listed = ", ".join(f"'{name}'" for name in names)
            fact = f"the network has the outputs {listed}, and {output} shows one layer"
            raise fail("RF406", fact, "name one with --layer")
        layer = names[0]
    asked: dict[str, Any] = {"at": place, "pixel": cell, "what": what}
    found = cast("Places | Projection", where(network, layer, source, **asked))
    if isinstance(found, Places) or not special:
        document = (
            places_document(network, found.places)
            if isinstance(found, Places)
            else projection_document(found)
        )
        chosen = as_chosen(document, network, format, columns, depth, every)
        show(chosen, format, output, quiet)
        return
    assert output is not None
    notes([network], quiet)
    put(output, _drawn(found, output) if str(format) == "picture" else _held(found, output), quiet)


def _held(found: "Projection", output: str) -> bytes:
    """Return the bytes of an array file."""
    from io import BytesIO

    import numpy as np

    from rfcalc.files import npz

    array = found.array(0)
    array = array.astype(np.float64) if array.dtype == object else array
    out = BytesIO()
    if output.lower().endswith(".npy"):
        np.save(out, array, allow_pickle=False)
    else:
        return npz({found.what: array, "pixel": np.array(found.pixel)})
    return out.getvalue()


def _drawn(found: "Projection", output: str) -> bytes:
    """Return the bytes of a picture."""
    from rfcalc.plots import render
    from rfcalc.plots.projection import projection

    own_style()
    return render(projection(found), output.lower().rpartition(".")[2])

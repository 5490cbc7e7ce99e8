"""Say the exact halo for tiled inference and plan the tiles; --verify proves it."""

from typing import Annotated, Optional, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.output import deliver, show
from rfcalc.cli.outputs import RESULTS, unwritable
from rfcalc.cli.reading import Reading
from rfcalc.errors import RfcalcError, fail

NEEDS = True
WRITES = RESULTS | {"yaml": (".yaml", ".yml")}


def command(
    net: options.Net,
    reading: Reading,
    tile: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option("--tile", metavar="H,W", help="Input cells of a tile, without its halo."),
    ] = None,
    max_pixels: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-pixels", metavar="N", help="Most cells of a window; finds the tile."),
    ] = None,
    layer: options.Layer = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Run the whole and the tiles in NumPy and compare.")
    ] = False,
    halo: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--halo", metavar="B,..", help="With --verify: try this halo instead."),
    ] = None,
    bioimageio: Annotated[
        bool, typer.Option("--bioimageio", help="Print the axes of a bioimage.io description.")
    ] = False,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.cli.sized import sized
    from rfcalc.render.tiling import plan_document
    from rfcalc.tiling.best import best
    from rfcalc.tiling.bioimage import described
    from rfcalc.tiling.grids import grids
    from rfcalc.tiling.halo import halo as halo_of
    from rfcalc.tiling.plan import check_axes, planned
    from rfcalc.tiling.proof import joined
    from rfcalc.tiling.proof import verify as compare
    from rfcalc.tiling.sizes import sizes

    kind = cast("str", format)  # A file may be the description.
    if bioimageio:
        _alone(
            {
                "--tile": tile is not None,
                "--max-pixels": max_pixels is not None,
                "--halo": halo is not None,
                "--verify": verify,
                "--format": kind not in ("table", "yaml"),
            }
        )
    elif kind == "yaml":
        fact = f"'{output}' is for the axes of --bioimageio, which is not given"
        raise unwritable(str(output), tuple(s for of in RESULTS.values() for s in of), fact)
    network = sized(net, reading)
    moving = grids(network, layer, ignore_global=reading.ignore_global)
    around = halo_of(moving)
    if bioimageio:
        deliver(described(moving, around).text(), output, quiet)
        return
    if max_pixels is not None and max_pixels < 1:
        raise fail("RF406", f"--max-pixels is {max_pixels}", "it is a number of cells, at least 1")
    if tile is not None:
        size = check_axes("--tile", options.integers("--tile", tile) or (), network.dims)
        plan = planned(moving, around, size)
        if max_pixels is not None and (plan.pixels or 0) > max_pixels:
            fact = f"the largest window has {plan.pixels:,} cells, --max-pixels is {max_pixels:,}"
            raise fail("RF461", fact, "leave --tile out to have the best tile found")
    elif max_pixels is not None:
        plan = best(moving, around, max_pixels)
    else:
        raise fail("RF406", "neither --tile nor --max-pixels is given", "as in --tile 512")
    if halo is not None and not verify:
        raise fail("RF406", "--halo is given without --verify", "the exact halo is computed")
    proof = None
    if verify:
        sides = None
        if halo is not None:
            widths = options.integers("--halo", halo) or ()
            widths = widths * network.dims if len(widths) == 1 else widths
            if len(widths) != network.dims or min(widths) < 0:
                fact = f"--halo is '{halo}' for {network.dims} axes"
                raise fail("RF406", fact, "give one width for all axes, or one per axis")
            sides = tuple((width, width) for width in widths)
        proof = joined([compare(one, sides) for one in plan.each])
    try:
        description = described(moving, around)
    except RfcalcError:
        description = None
    rules = sizes(reading.kept(network), layer)
    others = plan.each if len(moving.targets) > 1 else ()
    found = plan_document(plan, rules, tile is None, proof, description, others)
    show(found, format, output, quiet)
    if proof is not None and not proof.ok:
        raise typer.Exit(1)


def _alone(given: dict[str, bool]) -> None:
    """Refuse what has no meaning beside --bioimageio.

    Raises
    ------
    RfcalcError
        RF406: an option that would be ignored.
    """
    for option, is_given in given.items():
        if is_given:
            fact = f"{option} is given with --bioimageio, which describes the halo of any tile"
            raise fail("RF406", fact, "leave one of the two away")

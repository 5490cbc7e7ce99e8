"""Say which windows and overlap a network needs, and plan its tiles; --verify proves it."""

from contextlib import nullcontext
from typing import Annotated, Literal, Optional, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.effect import PICTURES, check_picture, draw_curve, read_share
from rfcalc.cli.output import deliver, put, show
from rfcalc.cli.outputs import RESULTS, SUFFIXES, unwritable
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import bar, running
from rfcalc.errors import fail

NEEDS = True
WRITES = RESULTS | {"yaml": (".yaml", ".yml"), "picture": PICTURES}


def command(
    net: options.Net,
    reading: Reading,
    tile: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--tile",
            metavar="H,W",
            help="Input cells of a tile, without its halo. [default: of a window that overlaps "
            "by at most half]",
        ),
    ] = None,
    max_pixels: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-pixels", metavar="N", help="Most cells of a window; chooses the tile."),
    ] = None,
    whole: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--whole", metavar="H,W", help="Size of what is tiled: any, padded where it must be."
        ),
    ] = None,
    effect: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--effect",
            metavar="SHARE",
            help="Leave this share of the expected effect on an output beyond the halo, as 0.1%.",
        ),
    ] = None,
    measured: Annotated[
        bool,
        typer.Option("--measured", help="With --effect: of the model's own gradients; runs it."),
    ] = False,
    weights: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--weights", metavar="FILE", help="With --measured: of a PyTorch model."),
    ] = None,
    images: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--images", metavar="DIR|GLOB", help="With --measured: inputs. [default: noise]"
        ),
    ] = None,
    samples: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--samples", min=1, help="With --measured: inputs that are averaged."),
    ] = None,
    layer: options.Layer = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Run the whole and the tiles, and compare.")
    ] = False,
    backend: Annotated[
        Literal["numpy", "torch", "onnx", "keras"],
        typer.Option(
            "--backend",
            help="With --verify: what is run, layer parameters or the model itself, with its "
            "weights.",
        ),
    ] = "numpy",
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
    from rfcalc.library.tiles import tile as tile_of
    from rfcalc.render.tiling import answer_document

    kind = cast("str", format)  # A file may be the description, or a picture.
    if bioimageio:
        _alone(
            {
                "--tile": tile is not None,
                "--max-pixels": max_pixels is not None,
                "--whole": whole is not None,
                "--effect": effect is not None,
                "--measured": measured,
                "--halo": halo is not None,
                "--verify": verify,
                "--backend": backend != "numpy",
                "--format": kind not in ("table", "yaml"),
            }
        )
    elif kind == "yaml":
        fact = f"'{output}' is for the axes of --bioimageio, which is not given"
        raise unwritable(str(output), SUFFIXES, fact)
    if kind == "picture":
        check_picture(str(output), effect, verify)
    if halo is not None and not verify:
        raise fail("RF406", "--halo is given without --verify", "the exact halo is computed")
    if bioimageio:
        deliver(_describe(net, reading, layer), output, quiet)
        return
    widths = options.integers("halo", halo)
    runs = measured or backend != "numpy"
    with running(net, quiet) if runs else nullcontext(), bar(net, quiet or not runs) as progress:
        found = tile_of(
            net,
            layer,
            tile=options.integers("tile", tile),
            max_pixels=max_pixels,
            effect=None if effect is None else read_share(effect),
            measured=measured,
            weights=weights,
            images=images,
            samples=samples,
            whole=options.integers("whole", whole),
            ignore_global=reading.ignore_global,
            verify=verify,
            backend=backend,
            halo=widths[0] if widths is not None and len(widths) == 1 else widths,
            input=reading.input or None,
            progress=progress,
            **reading.options(),
        )
    if kind == "picture":
        put(str(output), draw_curve(found.answer, str(output)), quiet)
        return
    parts = (found.rules, found.chosen, found.proof, found.description, found.model)
    show(answer_document(found.answer, *parts), format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)


def _describe(net: str, reading: Reading, layer: str | None) -> str:
    """Return the axes of a bioimage.io description."""
    from rfcalc.library.reading import read_at_size
    from rfcalc.tiling.bioimage import described
    from rfcalc.tiling.grids import grids
    from rfcalc.tiling.halo import halo

    network = read_at_size(net, reading.input or None, reading.options(), layer)
    moving = grids(network, layer, ignore_global=reading.ignore_global)
    return described(moving, halo(moving)).text()


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
            raise fail("RF406", fact, "omit one of the two")

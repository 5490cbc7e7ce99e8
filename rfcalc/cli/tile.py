"""Say which windows and overlap a network needs, and plan its tiles; --verify proves it."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, cast

import typer

from rfcalc.cli import options
from rfcalc.cli.effect import PICTURES, check_picture, draw_curve, measure_model, read_share
from rfcalc.cli.output import deliver, put, show
from rfcalc.cli.outputs import RESULTS, SUFFIXES, unwritable
from rfcalc.cli.reading import Reading
from rfcalc.cli.running import running
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.network import Network
    from rfcalc.tiling.plan import Plan
    from rfcalc.tiling.proof import Proof
    from rfcalc.verification.tiles import Compared

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
    from rfcalc.cli.sized import sized
    from rfcalc.library.backends import check_backend
    from rfcalc.library.beyond import check_measured
    from rfcalc.library.tilings import prove_plan, sides_of, tiles_of
    from rfcalc.render.tiling import answer_document
    from rfcalc.tiling.effect import effects

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
    check_backend(backend, verify)
    share = None if effect is None else read_share(effect)
    check_measured(share, measured, reading.ignore_global, weights, images, samples)
    beyond: Any = effects
    if measured:
        network, beyond = measure_model(net, reading, weights, images, samples, quiet)
    else:
        network = sized(net, reading, options.integers("whole", whole))
    if bioimageio:
        from rfcalc.tiling.bioimage import described
        from rfcalc.tiling.grids import grids
        from rfcalc.tiling.halo import halo as halo_of

        moving = grids(network, layer, ignore_global=reading.ignore_global)
        deliver(described(moving, halo_of(moving)).text(), output, quiet)
        return
    widths = options.integers("halo", halo)
    around = widths[0] if widths is not None and len(widths) == 1 else widths

    def proof_of(plan: "Plan") -> "Proof | Compared":
        if backend == "numpy":
            return prove_plan(plan, around)
        sides = sides_of(plan, around)
        return _compare_on_model(backend, net, reading, network, plan, sides, quiet)

    found = tiles_of(
        network,
        layer,
        tile=options.integers("tile", tile),
        max_pixels=max_pixels,
        effect=share,
        whole=options.integers("whole", whole),
        ignore_global=reading.ignore_global,
        beyond=beyond,
        proof_of=proof_of if verify else None,
    )
    if kind == "picture":
        put(str(output), draw_curve(found.answer, str(output)), quiet)
        return
    parts = (found.rules, found.chosen, found.proof, found.description, found.model)
    show(answer_document(found.answer, *parts), format, output, quiet)
    if not found.ok:
        raise typer.Exit(1)


def _compare_on_model(
    backend: str,
    net: str,
    reading: Reading,
    network: "Network",
    plan: "Plan",
    sides: "tuple[tuple[int, int], ...] | None",
    quiet: bool,
) -> "Compared":
    """Return the comparison of the model itself with its tiles; its code is run."""
    from rfcalc.verification.models import model_of
    from rfcalc.verification.tiles import compared

    with running(net, quiet):
        model = model_of(
            backend,
            net,
            network.layouts,
            reading.input,
            kwargs=reading.kwargs,
            submodule=reading.submodule,
            assume_pointwise=reading.assume_pointwise,
            value=reading.value,
        )
        return compared(model, plan, network, sides)


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

"""Draw sampled pixels, path counts or the expected effective field: PNG, SVG, PDF, PGF, GIF, .."""

from typing import Annotated, Any, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.announcing import draw_in_terminal
from rfcalc.cli.completion import networks
from rfcalc.cli.output import notes, own_style, put, tell
from rfcalc.cli.reading import Reading
from rfcalc.durations import rate_of
from rfcalc.errors import fail
from rfcalc.figures.kinds import check_kind, choose_kind, draw_kind
from rfcalc.figures.outputs import Asked
from rfcalc.gridding.pairs import resolve_stage

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


def command(
    net: options.Net,
    reading: Reading,
    output: Annotated[
        Optional[str],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="The suffix says the format. [default: the mask is drawn in the terminal]",
        ),
    ] = None,
    what: options.What = "mask",
    layer: options.Layer = None,
    source: options.Source = None,
    stage: options.Stage = None,
    at: options.At = None,
    phase: options.Phase = None,
    all_layers: Annotated[
        bool, typer.Option("--all-layers", help="One panel per layer that changes the field.")
    ] = False,
    compare: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the older spelling on every version
        typer.Option(
            "--compare",
            metavar="NET",
            help="Draw another network beside it.",
            autocompletion=networks,
        ),
    ] = None,
    overlay: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--overlay", metavar="IMAGE", help="Draw the field on a picture."),
    ] = None,
    connections: Annotated[
        bool,
        typer.Option("--connections", help="The cells that each layer of a 1-D stack connects."),
    ] = False,
    animate: Annotated[
        bool, typer.Option("--animate", help="Let the field grow layer by layer (.gif, .apng).")
    ] = False,
    scale: Annotated[
        Literal["auto", "linear", "log"],
        typer.Option("--scale", help="Scale of counts; by default log when they span decades."),
    ] = "auto",
    cmap: Annotated[
        str, typer.Option("--cmap", metavar="NAME", help="Colour map for counts.")
    ] = "viridis",
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--title", metavar="TEXT", help="First line of the heading; '' for none."),
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = 150,
    size: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--size", metavar="INCHES", help="Largest width of the figure."),
    ] = None,
    bare: Annotated[
        bool,
        typer.Option("--bare", help="Neither heading nor legend, for a figure with a caption."),
    ] = False,
    letters: Annotated[
        bool, typer.Option("--letters", help="Call the panels (a), (b), .. for a caption.")
    ] = False,
    own_scale: Annotated[
        bool,
        typer.Option("--own-scale", help="With --compare: each network to its own maximum."),
    ] = False,
    rate: options.Rate = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc import files, plots
    from rfcalc.plots.animation import SUFFIXES as MOVING

    moving = animate or (output or "").lower().endswith(MOVING)
    kind = choose_kind(
        {
            "connections": connections,
            "all_layers": all_layers,
            "compare": compare,
            "overlay": overlay,
            "animation": moving,
        }
    )
    place, turn = options.integers("at", at), options.integers("phase", phase)
    asked = Asked(what, layer, source, place, turn)
    if output is None:
        if kind or what != "mask":
            fact = "the terminal shows the mask of one layer, and more is asked for"
            raise fail("RF406", fact, "write a picture: -o out.png")
        network, layer, source = resolve_stage(reading.network(net), stage, layer, source)
        also = plots.announced(network) if stage is None and asked.plain else None
        draw_in_terminal(network, (layer, source, place, turn), also, quiet)
        return
    suffixes = (*MOVING, ".png") if animate else (*plots.SUFFIXES, *MOVING)
    path = files.target(output, suffixes)
    own_style()
    panels = {"letters": letters, "rate": rate, "own_scale": own_scale}
    check_kind(kind, asked, bare=bare, stage=stage, **panels)
    look: dict[str, Any] = {
        "spread": scale, "cmap": cmap, "title": title, "dpi": dpi, "size": size,
    }  # fmt: skip
    hertz = rate_of(rate)
    if overlay is not None and not reading.input:
        reading = reading.at(plots.picture_size(overlay))
    network, *others = reading.networks([net, *(compare or ())])
    network, layer, source = resolve_stage(network, stage, layer, source)
    asked = asked._replace(layer=layer, source=source)
    suffix = path.suffix[1:].lower()
    if moving:
        form = "gif" if suffix == "gif" else "apng"
        data = plots.animation(network, form, what=what, layer=layer, source=source, **look)
    else:
        look |= {"bare": bare, "letters": letters, "rate": hertz, "own": own_scale}
        figure, words = draw_kind(kind, [network, *others], asked, look, overlay)
        if words and not quiet:
            tell(f"drawn: {words}; for another pair of maps: --source and --layer")
        data = plots.render(figure, suffix)
    notes([network, *others], quiet)
    put(path, data, quiet)

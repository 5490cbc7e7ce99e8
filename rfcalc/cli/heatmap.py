"""Draw sampled pixels, path counts or the expected effective field: PNG, SVG, PDF, PGF, GIF, .."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.announcing import beside_announced, draw_in_terminal
from rfcalc.cli.completion import networks
from rfcalc.cli.output import notes, own_style, put
from rfcalc.cli.reading import Reading, resolve_stage
from rfcalc.errors import fail
from rfcalc.library.durations import rate_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfcalc.network import Network
    from rfcalc.plots.fields import Result

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
    from rfcalc.library.every_output import each, is_unbounded, outputs
    from rfcalc.plots.animation import SUFFIXES as MOVING

    if output is None:
        plain = what == "mask" and not (all_layers or compare or overlay or animate or connections)
        if not plain:
            fact = "the terminal shows the mask of one layer, and more is asked for"
            raise fail("RF406", fact, "write a picture: -o out.png")
        network, layer, source = resolve_stage(reading.network(net), stage, layer, source)
        place, turn = options.integers("at", at), options.integers("phase", phase)
        own = layer is source is at is phase is None
        also = plots.announced(network) if own else None
        draw_in_terminal(network, (layer, source, place, turn), also, quiet)
        return
    moving = animate or output.lower().endswith(MOVING)
    suffixes = (*MOVING, ".png") if animate else (*plots.SUFFIXES, *MOVING)
    path = files.target(output, suffixes)
    own_style()
    wanted = {
        "--connections": connections,
        "--all-layers": all_layers,
        "--compare": compare,
        "--overlay": overlay,
    }
    chosen = [option for option, given in (wanted | {"animation": moving}).items() if given]
    if len(chosen) > 1:
        raise fail("RF406", f"{' and '.join(chosen)} are given together", "choose one of them")
    place, turn = options.integers("at", at), options.integers("phase", phase)
    if chosen and chosen != ["--overlay"] and (place or turn):
        fact = f"--at and --phase are given with {chosen[0]}"
        raise fail("RF406", fact, f"{chosen[0]} draws interior fields: omit them")
    look: dict[str, Any] = {
        "spread": scale, "cmap": cmap, "title": title, "dpi": dpi, "size": size,
    }  # fmt: skip
    if moving and bare:
        raise fail("RF406", "--bare and animation are given together", "choose one of them")
    if (letters or rate) and (moving or overlay):
        taken = "--letters" if letters else "--rate"
        other = "animation" if moving else "--overlay"
        raise fail("RF406", f"{taken} and {other} are given together", "choose one of them")
    if own_scale and not compare:
        raise fail("RF406", "--own-scale is given without --compare", "name another network")
    look |= {} if moving else {"bare": bare}
    if not moving and overlay is None:
        look |= {"letters": letters, "rate": None if rate is None else rate_of(rate)}
    if overlay is not None and not reading.input:
        reading = reading.at(plots.picture_size(overlay))
    if stage is not None and compare:
        help = "name the pair: --source and --layer"
        raise fail("RF406", "--stage and --compare are given together", help)
    network, *others = reading.networks([net, *(compare or ())])
    network, layer, source = resolve_stage(network, stage, layer, source)
    if moving:
        kind = "gif" if path.suffix.lower() == ".gif" else "apng"
        data = plots.animation(network, kind, what=what, layer=layer, source=source, **look)
    else:
        figure: Figure
        if connections:
            figure = _connections(network, layer, source, what, look)
        elif all_layers:
            figure = plots.all_layers(network, what=what, layer=layer, source=source, **look)
        elif others:
            asked = [_asked(one, what, layer, source, None, None) for one in [network, *others]]
            figure = plots.compare(asked, own=own_scale, **look)
        elif overlay is not None:
            place = place or _middle(network, layer)
            found = _asked(network, what, layer, source, place, turn)
            if at is None:
                _fits(found)
            figure = plots.overlay(found, plots.picture(overlay), **look)
        elif (
            what == "mask"
            and layer is source is at is phase is None
            and (len(outputs(network, None)) == 1 or is_unbounded(network))
            and (also := plots.announced(network))
        ):
            figure = beside_announced(network, also, look, quiet)
        else:
            names = [layer] if layer else outputs(network, source)
            seen, left = each(network, what, names, source, place, turn)
            if len(names) > 1:
                figure = plots.outputs(seen, left=left, **look)
            else:
                figure = plots.heatmap(seen[0], **look)
        data = plots.render(figure, path.suffix[1:].lower())
    notes([network, *others], quiet)
    put(path, data, quiet)


def _connections(
    network: "Network",
    layer: str | None,
    source: str | None,
    what: options.What,
    look: dict[str, Any],
) -> "Figure":
    """Return the connections of a stack, which have neither counts, nor colours, nor panels.

    Raises
    ------
    RfcalcError
        RF406: what only other pictures have is asked for.
    """
    from rfcalc import plots

    usual = {"spread": "auto", "cmap": "viridis", "letters": False}
    if what != "mask" or any(look.pop(name) != value for name, value in usual.items()):
        fact = "--connections is given with --what, --scale, --cmap or --letters"
        raise fail("RF406", fact, "connections are lines of one colour: omit them")
    return plots.connections(network, layer, source, **look)


def _asked(
    network: "Network",
    what: options.What,
    layer: str | None,
    source: str | None,
    at: tuple[int, ...] | None,
    phase: tuple[int, ...] | None,
) -> "Result":
    from rfcalc.plots.fields import ASKED

    return ASKED[what](network, layer, source, at, phase)


def _middle(network: "Network", layer: str | None) -> tuple[int, ...]:
    """Return the middle of the layer's output."""
    node = network.nodes[network.index(layer, network.output)]
    assert node.size is not None
    return tuple((cells - 1) // 2 for cells in node.size)


def _fits(found: "Result") -> None:
    """Refuse a field that is larger than the picture when no position was asked for.

    Raises
    ------
    RfcalcError
        RF424: the field is larger than the picture on some axis.
    """
    from rfcalc.plots.fields import field

    box, grid = field(found).box, found.question.grid
    if box is None or grid is None:
        return
    if any(span.extent > n for span, n in zip(box, grid, strict=True)):
        ours = " x ".join(str(span.extent) for span in box)
        fact = f"the field of {ours} cells does not fit on an image of {' x '.join(map(str, grid))}"
        raise fail("RF424", fact, "ask for one position with --at, or for an earlier --layer")

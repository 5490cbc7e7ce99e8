"""Draw the sampled pixels, path counts or expected effective field: PNG, SVG, PDF or GIF."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from rfcalc.cli import options
from rfcalc.cli.completion import networks
from rfcalc.cli.output import own_style, wrote
from rfcalc.cli.reading import Reading, resolve_stage
from rfcalc.errors import RfcalcError, fail

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfcalc.network import Network
    from rfcalc.plots.fields import Result

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="The suffix says the format.")
    ],
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
        typer.Option("--title", metavar="TEXT", help="First line of the heading."),
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", metavar="N", help="Dots per inch.")] = 150,
    size: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--size", metavar="INCHES", help="Largest width of the figure."),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc import files, plots
    from rfcalc.plots.animation import SUFFIXES as MOVING

    moving = animate or output.lower().endswith(MOVING)
    suffixes = (*MOVING, ".png") if animate else (*plots.SUFFIXES, *MOVING)
    path = files.target(output, suffixes)
    own_style()
    wanted = {"--all-layers": all_layers, "--compare": compare, "--overlay": overlay}
    chosen = [option for option, given in (wanted | {"animation": moving}).items() if given]
    if len(chosen) > 1:
        raise fail("RF406", f"{' and '.join(chosen)} are given together", "choose one of them")
    place, turn = options.integers("--at", at), options.integers("--phase", phase)
    if chosen and chosen != ["--overlay"] and (place or turn):
        fact = f"--at and --phase are given with {chosen[0]}"
        raise fail("RF406", fact, f"{chosen[0]} draws interior fields: leave them away")
    look: dict[str, Any] = {
        "spread": scale, "cmap": cmap, "title": title, "dpi": dpi, "size": size,
    }  # fmt: skip
    if overlay is not None and not reading.input:
        reading = reading.at(plots.picture_size(overlay))
    if stage is not None and compare:
        help = "name the pair: --source and --layer"
        raise fail("RF406", "--stage and --compare are given together", help)
    network, *others = reading.networks([net, *(compare or ())])
    network, layer, source = resolve_stage(network, stage, layer, source)
    if moving:
        kind = "gif" if path.suffix.lower() == ".gif" else "apng"
        moved = plots.animation(network, kind, what=what, layer=layer, source=source, **look)
        files.write(path, moved)
    else:
        figure: Figure
        if all_layers:
            figure = plots.all_layers(network, what=what, layer=layer, source=source, **look)
        elif others:
            asked = [_asked(one, what, layer, source, None, None) for one in [network, *others]]
            figure = plots.compare(asked, **look)
        elif overlay is not None:
            place = place or _middle(network, layer)
            found = _asked(network, what, layer, source, place, turn)
            if at is None:
                _fits(found)
            figure = plots.overlay(found, plots.picture(overlay), **look)
        else:
            names = [layer] if layer else _outputs(network, source)
            found, left = _each(network, what, names, source, place, turn)
            several = len(names) > 1
            figure = (
                plots.outputs(found, left=left, **look)
                if several
                else plots.heatmap(found[0], **look)
            )
        files.write(path, plots.render(figure, path.suffix[1:].lower()))
    wrote(path, [network, *others], quiet)


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


def _outputs(network: "Network", source: str | None) -> list[str]:
    """Return the outputs that depend on the source, or the last, which says that it does not."""
    behind = network.behind(network.index(source, 0))
    names = [network.nodes[i].name for i in network.outputs if behind[i]]
    return names or [network.nodes[network.output].name]


def _each(
    network: "Network",
    what: options.What,
    names: list[str],
    source: str | None,
    at: tuple[int, ...] | None,
    phase: tuple[int, ...] | None,
) -> "tuple[list[Result], list[str]]":
    """Return the answer for each output, and of several the outputs that have no end.

    Raises
    ------
    RfcalcError
        RF404: none of them has an end, and others as for ``mask``.
    """
    found: list[Result] = []
    left: list[str] = []
    for name in names:
        try:
            found.append(_asked(network, what, name, source, at, phase))
        except RfcalcError as fault:
            last = not found and name == names[-1]
            if last or fault.diagnostics[0].code != "RF404":
                raise
            left.append(name)
    return found, left


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

"""What does ``rfcalc heatmap`` draw, in Python? The cells that outputs see, or how much of each."""

from collections.abc import Sequence
from fractions import Fraction
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal

from rfcalc import plots
from rfcalc.durations import rate_of
from rfcalc.errors import fail
from rfcalc.figures.kinds import check_kind, choose_kind, draw_kind
from rfcalc.figures.outputs import Asked
from rfcalc.figures.shown import check_axes, figure_of, shown
from rfcalc.gridding.pairs import resolve_stage
from rfcalc.library.questions import check_choice
from rfcalc.library.several import given_of, networks_of
from rfcalc.loading.networks import NetworkLike, Sizes, is_network_like
from rfcalc.parameters import expect
from rfcalc.plots.colours import colormap
from rfcalc.plots.fields import ASKED
from rfcalc.plots.on_axes import draw_field

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["heatmap"]


def heatmap(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    what: Literal["mask", "paths", "erf"] = "mask",
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
    stage: int | None = None,
    all_layers: bool = False,
    compare: "NetworkLike | Sequence[NetworkLike] | None" = None,
    overlay: "str | PathLike[str] | None" = None,
    connections: bool = False,
    scale: Literal["auto", "linear", "log"] = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    letters: bool = False,
    own_scale: bool = False,
    rate: float | Fraction | str | None = None,
    ax: "Axes | None" = None,
    input: "Sizes | None" = None,
) -> "Figure":
    """Return the picture of the cells that an output sees, of its path counts or expected field.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : whose field is drawn, by default every output; on ``ax`` the main output.
    source : the layer whose cells are drawn, by default the input.
    what : ``"mask"``, ``"paths"``, or ``"erf"``, the expected effective field.
    at : one output position, an index per axis or one for all, borders included; needs the size.
    phase : without ``at``, which of the interior's phases; by default the widest.
    stage : the number of a stage, from 1, which stands for its source and its target.
    all_layers : one panel per layer that changes the field.
    compare : a network, or several, to be drawn beside this one.
    overlay : the path of a picture of the input's size, on which the field is drawn.
    connections : the cells that each layer of a stack of one axis connects.
    scale : of counts; by default decades where they span two.
    cmap : the colour map of counts, by a name that matplotlib knows.
    title : the first line of the heading, ``""`` for no heading; of ``ax`` its title.
    dpi, size : dots per inch, and the largest width of the figure, inches.
    bare : neither heading nor legend, for a figure with a caption.
    letters : call the panels (a), (b), ..
    own_scale : with ``compare``, the colours of each field go to its own largest number.
    rate : samples per second, as ``16000`` or ``"16k"``: the axis of time is in milliseconds.
    ax : axes of a figure of yours to draw on; ``dpi`` and ``size`` are then the figure's. The
        last of ``ax.images`` is what ``Figure.colorbar`` takes for counts.
    input : input size, cells per axis, or the shape of a module's example input.

    Returns
    -------
    matplotlib.figure.Figure
        With ``ax`` the figure that holds it. Nothing is written: ``figure.savefig``, or
        ``rfcalc.figures.save`` for equal bytes every time.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF402 a position outside the output, RF403 no input size, RF404
        a field without end, RF405 no path from the source, RF406 parameters that exclude each
        other, RF420 nothing to draw, RF421 an unknown colour map, RF422 a size out of range,
        RF423, RF424 a picture that cannot be read or has another size; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().add_subplot()
    >>> heatmap("k3,k3d2,k3d9", what="paths", ax=axes) is axes.figure
    True
    """
    expect(layer=layer, source=source, what=what, at=at, phase=phase, stage=stage)
    expect(all_layers=all_layers, overlay=overlay, connections=connections, scale=scale)
    expect(cmap=cmap, title=title, dpi=dpi, size=size, bare=bare, letters=letters)
    expect(own_scale=own_scale, rate=rate)
    check_axes(ax)
    check_choice("what", what, tuple(ASKED))
    check_choice("scale", scale, ("auto", "linear", "log"))
    others = [] if compare is None else given_of([compare])
    if not all(map(is_network_like, others)):
        kinds = ", ".join(dict.fromkeys(type(one).__name__ for one in others))
        raise TypeError(f"compare is of type {kinds}; it takes a network, or several")
    kind = choose_kind(
        {
            "connections": connections,
            "all_layers": all_layers,
            "compare": others,
            "overlay": overlay is not None,
        }
    )
    if kind and ax is not None:
        fact = f"`{kind}=` is given with `ax=`, which takes one field"
        raise fail("RF406", fact, "omit `ax=`, or draw one field on each of your axes")
    placed = Asked(what, layer, source, at, phase)
    panels = {"letters": letters, "rate": rate, "own_scale": own_scale}
    check_kind(kind, placed, bare=bare, stage=stage, **panels)
    if overlay is not None and input is None:
        input = plots.picture_size(fspath(overlay))
    network, *beside = networks_of([net, *others], input)
    network, layer, source = resolve_stage(network, stage, layer, source)
    hertz = rate_of(rate)
    if ax is not None:
        colormap(cmap)
        found = ASKED[what](network, layer, source, at, phase)
        draw_field(ax, found, cmap=cmap, spread=scale, title=title, rate=hertz, bare=bare)
        return figure_of(ax)
    look: dict[str, Any] = {"title": title, "dpi": dpi, "size": size, "bare": bare}
    look |= {"spread": scale, "cmap": cmap, "letters": letters, "rate": hertz, "own": own_scale}
    asked = placed._replace(layer=layer, source=source)
    picture = None if overlay is None else fspath(overlay)
    drawn, _ = draw_kind(kind, [network, *beside], asked, look, picture)
    return shown(drawn)

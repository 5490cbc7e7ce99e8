"""What does ``rfcalc graph`` draw, in Python? The network, with field and density at each layer."""

from typing import TYPE_CHECKING, Literal, overload

from rfcalc.figures.shown import check_axes, figure_of, shown
from rfcalc.library.questions import check_choice
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.parameters import expect
from rfcalc.plots.graph import Row, draw_graph, graph_plot
from rfcalc.render.graph import FILLS, boxes, dot, mermaid
from rfcalc.render.page.lanes import lanes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["graph"]


@overload
def graph(
    net: "NetworkLike",
    *,
    source: str | None = None,
    every: bool = False,
    format: None = None,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    ax: "Axes | None" = None,
    input: "Sizes | None" = None,
) -> "Figure": ...
@overload
def graph(
    net: "NetworkLike",
    *,
    source: str | None = None,
    every: bool = False,
    format: Literal["dot", "mermaid"],
    input: "Sizes | None" = None,
) -> str: ...
def graph(
    net: "NetworkLike",
    *,
    source: str | None = None,
    every: bool = False,
    format: Literal["dot", "mermaid"] | None = None,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    ax: "Axes | None" = None,
    input: "Sizes | None" = None,
) -> "Figure | str":
    """Return the picture of a network as a graph, or its text in a language of graphs.

    The input is on top; a row per layer has its name, its parameters, its field and its density.
    Layers with holes and dilated stages have colours of their own.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    source : the layer whose cells are counted, by default the input.
    every : draw element-wise layers, too.
    format : ``"dot"`` for the text that Graphviz draws, ``"mermaid"`` for the one that GitHub
        draws in Markdown; by default a picture.
    title : heading of the figure, ``""`` for none; of ``ax`` its title.
    dpi, size : dots per inch, and the width of the figure, inches.
    bare : no heading, for a figure with a caption.
    ax : axes of a figure of yours to draw on.
    input : input size, cells per axis, or the shape of a module's example input.

    Returns
    -------
    matplotlib.figure.Figure or str
        With ``ax`` the figure that holds it, with ``format`` the text.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 an unknown format, or one beside ``ax``, RF409 too many
        layers for a picture, RF422 a size out of range; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> graph("k3,k3d2", format="dot").splitlines()[0]
    'digraph "k3,k3d2" {'
    """
    expect(source=source, every=every, format=format, title=title, dpi=dpi, size=size, bare=bare)
    check_axes(ax)
    network = as_network(net, input)
    drawn = boxes(network, source, every)
    if format is not None:
        check_choice("format", format, ("dot", "mermaid"))
        return (mermaid if format == "mermaid" else dot)(network, drawn)
    _, places = lanes([box.inputs for box in drawn])
    rows = [
        Row(box.name, "   ".join(box.lines), lane, box.inputs, FILLS[box.kind])
        for box, lane in zip(drawn, places, strict=True)
    ]
    if ax is not None:
        draw_graph(ax, rows, None if bare else (network.name if title is None else title))
        return figure_of(ax)
    heading = f"{network.name}: {network.dims}-D, {len(rows)} layers"
    return shown(graph_plot(rows, heading, title=title, dpi=dpi, size=size, bare=bare))

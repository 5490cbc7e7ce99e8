"""What does ``rfcalc growth`` draw, in Python? Field, jump and density against depth."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from rfcalc import plots
from rfcalc.durations import rate_of
from rfcalc.figures.shown import check_axes, figure_of, shown
from rfcalc.library.questions import check_choice
from rfcalc.library.several import networks_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.parameters import expect
from rfcalc.plots.growth import DRAWN, draw_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["growth"]


def growth(
    *nets: "NetworkLike | Sequence[NetworkLike]",
    source: str | None = None,
    what: Literal["rf", "jump", "density", "deviation"] = "rf",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
    rate: float | Fraction | str | None = None,
    ax: "Axes | None" = None,
    input: "Sizes | None" = None,
) -> "Figure":
    """Return plots of the field, the jump and the density against depth, a line per network.

    Parameters
    ----------
    nets : up to seven networks, or what stands for one: a path, a chain, ``"zoo:NAME"``, a
        mapping or a list as a network file holds it, or a ``torch.nn.Module``; or one sequence
        of them.
    source : the layer whose cells are counted, by default the input.
    what : on ``ax``, the number that is drawn: ``"rf"``, cells; ``"jump"``, cells from one output
        to the next; ``"density"``, share of the field that is read; ``"deviation"``, the standard
        deviation of the energy, cells, against the field.
    title : heading of the figure, ``""`` for none; of ``ax`` its title.
    dpi, size : dots per inch, and the width of the figure, inches.
    bare : neither heading nor legend, for a figure with a caption.
    rate : samples per second, as ``16000`` or ``"16k"``: the axis of time is in milliseconds.
    ax : axes of a figure of yours to draw one of the plots on.
    input : input size, cells per axis, or the shape of a module's example input.

    Returns
    -------
    matplotlib.figure.Figure
        With ``ax`` the figure that holds it.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 more networks than colours, or a rate without an
        axis of time, RF422 a size out of range; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().add_subplot()
    >>> growth("k3,k3d2", ax=axes) is axes.figure, axes.lines[0].get_ydata().tolist()
    (True, [1.0, 3.0, 7.0])
    """
    expect(source=source, what=what, title=title, dpi=dpi, size=size, bare=bare)
    expect(rate=rate)
    check_axes(ax)
    check_choice("what", what, DRAWN)
    hertz = rate_of(rate)
    found = plots.curves(networks_of(nets, input), source, hertz)
    if ax is not None:
        draw_curves(ax, found, what, title=title, bare=bare)
        return figure_of(ax)
    return shown(plots.curves_plot(found, title=title, dpi=dpi, size=size, bare=bare))

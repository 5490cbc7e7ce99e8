"""How does Jupyter show a figure that pyplot does not know? By its own picture."""

from functools import partial
from typing import TYPE_CHECKING

from rfcalc.plots.saving import render

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["check_axes", "figure_of", "shown"]


def shown(figure: "Figure") -> "Figure":
    """Return a figure that shows itself in a notebook, whether pyplot was imported or not."""
    # Only pyplot tells Jupyter what a figure looks like, and figures here are none of its own.
    setattr(figure, "_repr_png_", partial(render, figure, "png"))  # noqa: B010
    return figure


def figure_of(axes: "Axes") -> "Figure":
    """Return the figure in which axes stand, the whole of it where they stand in a part."""
    found = axes.get_figure(root=True)
    assert found is not None
    return found if hasattr(found, "_repr_png_") else shown(found)


def check_axes(ax: object) -> None:
    """Refuse what matplotlib could not draw on.

    Raises
    ------
    TypeError
        ``ax`` is none of matplotlib's axes.
    """
    if ax is not None and not all(hasattr(ax, name) for name in ("imshow", "plot", "get_figure")):
        raise TypeError(f"ax is of type {type(ax).__name__}; it takes a matplotlib.axes.Axes")

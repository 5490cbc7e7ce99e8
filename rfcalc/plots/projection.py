"""Which cells of a layer does a pixel reach? A picture of the layer's grid."""

from typing import TYPE_CHECKING

from rfcalc.cells import Cells
from rfcalc.errors import many
from rfcalc.locations import Projection
from rfcalc.masks import Mask
from rfcalc.masks.questions import Question
from rfcalc.plots.fields import Field
from rfcalc.plots.heatmap import cuts, panel
from rfcalc.plots.page import Style, compose, fit
from rfcalc.plots.scale import Spread, scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["projection"]


def projection(
    found: Projection,
    number: int = 0,
    *,
    spread: Spread = "auto",
    cmap: str = "viridis",
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
) -> "Figure":
    """Return the figure of the cells of one layer that a pixel reaches, on the layer's whole grid.

    Parameters
    ----------
    number : which of the layers of the projection.

    Others as for ``heatmap``.
    """
    style = Style(dpi, size, cmap, title).checked()
    one, network = found.layers[number], found.network
    # The question read backwards: the layer's grid is what is drawn.
    backwards = Question(
        network, network.index(found.source, 0), network.index(one.layer, 0), found.pixel, True
    )
    start = (0,) * len(one.size)
    seen = Mask(backwards, one.region, start, one.size, not network.assumed, network.assumed)
    counts = found.array(number) if found.what == "paths" else None
    frame = tuple(Cells.run(0, n) for n in one.size)
    bounds = one.region.bounds
    drawn = Field(found.what, seen, counts, start, frame, bounds, network.assumed)
    step, zoom = fit(one.size, style, 3 if len(one.size) == 3 else 1)
    where = ", ".join(map(str, found.pixel))
    words = "paths" if counts is not None else "cells"
    heading = [
        title or f"{network.name}: {words} from cell ({where}) of {found.source} to {one.layer}",
        f"{many(one.region.count, 'cell')} of {' x '.join(map(str, one.size))} reached",
    ]
    if step > 1:
        heading.append(f"reduced: one square shows {step} cells along an axis")
    panels = [panel(drawn, plane) for plane in cuts(drawn, step)]
    shared = None if counts is None else scale(counts, spread=spread)
    return compose(panels, heading, shared, "paths from the cell", zoom, style)

"""Which cells of a layer does a pixel reach? A picture of the layer's grid."""

from typing import TYPE_CHECKING

from rfcalc.cells import Cells
from rfcalc.errors import many
from rfcalc.locations import Projection
from rfcalc.masks import Mask
from rfcalc.masks.questions import Question
from rfcalc.plots.colours import FLAT
from rfcalc.plots.fields import Field
from rfcalc.plots.fitting import fit
from rfcalc.plots.heatmap import cuts, panel
from rfcalc.plots.legend import Key
from rfcalc.plots.page import compose
from rfcalc.plots.planes import BEYOND, PART, SAMPLED, Plane, plane
from rfcalc.plots.scale import Spread, scale
from rfcalc.plots.style import Style

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
    drawn = Field(found.what, seen, counts, start, frame, None, network.assumed)
    step, zoom = fit([frame], style, 3 if len(one.size) == 3 else 1)
    where = ", ".join(map(str, found.pixel))
    words = "paths" if counts is not None else "cells"
    heading = [
        title or f"{network.name}: {words} from cell ({where}) of {found.source} to {one.layer}",
        f"{many(one.region.count, 'cell')} of {' x '.join(map(str, one.size))} reached",
    ]
    if step > 1:
        heading.append(f"reduced: one square shows {step} cells along an axis")
    panels = [panel(drawn, one) for one in _planes(drawn, step)]
    shared = None if counts is None else scale(counts, spread=spread)
    keys = [Key(BEYOND, "does not read it", FLAT[BEYOND])]
    if counts is None:
        keys.insert(0, Key(SAMPLED, "reads the cell", FLAT[SAMPLED]))
        if step > 1:
            keys.insert(1, Key(PART, "reads it in part", FLAT[SAMPLED], FLAT[BEYOND]))
    return compose(panels, heading, shared, "paths from the cell", zoom, style, keys=keys)


def _planes(drawn: Field, step: int) -> list[Plane]:
    """Return the planes that show a grid: one, or three sections through the reached cells."""
    bounds = drawn.mask.region.bounds
    if len(drawn.frame) < 3 or bounds is None:
        return cuts(drawn, step)
    middle = [span.start + (span.extent - 1) // 2 for span in bounds]
    pairs = ((1, 2, 0), (0, 2, 1), (0, 1, 2))
    return [plane(drawn, (a, b), step, middle[cut]) for a, b, cut in pairs]

"""Which keys has the legend of a figure? Those of the states and marks that occur in it."""

from collections.abc import Sequence

from rfcalc.plots.colours import FLAT, ramp
from rfcalc.plots.contours import SHARES
from rfcalc.plots.legend import BOX, CENTRE, CONTOUR, WHOLE, Key, state_keys
from rfcalc.plots.panel import Panel
from rfcalc.plots.planes import SAMPLED
from rfcalc.plots.scale import Scale

__all__ = ["figure_keys"]


def figure_keys(panels: Sequence[Panel], scale: Scale | None, cmap: str) -> list[Key]:
    """Return the legend of what occurs; sampled cells are explained by the colour bar, if any."""
    held = FLAT[SAMPLED] if scale is None else tuple(map(int, ramp(cmap)[128]))
    states = [panel.plane.states for panel in panels]
    found = [
        key
        for key in state_keys(held)
        if any((drawn == key.state).any() for drawn in states)
        and (key.state != SAMPLED or scale is None)
    ]
    boxed = any(all(span is not None for span in panel.box) for panel in panels)
    if boxed:
        found.append(Key(BOX, "receptive field", None))
    found += [
        Key(CONTOUR, f"{line.share} % inside", None, dashed=line.share != SHARES[0])
        for line in panels[0].contours
    ]
    if any(panel.whole is not None for panel in panels):
        found.append(Key(WHOLE, "the input", None, dashed=True))
    if any(middle is not None for panel in panels for middle in panel.centre):
        words = "its centre" if boxed else "centre of the field"
        found.append(Key(CENTRE, words, None))
    return found

"""What do the colours of a map measure? A bar of them with ticks and words."""
# pyright: reportUnknownMemberType=false

from typing import TYPE_CHECKING

from rfcalc.plots.colours import ramp
from rfcalc.plots.scale import Scale
from rfcalc.plots.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bar_words", "draw_bar"]


def draw_bar(sheet: Sheet, scale: Scale, label: str, cmap: str, y: int, width: int) -> None:
    """Draw the colour bar with its ticks."""
    long = min(width - sheet.points(60), sheet.points(260))
    colours = ramp(cmap, long)[None].repeat(sheet.points(9), axis=0)
    x = (width - long) // 2
    axes: Axes = sheet.picture(colours, x, y + sheet.points(3), (0, 1, 0, 1))
    axes.set_yticks([])
    places = scale.ticks(6)
    axes.set_xticks([place for place, _ in places], [word for _, word in places])
    axes.set_xlabel(bar_words(label, scale), fontsize=8, labelpad=2)


def bar_words(label: str, scale: Scale | None) -> str:
    """Return what stands below the colour bar, nothing where there is none."""
    if scale is None:
        return ""
    return f"{label} (log scale)" if scale.log else label

"""Where does everything land on the page? A figure laid out in whole device pixels."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rfcalc.shown import visible

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform
    from numpy.typing import NDArray

__all__ = ["Sheet", "drawable", "text_size", "wrapped"]

_LONGEST = 500
"""Longest text that is drawn whole, in characters."""


class Sheet:
    """A figure of ``width`` by ``height`` device pixels; places count from the top left corner.

    Matplotlib's default sizes put the edges of cells between pixels and smear them. Here every
    picture is placed at whole pixels in its own size, so that each cell is drawn exactly.
    """

    def __init__(self, width: int, height: int, dpi: int) -> None:
        from matplotlib.figure import Figure

        # Without the hair a size such as 7.37 in at 100 dpi is cut to 736 pixels.
        self.figure = Figure(figsize=((width + 1e-6) / dpi, (height + 1e-6) / dpi), dpi=dpi)
        self.width, self.height, self.dpi = width, height, dpi

    def axes(self, left: int, top: int, width: int, height: int) -> "Axes":
        """Return axes whose box covers the given pixels."""
        w, h = self.width + 1e-6, self.height + 1e-6
        bottom = self.height - top - height
        axes = self.figure.add_axes((left / w, bottom / h, width / w, height / h))
        for spine in axes.spines.values():
            spine.set_visible(False)
            # A tick that starts at the edge would be snapped half a pixel into the cells.
            spine.set_position(("outward", 1.0))
        axes.tick_params(labelsize=8, length=2.5, width=0.6, pad=2)
        return axes

    def picture(
        self,
        pixels: "NDArray[np.uint8]",
        left: int,
        top: int,
        extent: tuple[float, float, float, float],
    ) -> "Axes":
        """Return axes that show an image in its own size, framed on the outside.

        ``extent``: coordinates of the image's left, right, bottom and top edge.
        """
        import numpy as np

        height, width = pixels.shape[:2]
        axes = self.axes(left, top, width, height)
        if pixels.shape[2] == 3:
            opaque = np.full((height, width, 1), 255, np.uint8)
            pixels = np.concatenate([pixels, opaque], axis=2)
        axes.imshow(pixels, extent=extent, interpolation="none", aspect="auto")
        self.frame(left, top, width, height, "#000000", self.points(0.6))
        return axes

    def frame(self, left: int, top: int, width: int, height: int, colour: str, line: int) -> None:
        """Draw the outline of a rectangle of pixels, wholly outside of it."""
        outer = width + 2 * line
        self.fill(left - line, top - line, outer, line, colour)
        self.fill(left - line, top + height, outer, line, colour)
        self.fill(left - line, top, line, height, colour)
        self.fill(left + width, top, line, height, colour)

    def fill(self, left: float, top: float, width: float, height: float, colour: Any) -> None:
        """Fill a rectangle of pixels."""
        from matplotlib.patches import Rectangle

        self.figure.add_artist(
            Rectangle(
                (left, top),
                width,
                height,
                facecolor=colour,
                edgecolor="none",
                linewidth=0,
                antialiased=False,
                transform=self._pixels(),
                zorder=3,
            )
        )

    def wedge(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""
        from matplotlib.patches import Polygon

        shape = Polygon(
            list(points), facecolor=colour, edgecolor="none", transform=self._pixels(), zorder=4
        )
        self.figure.add_artist(shape)

    def text(self, left: float, top: float, words: str, size: float = 9, **style: Any) -> None:
        """Write words whose top left corner (or what ``ha`` and ``va`` say) is at a pixel."""
        style = {"ha": "left", "va": "top", "color": "#000000"} | style
        # A `$` in a name is a letter.
        style["parse_math"] = False
        self.figure.text(left, top, words, fontsize=size, transform=self._pixels(), **style)

    def points(self, points: float) -> int:
        """Return a length in points as whole pixels, at least one."""
        return max(1, round(points * self.dpi / 72))

    def _pixels(self) -> "Transform":
        from matplotlib.transforms import Affine2D

        w, h = self.width + 1e-6, self.height + 1e-6
        flip = Affine2D().scale(1 / w, -1 / h).translate(0, self.height / h)
        return flip + self.figure.transSubfigure


@lru_cache(maxsize=4096)
def text_size(words: str, size: float, dpi: int, weight: str = "normal") -> tuple[float, float]:
    """Return the width and height of a line of text in pixels."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=["DejaVu Sans"], weight=weight)))
    font.set_size(size, dpi)
    with warnings.catch_warnings():
        # A sign that the font lacks is drawn as a box; nobody can do anything about it here.
        warnings.simplefilter("ignore", UserWarning)
        font.set_text(words, 0.0)
    return font.get_width_height()[0] / 64, 1.35 * size * dpi / 72


def drawable(words: str) -> str:
    """Return words as they can be drawn: without controls, and of very long ones the beginning."""
    return visible(words if len(words) <= _LONGEST else words[:_LONGEST] + "…")


def wrapped(words: str, size: float, dpi: int, width: float, weight: str = "normal") -> list[str]:
    """Break words into lines no wider than the given pixels; a long word is cut with dots."""
    lines: list[str] = []
    line = ""
    for word in drawable(words).split(" "):
        tried = f"{line} {word}" if line else word
        if line and text_size(tried, size, dpi, weight)[0] > width:
            lines.append(line)
            tried = word
        # A clause that is kept together is broken only where it is wider than the line.
        *parts, tried = _broken_clause(tried, size, dpi, width, weight)
        lines += parts
        while len(tried) > 8 and text_size(tried, size, dpi, weight)[0] > width:
            tried = tried[: max(4, len(tried) * 9 // 10 - 2)].rstrip("…") + "…"
        line = tried
    return [*lines, line]


def _broken_clause(words: str, size: float, dpi: int, width: float, weight: str) -> list[str]:
    """Break words that are too wide at their spaces that are not to be broken."""
    lines: list[str] = []
    line = ""
    for part in words.split("\u00a0"):
        tried = f"{line}\u00a0{part}" if line else part
        if line and text_size(tried, size, dpi, weight)[0] > width:
            lines.append(line)
            tried = part
        line = tried
    return [*lines, line]

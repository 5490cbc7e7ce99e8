"""How do panels, heading, colour bar and legend make one figure? In rows, from the top."""
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import fail
from rfcalc.plots.bar import bar_words, draw_bar
from rfcalc.plots.colours import colormap
from rfcalc.plots.keys import figure_keys
from rfcalc.plots.legend import (
    Key,
    broken,
    draw_keys,
    key_width,
)
from rfcalc.plots.means import even_step
from rfcalc.plots.panel import Panel, draw_panel, pixels
from rfcalc.plots.scale import Scale
from rfcalc.plots.sheet import Sheet, text_size, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["LIMIT", "Style", "compose", "fit", "fit_fine", "profiled"]

LIMIT = 2400
"""Most cells along an axis that are drawn one by one, one pixel each, before blocks are formed."""
DPI = range(30, 1201)
_GRID, _ROW = 5.6, 7.2
"""Longest side of a picture, and of the pictures of a row, in inches, when no size is given."""
_STRIP = 30
_PROFILE = 90
_SIDE = 44
"""Height of a strip's profile in points, and of the two beside a map."""
_NARROW = 2.0
"""Width in inches below which a map is drawn without profiles."""
_FINE = 3
"""Least pixels of a block in a map of energies; finer patterns beat with what shows them."""
_TITLE = 48
"""Least width of a panel that has a title, in points: its longest clause fits beside the rim."""


class Style(msgspec.Struct, frozen=True):
    """How a figure is to look: dots per inch, width in inches, colour map, first line.

    ``bare`` has neither heading nor legend, an empty title no heading. ``letters`` : whether
    panels are called (a), (b), .. ``rate`` : cells of the input per second, for an axis of time.
    """

    dpi: int = 150
    size: float | None = None
    cmap: str = "viridis"
    title: str | None = None
    bare: bool = False
    letters: bool = False
    rate: Fraction | None = None

    @property
    def headless(self) -> bool:
        """Whether no heading is drawn."""
        return self.bare or self.title == ""

    def checked(self) -> "Style":
        """Return the style when it can be drawn.

        Raises
        ------
        RfcalcError
            RF421: an unknown colour map, RF422: a resolution or a size out of range.
        """
        colormap(self.cmap)
        if self.dpi not in DPI:
            fact = f"`dpi=` is {self.dpi}"
            raise fail("RF422", fact, f"from {DPI.start} to {DPI.stop - 1}")
        if self.size is not None and not 0.5 <= self.size * self.dpi / 150 <= 60:
            fact = f"`size=` is {float(self.size):g} inches at {self.dpi} dpi"
            raise fail("RF422", fact, "a figure has 75 to 9000 pixels across")
        return self


def fit(extents: Sequence[int], style: Style, across: int = 1) -> tuple[int, int]:
    """Return cells per block and pixels per block, for panels of the given cells per axis.

    Each cell has a whole number of pixels. A plane that is too large for that is drawn in
    blocks of two pixels or more, which is what marks a block with holes.
    """
    room = _GRID if across == 1 else _ROW
    if style.size is not None:
        room = max(0.2, style.size - 0.7 * across)
    target = max(8, int(room * style.dpi / across))
    longest = max(extents)
    if longest <= (target if style.size is not None or across > 1 else max(target, LIMIT)):
        return 1, max(1, min(target // longest, round(style.dpi * 0.3)))
    step = -(-longest // max(1, target // 2))
    return step, max(2, target // -(-longest // step))


def profiled(style: Style) -> bool:
    """Return whether a map has room for profiles beside it."""
    return style.size is None or style.size >= _NARROW


def fit_fine(extents: Sequence[int], style: Style, across: int = 1) -> tuple[int, int]:
    """Return cells per block, a power of two, and pixels per block, three or more of them."""
    room = _GRID if across == 1 else _ROW
    if style.size is not None:
        beside = 1.3 if len(extents) == 2 and profiled(style) else 0.7
        room = max(0.2, style.size - beside * across)
    target = max(8, int(room * style.dpi / across))
    step = even_step(max(extents), target, _FINE)
    return step, min(target // -(-max(extents) // step), round(style.dpi * 0.3))


def compose(
    panels: Sequence[Panel],
    heading: Sequence[str],
    scale: Scale | None,
    label: str,
    zoom: int,
    style: Style,
    columns: int = 0,
    keys: Sequence[Key] = (),
    profiled: bool = True,
) -> "Figure":
    """Return the figure of one or more panels in rows, on one scale.

    Parameters
    ----------
    heading : the title, then lines of facts.
    label : what the colour bar measures.
    columns : panels per row, all in one row by default.
    keys : the legend, by default the states and marks that occur.
    profiled : whether a strip has the profile of its counts above it.
    """
    columns = columns or len(panels)
    if style.letters:
        panels = [lettered(panel, number) for number, panel in enumerate(panels)]
    pictures = [
        pixels(panel, scale, style.cmap, zoom, round(_STRIP * style.dpi / 72)) for panel in panels
    ]
    point = style.dpi / 72
    strip = len(panels[0].plane.axes) == 1
    digits = max(
        len(str(end)) for p in panels for s in p.plane.frame for end in (s.start, s.stop - 1)
    )
    left = round((8 + 2.6 * digits if strip else 22 + 5.2 * digits) * point)
    gap = round((26 if strip else 30) * point)
    right = round(14 * point)
    profile = round(_PROFILE * point) if strip and profiled and scale is not None else 0
    if profile:
        left = round(44 * point)
    side = round(_SIDE * point) if any(panel.sums is not None for panel in panels) else 0
    profile, right = profile + side, right + side
    wide = max(picture.shape[1] for picture in pictures)
    if any(panel.title for panel in panels):
        wide = max(wide, round(_TITLE * point))
    high = max(picture.shape[0] for picture in pictures)
    rows = -(-len(panels) // columns)
    titles = [wrapped(p.title, 8, style.dpi, wide + right) if p.title else [] for p in panels]
    titled = round((6 + 11 * max(map(len, titles))) * point)
    # Panels of the same cells share their ticks: left of the first, below the last.
    alike = len({(panel.plane.axes, panel.plane.frame) for panel in panels}) == 1
    next_left = round(6 * point) if alike else left
    inner = left + (columns - 1) * next_left + columns * (wide + right)
    keys = keys or figure_keys(panels, scale, style.cmap)
    asked = round((3.4 if style.size is None else min(3.4, style.size)) * style.dpi)
    shown = () if style.bare else keys
    asked = 0 if style.bare and style.size is None else asked
    width = max(inner, asked, _least(shown, bar_words(label, scale), style.dpi))
    shift = (width - inner) // 2
    words = [] if style.headless else _heading(heading, style, width - round(16 * point))
    top = round(7 * point) + sum(height for *_, height in words)
    pitch = titled + profile + high + gap
    lines = [] if style.bare else broken(keys, width - 2 * round(8 * point), style.dpi)
    bar = round(46 * point) if scale is not None else 0
    height = top + rows * pitch + bar + round(15 * point) * len(lines) + round(4 * point)
    sheet = Sheet(width, height, style.dpi)
    at = round(7 * point)
    for line, size, weight, tall in words:
        sheet.text(round(8 * point), at, line, size, weight=weight)
        at += tall
    for number, (panel, picture) in enumerate(zip(panels, pictures, strict=True)):
        row, column = divmod(number, columns)
        x = shift + left + column * (next_left + wide + right)
        x += (wide - picture.shape[1]) // 2 if columns == 1 else 0
        y = top + row * pitch + titled + profile
        named = not alike or column == 0, not alike or number + columns >= len(panels)
        counted = (panel.scale or scale) if strip and profile else None
        draw_panel(sheet, panel, picture, x, y, zoom, counted, profile, named)
        y -= profile + round(7 * point)
        sheet.text(x, y, "\n".join(titles[number]), 8, va="bottom", linespacing=1.1)
    y = top + rows * pitch
    if scale is not None:
        draw_bar(sheet, scale, label, style.cmap, y, width)
    draw_keys(sheet, lines, y + bar)
    return sheet.figure


def lettered(panel: Panel, number: int) -> Panel:
    """Return a panel with its letter before its title."""
    letter = f"({chr(ord('a') + number)})"
    return msgspec.structs.replace(panel, title=f"{letter} {panel.title}".strip())


def _heading(heading: Sequence[str], style: Style, width: int) -> list[tuple[str, float, str, int]]:
    """Return lines of text with size, weight and height."""
    lines: list[tuple[str, float, str, int]] = []
    for number, words in enumerate(heading):
        size, weight = (10.0, "bold") if number == 0 else (8.5, "normal")
        high = round(1.45 * size * style.dpi / 72)
        broken = wrapped(words, size, style.dpi, width, weight)
        lines += [(line, size, weight, high) for line in broken]
    return lines


def _least(keys: Sequence[Key], label: str, dpi: int) -> int:
    """Return the width in pixels below which the legend or the words of the bar would be cut."""
    longest = max([text_size(label, 8, dpi)[0], *(key_width(key, dpi) for key in keys)])
    return ceil(longest) + 2 * round(8 * dpi / 72)

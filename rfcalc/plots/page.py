"""How do panels, heading, colour bar and legend make one figure? In rows, from the top."""
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from rfcalc.plots.bar import bar_words, draw_bar
from rfcalc.plots.fitting import COUNTED, NEXT, RIGHT, SIDE, TITLE, left_of
from rfcalc.plots.keys import figure_keys
from rfcalc.plots.legend import (
    Key,
    broken,
    draw_keys,
    key_width,
)
from rfcalc.plots.panel import Panel, draw_panel, pixels
from rfcalc.plots.scale import Scale
from rfcalc.plots.sheet import Sheet, text_size, wrapped
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["compose"]

_STRIP, _PROFILE = 30, 90
"""Height of a strip, and of the profile above it, in points."""


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
    left = round(left_of([panel.plane.frame for panel in panels], strip) * point)
    gap = round((26 if strip else 30) * point)
    right = round(RIGHT * point)
    profile = round(_PROFILE * point) if strip and profiled and scale is not None else 0
    if profile:
        left = round(COUNTED * point)
    side = round(SIDE * point) if any(panel.sums is not None for panel in panels) else 0
    profile, right = profile + side, right + side
    # Panels of the same cells share their ticks: left of the first, below the last.
    alike = len({(panel.plane.axes, panel.plane.frame) for panel in panels}) == 1
    next_left = round(NEXT * point) if alike else left
    wide = max(picture.shape[1] for picture in pictures)
    # A title goes on above the ticks of the panel on its right.
    beyond = [
        right + (next_left - right // 2) * ((n + 1) % columns > 0) for n in range(len(panels))
    ]
    least = (TITLE + RIGHT) * point
    for panel, more in zip(panels, beyond, strict=True):
        wide = max(wide, ceil(min(least, text_size(panel.title, 8, style.dpi)[0])) - more)
    high = max(picture.shape[0] for picture in pictures)
    rows = -(-len(panels) // columns)
    titles = [
        wrapped(p.title, 8, style.dpi, wide + more) if p.title else []
        for p, more in zip(panels, beyond, strict=True)
    ]
    titled = round((6 + 11 * max(map(len, titles))) * point)
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

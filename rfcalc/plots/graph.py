"""How is the graph of a network drawn? A row per layer, its lines in lanes on the left."""
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rfcalc.errors import fail
from rfcalc.plots.sheet import drawable, text_size, wrapped
from rfcalc.plots.style import Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST", "Row", "draw_graph", "graph_plot"]

MOST = 2000
"""Most layers of one picture."""
_LANE, _ROW, _GAP = 0.16, 0.22, 0.12
"""Width of a lane, height of a row and space between words, inches."""
_WORDS = 8.0
"""Size of the words, points."""


class Row(msgspec.Struct, frozen=True):
    """One layer: its words, its lane, the rows that it reads, and its colours inside and around."""

    name: str
    words: str
    lane: int
    inputs: tuple[int, ...]
    colours: tuple[str, str]


def graph_plot(
    rows: Sequence[Row],
    heading: str,
    *,
    title: str | None = None,
    dpi: int = 150,
    size: float | None = None,
    bare: bool = False,
) -> "Figure":
    """Return the figure of a graph, the input on top.

    Raises
    ------
    RfcalcError
        RF409: more layers than are drawn; RF422: a size out of range.
    """
    from matplotlib.figure import Figure

    style = Style(dpi, size, "viridis", title, bare).checked()
    _check(rows)
    lanes = _LANE * _lanes(rows)
    longest = sum(_widest(rows, dpi)) / dpi
    wide = style.size or min(30.0, max(2.5, lanes + longest + 4 * _GAP))
    lines = [] if style.headless else wrapped(title or heading, 10, dpi, 0.94 * wide * dpi, "bold")
    above = 0.08 + 0.19 * len(lines)
    high = _ROW * len(rows) + above + 0.05
    # Agg draws no more than 2 ** 16 pixels, and a row is never lower than its dot.
    high = min(high, 60_000 / dpi)
    figure = Figure(figsize=(wide, high), dpi=dpi)
    if lines:
        heading_text = figure.text(0.1 / wide, 1 - 0.05 / high, "\n".join(lines), va="top")
        heading_text.set(fontsize=10, fontweight="bold", parse_math=False)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1 - above / high))
    draw_graph(axes, rows)
    return figure


def draw_graph(axes: "Axes", rows: Sequence[Row], title: str | None = None) -> None:
    """Draw a graph on axes of any figure, whose height the rows share.

    Raises
    ------
    RfcalcError
        RF409: more layers than are drawn.
    """
    _check(rows)
    figure = axes.get_figure(root=True)
    assert figure is not None
    box = axes.get_window_extent()
    per_row = box.height / max(1, len(rows)) / figure.dpi
    words = min(_WORDS, 72 * per_row * 0.62)
    lanes = _lanes(rows)
    step = min(_LANE, per_row * 1.2, 0.4 * box.width / figure.dpi / max(1, lanes))
    across = box.width / figure.dpi
    axes.set_xlim(0, max(across, 0.1))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_axis_off()
    _draw_lines(axes, rows, step)
    left = (lanes + 0.5) * step + _GAP
    names, _ = _widest(rows, 100)
    right = left + words / _WORDS * (names / 100 + 1.5 * _GAP)
    for number, row in enumerate(rows):
        inside, around = row.colours
        dot = max(2.0, min(6.5, 72 * per_row * 0.45))
        axes.plot(
            [_place(row.lane, step)],
            [number],
            marker="o",
            markersize=dot,
            markerfacecolor=inside,
            markeredgecolor=around,
            markeredgewidth=max(0.5, dot / 6),
        )
        for place, text in ((left, row.name), (right, row.words)):
            line = axes.text(place, number, drawable(text), va="center", fontsize=words)
            line.set(parse_math=False, clip_on=True)
    if title:
        axes.set_title(drawable(title), fontsize="small", parse_math=False)


def _draw_lines(axes: "Axes", rows: Sequence[Row], step: float) -> None:
    """Draw a line from each layer down its lane, and across to each that reads it."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    paths: list[Path] = []
    for number, row in enumerate(rows):
        for i in row.inputs:
            start, end = _place(rows[i].lane, step), _place(row.lane, step)
            turn = number - 1
            points = [(start, i), (start, turn), (start, turn + 0.5), (end, turn + 0.5)]
            codes = [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
            paths.append(Path([*points, (end, number)], codes))
    lines = PathCollection(paths, facecolors="none", edgecolors="#777777", linewidths=1.0)
    axes.add_collection(lines, autolim=False)


def _check(rows: Sequence[Row]) -> None:
    if len(rows) > MOST:
        fact = f"the network has {len(rows):,} layers; a picture of at most {MOST:,} is drawn"
        raise fail("RF409", fact, "take its text: `format='dot'`")


def _widest(rows: Sequence[Row], dpi: int) -> tuple[float, float]:
    """Return the width of the widest name and of the widest words, pixels."""
    pairs = [(row.name, row.words) for row in rows]
    columns = zip(*pairs, strict=True) if pairs else ((), ())
    first, last = (
        max((text_size(drawable(text), _WORDS, dpi)[0] for text in column), default=0.0)
        for column in columns
    )
    return first, last


def _lanes(rows: Sequence[Row]) -> int:
    return 1 + max((row.lane for row in rows), default=0)


def _place(lane: int, step: float) -> float:
    return (lane + 0.7) * step

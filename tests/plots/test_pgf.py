"""Does a figure in PGF show what its PNG shows? The file is drawn by a few lines of PIL."""

import re

import numpy as np
import pytest
from PIL import Image, ImageDraw

from rfcalc import RfcalcError, load, mask, paths, plots
from rfcalc.plots import pgf
from tests.plots.reading import grid

POINT = re.compile(r"\\pgfqpoint\{(-?[\d.]+)in\}\{(-?[\d.]+)in\}")
FILL = re.compile(r"\\definecolor\{currentfill\}\{rgb\}\{([\d.,]+)\}")


def drawn(figure, text):
    """The filled areas of a PGF file at the figure's resolution; lines and texts are left out."""
    size = np.rint(figure.get_size_inches() * figure.dpi).astype(int)
    image = Image.new("RGB", tuple(size), "white")
    pen = ImageDraw.Draw(image)
    colour, corners, areas = None, [], []
    for line in text.splitlines():
        if found := FILL.search(line):
            colour = tuple(round(255 * float(part)) for part in found[1].split(","))
        elif "pathmoveto" in line or "pathlineto" in line:
            x, y = (float(part) * figure.dpi for part in POINT.search(line).groups())
            corners.append((round(x, 2), round(size[1] - y, 2)))
        elif "pathclose" in line:
            areas.append(corners)
            corners = []
        elif "pgfusepath" in line:
            for area in areas if "fill" in line else []:
                left, right = min(x for x, _ in area), max(x for x, _ in area)
                top, bottom = min(y for _, y in area), max(y for _, y in area)
                box = (round(left), round(top), round(right) - 1, round(bottom) - 1)
                pen.rectangle(box, colour)
            corners, areas = [], []
    return image


def as_png(image):
    from io import BytesIO

    buffer = BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.parametrize("chain", ["k3,k3d2,k3d9", "k3x5,k3d2x3", "k5s2,k3d2,k3d2"])
@pytest.mark.parametrize("ask", [mask, paths])
def test_the_cells_are_those_of_the_png(chain, ask):
    figure = plots.heatmap(ask(load(chain)))
    text = plots.render(figure, "pgf").decode()
    wanted = grid(figure, plots.render(figure, "png"))
    image = drawn(figure, text)
    np.testing.assert_array_equal(grid(figure, as_png(image)), wanted)
    assert len(image.getcolors(maxcolors=1 << 24)) > 2


def test_a_pgf_file_stands_alone_and_is_the_same_every_time(tmp_path):
    figure = plots.heatmap(mask(load("k3,k3d2")))
    plots.save(figure, tmp_path / "a.pgf")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pgf"]
    text = (tmp_path / "a.pgf").read_text(encoding="utf-8")
    assert "includegraphics" not in text
    assert "pgfimage" not in text
    assert text.isascii()
    again = plots.heatmap(mask(load("k3,k3d2")))
    assert plots.render(again, "pgf").decode() == text


def test_every_scope_is_closed():
    text = plots.render(plots.heatmap(paths(load("k3,k3d2"))), "pgf").decode()
    for what in ("pgfscope", "pgfpicture"):
        assert text.count(f"\\begin{{{what}}}") == text.count(f"\\end{{{what}}}") > 0
    depth = 0
    for sign in re.findall(r"\\.|[{}]", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    ("title", "set_as"),
    [
        ("50% of a_b & c#1", r"50\% of a\_b \& c\#1"),
        (r"\input{x}$", r"\textbackslash{}input\{x\}\$"),
        ("3 \u00d7 3 \u22121", r"3 \ensuremath{\times} 3 \ensuremath{-}1"),
    ],
)
def test_titles_are_text_and_nothing_else(title, set_as):
    figure = plots.heatmap(mask(load("k3")), title=title, size=6)
    assert set_as in plots.render(figure, "pgf").decode()


def test_texts_stand_where_the_png_has_them():
    """Of the ticks, the labels and the heading, none is lost."""
    figure = plots.heatmap(mask(load("k3,k3d2")))
    plots.render(figure, "png")
    wanted = {text.get_text() for axes in figure.axes for text in axes.get_xticklabels()}
    text = plots.render(figure, "pgf").decode()
    found = re.findall(r"\\pgftext\[[^]]*\]\{.*\}", text)
    assert len(found) > len(wanted)
    for word in ("column (pixels)", "row (pixels)", "sampled", "centre of the field"):
        assert any(word in line for line in found), word


def test_a_picture_of_too_many_cells_is_refused(monkeypatch):
    monkeypatch.setattr(pgf, "RECTANGLES", 50)
    figure = plots.heatmap(mask(load("k3d2,k3d2,k3d2")))
    with pytest.raises(RfcalcError, match=r"RF422 .*50 rectangles[\s\S]*write \.pdf"):
        plots.render(figure, "pgf")


def test_rectangles_tile_an_array():
    rng = np.random.default_rng(0)
    for shape in ((1, 1), (7, 5), (12, 12)):
        wanted = rng.integers(0, 3, shape)
        found = np.full(shape, -1)
        for value, (left, low, right, high) in pgf.rectangles(wanted):
            assert (found[low:high, left:right] == -1).all()
            found[low:high, left:right] = value
        np.testing.assert_array_equal(found, wanted)

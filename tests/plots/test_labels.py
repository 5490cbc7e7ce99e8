"""Do axes, letters and scales say what a paper's figure has to?"""

from fractions import Fraction

import pytest
from typer.testing import CliRunner

from rfcalc import plots
from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.plots.colours import ramp
from tests.plots.reading import blocks_of, flat, grid


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_axes_are_named_by_what_they_are():
    axes = plots.heatmap(mask(load("k3,k3d2,k3d9"))).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("column (pixels)", "row (pixels)")
    inner = plots.heatmap(mask(load("k3,k3d2,k3d9"), source="conv1")).axes[0]
    assert inner.get_xlabel() == "column (cells)"
    line = plots.heatmap(mask(load("k3,k3d2", dims=1))).axes[0]
    assert line.get_xlabel() == "position (cells)"


@pytest.mark.parametrize("rate", [16000, 44100, 1000])
def test_the_ticks_of_time_stand_at_their_cells(rate):
    axes = plots.heatmap(mask(load("k101,k101d3", dims=1)), rate=Fraction(rate)).axes[0]
    assert axes.get_xlabel() == "time (ms)"
    ticks = [label.get_text().replace("\u2212", "-") for label in axes.get_xticklabels()]
    assert len(ticks) > 1
    for place, tick in zip(axes.get_xticks(), ticks, strict=True):
        assert float(tick) == pytest.approx(place * 1000 / rate)


def test_a_rate_without_time_is_a_diagnostic():
    with pytest.raises(RfcalcError, match="`rate=`"):
        plots.heatmap(mask(load("k3")), rate=Fraction(1000))


def test_panels_have_letters_and_share_their_ticks():
    figure = plots.all_layers(load("k3d2,k3d2,k3d2,k3d2"), letters=True, size=7)
    titles = [word for word in words(figure) if word.startswith("(")]
    assert [title[:4] for title in titles] == ["(a) ", "(b) ", "(c) ", "(d) "]
    panels = figure.axes[:4]
    rows = sorted({axes.get_position().y0 for axes in panels})
    columns = sorted({axes.get_position().x0 for axes in panels})
    for axes in panels:
        place = axes.get_position()
        assert bool(axes.get_ylabel()) == (place.x0 == columns[0])
        named = any(label.get_text() for label in axes.get_xticklabels())
        assert named == (place.y0 == rows[0])


def test_each_network_has_its_own_maximum_where_it_is_asked_for():
    results = [paths(load(net)) for net in ("k3,k3,k3", "k3")]
    figure = plots.compare(results, own=True, dpi=100)
    png = plots.render(figure, "png")
    table = ramp("viridis").tolist()
    for number in (0, 1):
        colours = flat(blocks_of(grid(figure, png, number), (7, 7)))
        assert table.index(colours[3, 3].tolist()) == 255
    assert figure.axes[-1].get_xlabel() == "part of the largest in each panel"
    with pytest.raises(RfcalcError, match="own scale"):
        plots.compare([mask(load("k3"))] * 2, own=True)


@pytest.mark.parametrize("size", [3.3, 7.0])
@pytest.mark.parametrize("net", ["k3,k3d2,k3d5", "k3d2,k3d2,k3d2,k3d4,k3d8"])
def test_no_title_is_cut_in_a_column_of_a_paper(net, size):
    figure = plots.compare([mask(load(net)), mask(load("k3,k3"))], size=size)
    told = " ".join(words(figure)).replace("\n", " ").replace("\u00a0", " ")
    assert "\u2026" not in told
    assert net in told
    assert figure.get_size_inches()[0] <= size + 0.02


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--own-scale"], "--compare"),
        (["--connections", "--what", "paths"], "--connections"),
        (["--letters", "--overlay", "none.png"], "--letters"),
        (["--connections", "--all-layers"], "--connections"),
    ],
)
def test_options_that_cannot_be_honoured_are_refused(more, told, tmp_path):
    path = tmp_path / "a.png"
    result = CliRunner().invoke(app, ["heatmap", "k3,k3d2", *more, "-o", str(path)])
    assert isinstance(result.exception, RfcalcError)
    assert told in str(result.exception)
    assert not path.exists()

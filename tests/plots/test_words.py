"""Are all words of a figure inside it and readable, whatever its width?"""

import pytest

from rfcalc import plots
from rfcalc.energies import energy
from rfcalc.loading import load
from rfcalc.path_counts import paths
from rfcalc.plots.fields import ASKED
from rfcalc.plots.scale import Scale

pytestmark = pytest.mark.slow


def held(figure):
    """Assert that no words leave the figure; return them."""
    plots.render(figure, "png")
    wide, high = figure.bbox.size
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += [axes.xaxis.label, axes.yaxis.label]
        texts += [*axes.get_xticklabels(), *axes.get_yticklabels()]
    for text in texts:
        if text.get_text():
            box = text.get_window_extent()
            assert box.x0 >= -1, text
            assert box.x1 <= wide + 1, text
            assert box.y0 >= -1, text
            assert box.y1 <= high + 1, text
    return [text.get_text() for text in texts]


@pytest.mark.parametrize("net", ["k1", "k3x101,k3x101d1x2", "k3,k3d2,k3d9", "zoo:esp-module"])
@pytest.mark.parametrize("dpi", [60, 150])
def test_no_words_leave_the_figure(net, dpi):
    held(plots.heatmap(paths(load(net)), dpi=dpi))


@pytest.mark.parametrize(("size", "dpi"), [(0.5, 150), (0.5, 300), (1, 75), (1.5, 150)])
@pytest.mark.parametrize("what", ["mask", "paths", "erf"])
def test_a_figure_is_as_wide_as_its_words(what, size, dpi):
    """However little is asked for, the legend and the words of the colour bar are whole."""
    network = load("k3,k3d2")
    figure = plots.heatmap(ASKED[what](network), spread="log", size=size, dpi=dpi)
    words = held(figure)
    assert ("its centre" if what == "erf" else "centre of the field") in words
    assert size * dpi <= figure.bbox.width < 4 * dpi


@pytest.mark.parametrize("size", [0.5, 1, 4])
def test_the_titles_of_small_panels_are_whole(size):
    figure = plots.all_layers(load("k3d2,k3"), size=size, dpi=150)
    words = " ".join(" ".join(held(figure)).split())
    assert "\u2026" not in words
    for title in ("conv1 \u00b7 RF 5 \u00d7 5 \u00b7 density 0.36", "conv2 \u00b7 RF 7 \u00d7 7"):
        assert title in words


def test_a_figure_that_holds_its_words_keeps_to_the_width_that_is_asked_for():
    for size in (2.5, 3.0):
        figure = plots.heatmap(paths(load("k3,k3d2")), size=size, dpi=100)
        assert figure.bbox.width == pytest.approx(100 * size, abs=1)


@pytest.mark.parametrize("size", [0.5, 2, 5])
def test_plots_of_growth_do_not_lie_over_each_other(size):
    figure = plots.growth_plot([load("k3,k3d2"), load("k5")], size=size, dpi=150)
    plots.render(figure, "png")
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (1, 4, ["1", "4"]),
        (3, 50, ["3", "50"]),
        (2, 9, ["2", "9"]),
        (1, 10, ["1", "10"]),
        (5, 2000, ["10", "100", "1000"]),
    ],
)
def test_a_bar_by_decades_names_two_values_at_least(low, high, labels):
    """Where fewer than two powers of ten lie on the bar, its ends are named."""
    places, words = zip(*Scale(low, high, False, True).ticks(), strict=True)
    assert list(words) == labels
    for place, word in zip(places, words, strict=True):
        assert low * (high / low) ** place == pytest.approx(float(word))


def test_shares_of_less_than_a_decade_are_named_by_the_ends_of_the_bar():
    axes = plots.heatmap(energy(load("k3,k3d2")), spread="log").axes[-1]
    counts = paths(load("k3,k3d2")).counts
    ends = [counts[counts > 0].min() / counts.sum(), counts.max() / counts.sum()]
    assert [float(tick.get_text()) for tick in axes.get_xticklabels()] == pytest.approx(
        ends, rel=5e-3
    )

"""Is a field that reads nothing, everything or one count alone drawn as what it is?"""

import numpy as np
import pytest

from rfcalc import plots
from rfcalc.energies import energy
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.plots.colours import HATCH
from rfcalc.plots.scale import scale
from rfcalc.spec import read_text
from tests.plots.reading import BEYOND, DARK, blocks_of, grid, is_colour

KINDS = {"mask": mask, "paths": paths, "erf": energy}


def network(layers, size=(12, 12)):
    return read_text(f"layers: [{layers}]", "net.yaml", size=size)


def drawn(result, **look):
    """The cells of a picture with their lines cut off, its words, and its figure."""
    figure = plots.heatmap(result, dpi=60, **look)
    picture = grid(figure, plots.render(figure, "png"))
    axes = figure.axes[0]
    shape = tuple(round(abs(a - b)) for a, b in (axes.get_ylim(), axes.get_xlim()))
    words = "\n".join(text.get_text() for text in figure.texts).replace("\xa0", " ")
    return blocks_of(picture, shape)[:, :, 1:-1, 1:-1], words, figure


@pytest.mark.parametrize("what", KINDS)
def test_an_output_between_the_cells_that_are_upsampled_reads_nothing(what):
    """Stride 2 and dilation 2: the outputs at odd positions are sums of no terms."""
    spread = network("{conv_transpose: {kernel: 3, stride: 2, dilation: 2, padding: 0}}")
    blocks, words, figure = drawn(KINDS[what](spread, at=(1, 1)))
    assert is_colour(blocks, BEYOND).all()
    assert blocks.shape[:2] == (12, 12)
    assert "output (1, 1), borders included \u00b7 no cell is read" in words
    assert "centre" not in words
    if what != "mask":
        assert [tick.get_text() for tick in figure.axes[-1].get_xticklabels()] == ["0"]


@pytest.mark.parametrize("what", KINDS)
def test_an_output_that_reads_padding_only_shows_the_padding(what):
    outside = network("{kernel: 1, padding: 2}, {kernel: 1}")
    blocks, words, figure = drawn(KINDS[what](outside, at=(0, 0)))
    assert blocks.shape[:2] == (1, 1)
    assert figure.axes[0].get_xlim() == (-2.5, -1.5)
    assert not (is_colour(blocks, DARK) | is_colour(blocks, BEYOND)).any()
    assert "no cell is read" in words
    assert "padding" in words


@pytest.mark.parametrize("what", KINDS)
def test_an_output_that_reads_the_whole_input_is_full(what):
    pooled = network("{kernel: 3}, global_pool")
    blocks, words, _ = drawn(KINDS[what](pooled, at=(0, 0)))
    assert blocks.shape[:2] == (12, 12)
    assert "144 of 144 cells" in words
    flat = blocks.reshape(12, 12, -1, 3)
    if what == "erf":
        # Contours cross the cells; most of each keeps its colour.
        flat = np.median(flat, axis=2, keepdims=True)
    assert (flat == flat[:, :, :1]).all()
    if what == "mask":
        assert is_colour(flat, DARK).all()
    else:
        # A cell at the border is read by two rows of windows, one inside by three.
        near = np.array([2, *[3] * 10, 2])
        counts = np.outer(near, near)
        levels = {count: flat[counts == count][:, 0] for count in (4, 6, 9)}
        assert all(len(np.unique(found, axis=0)) == 1 for found in levels.values())
        assert len({tuple(found[0]) for found in levels.values()}) == 3


def test_a_small_panel_says_that_nothing_is_read():
    outside = network("{kernel: 1, padding: 2}")
    figure = plots.compare([mask(outside, at=(0, 0)), mask(outside, at=(5, 5))], dpi=60)
    titles = [" ".join(text.get_text().split()) for text in figure.texts]
    assert "net: conv1 \u00b7 no cell is read" in titles
    assert "net: conv1 \u00b7 RF 1 \u00d7 1 \u00b7 density 1" in titles


@pytest.mark.parametrize(("at", "words"), [((20, 20), "its centre"), (None, "centre of the field")])
def test_the_legend_says_of_what_the_centre_is(at, words):
    """Beside the box of the field it is `its`; where the whole picture is the field no box is."""
    _, told, _ = drawn(mask(network("{kernel: 3}", (40, 40)), at=at))
    assert ("receptive field" in told.splitlines()) == (at is not None)
    assert words in told.splitlines()


def test_the_heading_names_the_phase_that_is_drawn():
    doubled = network("{conv_transpose: {kernel: 4, stride: 2, padding: 1}}", None)
    _, words, _ = drawn(mask(doubled, phase=(1, 0)))
    assert "phase (1, 0) \u00b7 RF 2 \u00d7 2" in words
    _, words, _ = drawn(mask(doubled, phase=(0, 0)))
    assert "phase" not in words


@pytest.mark.parametrize(
    ("count", "label"), [(1, "1"), (3, "3"), (1000, "1000"), (7 * 10**8, "$10^{8.85}$")]
)
def test_equal_counts_on_a_scale_by_decades_are_one_colour_and_one_label(count, label):
    counts = np.array([count, 0, count])
    found = scale(counts, spread="log")
    assert found.position(counts).tolist() == [1.0, 0.0, 1.0]
    assert found.ticks() == [(1.0, label)]


def test_a_scale_of_no_counts_holds_zero():
    counts = np.zeros((2, 3), dtype=np.int64)
    for spread in ("auto", "linear", "log"):
        found = scale(counts, spread=spread)
        assert found.position(counts).tolist() == [[0.0] * 3] * 2
        assert found.ticks() == [(0.0, "0")]


def test_boxes_too_far_apart_to_be_united_are_a_diagnostic():
    """A branch 20,000,000 columns off two others: known as boxes, not as a row of cells."""
    far = network(
        "{parallel: {branches: [[{kernel: [3, 1]}], [{kernel: [7, 1]}, {crop: {before: [0, 1]}}], "
        "[{kernel: [5, 1]}, "
        "{repeat: {times: 5, layers: [{crop: {before: [0, 4000000]}}]}}]]}}",
        None,
    )
    with pytest.raises(
        RfcalcError, match="'concat1' cannot be drawn: a mask with holes spans"
    ) as e:
        plots.heatmap(mask(far))
    assert e.value.diagnostics[0].code == "RF409"


@pytest.mark.parametrize(
    ("layer", "source", "code"), [("conv1", "conv2", "RF405"), ("global_pool1", None, "RF404")]
)
def test_layers_that_have_no_field_to_follow_are_a_diagnostic(layer, source, code):
    pooled = network("{kernel: 3}, {kernel: 3}, {op: global_pool, from: input}")
    with pytest.raises(RfcalcError) as caught:
        plots.all_layers(pooled, layer=layer, source=source)
    assert [fault.code for fault in caught.value.diagnostics] == [code]
    assert f"'{layer}'" in str(caught.value)


def test_strips_stand_above_each_other_and_sections_side_by_side():
    for size, rows, columns in (((40,), 2, 1), ((9, 9, 9), 2, 3)):
        chain = load("k3,k3d2", input=size)
        figure = plots.all_layers(chain, dpi=60)
        places = [axes.get_position() for axes in figure.axes]
        assert len(places) == rows * columns
        assert len({round(place.x0, 6) for place in places}) == columns
        assert len({round(place.y0, 6) for place in places}) == rows
        png = plots.render(figure, "png")
        wide = mask(chain).shape[-1]
        for number in range(rows * columns):
            blocks = blocks_of(grid(figure, png, number), (1 if columns == 1 else wide, wide))
            full = is_colour(blocks[:, :, 1:, 1:], DARK).all(axis=(2, 3))
            # k3 reads 3 cells of the 7 that both read.
            line = [0, 0, 1, 1, 1, 0, 0] if number < columns else [1] * 7
            wanted = [line] if columns == 1 else np.outer(line, line)
            np.testing.assert_array_equal(full, wanted)


def test_a_reduced_picture_shows_the_padding_beside_it():
    found = mask(network("{kernel: 3, dilation: 1500}", (3000, 3000)), at=(0, 0))
    figure = plots.overlay(found, np.full((3000, 3000, 3), 120, np.uint8), dpi=60)
    assert any("reduced" in text.get_text() for text in figure.texts)
    picture = grid(figure, plots.render(figure, "png"))
    side = picture.shape[0] // 3
    # A third of each axis is padding: the field reaches from -1500 to 1500, the input to 2999.
    top = is_colour(picture[: side - 1], HATCH[0])
    assert top.mean() > 0.3
    assert not is_colour(picture[side + 1 :, side + 1 :], HATCH[0]).any()

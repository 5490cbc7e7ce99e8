"""Do small multiples, comparisons, overlays and animations show the cells they should?"""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from rfcalc import plots
from rfcalc.energies import energy
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.plots.changing import changing
from rfcalc.plots.colours import ramp
from tests.plots.reading import BEYOND, DARK, WHITE, blocks_of, flat, grid, is_colour

pytestmark = pytest.mark.slow


def failure(call, *args, **options):
    with pytest.raises(RfcalcError) as caught:
        call(*args, **options)
    return caught.value.diagnostics[0]


def framed(array, extent):
    """An array in the middle of a larger one, and which of its cells are the array's."""
    whole = np.zeros((extent,) * array.ndim, dtype=array.dtype)
    box = np.zeros(whole.shape, dtype=bool)
    window = tuple(slice((extent - n) // 2, (extent - n) // 2 + n) for n in array.shape)
    whole[window], box[window] = array, True
    return whole, box


NET = "k3,k3d2,k3d9,k3d2"


def test_small_multiples_show_the_mask_of_every_layer_on_one_frame():
    network = load(NET)
    figure = plots.all_layers(network, dpi=100)
    png = plots.render(figure, "png")
    assert len(figure.axes) == 4
    for number, name in enumerate(("conv1", "conv2", "conv3", "conv4")):
        cells, box = framed(mask(network, name).array(), 29)
        colours = flat(blocks_of(grid(figure, png, number), (29, 29)))
        np.testing.assert_array_equal(is_colour(colours, DARK), cells)
        np.testing.assert_array_equal(is_colour(colours, WHITE), box & ~cells)
        np.testing.assert_array_equal(is_colour(colours, BEYOND), ~box)


def test_a_block_that_only_reaches_beyond_the_field_is_not_said_to_have_holes():
    figure = plots.all_layers(load("k3,k3s2,k3s2,k3s2,k9s4,k9"), dpi=40)
    png = plots.render(figure, "png")
    assert any("reduced" in text.get_text() for text in figure.texts)
    for number in range(len(figure.axes)):
        picture = grid(figure, png, number)
        assert not is_colour(picture, WHITE).any()
        assert is_colour(picture, DARK).any()


def test_layers_that_change_nothing_are_left_out_and_many_are_thinned(tmp_path):
    assert changing(load("k3,k1,k3"), None, None) == (["conv1", "conv3"], 0)
    names, left = changing(load(",".join(["k3"] * 60)), None, None)
    assert len(names) == 24
    assert left == 36
    assert (names[0], names[-1]) == ("conv1", "conv60")
    figure = plots.all_layers(load(",".join(["k3"] * 30)), dpi=40)
    assert any("24 of 30 layers" in text.get_text() for text in figure.texts)


def test_networks_are_compared_with_equal_cells_on_one_scale():
    results = [paths(load(net)) for net in ("k3,k3", "k3d2,k3", "k3")]
    figure = plots.compare(results, dpi=100)
    png = plots.render(figure, "png")
    table = ramp("viridis").tolist()
    place = {}
    for number, result in enumerate(results):
        counts, _ = framed(result.counts, 7)
        colours = flat(blocks_of(grid(figure, png, number), (7, 7)))
        for count, colour in zip(counts.flat, colours.reshape(-1, 3).tolist(), strict=True):
            if count:
                assert place.setdefault(int(count), colour) == colour
    order = [table.index(place[count]) for count in sorted(place)]
    assert order == sorted(set(order))


def test_shares_of_unlike_networks_are_put_on_one_scale():
    results = [energy(load(net)) for net in ("k1", "k3")]
    figure = plots.compare(results, dpi=100)
    png = plots.render(figure, "png")
    table = ramp("viridis").tolist()
    colours = flat(blocks_of(grid(figure, png, 0), (3, 3)))
    assert table.index(colours[1, 1].tolist()) == 255
    colours = flat(blocks_of(grid(figure, png, 1), (3, 3)))
    assert table.index(colours[0, 0].tolist()) == round(255 / 9)


def test_what_cannot_be_compared_is_a_diagnostic():
    flat_one, deep = load("k3", input=(9,)), load("k3")
    assert failure(plots.compare, [mask(flat_one), mask(deep)]).code == "RF406"
    assert failure(plots.compare, [mask(deep), paths(deep)]).code == "RF406"


@pytest.mark.parametrize("kind", ["gif", "apng"])
def test_every_frame_of_an_animation_is_the_mask_of_its_layer(kind):
    network = load(NET)
    movie = Image.open(BytesIO(plots.animation(network, kind, dpi=80)))
    assert movie.n_frames == 4
    assert movie.format == ("GIF" if kind == "gif" else "PNG")
    movie.seek(3)
    rows, columns = np.nonzero(is_colour(np.asarray(movie.convert("RGB")), DARK))
    top, left, wide = rows.min(), columns.min(), np.ptp(columns) + 1
    for number, name in enumerate(("conv1", "conv2", "conv3", "conv4")):
        movie.seek(number)
        shot = np.asarray(movie.convert("RGB"))[top : top + wide, left : left + wide]
        cells, _ = framed(mask(network, name).array(), 29)
        colours = flat(blocks_of(shot, (29, 29)))
        np.testing.assert_array_equal(is_colour(colours, DARK), cells)


def photo(high, wide):
    rows, columns = np.mgrid[:high, :wide]
    return np.stack([50 + rows % 150, 60 + columns % 140, 0 * rows + 90], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("at", [(20, 30), (0, 0), (39, 59)])
def test_a_picture_keeps_its_colours_exactly_where_it_is_sampled(at):
    found = mask(load("k3,k3d2,k3d9", input=(40, 60)), at=at)
    image = photo(40, 60)
    figure = plots.overlay(found, image, dpi=100)
    png = plots.render(figure, "png")
    axes = figure.axes[0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    low = round(top + 0.5), round(left + 0.5)
    shape = round(bottom - top), round(right - left)
    colours = blocks_of(grid(figure, png), shape)[:, :, 2, 2]
    inside = colours[-low[0] : 40 - low[0], -low[1] : 60 - low[1]]
    np.testing.assert_array_equal((inside == image).all(axis=-1), found.array())
    box = np.zeros((40, 60), dtype=bool)
    box[max(0, at[0] - 12) : at[0] + 13, max(0, at[1] - 12) : at[1] + 13] = True
    hole = box & ~found.array()
    assert (inside[hole] <= image[hole] // 3).all()
    assert (inside[~box] > image[~box]).all()


def test_counts_tint_the_picture():
    found = paths(load("k3,k3d2", input=(40, 40)), at=(20, 20))
    figure = plots.overlay(found, np.full((40, 40, 3), 100, np.uint8), dpi=100)
    colours = blocks_of(grid(figure, plots.render(figure, "png")), (40, 40))[:, :, 2, 2]
    for cell in zip(*np.nonzero(found.counts), strict=True):
        level = round(found.counts[cell] / found.counts.max() * 255)
        wanted = 0.3 * 100 + 0.7 * ramp("viridis")[level]
        np.testing.assert_allclose(colours[cell], wanted, atol=1)


def test_a_reduced_picture_keeps_its_holes_dark():
    found = mask(load("k3d100", input=(3000, 3000)), at=(1500, 1500))
    figure = plots.overlay(found, np.full((3000, 3000, 3), 120, np.uint8), dpi=60)
    assert any("reduced" in text.get_text() for text in figure.texts)
    picture = grid(figure, plots.render(figure, "png"))
    full = (picture == 120).all(axis=-1)
    assert 0 < full.sum() < 100


def test_what_cannot_be_overlaid_is_a_diagnostic(tmp_path):
    image = photo(40, 60)
    inside = mask(load("k3", input=(40, 60)), at=(3, 3))
    assert failure(plots.overlay, mask(load("k3")), image).code == "RF406"
    assert failure(plots.overlay, inside, photo(30, 60)).code == "RF424"
    assert failure(plots.picture, tmp_path / "none.png").code == "RF423"
    assert failure(plots.picture, tmp_path).code == "RF423"
    (tmp_path / "text.png").write_text("no picture")
    assert failure(plots.picture, tmp_path / "text.png").code == "RF423"
    buffer = BytesIO()
    Image.fromarray(photo(200, 200)).save(buffer, "PNG")
    (tmp_path / "cut.png").write_bytes(buffer.getvalue()[:200])
    assert failure(plots.picture, tmp_path / "cut.png").code == "RF423"
    (tmp_path / "whole.png").write_bytes(buffer.getvalue())
    np.testing.assert_array_equal(plots.picture(tmp_path / "whole.png"), photo(200, 200))

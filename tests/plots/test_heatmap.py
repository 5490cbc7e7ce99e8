"""Does every cell of a heatmap show what the mask holds, to the pixel?"""

import msgspec
import numpy as np
import pytest

from rfcalc import plots
from rfcalc.cells import Cells
from rfcalc.energies import energy
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.plots.colours import ramp
from rfcalc.plots.fields import ASKED
from rfcalc.plots.scale import scale
from rfcalc.region import Region
from tests.plots.reading import BEYOND, DARK, WHITE, blocks_of, flat, grid, is_colour

pytestmark = pytest.mark.slow

LOOKS = [{}, {"dpi": 72}, {"dpi": 300}, {"size": 4.7, "dpi": 97}]
PLANES = {
    "holes": "k3,k3d2,k3d9",
    "gridding": "k3d2,k3d2,k3d2",
    "one cell": "k1",
    "anisotropic": "k3x101,k3x101d1x2",
    "flat with holes": "k5x31d1x10",
    "a union of boxes": "zoo:esp-module",
    "tall": "k301x5",
}


def shown(result, **look):
    figure = plots.heatmap(result, **look)
    return figure, plots.render(figure, "png")


FINE = ("holes", "a union of boxes")
"""What is read back from a million pixels too."""
SHOWN = [(n, look) for n in PLANES for look in LOOKS if n in FINE or look.get("dpi") != 300]


@pytest.mark.parametrize(("name", "look"), SHOWN, ids=str)
def test_the_cells_read_back_from_the_png_are_the_mask(name, look):
    found = mask(load(PLANES[name]))
    figure, png = shown(found, **look)
    colours = flat(blocks_of(grid(figure, png), found.shape))
    np.testing.assert_array_equal(is_colour(colours, DARK), found.array())
    np.testing.assert_array_equal(is_colour(colours, WHITE), ~found.array())


def test_a_mask_of_every_second_of_401_columns_has_two_colours_only():
    found = mask(load("k201d2"))
    figure, png = shown(found)
    picture = grid(figure, png)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == 2
    np.testing.assert_array_equal(
        is_colour(flat(blocks_of(picture, (401, 401))), DARK), found.array()
    )


def test_resnet152_has_a_pixel_for_every_cell():
    found = mask(load("zoo:resnet152"))
    assert found.shape == (1451, 1451)
    figure, png = shown(found)
    assert grid(figure, png).shape == (1451, 1451, 3)
    assert is_colour(grid(figure, png), DARK).all()


def reduction(figure):
    """How many cells a square stands for, as the heading says."""
    # The heading goes on below where the figure is narrow.
    words = " ".join(text.get_text().replace("\xa0", " ") for text in figure.texts)
    return int(words.partition("reduced")[2].split("shows")[1].split()[0])


@pytest.mark.parametrize("hole", [1, 700, 4999])
def test_one_missing_column_of_five_thousand_survives_reduction(hole):
    columns = Cells.of([*range(hole), *range(hole + 1, 5001)])
    region = Region.of([(Cells.run(0, 5001), columns)])
    found = msgspec.structs.replace(mask(load("k5001p0")), region=region)
    figure, png = shown(found, dpi=100)
    step = reduction(figure)
    squares = blocks_of(grid(figure, png), (-(-5001 // step),) * 2)
    white = is_colour(squares, WHITE).any(axis=(2, 3))
    assert white.all(axis=0).sum() == white.any(axis=0).sum() == 1
    assert white[0].argmax() == hole // step


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("net", ["k3d2,k3d4,k3d700,k3d1500", "k3,k3d3,k3d9,k3d27,k3d1000"])
def test_a_block_with_a_hole_is_never_drawn_as_full_nor_a_sampled_one_as_empty(net, size):
    found = mask(load(net))
    figure, png = shown(found, size=size, dpi=100)
    picture = grid(figure, png)
    step = reduction(figure)
    extent = found.shape[0]
    count = -(-extent // step)
    padded = np.ones((count * step,) * 2, dtype=bool)
    padded[:extent, :extent] = found.array()
    parts = padded.reshape(count, step, count, step)
    empty = np.zeros((count * step,) * 2, dtype=bool)
    empty[:extent, :extent] = found.array()
    blocks = is_colour(blocks_of(picture, (count, count)), WHITE)
    np.testing.assert_array_equal(blocks.any(axis=(2, 3)), ~parts.all(axis=(1, 3)))
    sampled = empty.reshape(count, step, count, step).any(axis=(1, 3))
    np.testing.assert_array_equal(blocks.all(axis=(2, 3)), ~sampled)


@pytest.mark.parametrize("net", ["k3,k3d2,k3d9", "k3d2,k3d2", "zoo:esp-module", "k3x7,k5x9"])
def test_equal_counts_have_equal_colours_and_larger_ones_later_colours(net):
    found = paths(load(net))
    figure, png = shown(found)
    colours = flat(blocks_of(grid(figure, png), found.shape))
    table = ramp("viridis").tolist()
    place = {}
    for count, colour in zip(found.counts.flat, colours.reshape(-1, 3).tolist(), strict=True):
        if count == 0:
            assert colour == list(WHITE)
        else:
            assert place.setdefault(int(count), table.index(colour)) == table.index(colour)
    order = [place[count] for count in sorted(place)]
    assert order == sorted(order)
    assert order[-1] == 255


def test_a_hole_has_no_colour_of_the_scale():
    for name in ("viridis", "cividis", "plasma", "inferno", "magma"):
        lightness = ramp(name).astype(float) @ [0.2126, 0.7152, 0.0722]
        assert lightness.max() < 225
        assert (np.diff(lightness) > -1).all()


@pytest.mark.parametrize("at", [(0, 0), (1, 30), (20, 20), (39, 0)])
@pytest.mark.parametrize("mode", ["zeros", "reflect", "circular", "replicate"])
def test_a_bordered_mask_shows_the_cells_inside_and_the_padding(at, mode, tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text(
        "input: [40, 40]\nlayers:\n"
        + "".join(f"- {{kernel: 3, dilation: {d}, padding_mode: {mode}}}\n" for d in (1, 2, 9))
    )
    found = mask(load(file), at=at)
    figure, png = shown(found)
    axes = figure.axes[0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    low, high = (round(top + 0.5), round(left + 0.5)), (round(bottom + 0.5), round(right + 0.5))
    shape = (high[0] - low[0], high[1] - low[1])
    blocks = blocks_of(grid(figure, png), shape)
    cells = found.array()
    for i in range(shape[0]):
        for j in range(shape[1]):
            row, column = i + low[0], j + low[1]
            block = blocks[i, j, 2:-2, 2:-2].reshape(-1, 3)
            inside = 0 <= row < 40 and 0 <= column < 40
            if inside and cells[row, column]:
                assert is_colour(block, DARK).all()
            elif inside:
                assert (is_colour(block, WHITE) | is_colour(block, BEYOND)).all()
            else:
                assert not (is_colour(block, WHITE) | is_colour(block, DARK)).any()
    shown_cells = sum(
        0 <= r < 40 and 0 <= c < 40 and cells[r, c]
        for r in range(low[0], high[0])
        for c in range(low[1], high[1])
    )
    assert shown_cells == cells.sum()


def test_a_small_field_on_a_large_input_is_drawn_with_its_surroundings_only():
    figure = plots.heatmap(mask(load("k3,k3d2,k3d9", input=(512, 512)), at=(256, 256)))
    assert figure.axes[0].get_xlim() == (240.5, 271.5)


@pytest.mark.parametrize("what", ["mask", "paths", "erf"])
def test_one_axis_is_a_strip(what):
    network = load("k3,k3d2,k3d9", input=(64,))
    figure, png = shown(ASKED[what](network))
    rim = 1 if what == "erf" else 0
    colours = flat(blocks_of(grid(figure, png), (1, 25 + 2 * rim))[:, rim : rim + 25])[0]
    held = mask(network).array()
    np.testing.assert_array_equal(is_colour(colours, WHITE), ~held)
    if what != "mask":
        stairs = figure.axes[1].patches[0].get_data().values
        steps = ([1, 1, 1], [1, 0, 1, 0, 1], [1, *[0] * 8, 1, *[0] * 8, 1])
        counts = np.convolve(np.convolve(steps[0], steps[1]), steps[2])
        np.testing.assert_allclose(stairs[rim : rim + 25], counts / counts.max())


def test_three_axes_are_three_sections_through_the_centre(tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text("dims: 3\nlayers: [{kernel: [3, 5, 2], dilation: [2, 1, 3]}, {kernel: 3}]")
    found = mask(load(file))
    array = found.array()
    figure, png = shown(found)
    middle = [(extent - 1) // 2 for extent in found.shape]
    for number, axis in enumerate((0, 1, 2)):
        cut = array.take(middle[axis], axis=axis)
        colours = flat(blocks_of(grid(figure, png, number), cut.shape))
        np.testing.assert_array_equal(is_colour(colours, DARK), cut)


def test_counts_beyond_every_float_are_drawn(tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text("dims: 1\nlayers: [{repeat: {times: 800, layers: [{kernel: 3}]}}]")
    found = paths(load(file))
    assert found.counts.dtype == object
    assert max(found.counts) > 10**370
    figure, png = shown(found)
    assert grid(figure, png).shape[1] % 1601 == 0
    figure, png = shown(energy(load(file)))
    assert not is_colour(grid(figure, png), WHITE).any()


def test_even_shares_are_one_colour_whatever_rounding_makes_of_them():
    found = energy(load("k3,k3d3,k3d9"))
    assert np.ptp(found.array()) < 1e-15
    for spread in ("linear", "log"):
        np.testing.assert_allclose(scale(found.array(), True, spread).position(found.array()), 1)


def test_a_scale_by_decades_places_a_count_by_its_logarithm():
    counts = np.array([0, 1, 10, 100, 1000])
    found = scale(counts)
    assert found.log
    np.testing.assert_allclose(found.position(counts), [0, 0, 1 / 3, 2 / 3, 1])
    assert [label for _, label in found.ticks()] == ["1", "10", "100", "1000"]
    huge = np.array([10**400, 10**500], dtype=object)
    np.testing.assert_allclose(scale(huge).position(huge), [0, 1])
    np.testing.assert_allclose(scale(huge, spread="linear").position(huge), [0, 1], atol=1e-99)


@pytest.mark.parametrize("top", [1, 2, 3, 7, 19, 99, 100, 12345, 10**9, 7 * 10**400])
def test_linear_ticks_are_few_rise_and_stay_on_the_bar(top):
    ticks_are_round(scale(np.array([top], dtype=object)).ticks())


@pytest.mark.parametrize("top", [1.0, 0.5, 1 / 3, 0.0123, 7e-9, 1e-300])
def test_linear_ticks_of_shares_are_few_rise_and_stay_on_the_bar(top):
    ticks_are_round(scale(np.array([top, top / 9]), shares=True).ticks())


def ticks_are_round(ticks):
    places = [place for place, _ in ticks]
    assert 2 <= len(places) <= 7
    assert places == sorted(set(places))
    assert 0 <= places[0] <= places[-1] <= 1


def test_the_effective_field_sums_to_one():
    axes = plots.heatmap(energy(load("k3,k3,k3"))).axes[-1]
    ticks = dict(
        zip(axes.get_xticks(), (t.get_text() for t in axes.get_xticklabels()), strict=True)
    )
    top = 49 / 729
    for place, label in ticks.items():
        assert float(label) == pytest.approx(place * top, abs=1e-9)


def test_the_heading_names_the_field_its_density_and_the_verdict():
    figure = plots.heatmap(mask(load("k3,k3d2,k3d9")))
    text = "\n".join(t.get_text() for t in figure.texts).replace("\xa0", " ")
    assert "RF 25 \u00d7 25" in text
    assert "441 of 625 cells" in text
    assert "density 0.7056" in text
    assert "has holes: up to 2 cells in a row missing" in text
    text = "\n".join(t.get_text() for t in plots.heatmap(mask(load("k3")), title="Mine").texts)
    assert text.startswith("Mine\n")
    assert "no\xa0holes" in text


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "eps", "pgf"])
def test_equal_figures_give_equal_bytes(kind):
    found = mask(load("k3,k3d2"))
    first, second = (plots.render(plots.heatmap(found), kind) for _ in range(2))
    assert first == second


def test_vector_files_hold_the_cells_as_an_image_in_their_own_size():
    import base64
    import re
    from io import BytesIO

    from PIL import Image

    found = mask(load("k3,k3d2,k3d9"))
    svg = plots.render(plots.heatmap(found), "svg").decode()
    images = re.findall(r'xlink:href="data:image/png;base64,\s*([^"]+)"', svg)
    sizes = [Image.open(BytesIO(base64.b64decode(image))).size for image in images]
    assert any(wide % 25 == 0 and wide == high for wide, high in sizes)
    assert len(svg) < 150_000


def test_a_users_matplotlibrc_moves_no_pixel():
    from matplotlib import rc_context

    found = mask(load("k3d2,k3d2"))
    with rc_context({"savefig.bbox": "tight", "savefig.dpi": 33, "image.interpolation": "bicubic"}):
        figure, png = shown(found)
    colours = flat(blocks_of(grid(figure, png), (9, 9)))
    np.testing.assert_array_equal(is_colour(colours, DARK), found.array())


def test_a_mask_beyond_any_array_is_drawn_from_its_boxes():
    """RF 531,441 per axis: as an array it would have 282 billion cells."""
    chain = ",".join(f"k3d{3**n}" for n in range(12))
    figure, png = shown(mask(load(chain)), dpi=60)
    assert is_colour(grid(figure, png), DARK).all()


def failure(call, *args, **options):
    with pytest.raises(RfcalcError) as caught:
        call(*args, **options)
    return caught.value.diagnostics[0]


def test_what_cannot_be_drawn_is_a_diagnostic(tmp_path):
    found = mask(load("k3"))
    assert failure(plots.heatmap, found, cmap="virids").code == "RF421"
    assert "viridis" in failure(plots.heatmap, found, cmap="virids").help
    assert failure(plots.heatmap, found, dpi=7).code == "RF422"
    assert failure(plots.heatmap, found, size=1e9).code == "RF422"
    file = tmp_path / "n.yaml"
    file.write_text("layers: [{conv_transpose: {kernel: 3, stride: 2, dilation: 2, padding: 0}}]")
    assert failure(plots.heatmap, mask(load(file), phase=(1, 1))).code == "RF420"
    counts = paths(load(file), phase=(1, 1))
    assert failure(plots.heatmap, counts).code == "RF420"


def test_a_figure_is_written_whole_or_not_at_all(tmp_path):
    figure = plots.heatmap(mask(load("k3")), dpi=60)
    assert failure(plots.save, figure, tmp_path / "a.bmp").code == "RF408"
    assert failure(plots.save, figure, tmp_path / "no" / "a.png").code == "RF407"
    assert list(tmp_path.iterdir()) == []
    for suffix, start in (
        (".png", b"\x89PNG"),
        (".svg", b"<?xml"),
        (".pdf", b"%PDF"),
        (".eps", b"%!PS"),
        (".pgf", b"% Creator: rfcalc"),
    ):
        plots.save(figure, tmp_path / f"a{suffix}")
        assert (tmp_path / f"a{suffix}").read_bytes().startswith(start)

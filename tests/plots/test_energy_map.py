"""Does a map of energies show them: cells, box, input, contours and profiles?"""

import numpy as np
import pytest

from rfcalc import plots
from rfcalc.cells import Cells
from rfcalc.energies import energy
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.plots.colours import ramp
from rfcalc.plots.energy_map import energy_plot
from rfcalc.plots.style import Style
from tests.plots.reading import BEYOND, WHITE, blocks_of, flat, grid, is_colour

pytestmark = pytest.mark.slow

HATCHED = ((0xB4,) * 3, (0xC8,) * 3)


def drawn(values, start=(0, 0), dpi=100, size=None, **more):
    figure = energy_plot(
        np.asarray(values, float),
        start,
        heading=["A map"],
        label="energy",
        style=Style(dpi=dpi, size=size),
        **more,
    )
    return figure, plots.render(figure, "png")


def limits(figure, number=0):
    """First and last cell of rows and columns of a map."""
    axes = figure.axes[number]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return (round(top + 0.5), round(bottom + 0.5)), (round(left + 0.5), round(right + 0.5))


def words(figure):
    return "\n".join(text.get_text() for text in figure.texts).replace("\xa0", " ")


@pytest.mark.parametrize("start", [(0, 0), (-7, 30)])
def test_every_cell_has_the_colour_of_its_energy_and_outlines_touch_none(start):
    values = np.random.default_rng(3).integers(0, 9, (12, 20)).astype(float)
    box = [Cells.run(start[0] - 2, 15), Cells.run(start[1], 21)]
    figure, png = drawn(values, start, box=box)
    (top, bottom), (left, right) = limits(figure)
    blocks = blocks_of(grid(figure, png), (bottom - top, right - left))
    # Contours cross cells; what is not on one of their lines keeps its colour.
    table = [tuple(colour) for colour in ramp("viridis")]
    for row in range(top, bottom):
        for column in range(left, right):
            i, j = row - start[0], column - start[1]
            inside = 0 <= i < 12 and 0 <= j < 20
            value = values[i, j] if inside else 0.0
            boxed = row in box[0] and column in box[1]
            wanted = table[round(value / values.max() * 255)] if value else WHITE
            wanted = wanted if value or boxed else BEYOND
            shown = is_colour(blocks[row - top, column - left, 2:-2, 2:-2].reshape(-1, 3), wanted)
            assert shown.mean() > 0.5


def test_a_block_has_the_mean_of_its_cells_and_its_width_is_a_power_of_two():
    network = load("k7s2p3,k3s2,k3,k3s2,k3,k3d2,k3d4,k3d4,k3d8")
    found = energy(network)
    values = found.array()
    figure, png = drawn(values, found.start, size=3.0)
    step = int(words(figure).split("mean of ")[1].split()[0])
    assert step > 1
    assert step & (step - 1) == 0
    (top, bottom), (left, right) = limits(figure)
    count = (bottom - top) // step, (right - left) // step
    whole = np.zeros((bottom - top, right - left))
    row, column = found.start[0] - top, found.start[1] - left
    whole[row : row + values.shape[0], column : column + values.shape[1]] = values
    means = whole.reshape(count[0], step, count[1], step).mean(axis=(1, 3))
    picture = grid(figure, png)
    zoom = picture.shape[1] // count[1]
    assert zoom >= 3
    blocks = blocks_of(picture, count)
    table = ramp("viridis")
    level = np.rint(means / means.max() * 255).astype(int)
    right_colour = (blocks == table[level][:, :, None, None]).all(axis=-1).any(axis=(2, 3))
    assert right_colour[means > 0].mean() > 0.97


def test_the_profiles_are_the_sums_of_rows_and_columns():
    values = np.random.default_rng(7).random((10, 14))
    figure, _ = drawn(values)
    sums = [axes.patches[0].get_data().values for axes in figure.axes[1:3]]
    for found, wanted in zip(sums, (values.sum(axis=0), values.sum(axis=1)), strict=True):
        np.testing.assert_allclose(found[1:-1], wanted)
        assert found[0] == found[-1] == 0


def test_the_input_is_outlined_by_dashes_and_padding_hatched():
    values = np.ones((6, 6))
    whole = [Cells.run(0, 12), Cells.run(0, 12)]
    box = [Cells.run(-3, 9), Cells.run(2, 6)]
    figure, png = drawn(values, (0, 2), whole=whole, box=box, bordered=True)
    (top, bottom), (left, right) = limits(figure)
    assert (top, left) == (-3, 0)
    blocks = blocks_of(grid(figure, png), (bottom - top, right - left))
    padding = blocks[0, 0].reshape(-1, 3)
    assert (is_colour(padding, HATCHED[0]) | is_colour(padding, HATCHED[1])).all()
    assert is_colour(blocks[8 - top, 9 - left, 2:-2, 2:-2].reshape(-1, 3), BEYOND).all()
    blue = is_colour(grid(figure, png), (0x56, 0xB4, 0xE9))
    zoom = blocks.shape[2]
    rows, columns = np.nonzero(blue)
    assert (rows.min(), columns.min()) == (-top * zoom, -left * zoom)
    assert (rows.max() + 1, columns.max() + 1) == ((12 - top) * zoom, (12 - left) * zoom)
    assert "the input" in words(figure)


def test_a_far_larger_input_leaves_the_field_its_room():
    figure, _ = drawn(np.ones((6, 6)), whole=[Cells.run(-100, 200)] * 2)
    assert limits(figure) == ((-1, 7), (-1, 7))
    assert "the input" not in words(figure)


def test_three_axes_are_sections_through_the_middle():
    values = np.random.default_rng(1).random((5, 7, 9)) + 0.5
    figure, png = drawn(values, (0, 0, 0))
    sections = (values[2], values[:, 3], values[:, :, 4])
    top = max(section.max() for section in sections)
    table = ramp("viridis")
    for number, section in enumerate(sections):
        shape = [end - first for first, end in limits(figure, number)]
        colours = flat(blocks_of(grid(figure, png, number), shape)[1:-1, 1:-1])
        wanted = table[np.rint(section / top * 255).astype(int)]
        np.testing.assert_array_equal(colours, wanted)


def test_holes_of_one_axis_stay_white():
    figure, png = drawn([1.0, 0.0, 2.0], (5,))
    blocks = blocks_of(grid(figure, png), (1, 5))
    assert is_colour(flat(blocks[:, 1:-1])[0], WHITE).tolist() == [False, True, False]
    for rim in (0, 4):
        assert is_colour(blocks[0, rim, 2:-2, 4:-4].reshape(-1, 3), BEYOND).all()


def test_nothing_is_drawn_as_holes_and_no_cell_is_a_diagnostic():
    figure, png = drawn(np.zeros((3, 3)))
    assert is_colour(grid(figure, png), WHITE).any()
    assert not figure.axes[0].collections
    with pytest.raises(RfcalcError) as caught:
        drawn(np.zeros((0, 3)))
    assert caught.value.diagnostics[0].code == "RF420"


def test_the_expected_field_says_where_the_input_was_put():
    found = energy(load("k3,k3d2,k3d9", input=(40, 50)))
    text = words(plots.heatmap(found))
    assert "input 40 \u00d7 50, its middle at the centre of the field" in text
    assert "50 % inside" in text
    assert "95 % inside" in text

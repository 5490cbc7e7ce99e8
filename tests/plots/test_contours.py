"""Do contours enclose the share of the energy that they are named by? Summed cell by cell."""

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from rfcalc import heatmap
from rfcalc.energies import energy
from rfcalc.loading import load
from rfcalc.plots.contours import SHARES
from rfcalc.plots.energy_map import energy_plot
from rfcalc.plots.style import Style

pytestmark = pytest.mark.slow


def shares_inside(figure, first, values):
    """Sum what lies within each line as it is drawn, by matplotlib's own test of points."""
    rows, columns = (np.arange(n) + start for n, start in zip(values.shape, first, strict=True))
    centres = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    found = []
    for line in figure.axes[0].collections:
        crossed = sum(
            Outline(part).contains_points(centres).astype(int)
            for path in line.get_paths()
            for part in path.to_polygons()
        )
        found.append(values.ravel()[crossed % 2 == 1].sum() / values.sum())
    assert len(found) == len(SHARES)
    return found


def uneven(high, wide, cells, seed):
    """A map of so many cells with energy, no two of which are alike."""
    chance = np.random.default_rng(seed)
    values = np.zeros(high * wide)
    values[chance.choice(high * wide, cells, replace=False)] = chance.random(cells) + 0.01
    return values.reshape(high, wide)


@pytest.mark.parametrize("cells", [1, 2, 5, 30, 700])
@pytest.mark.parametrize("shape", [(23, 31), (3, 300), (64, 64)])
def test_contours_hold_their_share_and_less_than_one_cell_beyond(shape, cells):
    for seed in range(3):
        values = uneven(*shape, cells, seed)
        figure = energy_plot(
            values, (-4, 9), heading=["A map"], label="energy", style=Style(dpi=60, size=4.0)
        )
        for share, held in zip(SHARES, shares_inside(figure, (-4, 9), values), strict=True):
            least = share / 100 * (1 - 1e-9)
            assert least <= held < share / 100 + values.max() / values.sum()


NINTH = 1 / 9
PUBLISHED = {
    # The centre has a third, 24 other cells one part in 36 each: the inner eight make it more
    # than half, and without the four corners it is less than 95 %.
    "zoo:ksac-module": (1 / 3 + 8 / 36, 1.0),
    # Nine cells of equal energy: the centre with its four neighbours, or with all.
    "k3d12": (5 * NINTH, 1.0),
    "k3d7x20": (5 * NINTH, 1.0),
    # A single cell is all there is.
    "k1": (1.0, 1.0),
}


@pytest.mark.parametrize(("net", "wanted"), PUBLISHED.items(), ids=list(PUBLISHED))
def test_contours_of_a_field_of_few_cells_take_cells_of_one_height_together(net, wanted):
    found = energy(load(net))
    figure = heatmap(net, what="erf")
    assert shares_inside(figure, found.start, found.array()) == pytest.approx(wanted)


def test_contours_of_a_gridded_field_are_single_closed_lines():
    figure = heatmap("k3d4,k3d4,k3d4", what="erf")
    for line in figure.axes[0].collections:
        (path,) = line.get_paths()
        (part,) = path.to_polygons()
        np.testing.assert_array_equal(part[0], part[-1])

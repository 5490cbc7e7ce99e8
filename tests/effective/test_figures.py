"""Are the figures of a map right? Against sums over its cells, one by one, and known maps."""

import cmath
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rfcalc.effective.figures import PERCENTS, Asked, figures
from rfcalc.effective.jackknife import errors
from rfcalc.energies import energy
from rfcalc.energies.measured import spreads, squares, waves
from rfcalc.loading import load

SHAPES = [(7,), (8,), (5, 9), (6, 7), (4, 4), (3, 5, 4)]


def asked(shape, periods=(2, 3, 5), thresholds=(50.0, 4.55), centre=None):
    return Asked(periods, thresholds, tuple(centre or (n - 1 for n in shape)))


def random(shape, seed=0):
    values = np.random.default_rng(seed).random(shape) ** 4
    values.flat[0] = 0
    return values


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_figures_are_those_of_a_sum_over_cells(shape):
    values = random(shape)
    found = figures(values, asked(shape))
    cells = {c: float(values[c]) for c in product(*map(range, shape))}
    whole = sum(cells.values())
    for axis, n in enumerate(shape):
        mean = sum(c[axis] * v for c, v in cells.items()) / whole
        spread = sum((c[axis] - mean) ** 2 * v for c, v in cells.items()) / whole
        assert found.deviation[axis] == pytest.approx(spread**0.5)
        for period in (2, 3, 5):
            turn = 2j * cmath.pi / period
            wave = sum(v * cmath.exp(turn * c[axis]) for c, v in cells.items()) / whole
            assert found.leak[axis][f"1/{period}"] == pytest.approx(abs(wave), abs=1e-12)
        assert all(found.side[p][axis] <= n for p in PERCENTS)
    for percent in PERCENTS:
        side = next(s for s in range(1, max(shape) + 1) if share(cells, shape, s) >= percent - 1e-9)
        assert found.side[percent] == tuple(min(side, n) for n in shape)
    top = max(cells.values())
    for threshold in (50.0, 4.55):
        assert found.area[threshold] == sum(v > threshold / 100 * top for v in cells.values())
    pairs = sum(abs(v - w) for v in cells.values() for w in cells.values())
    assert found.gini == pytest.approx(pairs / (2 * len(cells) * whole))


def share(cells, shape, side):
    """Percentage of the cells whose centre lies in a centred square."""
    middle = [(n - 1) / 2 for n in shape]
    inside = [
        v
        for c, v in cells.items()
        if all(abs(i - m) <= (side - 1) / 2 for i, m in zip(c, middle, strict=True))
    ]
    return 100 * sum(inside) / sum(cells.values())


@pytest.mark.parametrize("net", ["k3,k3d2", "k5s2,k3", "k3x5,k3d1x2", "k4,k3", "k3d2,k3d2"])
def test_figures_of_an_energy_are_those_that_are_told_of_gridding(net):
    found = energy(load(net))
    told = figures(found.array(), asked(found.shape))
    assert_allclose(told.deviation, spreads(found), atol=1e-12)
    for axis, wave in enumerate(waves(found, [2, 3, 5])):
        assert told.leak[axis] == pytest.approx(wave, abs=1e-12)
    for percent, side in squares(found, PERCENTS).items():
        assert told.side[percent] == tuple(min(side, n) for n in found.shape)


def test_an_oblique_line_is_far_from_isotropic():
    line = np.eye(9) + 1e-3
    assert figures(line, asked((9, 9))).anisotropy > 5
    assert figures(np.ones((9, 9)), asked((9, 9))).anisotropy == pytest.approx(1)
    assert figures(np.eye(9), asked((9, 9))).anisotropy is None
    assert figures(np.ones(9), asked((9,))).anisotropy is None


def test_a_square_lies_about_the_middle_that_is_asked_for():
    values = np.zeros(9)
    values[1:4] = 1
    assert figures(values, asked((9,), centre=(4,))).side[99] == (3,)
    assert figures(values, asked((9,))).side[99] == (7,)


def test_an_even_map_has_no_gini_and_one_cell_nearly_one():
    assert figures(np.ones((4, 4)), asked((4, 4))).gini == pytest.approx(0)
    one = np.zeros(100)
    one[50] = 1
    assert figures(one, asked((100,))).gini == pytest.approx(0.99)


def test_the_jackknife_gives_the_spread_of_repeated_measurements():
    """The error of one measurement of 64 samples is the deviation of many of them."""
    generator = np.random.default_rng(0)
    shape = (9,)
    base = np.exp(-((np.arange(9) - 4) ** 2) / 6)

    def measured():
        samples = base * generator.gamma(2.0, size=(64, *shape))
        groups = np.stack([samples[g::16].mean(0) for g in range(16)])
        return figures(samples.mean(0), asked(shape)), errors(groups, (4,) * 16, asked(shape))

    runs = [measured() for _ in range(300)]
    deviations = np.array([told.deviation[0] for told, _ in runs])
    guessed = np.array([error["deviation"][0] for _, error in runs])
    assert (guessed**2).mean() ** 0.5 == pytest.approx(deviations.std(), rel=0.15)
    ginis = np.array([told.gini for told, _ in runs])
    guessed = np.array([error["gini"] for _, error in runs])
    assert (guessed**2).mean() ** 0.5 == pytest.approx(ginis.std(), rel=0.15)


def test_one_sample_has_no_error():
    assert errors(np.ones((1, 5)), (1,), asked((5,))) is None

"""Is the energy the sum over paths of the product of their weights? Against plain loops."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.energies import energy
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.report import analyze
from tests.energies import loops
from tests.graphs import graphs
from tests.networks import networks, positions

pytestmark = pytest.mark.slow


@settings(max_examples=150)
@given(st.data(), networks(most=6, cells=400))
def test_energies_with_borders_are_those_of_plain_loops_for_every_op(data, network):
    source = data.draw(st.sampled_from([0, 0, data.draw(st.integers(0, len(network.nodes) - 1))]))
    target = data.draw(st.integers(source, len(network.nodes) - 1))
    assume(network.between(source, target)[target])
    at = data.draw(positions(network.nodes[target].size))
    names = network.nodes[target].name, network.nodes[source].name
    found = energy(network, *names, at=at)
    expected = loops.bordered(network, target, at, source)
    assert found.shape == expected.shape
    assert found.total == pytest.approx(expected.sum(), rel=1e-9, abs=1e-300)
    if expected.sum():
        np.testing.assert_allclose(found.array(), expected / expected.sum(), rtol=1e-9, atol=1e-15)
    assert not (found.array()[~mask(network, *names, at=at).array()]).any()


@settings(max_examples=100)
@given(st.integers(1, 3).flatmap(graphs))
def test_energies_without_borders_are_those_of_plain_loops(network):
    target = len(network.nodes) - 1
    assume(network.between(0, target)[target])
    found = energy(network)
    assume(0 < np.prod(found.shape) < 4000)
    cells = loops.interior(network, target, found.question.output)
    expected = np.zeros(found.shape)
    for cell, value in cells.items():
        expected[tuple(i - s for i, s in zip(cell, found.start, strict=True))] = value
    assert found.total == pytest.approx(expected.sum(), rel=1e-9)
    np.testing.assert_allclose(found.array(), expected / (expected.sum() or 1), rtol=1e-9)


def windowed(o, window=4, step=2):
    """Return the cells of the window of a cell whose cells lie a step apart."""
    block = window * step
    return [o // block * block + o % step + step * t for t in range(window)]


def pooled(o):
    """Return the cells that three taps read, two apart."""
    return [o + 2 * t for t in range(3)]


WINDOWS = {"op": "window_attention", "window": 4, "dilation": 2}
POOL = {"op": "avgpool", "kernel": 3, "dilation": 2, "padding": 0, "stride": 1}
LATTICES = {
    "windows": ([WINDOWS] * 2, [windowed] * 2),
    "pooled": ([WINDOWS, POOL], [windowed, pooled]),
    "between": ([WINDOWS, POOL, WINDOWS], [windowed, pooled, windowed]),
}


@pytest.mark.parametrize("name", LATTICES)
def test_energies_of_windows_on_a_lattice_are_framed_by_their_masks_at_every_phase(name):
    layers, reads = LATTICES[name]
    network = load({"dims": 1, "layers": layers})
    for phase in range(8):
        found = energy(network, phase=(phase,))
        cells = {phase: 1.0}
        for read in reversed(reads):
            spread: dict[int, float] = {}
            for o, value in cells.items():
                for cell in read(o):
                    # An average is squared: it is not random.
                    weight = 1 / len(read(o)) if read is windowed else 1 / len(read(o)) ** 2
                    spread[cell] = spread.get(cell, 0.0) + value * weight
            cells = spread
        origin = min(cells)
        expected = np.zeros(max(cells) - origin + 1)
        for cell, value in cells.items():
            expected[cell - origin] = value
        assert found.start[0] % 8 == origin % 8
        np.testing.assert_allclose(found.array(), expected / expected.sum(), rtol=1e-9)
        np.testing.assert_array_equal(expected > 0, mask(network, phase=(phase,)).array())
        for box in found.energies.boxes:
            assert box.start >= found.start
            assert box.start[0] + box.shape[0] <= found.start[0] + found.shape[0]


def test_a_stage_of_windows_on_a_lattice_is_told_with_its_leak():
    layers = LATTICES["windows"][0]
    report = analyze({"input": [16, 16], "layers": [{"kernel": 3, "dilation": 2}, *layers]})
    assert [stage.measures.sublattice_count for stage in report.stages] == [4]

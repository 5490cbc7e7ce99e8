"""Is the energy the sum over paths of the product of their weights? Against plain loops."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.energies import energy
from rfcalc.masks import mask
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

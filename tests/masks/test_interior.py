"""Is the interior what a middle position sees on an input that is large enough?"""

from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from tests.brute import field
from tests.graphs import graphs, resized


def points(region):
    return {point for box in region.boxes for point in product(*box)}


@settings(max_examples=150)
@given(st.integers(1, 2).flatmap(graphs), st.integers(0, 11))
def test_the_interior_is_what_a_middle_position_sees_on_a_large_input(network, offset):
    n = {1: 1440, 2: 360}[network.dims]
    try:
        sized = resized(network, (n,) * network.dims)
    except RfcalcError:
        assume(False)
    name = network.nodes[-1].name
    row = next(row for row in growth(network).rows if row.name == name)
    at = tuple(m // 2 + offset for m in sized.nodes[-1].size)
    phase = tuple(o % p for o, p in zip(at, row.phases, strict=True))
    moved = [int(j * (o - p)) for j, o, p in zip(row.jump, at, phase, strict=True)]
    inside, whole = mask(network, name, phase=phase), mask(sized, name, at=at)
    assert points(whole.region) == points(inside.region.shift(moved))
    counts, all_counts = paths(network, name, phase=phase), paths(sized, name, at=at)
    window = tuple(
        slice(s + m, s + m + k) for s, m, k in zip(counts.start, moved, counts.shape, strict=True)
    )
    assert_array_equal(all_counts.array()[window], counts.array())
    assert all_counts.total == counts.total


@settings(max_examples=120)
@given(st.integers(1, 2).flatmap(graphs), st.data())
def test_every_phase_of_the_interior_is_that_of_brute_force(network, data):
    position = data.draw(st.integers(0, len(network.nodes) - 1))
    name = network.nodes[position].name
    row = next(row for row in growth(network).rows if row.name == name)
    phase = tuple(data.draw(st.integers(0, p - 1)) for p in row.phases)
    found, counted = mask(network, name, phase=phase), paths(network, name, phase=phase)
    assert points(found.region) == field(network, position, phase)
    drawn = {
        tuple(int(i) + s for i, s in zip(at, found.start, strict=True))
        for at in np.argwhere(found.array())
    }
    assert drawn == points(found.region)
    support = {
        tuple(int(i) + s for i, s in zip(at, counted.start, strict=True))
        for at in np.argwhere(counted.array())
    }
    assert support == drawn
    if found.cells:
        assert found.rf == found.shape
    assert points(mask(network, name).region) == field(network, position, row.phase)

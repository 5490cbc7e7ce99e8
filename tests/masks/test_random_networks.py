"""Are masks and path counts exact? Against PyTorch's gradient, the backend, and plain loops.

The number of random networks is that of the environment variable RFCALC_NETWORKS, 300 unless
given; RFCALC_PROFILE=explore draws other ones on every run.
"""

import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc import numpy_backend
from rfcalc.errors import RfcalcError
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from tests.networks import networks, positions

pytestmark = pytest.mark.slow

NETWORKS = int(os.environ.get("RFCALC_NETWORKS", "300"))


def reached(network, source):
    """The nodes that depend on a source."""
    behind = [False] * len(network.nodes)
    behind[source] = True
    for position in range(source + 1, len(network.nodes)):
        behind[position] = any(behind[i] for i in network.nodes[position].inputs)
    return behind


def asked(data, network, most=3):
    """A source, and some places of nodes at it or behind it."""
    source = data.draw(st.sampled_from([0, 0, data.draw(st.integers(0, len(network.nodes) - 1))]))
    nodes = data.draw(
        st.lists(
            st.sampled_from([len(network.nodes) - 1, *range(source, len(network.nodes))]),
            min_size=1,
            max_size=most,
        )
    )
    return source, [(node, data.draw(positions(network.nodes[node].size))) for node in nodes]


def holds(network, source, target, at, expected):
    """Mask and counts are those of the oracle, exactly; the support of the counts is the mask."""
    name, origin = network.nodes[target].name, network.nodes[source].name
    counted = paths(network, name, origin, at=at)
    found = mask(network, name, origin, at=at)
    assert_array_equal(counted.array(), expected)
    assert_array_equal(found.array(), expected > 0)
    assert found.cells == np.count_nonzero(expected)
    assert counted.total == expected.sum()
    assert found.shape == counted.shape == network.nodes[source].size
    assert found.start == counted.start == (0,) * network.dims


@settings(max_examples=NETWORKS)
@given(st.data())
def test_masks_and_counts_of_random_networks_are_those_of_torch_and_of_the_backend(data):
    """All ops, one to three axes, merges, phases, borders, all padding modes, any source."""
    pytest.importorskip("torch", reason="the gradient of the network of ones is PyTorch's")
    from tests.torch_ones import gradients

    network = data.draw(networks(lenient=data.draw(st.booleans())))
    source, starts = asked(data, network)
    count = gradients(network, source)
    behind = reached(network, source)
    backend = dict(numpy_backend.counts(network, starts, source))
    for number, (target, at) in enumerate(starts):
        expected = count(target, at)
        assert_array_equal(backend[number], expected)
        if behind[target]:
            holds(network, source, target, at, expected)
        else:
            name, origin = network.nodes[target].name, network.nodes[source].name
            assert not expected.any()
            with pytest.raises(RfcalcError, match="RF405"):
                mask(network, name, origin, at=at)


@settings(max_examples=max(60, NETWORKS // 8))
@given(st.data())
def test_masks_and_counts_of_random_networks_are_those_of_the_backend(data):
    """The same without PyTorch, deeper: counts beyond what a float holds."""
    network = data.draw(networks(most=14))
    source, starts = asked(data, network)
    behind = reached(network, source)
    starts = [start for start in starts if behind[start[0]]]
    assume(starts)
    for number, expected in numpy_backend.counts(network, starts, source):
        holds(network, source, *starts[number], expected)

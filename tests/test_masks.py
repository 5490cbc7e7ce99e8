"""Are masks and path counts exact? Against PyTorch's gradient, the backend, and plain loops.

The number of random networks is that of the environment variable RFCALC_NETWORKS, 500 unless
given; RFCALC_PROFILE=explore draws other ones on every run.
"""

import os
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc import numpy_backend
from rfcalc.errors import RfcalcError
from rfcalc.growth import footprint, growth
from rfcalc.layers import LAYERS
from rfcalc.masks import PIXEL_LIMIT, mask
from rfcalc.paths import paths
from tests.brute import field, net
from tests.graphs import built, graphs, resized
from tests.networks import networks, positions

NETWORKS = int(os.environ.get("RFCALC_NETWORKS", "500"))


def code(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    (fault,) = caught.value.diagnostics
    return fault.code


def points(region):
    return {point for box in region.boxes for point in product(*box)}


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
            assert code(lambda n=name, o=origin, p=at: mask(network, n, o, at=p)) == "RF405"


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


# The interior is what a middle position sees on an input that is large enough.


def middle(network, size):
    """A position far from every border, at a multiple of every period."""
    return tuple(n // 2 for n in size) if size else ()


@settings(max_examples=max(120, NETWORKS // 4))
@given(st.integers(1, 2).flatmap(graphs), st.integers(0, 11))
def test_the_interior_is_what_a_middle_position_sees_on_a_large_input(network, offset):
    n = {1: 1440, 2: 360}[network.dims]
    try:
        sized = resized(network, (n,) * network.dims)
    except RfcalcError:
        assume(False)
    name = network.nodes[-1].name
    row = next((row for row in growth(network).rows if row.name == name), None)
    at = tuple(m // 2 + offset for m in sized.nodes[-1].size)
    phase = tuple(o % p for o, p in zip(at, row.phases, strict=True))
    moved = [int(j * (o - p)) for j, o, p in zip(row.jump, at, phase, strict=True)]
    inside, whole = mask(network, name, phase=phase), mask(sized, name, at=at)
    assert points(whole.region) == points(inside.region.shift(moved))
    counts, all_counts = paths(network, name, phase=phase), paths(sized, name, at=at)
    window = tuple(
        slice(s + m, s + m + k)
        for s, m, k in zip(counts.start, moved, counts.shape, strict=True)
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


# Borders by plain loops, at any depth, in integers of any size.


def inside(i, n, mode):
    if 0 <= i < n:
        return i
    if mode == "zeros":
        return None
    if mode == "circular":
        return i % n
    if mode == "replicate":
        return min(max(i, 0), n - 1)
    return -i if i < 0 else 2 * (n - 1) - i


def pulled(n, layers, o, mode):
    """Path counts of output o of a chain of (kernel, dilation) at stride 1, in plain loops."""
    counts = [0] * n
    counts[o] = 1
    for kernel, dilation in reversed(layers):
        before = dilation * (kernel - 1) // 2
        next_counts = [0] * n
        for i, c in enumerate(counts):
            for t in range(kernel):
                cell = inside(i - before + dilation * t, n, mode)
                if cell is not None and c:
                    next_counts[cell] += c
        counts = next_counts
    return counts


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("depth", [1, 20, 38, 39, 40, 41, 42, 60])
def test_counts_are_exact_integers_at_any_depth_and_border(mode, depth):
    conv = LAYERS["conv"](kernel=(3,), padding=((1, 1),), padding_mode=mode)
    for n in (2, 3, 7, 90):
        network = built(1, [conv] * depth, (n,))
        for o in {0, n // 2, n - 1}:
            found = paths(network, at=(o,))
            expected = pulled(n, [(3, 1)] * depth, o, mode)
            assert found.array().tolist() == expected
            assert found.total == sum(expected)
            assert found.array().dtype == (np.int64 if max(expected) < 2**62 else object)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_dilated_chains_at_every_position_of_a_short_input(mode):
    layers = [(3, 1), (3, 2), (2, 3), (5, 1)]
    network = built(
        1,
        [
            LAYERS["conv"](
                kernel=(k,),
                dilation=(d,),
                padding=((d * (k - 1) // 2, d * (k - 1) - d * (k - 1) // 2),),
                padding_mode=mode,
            )
            for k, d in layers
        ],
        (11,),
    )
    for o in range(11):
        expected = pulled(11, layers, o, mode)
        assert paths(network, at=(o,)).array().tolist() == expected
        assert mask(network, at=(o,)).array().tolist() == [c > 0 for c in expected]


def test_sixty_layers_have_more_paths_than_any_float_counts():
    """Issue 2: 60 layers of 3x3 have 1.8e57 paths."""
    network = net("layers: [{repeat: {times: 60, layers: [{kernel: 3}]}}]")
    found = paths(network)
    assert found.shape == (121, 121)
    assert found.total == 9**60
    line = [sum((-1) ** j * comb(60, j) * comb(59 + k - 3 * j, 59) for j in range(k // 3 + 1)) for k in range(121)]
    assert found.array()[0].tolist() == line
    assert found.array()[60, 60] == line[60] ** 2


def test_clipping_happens_at_every_node_and_not_at_the_end():
    """ARCHITECTURE: a 1x1 with padding 1 over a 2-tap layer reads nothing at its first output."""
    network = net(
        """
dims: 1
input: [8]
layers:
  - {kernel: 2, padding: [[1, 0]], name: two}
  - {kernel: 1, padding: 1, name: out}
"""
    )
    assert mask(network, at=(0,)).cells == 0
    assert set(footprint(network, 0, 2).read((0,)).boxes[0][0]) == {-2, -1}
    assert mask(network, at=(1,)).array().tolist() == [True] + [False] * 7


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_folded_padding_lies_inside(mode):
    network = net(f"input: [6, 6]\nlayers: [{{kernel: 5, padding_mode: {mode}}}]")
    for at in product((0, 1, 3, 5), repeat=2):
        expected = np.zeros((6, 6), int)
        for move in product(range(-2, 3), repeat=2):
            expected[tuple(inside(o + m, 6, mode) for o, m in zip(at, move, strict=True))] += 1
        assert_array_equal(paths(network, at=at).array(), expected)
        assert_array_equal(mask(network, at=at).array(), expected > 0)


# Layers that read everything, gates, and other sources.


def test_at_one_position_a_layer_may_read_the_whole_input():
    network = net("input: [5, 4]\nlayers: [{kernel: 3}, global_pool, {kernel: 1}]")
    assert mask(network, at=(0, 0)).array().all()
    counts = paths(network, at=(0, 0)).array()
    assert_array_equal(counts, np.outer([2, 3, 3, 3, 2], [2, 3, 3, 2]))


def test_a_gate_adds_a_path_to_its_own_cell():
    network = net("dims: 1\ninput: [4]\nlayers: [squeeze_excite]")
    assert paths(network, at=(1,)).array().tolist() == [1, 2, 1, 1]


def test_any_layer_can_be_the_source():
    network = net(
        """
input: [32, 32]
layers:
  - {kernel: 3, stride: 2, name: trunk}
  - {kernel: 3, dilation: 2, name: a}
  - {kernel: 3, dilation: 2, name: b}
"""
    )
    own = mask(network, "b", "trunk")
    assert (own.cells, own.rf) == (25, (9, 9))
    whole = mask(network, "b")
    assert whole.cells == whole.rf[0] * whole.rf[1] == 19 * 19 - (19 * 19 - whole.cells)
    at = mask(network, "b", "trunk", at=(0, 0))
    assert at.array().shape == (16, 16)
    assert at.cells == 9
    assert mask(network, "trunk", "trunk", at=(3, 4)).array().sum() == 1


def test_an_inexact_network_says_so_in_its_masks():
    from rfcalc.network import without_global

    network = without_global(net("input: [9, 9]\nlayers: [{kernel: 3}, {squeeze_excite: {name: g}}]"))
    for found in (mask(network), mask(network, at=(0, 0)), paths(network), paths(network, at=(0, 0))):
        assert not found.exact
        assert "'g'" in found.assumed[0]


# What is asked wrongly.

STRIDED = "input: [16, 16]\nlayers: [{kernel: 3, stride: 2, name: a}, {kernel: 3, from: input, name: b}]"


@pytest.mark.parametrize("ask", [mask, paths], ids=["mask", "paths"])
@pytest.mark.parametrize(
    ("wanted", "text", "question"),
    [
        ("RF401", STRIDED, {"layer": "c"}),
        ("RF401", STRIDED, {"source": "c"}),
        ("RF402", STRIDED, {"layer": "a", "at": (8, 0)}),
        ("RF402", STRIDED, {"layer": "a", "at": (0, -1)}),
        ("RF402", STRIDED, {"layer": "a", "phase": (0, 1)}),
        ("RF403", "layers: [{kernel: 3}]", {"at": (0, 0)}),
        ("RF404", "layers: [{kernel: 3}, linear]", {}),
        ("RF405", STRIDED, {"layer": "b", "source": "a"}),
        ("RF405", STRIDED, {"layer": "input", "source": "a"}),
        ("RF406", STRIDED, {"layer": "a", "at": (0,)}),
        ("RF406", STRIDED, {"layer": "a", "phase": (0, 0, 0)}),
        ("RF406", STRIDED, {"layer": "a", "at": (0, 0), "phase": (0, 0)}),
    ],
)
def test_a_question_without_an_answer_is_refused(ask, wanted, text, question):
    assert code(lambda: ask(net(text), **question)) == wanted


def test_an_array_beyond_the_limit_is_refused_and_the_mask_is_not():
    network = net("layers: [{stack: {kernel: 3, dilations: [1, 3, 9, 27, 81, 243, 729, 2187, 6561]}}]")
    found = mask(network)
    assert found.rf == (19683, 19683)
    assert found.cells == 19683**2 > PIXEL_LIMIT
    assert code(found.array) == "RF409"
    assert code(lambda: paths(network)) == "RF409"


def test_twelve_layers_of_powers_of_three_are_answered_at_once():
    """Issue 2: RF 531,441 per axis, below 10 ms and 100 MB; here the bounds are generous."""
    import time
    import tracemalloc

    rates = [3**i for i in range(12)]
    network = net(f"layers: [{{stack: {{kernel: 3, dilations: {rates}}}}}]")
    begun = time.perf_counter()
    row = growth(network).rows[-1]
    assert time.perf_counter() - begun < 1
    assert (row.rf, row.cells, row.holes) == ((531441,) * 2, 531441**2, False)
    tracemalloc.start()
    mask(network)
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()

"""Are borders and padding exact, at any depth, in integers of any size? By plain loops."""

from itertools import product
from math import comb

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rfcalc import region
from rfcalc.errors import RfcalcError
from rfcalc.interior import footprint
from rfcalc.layers import LAYERS
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from tests.brute import net
from tests.graphs import built


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
    line = [
        sum((-1) ** j * comb(60, j) * comb(59 + k - 3 * j, 59) for j in range(k // 3 + 1))
        for k in range(121)
    ]
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


def test_where_one_axis_reads_nothing_there_are_no_paths_whatever_the_others_read():
    network = net(
        """
input: [1, 1]
layers:
  - conv_transpose: {kernel: [1, 2], stride: [2, 1], padding: 0, output_padding: [1, 0]}
  - {kernel: [1, 2]}
"""
    )
    assert paths(network, at=(1, 0)).array().tolist() == [[0]]
    assert paths(network, at=(0, 0)).array().tolist() == [[2]]
    dead = paths(network, phase=(1, 0))
    assert (dead.total, dead.shape) == (0, (0, 0))
    assert mask(network, phase=(1, 0)).shape == (0, 0)


def test_a_demand_of_too_many_boxes_is_refused_with_the_layer_named(monkeypatch):
    branches = ", ".join(f"[{{kernel: [{2 * i + 1}, {41 - 2 * i}]}}]" for i in range(20))
    network = net(
        f"input: [64, 64]\nlayers: [{{parallel: {{branches: [{branches}]}}}}, "
        "{kernel: 3, dilation: 50}]"
    )
    assert mask(network, at=(30, 30)).cells
    monkeypatch.setattr(region, "BOX_LIMIT", 8)
    with pytest.raises(RfcalcError, match=r"RF305 'conv\d+': .*boxes"):
        mask(network, at=(30, 30))

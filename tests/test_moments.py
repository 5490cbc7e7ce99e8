"""Are the moments those of the path counts, cell by cell?"""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rfcalc.loading import load
from rfcalc.moments import moments
from rfcalc.path_counts import paths
from rfcalc.spec import read_text

EXAMPLES = Path(__file__).parents[1] / "examples"


def by_counting(found):
    """Mean and variance per axis of an array of counts, in exact integers."""
    counts = found.counts.astype(object)
    total = counts.sum()
    result = []
    for axis in range(counts.ndim):
        others = tuple(a for a in range(counts.ndim) if a != axis)
        line = counts.sum(axis=others) if others else counts
        index = np.arange(len(line)).astype(object) + found.start[axis]
        mean = Fraction(int((line * index).sum()), int(total))
        result.append((mean, Fraction(int((line * index * index).sum()), int(total)) - mean**2))
    return int(total), result


NETWORKS = {
    "chain": "layers: [{kernel: 3}, {kernel: [3, 5], dilation: [2, 3], stride: 2}, {kernel: 4}]",
    "residual": "layers: [{kernel: 3}, {residual: [{kernel: 3, dilation: 2}, {kernel: 3}]}, "
    "{maxpool: {kernel: 2}}, {residual: [{kernel: 5}]}]",
    "branches": "layers: [{parallel: {merge: add, branches: [[{kernel: 1}], [{kernel: 3, "
    "dilation: 4, padding: [[4, 4], [1, 1]]}], [{kernel: 2, padding: [0, 1]}, {kernel: 3}]]}}, "
    "{kernel: 3}]",
    "one axis": "dims: 1\nlayers: [{kernel: 2, padding: causal}, {kernel: 3, stride: 3}]",
    "three axes": "dims: 3\nlayers: [{kernel: [1, 2, 3]}, {kernel: 3, dilation: [1, 2, 1]}]",
}


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_moments_are_those_of_the_counts_at_every_layer(text, tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text(text)
    network = load(file)
    found = moments(network)
    assert set(found) == set(range(len(network.nodes)))
    for position, node in enumerate(network.nodes):
        total, axes = by_counting(paths(network, node.name))
        assert found[position].total == total
        assert list(zip(found[position].mean, found[position].variance, strict=True)) == axes


def test_another_source_is_measured_in_its_own_cells():
    network = load("k3s2,k3d2,k3")
    found = moments(network, "conv1")
    assert found[3].variance[0] == Fraction(2 * 4 + 2, 3)
    assert 0 not in found


def test_a_chain_has_the_deviation_of_theorem_10():
    network = load("k3,k5s2,k3d3,k7d2")
    steps, kernels = (1, 1, 6, 4), (3, 5, 3, 7)
    wanted = sum(e * e * (k * k - 1) for e, k in zip(steps, kernels, strict=True)) / 12
    assert moments(network)[4].deviation[0] == pytest.approx(wanted**0.5, rel=1e-14)


def test_layers_with_phases_or_without_bounds_are_left_out(tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text("layers: [{kernel: 3}, {op: upsample, scale: 2}, {kernel: 3}]")
    assert set(moments(load(file))) == {0, 1}
    file.write_text("layers: [{kernel: 3}, global_pool, {kernel: 1}]")
    assert set(moments(load(file))) == {0, 1}


def test_resnet152_is_measured_without_writing_its_counts_out():
    network = load(EXAMPLES / "resnet152.yaml")
    found = moments(network)
    # 7x7 and pooling, then 50 blocks of 3x3 beside a shortcut.
    assert max(m.total for m in found.values()) == 49 * 9 * 10**50


def test_branches_of_unlike_jumps_have_no_moments_in_common():
    text = (
        "dims: 1\ninput: 64\nlenient: true\nlayers:\n  - {kernel: 3, stride: 2, name: a}\n"
        "  - {crop: {before: 32}, from: input, name: b}\n  - {op: add, from: [a, b], name: c}\n"
        "  - {kernel: 3}\n"
    )
    assert sorted(moments(read_text(text, "net.yaml"))) == [0, 1, 2]

"""Is the energy the variance of the gradient of random PyTorch networks, within its error?

Run whole by RFCALC_WHOLE=1: more networks each, and a ResNet-18.
"""

import numpy as np
import pytest

from rfcalc.energies import energy
from rfcalc.loading import load
from tests.brute import net
from tests.whole import amount

random_weights = pytest.importorskip("tests.energies.random_weights")

BLOCK = "{residual: [{kernel: 3, dilation: %d}, {kernel: 3, dilation: %d}]}"
PRE = "{residual: [batchnorm, relu, {kernel: 3}, batchnorm, relu, {kernel: 3}]}"
CASES = {
    "chain": "dims: 2\nlayers: [{kernel: 3}, {kernel: 3, dilation: 2}, {kernel: [1, 5]}]",
    "strided chain": "dims: 1\nlayers: [{kernel: 5, stride: 2}, {kernel: 3, dilation: 3}]",
    "residual": "dims: 1\nlayers: [{residual: [{kernel: 3}]}]",
    "residuals": f"dims: 2\nlayers: [{{kernel: 3}}, {BLOCK % (1, 2)}, {BLOCK % (2, 1)}]",
    "projected": "dims: 1\nlayers: [{residual: {layers: [{kernel: 3, stride: 2}, {kernel: 3}], "
    "shortcut: [{kernel: 1, stride: 2}]}}, {kernel: 3}]",
    "concatenation": "dims: 2\nlayers: [{parallel: {branches: [[{kernel: 1, out_channels: 16}], "
    "[{kernel: 3, out_channels: 48}, {kernel: 3, out_channels: 32}]]}}, {kernel: 3}]",
    "concatenated shortcut": "dims: 1\nlayers: [{kernel: 3, out_channels: 24, name: a}, "
    "{kernel: 5, out_channels: 40, name: b}, {op: concat, from: [a, b]}, {kernel: 3}]",
    "average pooling": "dims: 2\nlayers: [{kernel: 3}, {avgpool: {kernel: 2}}, {kernel: 3}]",
    "max pooling": "dims: 2\nlayers: [{maxpool: {kernel: 3, stride: 2}}, {kernel: 3}]",
    "transposed 4": "dims: 1\nlayers: [{kernel: 3}, {conv_transpose: {kernel: 4, stride: 2}}, "
    "{kernel: 3}]",
    "transposed 3": "dims: 2\nlayers: [{conv_transpose: {kernel: 3, stride: 2}}, {kernel: 3}]",
    "nearest": "dims: 1\nlayers: [{kernel: 3}, {upsample: {scale: 2}}, {kernel: 5}]",
    "interpolation": "dims: 2\nlayers: [{kernel: 3}, {upsample: {scale: 2, mode: bilinear}}, "
    "{kernel: 3}]",
    "U-Net": "dims: 1\nlayers: [{kernel: 3, name: skip}, {maxpool: {kernel: 2}}, {kernel: 3}, "
    "{conv_transpose: {kernel: 2, stride: 2}, name: up}, {op: concat, from: [skip, up]}, "
    "{kernel: 3}]",
    "pre-activation": f"dims: 1\nlayers: [{{kernel: 3}}, {PRE}, {PRE}, relu, {{kernel: 3}}]",
}


def compared(network, at, trials, seed=3):
    """The number of standard errors between the mean and the energy, cell by cell."""
    found = energy(network, at=at)
    mean, error = random_weights.energies(network, at, trials, seed)
    expected = found.total * found.array()
    np.testing.assert_array_equal(mean > 0, expected > 0)
    held = expected > 0
    assert mean.sum() == pytest.approx(expected.sum(), rel=0.2)
    return (mean[held] - expected[held]) / error[held]


def agree(off, most=5.5):
    # The mean of the squares of normal numbers is 1; but those of all cells are correlated.
    assert (off**2).mean() < 5
    assert np.abs(off).max() < most


@pytest.mark.parametrize("name", CASES)
def test_t10_energies_are_those_of_random_networks(name):
    size = (24,) if "dims: 1" in CASES[name] else (14, 14)
    network = net(CASES[name], size=size)
    at = tuple(n // 2 for n in network.nodes[-1].size)
    agree(compared(network, at, amount(60, 3000)))


def test_t10_energies_are_those_of_a_random_resnet_18():
    """No activations, norms as identities; whole on an input of 160, else of 64 cells."""
    side, trials = amount((64, 16), (160, 200))
    network = load("zoo:resnet18", input=(side, side))
    assert energy(network, at=(1, 1)).assumed == ()
    # The error itself is rough where there are few networks and thousands of cells.
    agree(compared(network, tuple(n // 2 for n in network.nodes[-1].size), trials), most=9)


def test_t10_path_counts_are_not_the_variance_where_there_are_shortcuts():
    network = net(CASES["residual"], size=(9,))
    mean, error = random_weights.energies(network, (4,), 200)
    np.testing.assert_allclose(mean[3:6] * 3, [1, 4, 1], rtol=0.1)
    counted = np.array([1, 2, 1]) * mean[3:6].sum() / 4
    assert (np.abs(mean[3:6] - counted) > 10 * error[3:6]).all()

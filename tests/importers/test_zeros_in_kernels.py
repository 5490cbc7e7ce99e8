"""A fixed kernel reads where it is not zero, in modules and in files."""

import itertools

import numpy as np
import pytest

from rfcalc.importers.kernels import boxes
from rfcalc.masks import mask

KERNELS = {
    "derivative": ([[1, 0, 1]], 1, 1),
    "masked_a": ([[1, 1, 1], [1, 0, 0], [0, 0, 0]], 1, 1),
    "masked_b": ([[1, 1, 1], [1, 1, 0], [0, 0, 0]], 2, 1),
    "cross": ([[0, 1, 0], [1, 1, 1], [0, 1, 0]], 1, 2),
    "corner": ([[0, 0, 0], [0, 0, 0], [0, 0, 1]], 1, 1),
    "ring": ([[1, 1, 1], [1, 0, 1], [1, 1, 1]], 1, 1),
}


@pytest.mark.parametrize("seed", range(8))
def test_boxes_hold_each_cell_once_and_no_others(seed):
    drawn = np.random.default_rng(seed).random((3, 4, 5)[: 1 + seed % 3]) < 0.6
    times = np.zeros(drawn.shape, int)
    for box in boxes(drawn):
        times[tuple(slice(low, high) for low, high in box)] += 1
    np.testing.assert_array_equal(times, drawn)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_module_reads_where_its_fixed_kernel_is_not_zero(kernel):
    torch = pytest.importorskip("torch")
    from rfcalc import from_torch

    pattern, stride, dilation = KERNELS[kernel]
    rows, columns = len(pattern), len(pattern[0])
    pads = (dilation * (rows // 2), dilation * (columns // 2))

    class Masked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.rand(3, 2, rows, columns) + 0.5)
            self.register_buffer("pattern", torch.tensor(pattern))

        def forward(self, x):
            weight = self.weight * self.pattern
            return torch.nn.functional.conv2d(
                x, weight, stride=stride, padding=pads, dilation=dilation
            )

    module = Masked()
    network = from_torch(module, torch.rand(1, 2, 6, 7))
    assert not network.assumed
    x = torch.rand(1, 2, 6, 7, requires_grad=True)
    y = module(x)
    for at in itertools.product(*map(range, y.shape[2:])):
        (found,) = torch.autograd.grad(y[0, :, at[0], at[1]].sum(), x, retain_graph=True)
        found = (found[0] != 0).any(0).numpy()
        if found.any():
            np.testing.assert_array_equal(mask(network, at=at).array(), found)


def test_zeros_among_trained_weights_are_told_of_and_zeros_alone_are_not():
    torch = pytest.importorskip("torch")
    from rfcalc import from_torch

    conv = torch.nn.Conv1d(2, 2, 3, padding=1)
    with torch.no_grad():
        conv.weight[..., 0] = 0
    assert any("zeros" in fact for fact in from_torch(conv, torch.rand(1, 2, 9)).assumed)
    torch.nn.init.zeros_(conv.weight)
    network = from_torch(conv, torch.rand(1, 2, 9))
    assert not network.assumed
    assert mask(network, at=(4,)).array().sum() == 3


@pytest.mark.parametrize("kernel", ["derivative", "masked_b", "corner"])
def test_an_onnx_file_reads_where_its_kernel_is_not_zero(kernel, tmp_path):
    oracle = pytest.importorskip("tests.importers.onnx_oracle")
    pattern, stride, dilation = KERNELS[kernel]
    held = np.broadcast_to(np.array(pattern, np.float32), (2, 1, *np.shape(pattern)))
    pads = [dilation * (n // 2) for n in np.shape(pattern)] * 2
    apart = {"strides": [stride] * 2, "dilations": [dilation] * 2}
    conv = oracle.node("Conv", ["x", "w"], pads=pads, **apart)
    made = oracle.model([conv], (1, 1, 5, 6), [oracle.constant("w", held)])
    network, wrong = oracle.differences(made, (1, 1, 5, 6), tmp_path)
    assert not wrong
    assert not network.assumed

"""Rows taken by constant indices, turned maps and differences read what their gradients reach."""

import itertools

import numpy as np
import pytest

from rfcalc import from_torch
from rfcalc.masks import mask

torch = pytest.importorskip("torch")

ORDER = [5, 4, 3, 0, 0, 2, -1]
STEPS = {
    "reversed": lambda y: y[:, :, torch.arange(5, -1, -1)],
    "any_order": lambda y: y[:, :, :, torch.tensor(ORDER)],
    "selected": lambda y: y.index_select(3, torch.tensor([1, 3, 4, 6])),
    "chosen": lambda y: y[:, :, torch.tensor([True, False, True, True, False, True])],
    "quarter": lambda y: torch.rot90(y, 1, (2, 3)),
    "half": lambda y: torch.rot90(y, 2, (2, 3)),
    "back": lambda y: torch.rot90(y, -1, (2, 3)),
    "difference": lambda y: y.diff(),
    "second_difference": lambda y: torch.diff(y, n=2, dim=2),
    "left_right": lambda y: torch.fliplr(y.permute(2, 3, 0, 1)).permute(2, 3, 0, 1),
    "up_down": lambda y: torch.flipud(y.permute(2, 3, 0, 1)).permute(2, 3, 0, 1),
}


class Model(torch.nn.Module):
    """A convolution, a step, and another convolution."""

    def __init__(self, step):
        super().__init__()
        self.one, self.two = (torch.nn.Conv2d(1, 1, (3, 2), padding=(1, 0)) for _ in range(2))
        self.step = step

    def forward(self, x):
        """Run all three."""
        return self.two(self.step(self.one(x)))


@pytest.mark.parametrize("step", STEPS)
def test_a_step_reads_what_its_gradient_reaches(step):
    module = Model(STEPS[step])
    with torch.no_grad():
        for p in module.parameters():
            p.uniform_(0.5, 1.5)
    network = from_torch(module, torch.rand(1, 1, 6, 8))
    x = torch.rand(1, 1, 6, 8, requires_grad=True)
    y = module(x)
    turned = -1 if step in ("quarter", "back") else 1  # a network's axes keep the input's order
    assert network.nodes[network.output].size == y.shape[2:][::turned]
    for at in itertools.product(*map(range, y.shape[2:])):
        (found,) = torch.autograd.grad(y[0, 0, at[0], at[1]], x, retain_graph=True)
        said = mask(network, at=at[::turned]).array()
        if "difference" in step:
            # Weights may cancel between neighbours, never between cells that one alone reads.
            assert not (found[0, 0].numpy() != 0)[~said].any()
            assert said.sum() <= 4 * 5
        else:
            np.testing.assert_array_equal(said, found[0, 0].numpy() != 0)

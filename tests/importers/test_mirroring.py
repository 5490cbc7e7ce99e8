"""Is a border made of slices read as the reflected, repeated or wrapped one that it is?"""

import pytest

from rfcalc.importers import from_torch
from rfcalc.interior import growth
from tests.importers.oracle import compare, torch


class Bordered(torch.nn.Module):
    """A convolution behind a border that ``border`` makes."""

    def __init__(self, border, kernel, dims):
        super().__init__()
        kind = torch.nn.Conv1d if dims == 1 else torch.nn.Conv2d
        self.border, self.conv = border, kind(2, 3, kernel)

    def forward(self, x):
        return self.conv(self.border(x))


def along(x, d, low, high):
    """Return a tensor with its cells mirrored about its first and last one."""
    n = x.shape[d]
    parts = [
        x.narrow(d, 1, low).flip(d) if low else None,
        x,
        x.narrow(d, n - 1 - high, high).flip(d) if high else None,
    ]
    return torch.cat([part for part in parts if part is not None], d)


BORDERS = {
    "both sides": lambda x: along(x, 2, 3, 3),
    "one cell": lambda x: along(x, 2, 1, 1),
    "before alone": lambda x: along(x, 2, 4, 0),
    "behind alone": lambda x: along(x, 2, 0, 2),
    "both axes": lambda x: along(along(x, 2, 2, 1), 3, 1, 3),
    "the first and the last repeated": lambda x: torch.cat(
        [x[..., :1].repeat(1, 1, 2), x, x[..., -1:].repeat(1, 1, 2)], -1
    ),
    "the first expanded": lambda x: torch.cat([x[..., :1].expand(-1, -1, 4), x], -1),
    "one cell of the last": lambda x: torch.cat([x, x[..., -1:]], -1),
    "wrapped": lambda x: torch.cat([x[..., -2:], x, x[..., :1]], -1),
}


@pytest.mark.parametrize("name", BORDERS)
def test_a_border_of_slices_is_padding(name):
    axes = 2 if name == "both axes" else 1
    image = torch.zeros(1, 2, *(11, 9)[:axes])
    module = Bordered(BORDERS[name], 5, axes)
    network = from_torch(module, image)
    assert growth(network).rows[-1].rf == (5,) * axes
    assert any(node.layer.op == "pad" for node in network.nodes)
    verdict = compare(module, (image,), network)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first
    assert verdict.equal > 0


@pytest.mark.parametrize(
    "border",
    [
        lambda x: torch.cat([x[:, :, :3].flip(2), x], 2),
        lambda x: torch.cat([x[:, :, 1:2].expand(-1, -1, 3), x], 2),
        lambda x: torch.cat([x, x], 2),
        lambda x: torch.cat([x[:, :, 1:4], x], 2),
        lambda x: torch.cat([x[:, :, 1:4].flip(2), x.relu()], 2),
        lambda x: torch.cat([x[:, :, 1:4].flip(2), x[:, :, 4:6], x], 2),
    ],
)
def test_another_border_is_not(border):
    image = torch.zeros(1, 2, 11)
    module = Bordered(border, 5, 1)
    network = from_torch(module, image)
    modes = {getattr(node.layer, "padding_mode", "zeros") for node in network.nodes}
    assert modes == {"zeros"}
    verdict = compare(module, (image,), network)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first

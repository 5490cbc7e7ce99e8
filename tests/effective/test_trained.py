"""Does training change the field that is measured, while what is expected stays?"""

import pytest

import rfcalc

torch = pytest.importorskip("torch")
nn = torch.nn
F = nn.functional


class Dilated(nn.Module):
    """Four dilated layers along one axis."""

    def __init__(self):
        super().__init__()
        rates = (1, 2, 4, 8)
        self.layers = nn.ModuleList(
            nn.Conv1d(1 if n == 0 else 8, 8, 3, padding=d, dilation=d) for n, d in enumerate(rates)
        )
        self.head = nn.Conv1d(8, 1, 1)

    def forward(self, x):
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
        return self.head(x)


class UNet(nn.Module):
    """Two scales and one skip."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 8, 3, padding=1)
        self.deep = nn.Conv2d(8, 8, 3, padding=1)
        self.deeper = nn.Conv2d(8, 8, 3, padding=1)
        self.up = nn.Conv2d(16, 8, 3, padding=1)
        self.head = nn.Conv2d(8, 1, 1)

    def forward(self, x):
        top = F.leaky_relu(self.down(x), 0.2)
        low = F.leaky_relu(self.deep(F.avg_pool2d(top, 2)), 0.2)
        low = F.leaky_relu(self.deeper(low), 0.2)
        both = torch.cat([F.interpolate(low, scale_factor=2.0), top], 1)
        return self.head(F.leaky_relu(self.up(both), 0.2))


def mean_of(width):
    """The mean over a window: what a network learns that has to look wide."""
    return lambda x: (F.avg_pool1d if x.dim() == 3 else F.avg_pool2d)(x, width, 1, width // 2)


def trained(make, shape, target, steps=150):
    """A network that has learnt a target from noise."""
    torch.manual_seed(0)
    net = make()
    optimizer = torch.optim.Adam(net.parameters(), 5e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        x = torch.randn(8, *shape, generator=generator)
        loss = F.mse_loss(net(x), target(x) * 3)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


@pytest.mark.parametrize(
    ("make", "shape", "wide"), [(Dilated, (1, 64), 25), (UNet, (1, 32, 32), 11)]
)
def test_a_field_widens_or_narrows_with_what_is_learnt(make, shape, wide):
    torch.manual_seed(0)
    nets = {
        "initial": make(),
        "near": trained(make, shape, lambda x: x),
        "far": trained(make, shape, mean_of(wide)),
    }
    found = {
        name: rfcalc.erf(net, input=(1, *shape), samples=16).layers[0] for name, net in nets.items()
    }
    spread = {name: layer.measured.deviation[0] for name, layer in found.items()}
    error = max(layer.measured.error["deviation"][0] for layer in found.values())
    assert spread["near"] + 5 * error < spread["initial"]
    assert spread["near"] + 5 * error < spread["far"]
    assert found["far"].measured.side[50][0] > found["near"].measured.side[50][0]
    assert len({layer.expected.deviation for layer in found.values()}) == 1
    assert len({layer.field for layer in found.values()}) == 1

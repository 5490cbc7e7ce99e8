"""Small PyTorch modules with weights, as targets of the command line."""

import pytest

torch = pytest.importorskip("torch")


def seeded(*layers):
    return torch.nn.Sequential(*layers).eval()


def plain():
    torch.manual_seed(0)
    nn = torch.nn
    return seeded(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(4, 4, 3, stride=2, padding=1),
        nn.Conv2d(4, 2, 3, padding=2, dilation=2),
    )


def normed():
    torch.manual_seed(0)
    nn = torch.nn
    return seeded(
        nn.Conv2d(3, 4, 3, padding=1), nn.InstanceNorm2d(4), nn.Conv2d(4, 2, 3, padding=1)
    )


class Two(torch.nn.Module):
    """Two inputs and two outputs, one of which sees further."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.near = torch.nn.Conv1d(3, 2, 3, padding=1)
        self.far = torch.nn.Conv1d(5, 2, 9, padding=4)

    def forward(self, x, y):
        near = self.near(x)
        return near, self.far(torch.cat([near, y], 1))


class Unet(torch.nn.Module):
    """One level down and up again."""

    def forward(self, x):
        functional = torch.nn.functional
        down = functional.max_pool2d(x, 2)
        return torch.cat([x, functional.interpolate(down, scale_factor=2)], 1)

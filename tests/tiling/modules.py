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


class Gate(torch.nn.Module):
    """Squeeze-excite: each channel times what the mean of all says."""

    def __init__(self, channels):
        super().__init__()
        self.fc = torch.nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc(x.mean((2, 3), keepdim=True)))


class Mixed(torch.nn.Module):
    """Norms of three kinds over space, a gate and a global pooling."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        nn = torch.nn
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.instance = nn.InstanceNorm2d(8, affine=True)
        self.b = nn.Conv2d(8, 8, 3, padding=1, stride=2)
        self.group = nn.GroupNorm(2, 8)
        self.gate = Gate(8)
        self.batch = nn.BatchNorm2d(8)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.out = nn.Conv2d(8, 2, 3, padding=1)
        for norm in (self.instance, self.group):
            torch.nn.init.normal_(norm.weight, 1, 0.3)
            torch.nn.init.normal_(norm.bias)

    def forward(self, x):
        x = self.group(self.b(torch.relu(self.instance(self.a(x)))))
        x = self.gate(self.batch(x))
        x = x + self.pool(x)
        return self.out(torch.nn.functional.layer_norm(x, x.shape[1:]))


class Swapped(torch.nn.Module):
    """Two outputs, of which the one that is computed later is given first."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.fine = torch.nn.Conv1d(2, 3, 5, padding=2)
        self.coarse = torch.nn.Conv1d(3, 1, 4, stride=2, padding=1)

    def forward(self, x):
        fine = self.fine(x)
        return self.coarse(fine), fine

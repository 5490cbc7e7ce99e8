"""What do other tools say of the same networks in PyTorch, and how long do they take?"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from benchmarks.peers import PEERS, rfcalc

torch = pytest.importorskip("torch")
nn = torch.nn


def vgg16() -> Any:
    """Return the convolutions of VGG-16."""
    layers: list[Any] = []
    channels = 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1 beside a shortcut."""

    def __init__(self, channels: int, width: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            nn.Conv2d(width, width, 3, stride, dilation, dilation, bias=False),
            *(nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)),
        )
        same = stride == 1 and channels == 4 * width
        self.shortcut = nn.Identity() if same else nn.Conv2d(channels, 4 * width, 1, stride)

    def forward(self, x: Any) -> Any:
        return self.shortcut(x) + self.body(x)


def resnet50(dilated: bool = False) -> Any:
    """Return ResNet-50 without its head; ``dilated`` keeps its last two stages at stride 8."""
    layers = [nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        late = dilated and stage >= 2
        for block in range(count):
            stride = 2 if stage and not block and not late else 1
            rate = 2 ** (stage - 1) if late else 1
            layers.append(Bottleneck(channels, width, stride, rate))
            channels = 4 * width
    return nn.Sequential(*layers)


class Aspp(nn.Module):
    """3x3 convolutions at rates 6, 12 and 18 beside a 1x1, concatenated."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        rates = [nn.Conv2d(channels, 64, 3, padding=r, dilation=r) for r in (6, 12, 18)]
        self.branches = nn.ModuleList([nn.Conv2d(channels, 64, 1), *rates])
        self.last = nn.Conv2d(256, 21, 1)

    def forward(self, x: Any) -> Any:
        return self.last(torch.cat([branch(x) for branch in self.branches], 1))


def wavenet() -> Any:
    """Return three blocks of convolutions of two taps, dilations 1 to 512."""
    layers = [nn.Conv1d(16, 16, 2, dilation=2**i) for _ in range(3) for i in range(10)]
    return nn.Sequential(*layers)


NETWORKS: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "VGG-16, 512 x 512": (vgg16, (3, 512, 512)),
    "ResNet-50, 768 x 768": (resnet50, (3, 768, 768)),
    "a DeepLabv3 of ResNet-50, 1024 x 1024": (
        lambda: nn.Sequential(resnet50(dilated=True), Aspp(2048)),
        (3, 1024, 1024),
    ),
    "a WaveNet of 30 layers, 4096 samples": (wavenet, (16, 4096)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_peers(rows, name: str) -> None:
    make, shape = NETWORKS[name]
    module, peers = make().eval(), [rfcalc, *PEERS.values()]
    said = dict.fromkeys(peers, "")

    def ask(peer: Callable[..., str]) -> None:
        try:
            with torch.no_grad():
                said[peer] = peer(module, shape)
        except Exception as fault:
            said[peer] = f"fails: {type(fault).__name__}"

    times = rows.least(*(partial(ask, peer) for peer in peers), rounds=1)
    for peer, seconds in zip(peers, times, strict=True):
        title = f"{name}: field of the last layer that `{peer.__name__}` gives, and its CPU time"
        rows.told(f"{said[peer]} ({seconds:.2g} s)", title=title)

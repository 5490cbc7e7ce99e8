"""Models that are measured, in a folder of their own, and what is done with them."""

import sys

import pytest

import rfcalc
from rfcalc.errors import RfcalcError

torch = pytest.importorskip("torch")

NET = "erf_models:Net"
MODEL = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.one = nn.Conv2d(3, width, 3, padding=1)
        self.two = nn.Conv2d(width, 2, 3, padding=2, dilation=2)

    def forward(self, x):
        return self.two(torch.relu(self.one(x)))

class Log(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 3)

    def forward(self, x):
        return torch.log(self.conv(x) * 0)

def zero():
    net = Net()
    nn.init.zeros_(net.two.weight)
    return net
"""


@pytest.fixture(autouse=True)
def fixture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("erf_models", None)
    (tmp_path / "erf_models.py").write_text(MODEL)
    yield
    sys.modules.pop("erf_models", None)


def trained(seed=3):
    from erf_models import Net  # pyright: ignore[reportMissingImports]

    torch.manual_seed(seed)
    return Net()


def fault(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def saved(name, held):
    torch.save(held, name)
    return name


def measured(net=NET, **options):
    return rfcalc.erf(net, input=(1, 3, 24, 24), **options)

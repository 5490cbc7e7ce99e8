"""How does it compare with running the network in PyTorch? One thread on both sides."""

from typing import Any

import pytest

from benchmarks.one_channel import gradient
from benchmarks.sides import cpu
from rfcalc.interior import growth
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.report import analyze

pytest.importorskip("torch")

EXTENT = 1451


@pytest.fixture(autouse=True)
def one_thread():
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def resnet() -> Any:
    return load("zoo:resnet152", input=(EXTENT, EXTENT))


def test_footprints(rows, resnet) -> None:
    """Forward and back from one output of ResNet-152, 1451 x 1451 pixels, one channel a layer,
    over the footprints of all its layers."""
    middle = [n // 2 for n in resnet.nodes[resnet.output].size]
    read = gradient(resnet, EXTENT, double=True)() != 0
    assert (read == mask(resnet, at=middle).array()).all()
    rows.ratio(gradient(resnet, EXTENT), lambda: growth(resnet) and None, "at least 10", rounds=3)


def test_path_counts(rows, resnet) -> None:
    """The same (rounded to 32 bits), over the exact path counts of an interior output."""
    rows.ratio(gradient(resnet, EXTENT), lambda: paths(resnet).counts is None, rounds=2)


@pytest.mark.parametrize("name", ["resnet152", "convnext_base"])
def test_program(rows, name: str) -> None:
    import warnings

    import torch

    from tests.importers.models import declare_torchvision_operators

    declare_torchvision_operators()
    torchvision = pytest.importorskip("torchvision")
    from rfcalc.importers.torch import read_program
    from rfcalc.importers.torch.exported import exported

    with torch.device("meta"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torchvision.models.get_model(name, weights=None)
        image = torch.zeros(1, 3, 224, 224)
    program: list[Any] = []
    export = cpu(lambda: program.append(exported(model, (image,))))
    network = read_program(program[0])
    read, analysis = rows.least(
        lambda: read_program(program[0]) and None, lambda: analyze(network) and None, rounds=9
    )
    rows.told(
        f"{analysis * 1e3:.1f} ms",
        "below 50 ms",
        f"`analyze` of torchvision's {name} once it is imported",
    )
    rows.told(
        f"{read / export:.3f} ({read * 1e3:.0f} ms)",
        title=f"Reading {name}'s exported program, over `torch.export` itself",
    )


@pytest.mark.parametrize("dilation", [1, 4])
def test_convolution(rows, dilation: int) -> None:
    import numpy as np
    import torch

    from rfcalc.layers.window import Conv
    from rfcalc.numpy_backend import forward

    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 64, 128, 128), dtype=np.float32)
    weights = {
        "weight": rng.standard_normal((64, 64, 3, 3), dtype=np.float32),
        "bias": rng.standard_normal(64, dtype=np.float32),
    }
    layer = Conv(kernel=(3, 3), dilation=(dilation, dilation))
    tensors = [torch.from_numpy(a) for a in (x, weights["weight"], weights["bias"])]

    def theirs() -> Any:
        return torch.nn.functional.conv2d(*tensors, padding=dilation, dilation=dilation)

    assert np.abs(forward(layer, [x], weights) - theirs().numpy()).max() < 1e-3
    rows.ratio(
        lambda: forward(layer, [x], weights) is None,
        lambda: theirs() is None,
        "at most 5",
        rounds=21,
        title=f"NumPy backend, 3x3 convolution of 64 channels, 128 x 128, dilation {dilation}, "
        "over torch's",
    )


def test_verify(rows) -> None:
    """`rfcalc verify` of ResNet-50 at 64 x 64, every layer, over one forward and backward pass of
    it in PyTorch at 1451 x 1451."""
    from rfcalc.verification.run import verify

    network = load("zoo:resnet50", input=(64, 64))
    large = load("zoo:resnet50", input=(EXTENT, EXTENT))
    rows.ratio(lambda: verify(network, positions=2) and None, gradient(large, EXTENT), rounds=2)

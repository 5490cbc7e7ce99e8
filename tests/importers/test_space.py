"""Is space where the windows run, whatever stands between the input and the first of them?

The cells come from PyTorch's float64 gradient, or from running an ONNX model with cells changed.
"""

import copy

import numpy as np
import pytest

from rfcalc.importers import from_torch, read_onnx, read_pt2
from rfcalc.masks import mask
from tests.importers.space_models import Moved
from tests.importers.torch_changes import saved
from tests.whole import amount

torch = pytest.importorskip("torch")
nn = torch.nn
F = nn.functional

pytestmark = pytest.mark.filterwarnings("ignore")


class Steps(nn.Module):
    """A function of modules and of inputs."""

    def __init__(self, function, *parts):
        super().__init__()
        self.function = function
        self.parts = nn.ModuleList(parts)

    def forward(self, *inputs):
        return self.function(*inputs, *self.parts)


def signal(channels=16, kernel=5):
    return nn.Conv1d(channels, 4, kernel)


def image(channels=3):
    return nn.Conv2d(channels, 4, 3)


def spectra(x, conv, head):
    return head(conv(x).flatten(1, 2))


def patches(x, embed, conv):
    cut = x.unfold(2, 3, 3).unfold(3, 3, 3).permute(0, 2, 3, 1, 4, 5).flatten(3)
    return conv(embed(cut).permute(0, 3, 1, 2))


CASES = {
    "causal": (lambda x, c: c(F.pad(x.transpose(1, 2), (4, 0))), [signal()], (1, 40, 16), "NWC"),
    "linear": (
        lambda x, p, c: c(p(x).transpose(1, 2)), [nn.Linear(16, 8), signal(8)], (1, 40, 16), "NWC",
    ),
    "pad": (lambda x, c: c(F.pad(x, (0, 0, 2, 2)).mT), [signal()], (1, 40, 16), "NWC"),
    "slice": (lambda x, c: c(x[:, 3:].mT), [signal()], (1, 40, 16), "NWC"),
    "cat": (lambda x, c: c(torch.cat([x, 2 * x], 2).mT), [signal(32)], (1, 40, 16), "NWC"),
    "select": (lambda x, c: c(x[..., 0].mT), [signal()], (1, 40, 16, 2), "NWCN"),
    "view of the batch": (lambda x, c: c(x.view(6, 40, 16).mT), [signal()], (2, 3, 40, 16), "NNWC"),
    "frames as a batch": (lambda x, c: c(x.flatten(0, 1)), [image()], (1, 5, 3, 12, 14), "NNCHW"),
    "one frame": (lambda x, c: c(x[:, 0]), [image()], (1, 5, 3, 12, 14), "NNCHW"),
    "channels last": (lambda x, c: c(x.permute(0, 3, 1, 2)), [image()], (1, 12, 14, 3), "NHWC"),
    "no batch": (lambda x, c: c(x.permute(2, 0, 1)[None]), [image()], (12, 14, 3), "HWC"),
    "spectra": (spectra, [nn.Conv2d(1, 4, 3), signal(4 * 18)], (1, 1, 20, 30), "NCHW"),
    "one row": (lambda x, c: c(F.pad(x, (1, 1, 1, 1))), [image()], (1, 3, 1, 20), "NCHW"),
    "frames as channels": (lambda x, c: c(x.flatten(1, 2)), [image(6)], (1, 2, 3, 12, 14), "NCCHW"),
    "pooled alone": (
        lambda x, p: p(x), [nn.AvgPool2d(2)], (1, 3, 12, 14), "NCHW"
    ),
    "pooled frames": (
        lambda x, p: p(x[:, 0]), [nn.AvgPool2d(3, 1)], (1, 2, 3, 12, 14), "NNCHW"
    ),
    "pooled channels last": (
        lambda x, p: p(x.permute(0, 3, 1, 2)), [nn.AvgPool2d(2)], (1, 12, 14, 3), "NHWC"
    ),
    "patches": (patches, [nn.Linear(27, 8), image(8)], (1, 3, 15, 18), "NCHW"),
    "letters": (
        lambda x, c: c(torch.einsum("btc,cd->bdt", x, torch.ones(6, 16).to(x))),
        [signal()], (1, 40, 6), "NWC",
    ),
    "recurrence": (lambda x, r: r(x)[0], [nn.GRU(16, 8, batch_first=True)], (1, 20, 16), "NWC"),
}  # fmt: skip


def module_of(case):
    function, parts, shape, letters = CASES[case]
    return Steps(function, *copy.deepcopy(parts)).eval(), shape, letters


def reached(module, shape, axes, size):
    """Which cells along the axes the gradient of an interior output cell reaches, and the cell."""
    module = module.double()
    for parameter in module.parameters():
        nn.init.uniform_(parameter, 0.5, 1.5)
    x = torch.rand(shape, dtype=torch.float64, requires_grad=True)
    y = module(x)
    at = [n // 2 for n in size]
    # The grid of an output stands last, or before its channels.
    last = tuple(y.shape[y.dim() - len(size) :]) == tuple(size)
    chosen = y[(..., *at)] if last else y[(slice(None), *at)]
    chosen.sum().backward()
    rest = tuple(d for d in range(len(shape)) if d not in axes)
    return (x.grad != 0).numpy().any(axis=rest), at


@pytest.mark.parametrize("case", CASES)
def test_space_is_what_the_windows_run_over(case):
    module, shape, letters = module_of(case)
    network = from_torch(module, torch.zeros(shape))
    assert network.layouts == (letters,)
    assert not any("no window" in fact for fact in network.assumed)
    axes = [d for d, letter in enumerate(letters) if letter not in "NC"]
    assert network.input == tuple(shape[d] for d in axes)
    found, at = reached(module, shape, axes, network.nodes[network.output].size)
    held = mask(network, at=at).array()
    assert not (found & ~held).any()
    if not network.assumed:
        np.testing.assert_array_equal(held, found)


@pytest.mark.parametrize("seed", range(amount(8, 400)))
def test_it_is_so_whatever_moved_the_dimensions_before(seed):
    module = Moved(seed).eval()
    shape = module.shape
    network = from_torch(module, torch.zeros(shape))
    (letters,) = network.layouts
    axes = [d for d, letter in enumerate(letters) if letter not in "NC"]
    assert [module.letters[d] for d in axes] == [c for c in module.letters if c in "THW"]
    size = network.nodes[network.output].size
    assert network.assumed == ()
    # The output has its axes in the order of their letters, the network in that of the input.
    order = sorted(range(len(axes)), key=lambda axis: module.letters[axes[axis]])
    found, at = reached(module, shape, axes, [size[axis] for axis in order])
    turned = [at[order.index(axis)] for axis in range(len(axes))]
    np.testing.assert_array_equal(mask(network, at=turned).array(), found)


@pytest.mark.parametrize("case", ["linear", "frames as a batch", "spectra"])
def test_a_model_has_one_layout_through_every_door(case, tmp_path):
    pytest.importorskip("onnx")
    module, shape, letters = module_of(case)
    x = (torch.zeros(shape),)
    torch.onnx.export(module, x, tmp_path / "m.onnx", dynamo=False)
    found = [from_torch(module, x), read_pt2(saved(module, tmp_path, x))]
    found.append(read_onnx(tmp_path / "m.onnx"))
    assert {network.layouts for network in found} == {(letters,)}
    assert len({network.nodes[network.output].size for network in found}) == 1
    rf = {mask(network, at=[0] * network.dims).rf for network in found}
    assert len(rf) == 1


@pytest.mark.whole
def test_both_exporters_to_onnx_give_one_layout(tmp_path):
    pytest.importorskip("onnxscript")
    module, shape, letters = module_of("causal")
    torch.onnx.export(module, (torch.zeros(shape),), tmp_path / "m.onnx", dynamo=True)
    assert read_onnx(tmp_path / "m.onnx").layouts == (letters,)

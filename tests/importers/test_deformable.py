"""Do deformable convolutions read what their taps reach, moved as far as is said?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_onnx, read_pt2
from rfcalc.loading import load
from rfcalc.masks import mask

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

SIZE = 11
SCHEMA = (
    "deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, "
    "SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, "
    "SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor"
)
"""torchvision's, whose compiled operators need a PyTorch of the same build."""


def sampled(x, weight, offset, mask=None, stride=1, padding=0, dilation=1):
    """A deformable convolution as Dai et al. and Zhu et al. word it, bilinear, 0 outside."""
    total, taps = 0, [(i, j) for i in range(weight.shape[2]) for j in range(weight.shape[3])]
    rows, columns = (torch.arange(n).to(x) * stride - padding for n in offset.shape[2:])
    for t, (i, j) in enumerate(taps):
        down = rows[:, None] + i * dilation + offset[:, 2 * t]
        along = columns[None, :] + j * dilation + offset[:, 2 * t + 1]
        places = [2 * v / (n - 1) - 1 for v, n in ((along, x.shape[3]), (down, x.shape[2]))]
        part = F.grid_sample(x, torch.stack(places, -1), align_corners=True)
        part = part if mask is None else part * mask[:, t : t + 1]
        total = total + torch.einsum("oc,bchw->bohw", weight[:, :, i, j], part)
    return total


def _operator(x, weight, offset, mask, bias, *numbers):
    stride, _, padding, _, dilation, *_ = numbers
    return sampled(x, weight, offset, mask if numbers[-1] else None, stride, padding, dilation)


def _shape(x, weight, offset, *_):
    return x.new_empty(x.shape[0], weight.shape[0], *offset.shape[2:])


@pytest.fixture(scope="module", autouse=True)
def _declared():
    """Torchvision's operator, where it is not there, as the formula above."""
    if hasattr(torch.ops.torchvision, "deform_conv2d"):
        yield
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define(SCHEMA)
    library.impl("deform_conv2d", _operator, "CPU")
    library.impl("deform_conv2d", _shape, "Meta")
    yield
    library._destroy()


class Deformable(nn.Module):
    """A deformable convolution whose offsets and weights come from convolutions of its input."""

    def __init__(self, kernel=3, stride=1, padding=1, dilation=1, modulated=False, plain=False):
        super().__init__()
        self.options, self.plain = (stride, padding, dilation), plain
        taps = kernel * kernel
        self.offset = nn.Conv2d(2, 2 * taps, kernel, *self.options)
        self.weigh = nn.Conv2d(2, taps, 1, stride) if modulated else None
        self.weight = nn.Parameter(torch.rand(3, 2, kernel, kernel) + 0.5)

    def forward(self, x):
        moved = self.offset(x)
        mask = None if self.weigh is None else self.weigh(x).sigmoid()
        if self.plain:
            return sampled(x, self.weight, moved, mask, *self.options)
        given = torch.zeros(1, 1) if mask is None else mask
        each = [n for n in self.options for _ in "hw"]
        return torch.ops.torchvision.deform_conv2d(
            x, self.weight, moved, given, torch.zeros(3), *each, 1, 1, mask is not None
        )


OPTIONS = [
    {},
    {"modulated": False, "dilation": 2, "padding": 2},
    {"stride": 2, "padding": 1},
    {"kernel": 5, "padding": 0},
    {"kernel": 1, "padding": 0, "modulated": True},
]


def extent(n, kernel, stride, padding, dilation, furthest, at):
    """The cells that an output may read on an axis: its taps, each with so many around it."""
    taps = {stride * at - padding + dilation * t for t in range(kernel)}
    taps = {cell + far for cell in taps for far in range(-furthest, furthest + 1)}
    return {cell for cell in taps if 0 <= cell < n}


@pytest.mark.parametrize("furthest", [0, 1, 2])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_tap_reaches_as_far_as_is_said(options, furthest):
    x = torch.zeros(1, 2, SIZE, SIZE)
    network = from_torch(Deformable(**options).eval(), x, max_offset=furthest)
    assert any(f"at most {furthest} cells" in fact for fact in network.assumed)
    given = {"kernel": 3, "stride": 1, "padding": 1, "dilation": 1} | options
    given.pop("modulated", None)
    node = network.nodes[network.output]
    for at in [(0, 0), tuple(n // 2 for n in node.size), tuple(n - 1 for n in node.size)]:
        lines = [extent(SIZE, **given, furthest=furthest, at=o) for o in at]
        wanted = np.zeros((SIZE, SIZE), bool)
        wanted[np.ix_(*map(sorted, lines))] = True
        np.testing.assert_array_equal(mask(network, at=at).array(), wanted)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_no_gradient_leaves_the_bound(options):
    """Offsets drawn within the bound: what they read lies within the mask."""
    module = Deformable(**options, plain=True).double().eval()
    with torch.no_grad():
        module.offset.weight.mul_(0.3)
    x = torch.rand(1, 2, SIZE, SIZE, dtype=torch.float64, requires_grad=True)
    furthest = int(module.offset(x).abs().max().ceil())
    shape = torch.zeros(1, 2, SIZE, SIZE)
    network = from_torch(Deformable(**options).eval(), shape, max_offset=furthest)
    y = module(x)
    for at in [(0, 0), (2, 1), (y.shape[2] - 1, y.shape[3] // 2)]:
        (grad,) = torch.autograd.grad(y[(..., *at)].sum(), x, retain_graph=True)
        found = grad.abs().sum((0, 1)).numpy() > 0
        assert found.any()
        assert not (found & ~mask(network, at=at).array()).any()


def test_programs_and_onnx_files_are_bounded_alike(tmp_path):
    pytest.importorskip("onnx")
    from tests.importers.onnx_oracle import model, node, saved, weights

    x = torch.zeros(1, 2, SIZE, SIZE)
    module = Deformable().eval()
    torch.export.save(torch.export.export(module, (x,)), tmp_path / "m.pt2")
    of_module = from_torch(module, x, max_offset=2)
    program = load(tmp_path / "m.pt2", max_offset=2)
    nodes = [
        node("Conv", ["x", "move"], "offset", pads=[1, 1, 1, 1]),
        node("DeformConv", ["x", "w", "offset"], pads=[1, 1, 1, 1]),
    ]
    made = model(
        nodes,
        (1, 2, SIZE, SIZE),
        [weights("move", 18, 2, 3, 3), weights("w", 3, 2, 3, 3)],
        opset=19,
    )
    of_file = load(saved(made, tmp_path), max_offset=2)
    for at in ((0, 0), (5, 5), (10, 3)):
        wanted = mask(of_module, at=at).array()
        np.testing.assert_array_equal(mask(program, at=at).array(), wanted)
        np.testing.assert_array_equal(mask(of_file, at=at).array(), wanted)
    for refused in (
        lambda: read_pt2(tmp_path / "m.pt2"),
        lambda: read_onnx(tmp_path / "model.onnx"),
    ):
        with pytest.raises(RfcalcError, match="`max_offset=N`"):
            refused()


def test_the_bound_is_refused_where_nothing_moves_taps():
    with pytest.raises(RfcalcError, match="models of PyTorch and ONNX"):
        load("k3", max_offset=0)
    with pytest.raises(RfcalcError, match="`max_offset=` is -1"):
        from_torch(Deformable().eval(), torch.zeros(1, 2, SIZE, SIZE), max_offset=-1)

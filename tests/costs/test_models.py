"""Do PyTorch's models cost what PyTorch, torchinfo and fvcore count, whoever reads them?"""

import pytest

from rfcalc.costs import cost
from rfcalc.importers.torch import from_torch, read_pt2
from rfcalc.importers.torch.exported import exported
from rfcalc.importers.torch.reader import read_program
from tests.importers.models import declare_torchvision_operators
from tests.whole import sample

torch = pytest.importorskip("torch")
nn = torch.nn
counter = pytest.importorskip("torch.utils.flop_counter")


STEPS = 16
"""Cells of the map that the recurrence reads: exporters write each of its steps."""


class Mixed(nn.Module):
    """Convolutions of all kinds, norms, attention, a recurrence, a parameter without a layer."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.up = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)
        self.places = nn.Parameter(torch.randn(1, STEPS, 4))
        self.rows = nn.LayerNorm(4)
        self.heads = nn.MultiheadAttention(4, 2, batch_first=True)
        self.lstm = nn.LSTM(4, 6, 2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(4, 5)

    def forward(self, x):
        x = self.depthwise(torch.relu(self.norm(self.stem(x))))
        x = self.up(x).flatten(2).transpose(1, 2) + self.places
        rows = self.rows(x)
        x = x + self.heads(rows, rows, rows)[0]
        steps, _ = self.lstm(x)
        return self.head(x.mean(1)), steps


LSTM = STEPS * 2 * (4 * 6 * (4 + 6) + 4 * 6 * (12 + 6))
"""Multiply-adds of the recurrence, which PyTorch's counter does not know."""


def counted(model, *given):
    """What PyTorch's own counter says, in multiply-adds."""
    fast = torch.backends.mha.get_fastpath_enabled()
    # It knows neither of the operators that PyTorch fuses attention into on a CPU.
    torch.backends.mha.set_fastpath_enabled(False)
    plain = torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH)
    try:
        with plain, counter.FlopCounterMode(display=False) as mode, torch.no_grad():
            model(*given)
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    return mode.get_total_flops() // 2


@pytest.fixture(scope="module")
def mixed():
    return Mixed().eval(), torch.zeros(1, 3, 4, 4)


def readers(model, x, folder):
    """Yield the network by every reader."""
    yield "recorded", from_torch(model, x)
    yield "exported", read_program(exported(model, (x,)))
    torch.export.save(torch.export.export(model, (x,)), folder / "model.pt2")
    yield "pt2", read_pt2(folder / "model.pt2")


@pytest.mark.filterwarnings("ignore")
def test_every_reader_of_pytorch_counts_what_pytorch_counts(mixed, tmp_path):
    model, x = mixed
    parameters = sum(p.numel() for p in model.parameters())
    for name, network in readers(model, x, tmp_path):
        total = cost(network).total
        assert total.whole, name
        assert total.parameters == parameters, name
        assert total.macs == counted(model, x) + LSTM, name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo", [False, True])
def test_onnx_multiplies_as_much(mixed, tmp_path, dynamo):
    pytest.importorskip("onnx")
    if dynamo:
        pytest.importorskip("onnxscript")
    from rfcalc.loading import load

    model, x = mixed
    file = tmp_path / "model.onnx"
    torch.onnx.export(model, (x,), file, dynamo=dynamo, verbose=False)
    total = cost(load(file)).total
    assert total.macs == counted(model, x) + LSTM
    # The exporter folds the norm into the convolution, and may write equal tensors once.
    folded = sum(p.numel() for p in model.parameters()) - 16
    assert folded - 16 <= total.parameters <= folded


def test_weights_that_layers_share_count_once():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Conv1d(4, 4, 3, padding=1)
            self.two = nn.Conv1d(4, 4, 3, padding=1)
            self.two.weight = self.one.weight

        def forward(self, x):
            return self.two(self.one(self.one(x)))

    found = cost(from_torch(Tied(), torch.zeros(1, 4, 10)))
    assert found.total.parameters == 48 + 4 + 4
    assert [one.parameters for one in found.layers if one.parameters] == [52, 52, 52]
    assert found.total.macs == 3 * 48 * 10


def test_what_is_made_of_weights_alone_costs_its_weights():
    model = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 6, 3))
    found = cost(from_torch(model.eval(), torch.zeros(2, 4, 10)))
    assert found.total.parameters == sum(p.numel() for p in model.parameters())
    assert found.total.macs == 2 * 6 * 8 * 4 * 3


def test_buffers_and_weights_that_nothing_reads_are_no_parameters():
    class Spare(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.spare = nn.Conv1d(2, 2, 1), nn.Conv1d(2, 2, 1)
            self.register_buffer("mean", torch.zeros(1, 2, 1))

        def forward(self, x):
            return self.used(x - self.mean)

    assert cost(from_torch(Spare(), torch.zeros(1, 2, 5))).total.parameters == 6


def test_an_operator_that_is_not_counted_says_so():
    class Spectral(nn.Module):
        def forward(self, x):
            return torch.fft.fft2(x).real

    total = cost(from_torch(Spectral(), torch.zeros(1, 1, 8, 8), layout=["NCHW"])).total
    assert total.macs is None
    assert "fft" in total.unknown[0][1]


@pytest.mark.parametrize("equation", ["bchw,cd->bdhw", "bchw,bcij->bhwij", "bchw->bc"])
def test_sums_of_letters_count_their_pairs(equation):
    class Letters(nn.Module):
        def forward(self, x):
            others = {"cd": torch.ones(3, 5), "bcij": x[..., :2, :2]}
            terms = equation.partition("->")[0].split(",")
            return torch.einsum(equation, *[x, *(others[term] for term in terms[1:])])

    x = torch.zeros(2, 3, 4, 4)
    network = from_torch(Letters(), x, layout=["NCHW"])
    assert cost(network).total.macs == counted(Letters(), x)


MODELS = (
    *("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "maxvit_t"),
    *("mnasnet1_0", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "resnet18"),
    *("resnext50_32x4d", "shufflenet_v2_x1_0", "squeezenet1_1", "swin_t", "vgg11", "vit_b_16"),
)


def made(name):
    declare_torchvision_operators()
    torchvision = pytest.importorskip("torchvision")
    extra = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
    return torchvision.models.get_model(name, weights=None, **extra).eval()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sample(MODELS, 4))
def test_models_of_torchvision_cost_what_pytorch_counts(name):
    model, x = made(name), torch.zeros(1, 3, 224, 224)
    total = cost(from_torch(model, x)).total
    assert total.whole
    assert total.parameters == sum(p.numel() for p in model.parameters())
    assert total.macs == counted(model, x)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sample(("resnet18", "mobilenet_v2", "densenet121"), 1))
def test_models_cost_what_torchinfo_says(name):
    torchinfo = pytest.importorskip("torchinfo")
    model, x = made(name), torch.zeros(1, 3, 224, 224)
    found = cost(from_torch(model, x))
    assert found.total.parameters == sum(p.numel() for p in model.parameters())
    layers = {one.name: one for one in found.layers}
    told = torchinfo.summary(model, input_data=x, verbose=0).summary_list
    modules = {info.module: info for info in told if info.is_leaf_layer}
    compared = 0
    for path, module in model.named_modules():
        if module not in modules or path not in layers or not [*module.parameters(False)]:
            continue
        ours, theirs = layers[path], modules[module]
        compared += 1
        assert ours.parameters == theirs.num_params, path
        bias = 0 if module.bias is None else module.bias.numel()
        if isinstance(module, nn.Conv2d):
            # It counts a bias at every output.
            cells = ours.memory // 4 // module.out_channels
            assert ours.macs == theirs.macs - bias * cells, path
        elif isinstance(module, nn.Linear):
            # It counts the bias, and the rows of one sample once.
            rows = ours.memory // 4 // module.out_features
            assert ours.macs == rows * (theirs.macs - bias), path
        else:
            # It counts each weight of a norm once.
            assert (ours.macs, theirs.macs) == (0, ours.parameters), path
    assert compared > 20


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sample(("resnet18", "swin_t", "efficientnet_b0"), 1))
def test_models_cost_what_fvcore_says(name):
    fvcore = pytest.importorskip("fvcore.nn")
    model, x = made(name), torch.zeros(1, 3, 224, 224)
    found = fvcore.FlopCountAnalysis(model, x)
    found.unsupported_ops_warnings(False)
    found.uncalled_modules_warnings(False)
    kinds = {"conv", "linear", "matmul", "addmm", "bmm", "einsum"}
    told = sum(count for kind, count in found.by_operator().items() if kind in kinds)
    assert cost(from_torch(model, x)).total.macs == told

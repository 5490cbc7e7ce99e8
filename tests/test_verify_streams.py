"""A PyTorch model run chunk by chunk, with its own weights, gives what it gives on the whole."""

import json

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch
from rfcalc.loading import load
from rfcalc.tiling.streams import stream
from rfcalc.verification.models import model_of
from rfcalc.verification.streaming import (
    verify_model_stream,
    verify_module_stream,
    verify_target_stream,
)

torch = pytest.importorskip("torch")
nn = torch.nn
F = torch.nn.functional


class Causal(nn.Module):
    """Dilated convolutions behind padding of their own, with shortcuts."""

    def __init__(self, rates=(1, 2, 4)):
        super().__init__()
        self.rates = rates
        self.convs = nn.ModuleList(nn.Conv1d(2, 2, 3, dilation=rate) for rate in rates)

    def forward(self, x):
        for rate, conv in zip(self.rates, self.convs, strict=True):
            x = x + torch.tanh(conv(F.pad(x, (2 * rate, 0))))
        return x


class Codec(nn.Module):
    """A strided encoder and its mirror image, trimmed at both ends."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(1, 4, 7, padding=3),
            nn.ELU(),
            nn.Conv1d(4, 8, 8, stride=4, padding=2),
            nn.ConvTranspose1d(8, 4, 8, stride=4, padding=2),
            nn.Conv1d(4, 1, 7, padding=3),
        )

    def forward(self, x):
        return self.net(x)


class Recurrent(nn.Module):
    """A convolution, a forward GRU, and a linear layer: time is another dimension at the end."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 3, padding=1)
        self.gru = nn.GRU(4, 4, batch_first=True)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        made, _ = self.gru(self.conv(x).transpose(1, 2))
        return self.out(made)


class Heads(nn.Module):
    """Two outputs of different strides."""

    def __init__(self):
        super().__init__()
        self.fine = nn.Conv1d(2, 3, 5, padding=2)
        self.coarse = nn.Conv1d(3, 1, 4, stride=2, padding=1)

    def forward(self, x):
        fine = self.fine(x)
        return self.coarse(fine), fine


MODELS = {
    "causal": (Causal, (1, 2, 96), {"frame": 8}),
    "codec": (Codec, (1, 1, 96), {"frame": 16}),
    "recurrent": (Recurrent, (1, 3, 40), {"frame": 4}),
    "heads": (Heads, (2, 2, 64), {"frame": 4}),
}


@pytest.mark.parametrize("name", MODELS)
def test_chunks_of_a_model_are_parts_of_the_whole(name):
    make, shape, options = MODELS[name]
    torch.manual_seed(0)
    model = make().train()
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    found = verify_module_stream(model, (torch.zeros(shape),), **options)
    assert (found.ok, found.backend) == (True, "torch, float64")
    assert found.most < 1e-12
    assert model.training
    for key, value in model.state_dict().items():
        assert value.dtype == weights[key].dtype
        torch.testing.assert_close(value, weights[key], rtol=0, atol=0)


def test_with_one_sample_less_a_model_differs():
    torch.manual_seed(0)
    model, x = Causal(), torch.zeros(1, 2, 96)
    back = stream(from_torch(model, x)).output.look_back
    assert back == 14
    assert not verify_module_stream(model, (x,), frame=8, look_back=back - 1).ok


def test_a_norm_over_time_is_seen_where_it_is_left_aside():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv1d(2, 2, 3, padding=1), nn.InstanceNorm1d(2))
    x = (torch.zeros(1, 2, 40),)
    with pytest.raises(RfcalcError, match="RF464"):
        verify_module_stream(model, x, frame=4)
    assert not verify_module_stream(model, x, frame=4, ignore_global=True).ok


def test_layers_and_targets_that_cannot_be_run_are_refused():
    with pytest.raises(RfcalcError, match=r"RF406 .* is no PyTorch module"):
        verify_target_stream("k3,k3", [(1, 1, 9)])
    with pytest.raises(RfcalcError, match="RF441 'fine' is no output"):
        verify_module_stream(Single(), (torch.zeros(1, 2, 32),), layer="fine")
    with pytest.raises(RfcalcError, match=r"RF441 .*cannot be made shorter"):
        verify_module_stream(nn.Conv1d(1, 1, 9), (torch.zeros(1, 1, 9),))


class Single(nn.Module):
    def __init__(self):
        super().__init__()
        self.fine = nn.Conv1d(2, 3, 5, padding=2)
        self.out = nn.Conv1d(3, 1, 3, padding=1)

    def forward(self, x):
        return self.out(self.fine(x))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("runtime", [True, False])
def test_an_onnx_stream_is_that_of_the_whole(tmp_path, monkeypatch, runtime):
    pytest.importorskip("onnx")
    if not runtime:
        monkeypatch.setattr("rfcalc.verification.models.find_spec", lambda _: None)
    torch.manual_seed(0)
    path = str(tmp_path / "heads.onnx")
    torch.onnx.export(Heads().eval(), (torch.zeros(1, 2, 64),), path, dynamo=False)
    held_in_file(path, "onnx", "onnx, float32")


def test_a_saved_program_is_run_as_a_stream(tmp_path):
    torch.manual_seed(0)
    path = str(tmp_path / "heads.pt2")
    torch.export.save(torch.export.export(Heads().eval(), (torch.zeros(1, 2, 64),)), path)
    held_in_file(path, "torch", "torch, float64")


@pytest.mark.filterwarnings("ignore")
def test_a_keras_stream_is_that_of_the_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    x = keras.Input((64, 2))
    y = keras.layers.Conv1D(4, 5, padding="causal", dilation_rate=2)(x)
    y = keras.layers.Conv1D(2, 3, padding="same")(y)
    path = str(tmp_path / "causal.keras")
    keras.Model(x, y).save(path)
    held_in_file(path, "keras", "keras, float32")


def held_in_file(path, backend, name):
    network = load(path)
    model = model_of(backend, path, network.layouts)
    found = verify_model_stream(model, backend, network, frame=4)
    assert (found.ok, found.backend) == (True, name)
    assert found.cells > 0
    back = stream(network).worst("look_back").look_back
    assert not verify_model_stream(model, backend, network, frame=4, look_back=back - 1).ok
    words = ["stream", path, "--frame", "4", "--verify", "--backend", backend, "-f", "json"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout)["verified"]["backend"] == name


def test_a_file_of_another_backend_is_refused():
    words = ["stream", "k3", "--input", "40", "--verify", "--backend", "onnx"]
    with pytest.raises(RfcalcError, match="RF406"):
        CliRunner().invoke(app, words, catch_exceptions=False)

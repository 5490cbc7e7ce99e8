"""Sizes that the weights of a layer fix are those at which the module itself runs."""

import os

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch
from rfcalc.loading import load
from rfcalc.tiling.plan import tile
from rfcalc.tiling.sizes import sizes
from rfcalc.tiling.streams import stream

torch = pytest.importorskip("torch")


# Exporters and writers of models warn of their own old age.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

SIZE = (12, 20)


class Folded(torch.nn.Module):
    """What is left of the height is folded into features, which a layer mixes step by step."""

    def __init__(self, make, pad=0):
        super().__init__()
        self.window = torch.nn.Conv2d(1, 2, 3, padding=pad, stride=(2, 1))
        self.features = 2 * ((SIZE[0] + 2 * pad - 3) // 2 + 1)
        self.mixes = make(self.features)

    def forward(self, x):
        steps = self.window(x).permute(0, 3, 1, 2).flatten(2)
        if isinstance(self.mixes, torch.nn.Conv1d):
            return self.mixes(steps.transpose(1, 2))
        found = self.mixes(steps)
        return found[0] if isinstance(found, tuple) else found


MIXES = {
    "linear": lambda n: torch.nn.Linear(n, 3),
    "conv": lambda n: torch.nn.Conv1d(n, 3, 3, padding=1),
    "lstm": lambda n: torch.nn.LSTM(n, 3, batch_first=True),
    "gru": lambda n: torch.nn.GRU(n, 3, batch_first=True),
    "both ways": lambda n: torch.nn.LSTM(n, 3, 2, batch_first=True, bidirectional=True),
    "projected": lambda n: torch.nn.LSTM(n, 3, batch_first=True, proj_size=2),
}


def runs(module, size):
    try:
        module(torch.zeros(1, 1, *size))
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("name", MIXES)
def test_an_axis_that_weights_fix_takes_the_sizes_at_which_the_module_runs(name, pad):
    module = Folded(MIXES[name], pad).eval()
    rows, steps = sizes(from_torch(module, torch.zeros(1, 1, *SIZE)))
    fits = [n for n in range(1, 40) if runs(module, (n, SIZE[1]))]
    assert [n for low, high in rows.taken for n in range(low, high)] == fits
    assert (rows.step, len(fits)) == (None, 2)
    fits = [n for n in range(1, 40) if runs(module, (SIZE[0], n))]
    assert (steps.smallest, steps.step, steps.rests) == (fits[0], 1, (0,))
    assert fits == list(range(fits[0], 40))


SQUARE = (16, 20)


class Stored(torch.nn.Module):
    """A convolution, a step that reads stored tensors, and a convolution."""

    def __init__(self, step, **held):
        super().__init__()
        self.before = torch.nn.Conv2d(1, 2, 3, padding=1)
        self.after = torch.nn.Conv2d(2, 1, 3, padding=1)
        self.step = step
        for name, value in held.items():
            if isinstance(value, torch.nn.Module):
                self.add_module(name, value)
            else:
                self.register_parameter(name, torch.nn.Parameter(value))

    def forward(self, x):
        return self.after(self.step(self, self.before(x)))


def folded(norm, x):
    """Return a norm over channels into which rows are folded."""
    n, c, h, w = x.shape
    return norm(x.reshape(n, c * h, w)).reshape(n, c, h, w)


def tokens(table, x):
    """Return a table added to rows of tokens."""
    n, c, h, w = x.shape
    return (x.flatten(2).transpose(1, 2) + table).transpose(1, 2).reshape(n, c, h, w)


def resized(table, x):
    return x + torch.nn.functional.interpolate(table, size=x.shape[2:])


H, W = SQUARE
NORMS = torch.nn
STEPS = {
    "a norm over space": lambda: Stored(lambda m, x: m.n(x), n=NORMS.LayerNorm([2, H, W])),
    "a norm over columns": lambda: Stored(lambda m, x: m.n(x), n=NORMS.LayerNorm([W])),
    "a table": lambda: Stored(lambda m, x: x + m.p, p=torch.randn(1, 2, H, W)),
    "a table that is multiplied": lambda: Stored(lambda m, x: x * m.p.exp(), p=torch.ones(H, 1)),
    "a table of tokens": lambda: Stored(lambda m, x: tokens(m.p, x), p=torch.randn(1, H * W, 2)),
    "a norm of folded channels": lambda: Stored(
        lambda m, x: folded(m.n, x), n=NORMS.BatchNorm1d(2 * H)
    ),
    "weights of einsum": lambda: Stored(
        lambda m, x: torch.einsum("nchw,wv->nchv", x, m.w), w=torch.randn(W, W)
    ),
    "weights of einsum for each row": lambda: Stored(
        lambda m, x: torch.einsum("nchw,ch->nchw", x, m.w), w=torch.randn(2, H)
    ),
    "weights from the left": lambda: Stored(lambda m, x: torch.matmul(m.w, x), w=torch.randn(H, H)),
    "a number per channel": lambda: Stored(lambda m, x: x + m.p, p=torch.randn(2, 1, 1)),
    "a norm of channels": lambda: Stored(lambda m, x: m.n(x), n=NORMS.BatchNorm2d(2)),
    "a table that is resized": lambda: Stored(
        lambda m, x: resized(m.p, x), p=torch.randn(1, 2, 4, 4)
    ),
}


@pytest.mark.parametrize("kind", ["module", "program", "onnx"])
@pytest.mark.parametrize("name", STEPS)
def test_what_a_model_stores_for_each_cell_fixes_its_size(name, kind, tmp_path):
    model = STEPS[name]().eval()
    given = torch.zeros(1, 1, *SQUARE)
    if kind == "program":
        torch.export.save(torch.export.export(model, (given,)), tmp_path / "m.pt2")
        network = load(tmp_path / "m.pt2")
    elif kind == "onnx":
        if name == "a table that is resized":
            pytest.skip("an exporter folds it into a table of one size")
        pytest.importorskip("onnx")
        pytest.importorskip("onnxscript")
        torch.onnx.export(model, (given,), str(tmp_path / "m.onnx"), dynamo=False)
        network = load(tmp_path / "m.onnx")
    else:
        network = from_torch(model, given)
    for axis, rule in enumerate(sizes(network)):
        others = [n for n in range(1, 40) if keeps(model, _at(axis, n))]
        if len(others) > 1:
            assert (rule.smallest, rule.step) == (others[0], 1)
        else:
            assert [n for low, high in rule.taken for n in range(low, high)] == others


def keeps(module, size):
    """Whether a module runs at a size and gives it: one cell may be spread over a table."""
    return runs(module, size) and module(torch.zeros(1, 1, *size)).shape[2:] == size


def _at(axis, n):
    return tuple(n if a == axis else cells for a, cells in enumerate(SQUARE))


def test_tiles_and_streams_tell_what_a_model_stores_for_each_cell():
    network = from_torch(STEPS["a table"]().eval(), torch.zeros(1, 1, *SQUARE))
    fact = "the model stores numbers for each of the {} cells of 'before' on {}: windows of"
    plan = tile(network, 8)
    assert not plan.exact
    assert plan.assumed[0].startswith(fact.format("16 x 20", "axes 0, 1"))
    found = stream(network, axis=1)
    assert not found.exact
    assert found.assumed[0].startswith(fact.format("20", "axis 1"))


KERAS = {
    "a norm over space": (lambda k: k.LayerNormalization(axis=[1, 2, 3]), (H, W)),
    "a norm of rows": (lambda k: k.BatchNormalization(axis=1), (H, None)),
    "a slope for each cell": (lambda k: k.PReLU(), (H, W)),
    "a slope for each column": (lambda k: k.PReLU(shared_axes=[1]), (None, W)),
    "weights of einsum": (lambda k: k.EinsumDense("bhwc,wv->bhvc", (H, W, 2)), (None, W)),
    "a norm of channels": (lambda k: k.LayerNormalization(), (None, None)),
    "a slope for each channel": (lambda k: k.PReLU(shared_axes=[1, 2]), (None, None)),
}


@pytest.mark.parametrize("name", KERAS)
def test_what_the_weights_of_a_keras_layer_are_made_for(name, tmp_path):
    """Keras makes them of the size at which a model is built, and runs at no other."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    layers = keras.layers
    make, wanted = KERAS[name]
    x = layers.Input((H, W, 2))
    model = keras.Model(x, make(layers)(layers.Conv2D(2, 3, padding="same")(x)))
    model.save(tmp_path / "m.keras")
    held = [tuple(value.shape) for value in model.layers[-1].weights]
    for axis, rule in enumerate(sizes(load(tmp_path / "m.keras"))):
        if wanted[axis] is None:
            assert (rule.smallest, rule.step) == (1, 1)
        else:
            assert rule.taken == ((wanted[axis], wanted[axis] + 1),)
            assert any(wanted[axis] in shape for shape in held)


MEETING = """
import torch
from torch import nn

class Meeting(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(1, 2, 3, 2, 1), nn.ConvTranspose2d(2, 2, 2, 2)
        self.along = nn.Conv2d(1, 2, 3, padding=1)

    def forward(self, x):
        return torch.cat([self.along(x), self.up(self.down(x))], 1)
"""
MEETING_FILE = """
layers:
  - {conv: {kernel: 3, stride: 2, padding: 1, name: down}}
  - {deconv: {kernel: 2, stride: 2, padding: 0, name: up}}
  - {conv: {kernel: 3, name: along, from: input}}
  - {concat: {from: [along, up]}}
"""


def as_module(folder):
    (folder / "meeting_models.py").write_text(MEETING)
    return "meeting_models:Meeting", "1,1,31,32"


def as_network(folder):
    (folder / "m.yaml").write_text(MEETING_FILE)
    return folder / "m.yaml", "31,32"


def as_onnx(folder):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    held = {}
    exec(MEETING, held)
    given = torch.zeros(1, 1, 32, 32)
    torch.onnx.export(held["Meeting"]().eval(), (given,), str(folder / "m.onnx"), dynamo=False)
    return folder / "m.onnx", "31,32"


def as_keras(folder):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    layers = keras.layers
    x = keras.Input((None, None, 1))
    up = layers.Conv2DTranspose(2, 2, 2)(layers.Conv2D(2, 3, 2, padding="same")(x))
    along = layers.Conv2D(2, 3, padding="same")(x)
    keras.Model(x, layers.Concatenate()([along, up])).save(folder / "m.keras")
    return folder / "m.keras", "31,32"


@pytest.mark.parametrize("command", ["tile", "sizes"])
@pytest.mark.parametrize("make", [as_module, as_network, as_onnx, as_keras])
def test_a_size_at_which_branches_do_not_meet_is_told_alike_by_all_readers(
    make, command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    net, size = make(tmp_path)
    shown = CliRunner().invoke(app, [command, str(net), "--input", size])
    assert isinstance(shown.exception, RfcalcError)
    first, second = str(shown.exception).splitlines()
    assert first.startswith("RF462 the network cannot take 31 x 32: ")
    assert "merges sizes that differ" in first
    assert second == "  = help: the nearest that it can: 30 x 32 below, 32 x 32 above"

"""Do heads that are flattened and concatenated into one output keep their own gradients?"""

import json
import os

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.importers import from_torch
from rfcalc.loading import load
from rfcalc.masks import mask
from tests.tiling.laid import LAYOUTS, Laid

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")
MODEL = """
import torch
from torch import nn

class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.near = nn.Conv2d(1, 2, 3, stride=4, padding=1)
        self.far = nn.Conv2d(2, 2, 5, stride=2, padding=2)
        self.heads = nn.ModuleList([nn.Conv2d(2, 6, 3, padding=1) for _ in range(2)])

    def forward(self, x):
        near = self.near(x)
        both = zip(self.heads, (near, self.far(near)))
        return torch.cat([head(y).flatten(2).transpose(1, 2) for head, y in both], 1)
"""
SIDES = 96 // 4, 96 // 8


@pytest.fixture(autouse=True)
def _model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "heads_models.py").write_text(MODEL)


def fields(model, shape):
    """The extents of what the middle row of each head reads, by the gradient of the one output."""
    found, start = [], 0
    for side in SIDES:
        x = torch.zeros(shape, requires_grad=True)
        row = start + side * (side // 2) + side // 2
        model(x)[0, row].sum().backward()
        read = x.grad.squeeze().abs() > 0
        lines = [torch.nonzero(read.any(axis)).ravel() for axis in (1, 0)]
        found.append([int(line[-1] - line[0] + 1) for line in lines])
        start += side * side
    return found


def told(*words):
    shown = CliRunner().invoke(app, [*map(str, words), "-f", "json"])
    return json.loads(shown.stdout)


def check_told(net, wanted, *size):
    rows = told("analyze", net, *size)
    names = [one["output"] for one in rows["outputs"]]
    assert [one["rf"] for one in rows["outputs"]] == wanted
    plan = told("tile", net, *size)
    assert set(plan["by"]) == {names[1]}
    between = str((wanted[0][0] + wanted[1][0]) // 2)
    words = ["check", str(net), *size, "--no-config", "--min-rf", between]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 1
    assert f"'{names[0]}'" in shown.output
    assert f"'{names[1]}'" not in shown.output


def positive():
    from heads_models import Heads  # pyright: ignore[reportMissingImports]

    model = Heads().eval()
    with torch.no_grad():
        for value in model.parameters():
            value.fill_(0.5)
    return model


def test_of_a_module_and_an_onnx_file(tmp_path):
    shape = (1, 1, 96, 96)
    model = positive()
    wanted = fields(model, shape)
    assert wanted[0][0] < wanted[1][0]
    check_told("heads_models:Heads", wanted, "--input", "1,1,96,96")
    pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    torch.onnx.export(model, (torch.zeros(shape),), str(tmp_path / "h.onnx"), dynamo=False)
    check_told(tmp_path / "h.onnx", wanted)


def test_of_a_keras_file_with_unlike_grids(tmp_path):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "torch":
        pytest.skip("Keras runs on another backend in this process")
    x = keras.Input((96, 96, 1))
    near = keras.layers.Conv2D(2, 3, strides=4, padding="same")(x)
    far = keras.layers.Conv2D(2, 5, strides=2, padding="same")(near)
    heads = [
        keras.layers.Reshape((-1, 6))(keras.layers.Conv2D(6, 3, padding="same")(y))
        for y in (near, far)
    ]
    model = keras.Model(x, keras.layers.Concatenate(axis=1)(heads))
    model.set_weights([0 * value + 0.5 for value in model.get_weights()])
    model.save(tmp_path / "h.keras")
    check_told(tmp_path / "h.keras", fields(model, (1, 96, 96, 1)))


def boxes(model, shape):
    """Per head, its grid and the box that the middle cell reads: by a change, then a gradient."""
    found = []
    with torch.no_grad():
        maps = model.maps(torch.rand(shape, dtype=torch.float64))
    for number, there in enumerate(maps):
        rows, columns = there.shape[2:]
        changed = [one.clone() for one in maps]
        changed[number][0, 0, rows // 2, columns // 2] += 1
        at = torch.nonzero((model.lay(maps) != model.lay(changed)).flatten())[0, 0]
        x = torch.rand(shape, dtype=torch.float64, requires_grad=True)
        model(x).flatten()[at].backward()
        read = x.grad[0, 0] != 0
        lines = [torch.nonzero(read.any(axis)).ravel() for axis in (1, 0)]
        found.append(((rows, columns), [(int(line[0]), int(line[-1])) for line in lines]))
    return found


@pytest.mark.parametrize("kind", ["module", "program", "onnx"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_heads_in_one_output_are_separate_however_they_are_laid_out(name, kind, tmp_path):
    shape = (1, 1, 48, 64)
    torch.manual_seed(0)
    model = Laid(LAYOUTS[name]).double().eval()
    wanted = boxes(model, shape)
    given, net = torch.zeros(shape, dtype=torch.float64), model
    if kind == "program":
        net = tmp_path / "heads.pt2"
        torch.export.save(torch.export.export(model, (given,)), net)
    elif kind == "onnx":
        pytest.importorskip("onnx")
        pytest.importorskip("onnxscript")
        net = tmp_path / "heads.onnx"
        torch.onnx.export(model, (given,), str(net), dynamo=False)
    network = from_torch(model, given) if kind == "module" else load(net)
    told = []
    for target in network.outputs:
        node = network.nodes[target]
        rows, columns = node.size
        spans = mask(network, node.name, at=(rows // 2, columns // 2)).region.bounds
        told.append(((rows, columns), [(span.start, span.stop - 1) for span in spans]))
    assert network.assumed == ()
    assert sorted(told) == sorted(wanted)

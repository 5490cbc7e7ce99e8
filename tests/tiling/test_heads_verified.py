"""Do tiles of heads that a model gives as one output equal the whole, and not with a cell less?"""

import json

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch
from rfcalc.tiling import tile
from rfcalc.verification.models import model_of_module
from rfcalc.verification.streaming import verify_module_stream
from rfcalc.verification.tiles import compared
from tests.tiling.laid import LAYOUTS, Laid

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")
SHAPE = (1, 1, 48, 64)


def laid(name="YOLO"):
    torch.manual_seed(0)
    return Laid(LAYOUTS[name]).eval()


def told(*words, status=0):
    found = CliRunner().invoke(app, ["tile", *map(str, words), "--verify", "-f", "json"])
    assert found.exit_code == status, found.output
    return json.loads(found.stdout)


@pytest.mark.parametrize("name", LAYOUTS)
def test_heads_of_a_module_are_compared_however_they_are_laid_out(name):
    model = laid(name)
    network = from_torch(model, torch.zeros(SHAPE))
    plan, run = tile(network, 16), model_of_module(model, (SHAPE,))
    found = compared(run, plan, network)
    assert found.ok
    assert found.tiles == 12
    (before, after), other = (plan.halo.of(16, axis) for axis in range(2))
    for halo in (((before - 1, after), other), ((before, after - 1), other)):
        worse = compared(run, plan, network, halo)
        assert worse.seams > 1e6 * worse.tolerance


def test_one_head_is_compared_beside_the_others():
    model = laid()
    network = from_torch(model, torch.zeros(SHAPE))
    for target in network.outputs:
        plan = tile(network, 16, network.nodes[target].name)
        found = compared(model_of_module(model, (SHAPE,)), plan, network)
        assert found.ok
        assert found.largest > 0


@pytest.mark.parametrize("kind", ["onnx", "pt2"])
def test_a_file_that_flattens_to_sizes_of_its_own_is_compared_before(kind, tmp_path):
    model, path, given = laid(), tmp_path / f"heads.{kind}", torch.zeros(SHAPE)
    if kind == "onnx":
        pytest.importorskip("onnx")
        pytest.importorskip("onnxscript")
        torch.onnx.export(model, (given,), str(path), dynamo=False)
    else:
        torch.export.save(torch.export.export(model, (given,)), path)
    words = [path, "--tile", "16", "--backend", "torch" if kind == "pt2" else "onnx"]
    data = told(*words)
    assert data["verified"] is True
    assert len(data["differences"]["within"]) == 3
    assert all(("onv" in name) for name in data["differences"]["within"])
    halo = max(max(sides) for sides in data["halo_aligned"])
    assert told(*words, "--halo", halo - 1, status=1)["verified"] is False
    # A layer on the way is none of the outputs.
    one = told(*words, "--layer", "levels.1")
    assert one["verified"] is True
    assert len(one["differences"]["within"]) == 1
    assert one["differences"]["largest_value"] != data["differences"]["largest_value"]


FIXED = """
import torch

class Fixed(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.head = torch.nn.Conv2d(1, 2, 3, padding=1)

    def forward(self, x):
        return self.head(x).view(1, 2, 48 * 64)
"""


def test_code_that_holds_a_size_is_named_with_a_cure_that_works(tmp_path, monkeypatch):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "fixed_heads.py").write_text(FIXED)
    words = ["fixed_heads:Fixed", "--input", "1,1,48,64", "--tile", "16", "--verify"]
    shown = CliRunner().invoke(app, ["tile", *words, "--backend", "torch"])
    assert isinstance(shown.exception, RfcalcError)
    assert shown.exception.diagnostics[0].code == "RF507"
    assert "export it to an ONNX file" in str(shown.exception)
    import fixed_heads  # pyright: ignore[reportMissingImports]

    path = tmp_path / "fixed.onnx"
    torch.onnx.export(fixed_heads.Fixed(), (torch.zeros(SHAPE),), str(path), dynamo=False)
    assert told(path, "--tile", "16", "--backend", "onnx")["verified"] is True


class Voices(torch.nn.Module):
    """Two heads of one signal, one of them at half the rate, flattened into one row."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.near = torch.nn.Conv1d(1, 2, 3, padding=1)
        self.far = torch.nn.Conv1d(2, 2, 5, stride=2, padding=2)

    def forward(self, x):
        near = self.near(x)
        return torch.cat([near.flatten(1), self.far(near).flatten(1)], 1)


def test_heads_of_a_stream_are_compared_chunk_by_chunk():
    given = torch.zeros(1, 1, 96)
    found = verify_module_stream(Voices(), (given,), frame=8)
    assert found.ok
    assert found.cells >= 96
    assert not verify_module_stream(Voices(), (given,), frame=8, look_back=1).ok

"""Is the measured effect beyond a halo the share of mean absolute gradient, computed by hand?"""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")
MODEL = """
import torch
from torch import nn

def linear():
    one = nn.Conv1d(1, 1, 5, padding=2, bias=False)
    two = nn.Conv1d(1, 1, 3, padding=1, bias=False)
    with torch.no_grad():
        one.weight[0, 0] = torch.tensor([1.0, 2.0, 7.0, 3.0, 0.5])
        two.weight[0, 0] = torch.tensor([4.0, 1.0, 2.0])
    return nn.Sequential(one, two)

def up():
    one = nn.ConvTranspose1d(1, 1, 8, stride=2, padding=3, bias=False)
    with torch.no_grad():
        one.weight[0, 0] = torch.arange(1.0, 9.0)
    return one
"""


@pytest.fixture(autouse=True)
def _model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "measured_models.py").write_text(MODEL)


def told(net, *words):
    line = ["tile", f"measured_models:{net}", "--input", "1,1,64", "--tile", "16", *words]
    shown = CliRunner().invoke(app, [*line, "-f", "json"], catch_exceptions=False)
    return json.loads(shown.stdout)


def test_of_positive_weights_it_is_the_exact_share_by_hand():
    data = told("linear", "--effect", "10%", "--measured", "--samples", "2")
    # Cross-correlations: the composed weights over offsets -3 .. 3.
    line = np.convolve([1.0, 2.0, 7.0, 3.0, 0.5], [4.0, 1.0, 2.0])
    for one in data["effect"]:
        ((before, after),) = one["halo"]
        sides = line[: max(0, 3 - before)].sum(), line[len(line) - max(0, 3 - after) :].sum()
        if before != after:
            continue
        assert one["outside"] == pytest.approx(max(sides) / line.sum(), rel=1e-6)
        assert one["kind"] == "measured"
    assert data["exact"] is False
    assert any("mean absolute gradients of 2 inputs" in one for one in data["assumed"])


def test_every_phase_counts_of_an_upsampling():
    data = told("up", "--effect", "10%", "--measured", "--samples", "1")
    weights = np.arange(1.0, 9.0)
    for one in data["effect"]:
        ((before, after),) = one["halo"]
        worst = 0.0
        for output in (0, 1):  # the first two outputs of a tile at cell 0: 2 i + k - 3 = output
            cells = {
                i: weights[output + 3 - 2 * i] for i in range(-4, 5) if 0 <= output + 3 - 2 * i < 8
            }
            total = sum(cells.values())
            worst = max(worst, sum(w for i, w in cells.items() if i < -before) / total)
            worst = max(worst, sum(w for i, w in cells.items() if i > after) / total)
        if before == after:
            assert one["outside"] == pytest.approx(worst, rel=1e-6)


def test_without_it_the_effect_is_the_expected_one():
    data = told("linear", "--effect", "10%")
    assert {one["kind"] for one in data["effect"]} == {"expected"}


@pytest.mark.parametrize(
    ("net", "words"),
    [
        ("measured_models:linear", ["--measured"]),
        ("measured_models:linear", ["--effect", "1%", "--samples", "3"]),
        ("measured_models:linear", ["--effect", "1%", "--measured", "--ignore-global"]),
        ("k3", ["--effect", "1%", "--measured"]),
    ],
)
def test_what_cannot_be_measured_is_refused(net, words):
    shape = [] if net == "k3" else ["--input", "1,1,64"]
    shown = CliRunner().invoke(app, ["tile", net, *shape, *words])
    assert isinstance(shown.exception, RfcalcError)
    assert str(shown.exception).startswith("RF406")


def test_an_input_that_holds_no_whole_field_is_refused():
    words = ["tile", "measured_models:linear", "--input", "1,1,5", "--effect", "1%", "--measured"]
    shown = CliRunner().invoke(app, words)
    assert str(shown.exception).startswith("RF450")

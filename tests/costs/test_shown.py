"""Are costs shown where they are asked for, and told in JSON?"""

import json

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app

FILE = """
input: [16, 16]
channels: 3
layers:
  - {kernel: 3, out_channels: 8, name: stem.conv}
  - {op: batchnorm, name: stem.norm}
  - {kernel: 3, stride: 2, out_channels: 4, name: head.conv}
  - {kernel: 1, out_channels: 2, name: head.last}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(FILE)
    return str(path)


def printed(*args):
    done = CliRunner().invoke(app, list(args))
    assert done.exit_code == 0, done.output
    return done.output


def rows(text):
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}


def test_columns_show_what_layers_cost_and_a_line_the_totals(file):
    text = printed("analyze", file, "--columns", "layer,parameters,macs,memory")
    held = rows(text)
    assert held["stem.conv"] == ["224", "55,296", "8", "KiB"]
    assert "total: 542 parameters, 74,240 multiply-adds, 20.5 KiB of activations" in text


def test_without_the_columns_nothing_is_said_of_costs(file):
    assert "multiply-adds" not in printed("analyze", file)


def test_the_layers_of_a_module_are_added_up(file):
    held = rows(printed("analyze", file, "--columns", "layer,parameters,macs", "--depth", "1"))
    assert held["stem"] == ["240", "55,296"]
    assert held["head"] == ["302", "18,944"]


def test_json_tells_layers_and_totals(file):
    data = json.loads(printed("analyze", file, "--format", "json"))
    layers = {layer["name"]: layer for layer in data["layers"]}
    assert layers["head.conv"]["macs"] == 64 * 4 * 8 * 9
    assert data["cost"]["parameters"] == sum(layer["parameters"] for layer in data["layers"])
    assert data["cost"]["macs"] == sum(layer["macs"] for layer in data["layers"])
    assert data["cost"]["unknown"] == []
    rf = layers["head.last"]["rf"][0]
    assert data["cost"]["field_per_gmac"] == [1e9 * rf / data["cost"]["macs"]] * 2


def test_what_is_not_known_is_null_and_has_a_reason():
    data = json.loads(printed("analyze", "k3,k3", "--format", "json"))
    assert [layer["macs"] for layer in data["layers"]] == [0, None, None]
    assert data["cost"]["macs"] is None
    assert data["cost"]["field_per_gmac"] is None
    reasons = {one["layer"]: one["reason"] for one in data["cost"]["unknown"]}
    assert "channels" in reasons["conv1"]
    text = printed("analyze", "k3,k3", "--columns", "layer,macs")
    assert "of known layers" in text
    assert "'conv1': the channels of its input are not known" in text


def test_compare_shows_costs_where_a_network_tells_them(file):
    assert "macs" in printed("compare", file, "k3,k3d2", "--input", "16,16", "--format", "markdown")
    assert "macs" not in printed("compare", "k3,k3", "k3,k3d2", "--format", "markdown")


def test_sizes_tell_taps_of_dilated_layers():
    text = printed("sizes", "k3,k3d18", "--input", "18,18")
    assert "1: 100.0% (a 1x1)" in text
    data = json.loads(printed("sizes", "k3,k3d18", "--input", "32,32", "--format", "json"))
    (taps,) = data["taps"]
    assert (taps["layer"], taps["pointwise"]) == ("conv2", False)
    assert taps["shares"] == {"4": 784 / 1024, "2": 224 / 1024, "1": 16 / 1024}
    assert json.loads(printed("sizes", "k3d18", "--format", "json"))["taps"] is None

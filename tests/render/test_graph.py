"""Does the drawn graph have the network's nodes, edges and numbers?"""

import json
import re
import shutil
import subprocess

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.render.graph import boxes, dot, mermaid

HOSTILE = 'a"b\\n<script>]--> {x}; #1'


def run(*words):
    return CliRunner().invoke(app, ["graph", *map(str, words)])


@pytest.fixture
def residual(tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text(
        "input: [32, 32]\nlayers:\n- {kernel: 3, dilation: 2, name: first}\n- relu\n"
        "- residual: [{kernel: [3, 5], stride: 1}, batchnorm]\n- global_pool\n"
    )
    return file


def test_edges_pass_through_element_wise_layers(residual):
    drawn = boxes(load(residual))
    assert [(b.name, b.inputs) for b in drawn] == [
        ("input", ()),
        ("first", (0,)),
        ("conv2", (1,)),
        ("add1", (1, 2)),
        ("global_pool1", (3,)),
    ]
    assert drawn[1].lines == ("conv k3 d2", "size 32x32", "RF 5x5, density 0.36", "stage 1")
    assert drawn[2].lines[0] == "conv k3x5"
    assert [b.kind for b in drawn] == ["input", "holes", "stage", "plain", "unbounded"]


def test_every_layer_can_be_drawn(residual):
    network = load(residual)
    drawn = boxes(network, every=True)
    assert [b.inputs for b in drawn] == [node.inputs for node in network.nodes]


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("net", ["zoo:unet", "zoo:resnet50", "k3,k3d2"])
def test_graphviz_reads_the_same_nodes_and_edges(net):
    network = load(net)
    drawn = boxes(network)
    done = subprocess.run(
        ["dot", "-Tdot_json"], input=dot(network, drawn).encode(), capture_output=True, check=True
    )
    graph = json.loads(done.stdout)
    found = {(edge["tail"], edge["head"]) for edge in graph["edges"]}
    assert found == {(i, n) for n, box in enumerate(drawn) for i in box.inputs}
    words = [node["label"].split("\\n")[0] for node in graph["objects"]]
    assert words == [box.name for box in drawn]


def test_no_name_breaks_out_of_its_quotes(tmp_path):
    file = tmp_path / "n.json"
    file.write_text(json.dumps({"name": HOSTILE, "layers": [{"kernel": 3, "name": HOSTILE}]}))
    network = load(file)
    drawn = boxes(network)
    text = dot(network, drawn)
    label = re.search(r'n1 \[label="((?:[^"\\]|\\.)*)"', text)
    assert label is not None
    assert label[1].replace('\\"', '"').replace("\\\\", "\\").startswith(HOSTILE)
    line = next(t for t in mermaid(network, drawn).splitlines() if t.startswith("  n1["))
    inner = line.removeprefix('  n1["').split('"]:::')[0]
    assert not set('"[]{}<>`\\') & set(inner.replace("<br/>", ""))
    if shutil.which("dot"):
        subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=True)


def test_an_entity_and_a_change_of_direction_are_shown_as_they_stand():
    network = load({"layers": [{"kernel": 3, "name": "a&lt;b\u202ec&d"}]})
    drawn = boxes(network)
    assert '"a&amp;lt;b?c&d\\n' in dot(network, drawn)
    assert '"a#38;lt#59;b#63;c#38;d<br/>' in mermaid(network, drawn)


def test_mermaid_has_the_same_edges(residual):
    network = load(residual)
    drawn = boxes(network)
    found = re.findall(r"n(\d+) --> n(\d+)", mermaid(network, drawn))
    assert sorted((int(a), int(b)) for a, b in found) == sorted(
        (i, n) for n, box in enumerate(drawn) for i in box.inputs
    )


def test_the_command_prints_or_writes(residual, tmp_path):
    assert run(residual).stdout.startswith('digraph "n" {')
    assert run(residual, "--format", "mermaid").stdout.startswith("---\ntitle:")
    for suffix, start in ((".dot", "digraph"), (".mmd", "---")):
        assert run(residual, "-o", tmp_path / f"a{suffix}").exit_code == 0
        assert (tmp_path / f"a{suffix}").read_text().startswith(start)
    assert run(residual, "-o", tmp_path / "a.txt").exit_code == 0
    assert (tmp_path / "a.txt").read_text().startswith("digraph")
    result = run(residual, "-o", tmp_path / "a.bmp")
    assert isinstance(result.exception, RfcalcError)
    assert result.exception.diagnostics[0].code == "RF408"


def test_a_missing_graphviz_is_a_diagnostic(residual, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    result = run(residual, "-o", tmp_path / "a.svg")
    assert isinstance(result.exception, RfcalcError)
    assert result.exception.diagnostics[0].code == "RF425"
    assert not (tmp_path / "a.svg").exists()


def test_a_failing_graphviz_is_a_diagnostic(residual, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/false")
    result = run(residual, "-o", tmp_path / "a.svg")
    assert isinstance(result.exception, RfcalcError)
    assert result.exception.diagnostics[0].code == "RF425"


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_an_svg_is_drawn_where_graphviz_is(residual, tmp_path):
    assert run(residual, "-o", tmp_path / "a.svg").exit_code == 0
    assert "<svg" in (tmp_path / "a.svg").read_text()


def test_layers_of_a_dilated_stage_bear_its_number_and_colour():
    for chain, holes in (("k3s2,k3d2,k3d2", True), ("k3s2,k3,k3d2", False)):
        first, second, last = boxes(load(chain))[1:]
        told = "stage 1, with holes" if holes else "stage 1"
        assert told not in first.lines
        assert second.lines[-1] == last.lines[-1] == told
        assert last.kind == ("holes" if holes else "stage")

"""Is the page whole, small and honest before any browser sees it?"""

import json
import re

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rfcalc.cells import Cells
from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.render.page import page
from rfcalc.render.page.data import page_data
from rfcalc.render.page.lanes import HEIGHT, lanes
from rfcalc.report import analyze


def run(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


def test_the_page_of_resnet152_is_below_one_megabyte_and_asks_for_nothing():
    text = page([analyze(load("zoo:resnet152"))])
    assert len(text.encode()) < 1_000_000
    assert "default-src 'none'" in text
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", text)
    assert "http:" not in text
    assert "https:" not in text


def test_the_verdict_stands_before_the_rest():
    report = analyze(load("k3,k3d2,k3d9"))
    text = page([report])
    place = [text.index(words) for words in ("verdict bad", 'class="rows"', "<h3>Findings", "HDC:")]
    assert place == sorted(place)
    assert text.index("gridded: &#x27;conv3&#x27; samples 70.6%") < place[1]


def read(runs):
    """The indices of ``[start, run, gap, run, ..]``."""
    at, found = runs[0], []
    for number, length in enumerate(runs[1:]):
        if number % 2 == 0:
            found += range(at, at + length)
        at += length
    return found


@pytest.mark.parametrize("net", ["k3,k3d2,k3d9", "zoo:esp-module", "zoo:unet"])
def test_the_boxes_of_the_page_are_the_masks(net):
    network = load(net)
    data = json.loads(json.dumps(page_data(analyze(network), None)))
    for layer in data["layers"]:
        found = mask(network, layer["name"], phase=layer["phase"])
        drawn = np.zeros(found.shape, dtype=bool)
        for box in layer["boxes"]:
            index = [np.array(read(data["sets"][s])) for s in box]
            drawn[np.ix_(*(i - s for i, s in zip(index, found.start, strict=True)))] = True
        np.testing.assert_array_equal(drawn, found.array())


def test_a_set_of_too_many_runs_is_left_out_and_said():
    network = load("k9000p0d2", input=(99999,))
    data = page_data(analyze(network), None)
    assert data["layers"][1]["boxes"] is None
    assert Cells.of(read([0, 1, 2, 3])).count == 4


@pytest.mark.parametrize("net", ["zoo:unet", "zoo:resnet50", "zoo:densenet121", "zoo:googlenet"])
def test_no_line_of_the_graph_crosses_a_node_that_is_not_its_own(net):
    network = load(net)
    inputs = [node.inputs for node in network.nodes]
    paths, lane = lanes(inputs)
    last = [max((n for n, i in enumerate(inputs) if k in i), default=k) for k in range(len(inputs))]
    for node in range(len(inputs)):
        for other in range(node + 1, last[node]):
            assert lane[other] != lane[node]
    for number, read_by in enumerate(inputs):
        ends = {lane[i] for i in read_by}
        joined = len(re.findall(rf"(?:V{HEIGHT // 2}(?!\d)|C)", paths[number]))
        leaving = f" {HEIGHT // 2}V{HEIGHT}" in paths[number]
        assert joined == len(ends)
        assert leaving == (last[number] > number)


@pytest.mark.parametrize(("branches", "lines"), [(9, 9), (36, 36), (40, 37), (4000, 38)])
def test_very_many_branches_take_room_as_rows_do(branches, lines):
    """Lanes that would lie closer than they can be told apart are one line."""
    paths, lane = lanes([[], *[[0]] * branches, [*range(1, branches + 1)]])
    assert len({*lane[1:-1]}) == branches
    drawn = [len({*re.findall(r"M([\d.]+) ", path)}) for path in paths]
    assert max(drawn) == lines


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("RF408", ["k3", "-o", "{}/a.pdf"]),
        ("RF407", ["k3", "-o", "{}/no/a.html"]),
        ("RF423", ["k3", "-o", "{}/a.html", "--image", "{}/none.png"]),
        ("RF424", ["k3", "-o", "{}/a.html", "--image", "{}/i.png", "--input", "9,9"]),
        ("RF423", ["k3", "-o", "{}/a.html", "--image", "{}/large.png"]),
        ("RF406", ["k3,k3", "-o", "{}/a.html", "--image", "{}/i.png", "--source", "conv1"]),
        ("RF401", ["k3", "-o", "{}/a.html", "--layer", "nope"]),
    ],
)
def test_bad_input_is_a_diagnostic_and_nothing_is_written(tmp_path, code, words):
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(tmp_path / "i.png")
    Image.new("1", (4097, 4096)).save(tmp_path / "large.png")
    result = run(*[word.replace("{}", str(tmp_path)) for word in words])
    assert isinstance(result.exception, RfcalcError)
    assert [fault.code for fault in result.exception.diagnostics] == [code]
    assert {path.name for path in tmp_path.iterdir()} == {"i.png", "large.png"}


def test_the_command_writes_one_page_of_several_networks(tmp_path):
    result = run("k3,k3d2", "zoo:aspp-module", "-o", tmp_path / "a.html")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "a.html").read_text()
    assert text.count('<section class="network"') == 2
    assert 'href="#n1"' in text


def test_the_overview_names_the_field_of_every_network(tmp_path):
    """One that is bounded, one that sees everything and one that reads nothing."""
    nothing = tmp_path / "nothing.yaml"
    spread = "{conv_transpose: {kernel: 1, stride: 2, padding: 0, output_padding: 1}}"
    last = "{crop: {before: 1}}, {kernel: 1, stride: 2, padding: 0, name: last}"
    nothing.write_text(f"input: [32, 32]\nlayers: [{spread}, {last}]")
    whole = tmp_path / "whole.yaml"
    whole.write_text("layers: [{kernel: 3}, global_pool]")
    assert run("k3,k3d2", whole, nothing, "-o", tmp_path / "a.html").exit_code == 0
    text = (tmp_path / "a.html").read_text()
    rows = re.findall(r"<tr>(.*?)</tr>", re.search(r"<nav.*?</nav>", text, re.DOTALL)[0])
    cells = [re.findall(r"<td[^>]*>(?:<a[^>]*>)?(.*?)(?:</a>)?</td>", row) for row in rows[1:]]
    assert [row[:4] for row in cells] == [
        ["k3,k3d2", "3", "7 \u00d7 7", "1"],
        ["whole", "3", "whole input", "-"],
        ["nothing", "4", "-", "-"],
    ]


def test_the_foot_says_what_was_asked_and_equal_dates_give_equal_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    for name in ("a.html", "b.html"):
        assert run("k3,k3d2", "--input", "24,24", "-o", tmp_path / name).exit_code == 0
    text = (tmp_path / "a.html").read_text()
    assert "rfcalc report k3,k3d2 --input 24,24, 1970-01-02 00:00 UTC</footer>" in text
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    words = ("--layer", "conv2", "--source", "conv1")
    assert run("k3,k3d2,k3d4", *words, "-o", tmp_path / "d.html").exit_code == 0
    told = "rfcalc report k3,k3d2,k3d4 --layer conv2 --source conv1, 1970-01-02 00:00 UTC</footer>"
    assert told in (tmp_path / "d.html").read_text()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert run("k3", "-o", tmp_path / "c.html").exception.diagnostics[0].code == "RF406"
    assert not (tmp_path / "c.html").exists()


def test_every_head_says_what_it_means_and_rows_are_written_out(tmp_path):
    assert run("zoo:pspnet", "-o", tmp_path / "a.html").exit_code == 0
    text = (tmp_path / "a.html").read_text()
    heads = re.findall(r"<th scope=\"col\"([^>]*)>", text.split("<details>")[0])
    assert len(heads) > 20
    assert all(" title=" in head for head in heads)
    assert "<td>1 + (3-1)*1*1 = 3</td>" in re.sub(r"<td[^>]*>", "<td>", text)

"""Does every format stay what it is when names hold controls, line ends, HTML, half characters?"""

import json
import os
from xml.dom import minidom

import pytest

from rfcalc.plots.sheet import wrapped
from tests.fuzz.targets import run_command

NAME = 'a\x1b[31m\x9b\x00\u202e"><b>|x\\|y\n::error::z'
TEXTS = [
    *(
        "analyze {net}",
        "analyze {net} -f csv",
        "analyze {net} -f json",
        "analyze {net} -f markdown",
    ),
    *("graph {net}", "graph {net} -f mermaid", "sizes {net} -f json", "compare {net} k3 -f json"),
    *(f"check {{net}} --no-gridding --no-config -f {f}" for f in ("json", "sarif", "github")),
    *("check {net} --no-gridding --no-config", "convert {net}", "verify {net}", "fix {net}"),
]


@pytest.fixture
def net(tmp_path):
    layers = [{"kernel": 3, "dilation": 2, "padding": 2, "name": n} for n in (NAME, "b" + NAME)]
    held = {"name": NAME, "input": [16, 16], "layers": layers, "assumed": [NAME]}
    path = tmp_path / "net.json"
    path.write_text(json.dumps(held))
    return path


@pytest.mark.parametrize("line", TEXTS)
def test_a_name_ends_no_line_and_steer_nothing(run, net, line):
    status, out, err = run(*(word.format(net=net) for word in line.split()))
    told = (out + err).split("\n")
    assert status in (0, 1)
    assert all(line.isprintable() for line in told)
    commands = [line for line in told if line.lstrip().startswith("::")]
    assert all(line.startswith("::error file=") for line in commands)
    if line.endswith("markdown"):
        assert "<" not in out
    if line.endswith("json"):
        assert json.loads(out)


@pytest.mark.parametrize("line", ["heatmap {net} -o {out}", "growth {net} {net} -o {out}"])
def test_a_picture_of_such_names_is_well_formed(net, tmp_path, line):
    out = tmp_path / "a.svg"
    assert run_command([word.format(net=net, out=out) for word in line.split()]) == 0
    minidom.parse(str(out))


@pytest.mark.parametrize("name", ["::error::z.yaml", " ::error::z.yaml"])
def test_a_file_name_is_no_command_of_github(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("layers: [{kernel: 3, dilation: 2}, {kernel: 3, dilation: 2}]")
    status, out, _ = run("check", name, "--no-gridding", "--no-config")
    assert status == 1
    assert out.startswith("./")
    (tmp_path / name).write_text("layers: [{kernel: 0}]")
    status, _, err = run("check", name, "--no-gridding", "--no-config")
    assert status == 2
    assert err.startswith("./")


def test_a_layer_name_is_no_older_command_of_github(run, tmp_path):
    net = tmp_path / "net.yaml"
    layers = [{"kernel": 3, "dilation": 2, "name": name} for name in ("##[add-mask]a", "b")]
    net.write_text(json.dumps({"name": "##[error]net", "layers": layers}))
    status, out, _ = run("check", net, "--no-gridding", "--no-config")
    assert status == 1
    assert "add-mask" in out
    assert "##[" not in out
    net.write_text(json.dumps({"layers": [{"kernel": 0, "name": "##[stop-commands]a"}]}))
    status, _, err = run("check", net, "--no-gridding", "--no-config")
    assert status == 2
    assert "stop-commands" in err
    assert "##[" not in err


@pytest.mark.parametrize(
    "line",
    [
        *("report {net} -o {out}.html", "heatmap {net} -o {out}.png", "growth {net} -o {out}.svg"),
        *("graph {net} -o {out}.dot", "check {net} --no-holes --no-config -f sarif -o {out}.sarif"),
        *("analyze {net} -f json -o {out}.json", "heatmap {net} --title {net} -o {out}.gif"),
    ],
)
def test_a_file_name_that_is_not_utf_8_is_drawn_and_written(tmp_path, line):
    net = tmp_path / os.fsdecode(b"caf\xe9.yaml")
    net.write_text("input: [16, 16]\nlayers: [{kernel: 3, dilation: 2}]")
    assert run_command([w.format(net=net, out=tmp_path / "a") for w in line.split()]) in (0, 1)
    (written,) = set(tmp_path.iterdir()) - {net}
    assert written.stat().st_size


def test_a_long_text_is_cut_before_it_is_measured():
    lines = wrapped("x" * 100_000, 9, 100, 300)
    assert len(lines) == 1
    assert len(wrapped("xy " * 100_000, 9, 100, 300)) < 100

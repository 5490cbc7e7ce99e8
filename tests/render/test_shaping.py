"""Are the rows and columns shown those asked for, and does data keep all of them?"""

import csv
import io
import json
import re

import pytest

from tests.cli.conftest import run
from tests.cli.processes import ANSI, on_terminal

__all__ = ["run"]

NET = """
layers:
- {kernel: 3, name: stem}
- {op: relu, name: act}
- {kernel: 3, dilation: 2, name: body.0.a}
- {op: relu, name: body.0.act}
- {kernel: 3, dilation: 2, name: body.0.b}
- {op: add, from: [body.0.a, body.0.b], name: body.1.sum}
- {kernel: 1, name: head}
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    return path


def names(text):
    """The first words of the rows of the first table."""
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line), len(lines))
    return [line.split()[0] for line in lines[2:end]]


def test_element_wise_layers_stand_in_tables_where_they_are_asked_for_and_always_in_data(run, net):
    every = ["input", "stem", "act", "body.0.a", "body.0.act", "body.0.b", "body.1.sum", "head"]
    out = run("analyze", net)[1]
    assert names(out) == [name for name in every if not name.endswith("act")]
    assert "2 element-wise layers not shown: --all" in out
    out = run("analyze", net, "--all")[1]
    assert names(out) == every
    assert "not shown" not in out
    for more in ([], ["--depth", "1"], ["--columns", "layer"]):
        rows = list(csv.reader(io.StringIO(run("analyze", net, "-f", "csv", *more)[1])))
        assert [row[0] for row in rows[1:]] == every
        assert len(rows[0]) == 13
        data = json.loads(run("analyze", net, "--json", *more)[1])
        assert [layer["name"] for layer in data["layers"]] == every


def test_a_depth_shows_modules_with_the_field_behind_them(run, net):
    out = run("analyze", net, "--depth", 1)[1]
    assert names(out) == ["input", "stem", "act", "body", "head"]
    body = next(line for line in out.splitlines() if line.startswith("body"))
    last = json.loads(run("analyze", net, "--json")[1])["layers"][6]
    assert body.split()[1:3] == ["4", "layers"]
    assert str(last["rf"][0]) in body.split()
    assert names(run("analyze", net, "--depth", 2)[1]) == [
        *("input", "stem", "act", "body.0", "body.1.sum", "head"),
    ]
    assert run("analyze", net, "--depth", 0)[2].startswith("RF406")


def test_columns_are_those_asked_for_in_their_order(run, net):
    out = run("analyze", net, "--columns", "rf, layer,hole", "-f", "markdown")[1]
    heads = next(line for line in out.splitlines() if line.startswith("|"))
    assert [head.strip() for head in heads.strip("|").split("|")] == ["rf", "layer", "hole"]
    found = run("analyze", net, "--columns", "layr")
    assert found[0] == 2
    assert "did you mean 'layer'?" in found[2]


def test_on_80_columns_dilations_and_holes_stay(run):
    shown = ANSI.sub("", on_terminal(80, "analyze", "k3d2,k3d2,k3s2,k3d9", "--input", "512,512"))
    heads = [line.split() for line in shown.splitlines() if line.startswith(("layer ", "stage "))]
    assert {"layer", "rf", "jump", "dilation", "padding", "density", "hole"} <= {*heads[0]}
    assert {"stage", "dilations", "rf", "density", "hole", "holes"} <= {*heads[1]}


def test_cells_that_tell_of_holes_and_the_weight_of_findings_are_in_colour():
    shown = on_terminal(120, "analyze", "k3,k3d2,k3d9")
    red = re.findall(r"\x1b\[1;31m([^\x1b]*)\x1b", shown)
    assert {"0.706", "2", "rim only"} & {*red} >= {"0.706", "2"}
    assert "RG101 error: " in red
    rows = [line for line in shown.splitlines() if line.startswith(("conv1", "conv2"))]
    assert not any("\x1b" in row for row in rows)


def test_a_drawing_in_colour_says_without_its_colours_what_is_a_hole():
    """What is copied out of a terminal has no colour."""
    for line in (
        ["heatmap", "k3d2,k3d2"],
        ["hdc-check", "1,2,9"],
        ["heatmap", "k3d2", "--dims", 1],
    ):
        plain = ANSI.sub("", on_terminal(80, *line))
        drawn = [row for row in plain.splitlines() if "\u2588" in row and "sampled" not in row]
        assert all("\u00b7" in row or "\u2584" in row or "\u2580" in row for row in drawn)
        assert drawn

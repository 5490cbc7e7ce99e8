"""Are the rows and columns shown those asked for, and does data keep all of them?"""

import csv
import io
import json
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.render.repeats import repeats
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
    assert names(out) == ["input", "stem", "body", "head"]
    assert "a module has the field of its last layer" in out
    body = next(line for line in out.splitlines() if line.startswith("body"))
    last = json.loads(run("analyze", net, "--json")[1])["layers"][6]
    assert body.split()[1:3] == ["4", "layers"]
    assert str(last["rf"][0]) in body.split()
    assert names(run("analyze", net, "--depth", 2)[1]) == [
        *("input", "stem", "body.0", "body.1.sum", "head"),
    ]
    assert names(run("analyze", net, "--depth", 2, "--all")[1])[2] == "act"
    assert "--depth 3 folds nothing" in run("analyze", net, "--depth", 3)[1]
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


REPEATED = """
input: [64, 64]
layers:
- {kernel: 3, stride: 2, name: stem}
- repeat: {times: 9, layers: [{residual: [{kernel: 3}, relu, {kernel: 3}]}]}
- {kernel: 3, dilation: 2, name: head}
"""


def test_repetitions_of_a_block_are_one_row_with_the_numbers_of_the_last(run, tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(REPEATED)
    data = {
        layer["name"]: layer for layer in json.loads(run("analyze", net, "--json")[1])["layers"]
    }
    out = run("analyze", net)[1]
    lines = out.splitlines()
    (folded,) = [line for line in lines if line.startswith("+")]
    title, cells = folded.split("..")
    assert title == "+8 x 3 rows "
    name, number, word, *rest = cells.split()
    # Eight blocks of three rows, with the element-wise layer inside each.
    assert (name, number, word) == ("add9", "32", "layers")
    assert rest[4:7] == [str(data[name]["size"][0]), str(data[name]["rf"][0]), "2"]
    assert names(out)[:5] == ["input", "stem", "conv2", "conv3", "add1"]
    assert "24 rows repeat those above them" in out
    assert len(names(run("analyze", net, "--all")[1])) == len(data)
    rows = list(csv.reader(io.StringIO(run("analyze", net, "-f", "csv")[1])))
    assert [row[0] for row in rows[1:]] == [*data]
    for format in ("markdown", "latex"):
        assert run("analyze", net, "-f", format)[1].count("+8 x 3 rows") == 1


def test_a_table_of_one_screen_is_shown_as_it_is(run):
    assert "repeat" not in run("analyze", ",".join(["k3"] * 23))[1]
    assert "+23 x 1 row .. conv25" not in run("analyze", ",".join(["k3"] * 24))[1]
    assert "+22 x 1 row .. conv23" in run("analyze", ",".join(["k3"] * 24))[1]


def _unfolded(count, found):
    """The block and place that every row is told by."""
    shown = {at: at for at in range(count)}
    for block in found:
        for at in range(block.first, block.stop):
            shown[at] = block.first + (at - block.first) % block.length
    return shown


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_what_repeats_in_a_chain_is_what_stands_above_it(signs):
    reads = [(at - 1,) if at else () for at in range(len(signs))]
    found = repeats(signs, reads)
    shown = _unfolded(len(signs), found)
    assert [signs[shown[at]] for at in range(len(signs))] == signs
    for one, other in pairwise(found):
        assert one.stop <= other.first
    assert all(block.times >= 2 and (block.times - 1) * block.length >= 4 for block in found)


def test_parallel_branches_are_no_repetition():
    """Ten layers that read the same map stand beside each other, not behind each other."""
    assert repeats("ab" + "c" * 10, [(), (0,), *[(1,)] * 10]) == []
    assert repeats("ab" + "c" * 10, [(), (0,), *[(at - 1,) for at in range(2, 12)]])


def test_a_window_that_leaves_the_field_as_it_is_is_explained_by_its_phases(run):
    """Against brute force: the field of every phase of a U-Net's decoder, one output at a time."""
    out = run("analyze", "zoo:unet")[1]
    row = next(line for line in out.splitlines() if line.startswith("dec3") and ":" in line)
    assert re.split(r"\s{2,}", row) == ["dec3", "3", "188", "conv13: 172 on 2, 188 on 2 of 4"]
    fields = []
    for cell in range(48, 52):
        words = ["--layer", "conv13", "--at", f"{cell},48", "--json"]
        (place,) = json.loads(run("where", "zoo:unet", *words)[1])["layers"]
        low, high = place["box"][0]
        fields.append(high - low + 1)
    assert sorted(fields) == [172, 172, 188, 188]
    assert "phase" not in run("analyze", "k3,k3s2,k3")[1]
    assert "phase" not in run("analyze", "zoo:unet", "-f", "csv")[1]


def test_columns_are_chosen_wherever_layers_have_rows(run):
    lines = {
        "analyze zoo:unet": "jump,layer",
        "where zoo:unet": "centre,layer",
        "where zoo:unet --pixel 200,200": "box,layer",
        "stream zoo:wavenet": "buffer,layer",
        "growth k3,k3d2": "growth,layer",
        "verify k3,k3d2 --input 12,12": "mask,layer",
    }
    for line, columns in lines.items():
        out = run(*line.split(), "--columns", columns)[1]
        assert [*columns.split(",")] in [text.split() for text in out.splitlines()], line
        status, _, told = run(*line.split(), "--columns", "nix")
        assert (status, told[:5]) == (2, "RF406"), line
    out = run("compare", "k3,k3d2", "k3,k3d9", "--all", "--columns", "rf")[1]
    assert "layer  rf k3,k3d2  rf k3,k3d9" in out.splitlines()
    assert run("compare", "k3", "k5", "--columns", "nix")[0] == 2


def test_what_a_stream_keeps_is_summed_where_blocks_repeat(run):
    out = run("stream", "zoo:wavenet")[1]
    data = json.loads(run("stream", "zoo:wavenet", "--json")[1])
    kept = [sum(one["cells"] for one in layer["buffer"]) for layer in data["layers"]]
    table = out.split("\n\n")[0].splitlines()
    assert table[1].split()[-2:] == ["buffer", "cells/step"]
    assert any(line.startswith("+2 x 30 rows") for line in table)
    shown = [line.split()[-2] for line in table[2:]]
    assert sum(int(text) for text in shown if text.isdigit()) == sum(kept) == 3069


def test_cells_with_holes_are_in_colour_side_by_side_too():
    shown = on_terminal(160, "compare", "k3,k3d2", "k3,k3d9", "--all")
    red = re.findall(r"\x1b\[1;31m([^\x1b]*)\x1b", shown)
    assert {"0.184", "6", "inside"} <= {*red}
    assert "1.000" not in red

"""Do tiles, sizes and streams speak of every output where no layer is named?"""

import json
import re

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build
from rfcalc.spec import read_text
from rfcalc.tiling.grids import grids
from rfcalc.tiling.halo import by_input, halo
from rfcalc.tiling.plan import tile
from rfcalc.tiling.proof import verify
from rfcalc.tiling.sizes import sizes
from rfcalc.tiling.streams import stream

HEADS = """
input: [60, 72]
layers:
  - {kernel: 3, name: stem}
  - {kernel: 3, stride: 2, name: down}
  - {stack: {kernel: 3, dilations: [1, 2, 5], name: body}}
  - {conv: {kernel: 1, name: near}, from: stem}
  - {conv: {kernel: 1, name: far}, from: body}
  - {conv: {kernel: [1, 5], name: wide}, from: near}
"""


def test_the_halo_is_the_largest_need_of_all_outputs_and_says_whose_it_is():
    network = read_text(HEADS, "net.yaml")
    around = halo(grids(network))
    alone = {name: halo(grids(network, name)) for name in ("far", "wide")}
    for axis in range(2):
        for side in range(2):
            most = max(one.any[axis][side] for one in alone.values())
            assert around.any[axis][side] == most
    assert around.by == ("far", "far")
    assert around.alignment == (2, 2)


@pytest.mark.parametrize("size", [(20, 20), (19, 24)])
def test_tiles_of_all_outputs_equal_the_whole_and_with_one_cell_less_they_do_not(size):
    plan = tile(read_text(HEADS, "net.yaml"), size)
    assert {one.grids.name for one in plan.each} == {"far", "wide"}
    for one in plan.each:
        assert [t.input for t in one.tiles] == [t.input for t in plan.tiles]
        assert verify(one).ok
    sides = tuple(plan.halo.of(cells, axis) for axis, cells in enumerate(plan.tile))
    less = ((sides[0][0] - 1, sides[0][1]), sides[1])
    assert not all(verify(one, less).ok for one in plan.each)


def test_a_size_is_taken_where_every_output_takes_it():
    text = "input: 64\nlayers:\n  - {kernel: 3, padding: 0, name: a}\n"
    text += "  - {conv: {kernel: 9, padding: 0, name: long}, from: a}\n"
    text += "  - {conv: {kernel: 2, padding: 0, name: short}, from: a}\n"
    network = read_text(text, "net.yaml")
    assert sizes(network)[0].smallest == sizes(network, "long")[0].smallest == 11
    assert sizes(network, "short")[0].smallest == 4


def test_a_stream_tells_the_worst_of_all_outputs():
    text = "dims: 1\nlayers:\n  - {kernel: 3, padding: causal, name: stem}\n"
    text += "  - {conv: {kernel: 7, name: ahead}, from: stem}\n"
    text += "  - {op: sequence, side: before, name: memory, from: stem}\n"
    found = stream(read_text(text, "net.yaml"))
    assert found.worst("look_ahead").name == found.output.name == "ahead"
    assert (found.output.look_ahead, found.latency) == (3, 3)
    assert found.worst("look_back").name == "memory"
    assert found.worst("look_back").look_back is None
    assert [stage.buffer for stage in found.stages] == [(), (2,), (6,), (0,)]


def test_commands_say_whose_need_they_tell(tmp_path):
    (tmp_path / "net.yaml").write_text(HEADS)
    words = ["tile", str(tmp_path / "net.yaml"), "--tile", "20", "--verify"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0
    assert "all 2 outputs" in shown.stdout
    data = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)
    assert data["by"] == ["far", "far"]
    assert data["verified"] is True
    assert set(data["tiles"][0]["outputs"]) == {"far", "wide"}


def test_an_axis_without_end_is_not_divided():
    text = "input: [20, 50]\nlayers:\n  - {kernel: 3}\n  - {op: sequence, over: [true, false]}\n"
    text += "  - {kernel: [1, 5]}\n"
    plan = tile(read_text(text, "net.yaml"), 16)
    assert [len(spans) for spans in plan.spans] == [1, 4]
    assert plan.halo.any == ((0, 0), (3, 3))
    assert verify(plan).ok
    assert not verify(plan, ((0, 0), (3, 2))).ok


def test_a_picture_shows_every_output_and_names_one_without_end(tmp_path):
    (tmp_path / "net.yaml").write_text(HEADS + "  - {op: global_pool, name: pool, from: near}\n")
    drawn = tmp_path / "fields.svg"
    shown = CliRunner().invoke(app, ["heatmap", str(tmp_path / "net.yaml"), "-o", str(drawn)])
    assert shown.exit_code == 0, shown.exception
    names = re.findall(r"<!-- (.*?) -->", drawn.read_text())
    for name in ("far", "wide"):
        assert any(words.startswith(name) for words in names), names
    assert any("not drawn: pool" in words for words in names), names


def two_inputs():
    conv = LAYERS["conv"]
    drafts = [Draft("a", Input()), Draft("b", Input())]
    drafts += [Draft("slim", conv(kernel=(3,)), (0,)), Draft("wide", conv(kernel=(9,)), (1,))]
    return build("net", 1, [*drafts, Draft("sum", LAYERS["add"](), (2, 3))], [(64,), (64,)])


def test_every_input_has_a_need_of_its_own():
    found = by_input(grids(two_inputs()))
    assert {name: one.any for name, one in found.items()} == {"a": ((1, 1),), "b": ((4, 4),)}
    needs = {one.name: (one.look_back, one.look_ahead) for one in stream(two_inputs()).inputs}
    assert needs == {"a": (1, 1), "b": (4, 4)}

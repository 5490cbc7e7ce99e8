"""Do tiles, sizes and streams speak of every output where no layer is named?"""

import json
import re

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build
from rfcalc.render.verification import verification_document
from rfcalc.spec import read_text
from rfcalc.tiling.grids import grids
from rfcalc.tiling.halo import by_input, halo
from rfcalc.tiling.plan import tile
from rfcalc.tiling.proof import verify
from rfcalc.tiling.sizes import sizes, strictest
from rfcalc.tiling.streams import stream
from rfcalc.verification.run import verify as run

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


DENSE = [
    ("{kernel: 3, padding: valid}, flatten, linear", 32, ((32, 33),)),
    ("{kernel: 4, stride: 4, padding: valid}, flatten, linear, relu, linear", 32, ((32, 36),)),
    ("{kernel: 3, padding: valid}, flatten, relu, linear", 9, ((9, 10),)),
    ("{kernel: 3, padding: valid}, linear", 9, ((9, 10),)),
]


@pytest.mark.parametrize(("layers", "size", "taken"), DENSE)
def test_a_dense_layer_fixes_the_sizes_that_it_takes(layers, size, taken):
    network = read_text(f"{{dims: 1, input: {size}, layers: [{layers}]}}", "net.yaml")
    (rule,) = sizes(network)
    assert (rule.step, rule.taken) == (None, taken)


@pytest.mark.parametrize(
    "layers",
    [
        "{kernel: 3, padding: valid}, global_pool, flatten, linear",
        "{kernel: 3, padding: valid}, flatten",
        "{kernel: 3, padding: valid}, {linear: {over: [false]}}",
    ],
)
def test_behind_one_cell_or_without_weights_no_size_is_fixed(layers):
    network = read_text(f"{{dims: 1, input: 32, layers: [{layers}]}}", "net.yaml")
    assert [(rule.step, rule.smallest) for rule in sizes(network)] == [(1, 3)]


def test_a_size_that_a_dense_layer_of_a_model_refuses_is_not_taken():
    torch = pytest.importorskip("torch")
    from rfcalc.importers import from_torch

    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, stride=2),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * 7 * 4, 5),
    )
    network = from_torch(model, torch.zeros(1, 3, 15, 9))
    rules = sizes(network)
    for axis, size in enumerate((15, 9)):
        for n in range(size - 4, size + 5):
            shape = [1, 3, 15, 9]
            shape[2 + axis] = n
            try:
                model(torch.zeros(shape))
                works = True
            except RuntimeError:
                works = False
            assert works == any(low <= n < high for low, high in rules[axis].taken)


def test_the_output_that_asks_the_most_of_the_size_is_told(tmp_path):
    second = "{kernel: [3, 9], padding: valid, name: b, from: input}"
    wide = f"layers: [{_named('3', 'a')}, {second}]"
    assert strictest(read_text(wide, "net.yaml")) == ("b", "b")
    tall = wide.replace(_named("3", "a"), _named("[5, 3]", "a"))
    assert strictest(read_text(tall, "net.yaml")) == ("a", "b")
    (tmp_path / "net.yaml").write_text(tall)
    shown = CliRunner().invoke(app, ["sizes", str(tmp_path / "net.yaml")]).output
    assert shown.splitlines()[1].split()[-7:-5] == ["padding", "by"]
    data = CliRunner().invoke(app, ["sizes", str(tmp_path / "net.yaml"), "-f", "json"]).output
    assert json.loads(data)["by"] == ["a", "b"]


def _named(kernel, name):
    return f"{{kernel: {kernel}, padding: valid, name: {name}}}"


def test_outputs_with_an_end_are_drawn_in_the_terminal_beside_one_without(tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(
        "input: [16, 16]\nlayers: [{kernel: 3, name: near}, {op: squeeze_excite, name: far, "
        "from: input}]"
    )
    found = CliRunner().invoke(app, ["heatmap", str(net)])
    assert found.exit_code == 0
    assert "sampled by 'near'" in found.output
    assert "'far' has no end" in found.output


def test_a_position_that_one_output_lacks_is_answered_by_naming_another(tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(
        "input: [16, 16]\nlayers: [{kernel: 3, name: near}, {kernel: 3, stride: 4, name: far}, "
        "{kernel: 1, from: near, name: again}]"
    )
    words = ["export", str(net), "--at", "9,9", "-o", str(tmp_path / "m.npz")]
    fault = CliRunner().invoke(app, words).exception
    (told,) = fault.diagnostics
    assert told.code == "RF402"
    assert told.help.endswith("name one of 'far', 'again' with --layer")
    assert CliRunner().invoke(app, [*words, "--layer", "again"]).exit_code == 0


def test_what_a_model_was_read_as_is_told_by_verify():
    network = build(
        "net",
        1,
        [Draft("x", Input()), Draft("c", LAYERS["conv"](kernel=(3,)), (0,))],
        [(9,)],
        layouts=("NCW",),
    )
    assert verification_document(run(network)).data["layout"] == ["NCW"]


def test_every_output_of_a_network_is_compared(tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(HEADS)
    words = ["compare", str(net), "k3,k3", "-f", "csv"]
    rows = [line.split(",") for line in CliRunner().invoke(app, words).output.splitlines()[1:]]
    assert [row[-12:][3] for row in rows] == ["wide", "far", "conv2"]
    named = CliRunner().invoke(app, ["compare", str(net), str(net), "--layer", "far", "-f", "csv"])
    assert len(named.output.splitlines()) == 3

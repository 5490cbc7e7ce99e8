"""What stands around the layers: inputs and outputs by name, names in repetitions, assumptions."""

import pytest

from rfcalc.errors import FAULT_LIMIT, RfcalcError
from rfcalc.masks import mask
from rfcalc.report import analyze
from tests.spec.reading import codes, names, net

PAIR = """
inputs: {left: [32, 24], right: [32, 24]}
layers:
  - {kernel: 3, name: a}
  - {kernel: 5, from: right, name: b}
  - {op: add, from: [a, b], name: sum}
outputs: [sum, a]
"""


def test_inputs_have_names_and_sizes_and_the_first_is_read_first():
    found = net(PAIR)
    assert names(found) == ["left", "right", "a", "b", "sum"]
    assert [node.size for node in found.nodes[:2]] == [(32, 24), (32, 24)]
    assert mask(found, "sum", "left").rf == (3, 3)
    assert mask(found, "sum", "right").rf == (5, 5)
    unknown = net(PAIR.replace("[32, 24]", "null"))
    assert [node.size for node in unknown.nodes] == [None] * 5


def test_outputs_are_those_that_the_file_names_the_main_one_last():
    found = net(PAIR)
    assert [found.nodes[i].name for i in found.outputs] == ["sum", "a"]
    assert found.nodes[found.output].name == "a"
    assert [net(PAIR.replace("outputs", "# outputs")).outputs] == [(4,)]


@pytest.mark.parametrize(
    ("given", "sizes"),
    [
        ([9, 8], [(9, 8), (9, 8)]),
        ([(9, 8)], [(9, 8), (9, 8)]),
        ([(9, 8), (9, 8)], [(9, 8), (9, 8)]),
    ],
)
def test_sizes_given_for_each_input_or_for_all(given, sizes):
    assert [node.size for node in net(PAIR, size=given).nodes[:2]] == sizes


def test_sizes_for_other_inputs_or_axes_are_refused():
    assert codes(PAIR, size=[(9, 8), (9, 8), (9, 8)]) == ["RF106"]
    assert codes(PAIR, size=[(9,), (9,)]) == ["RF106"]
    assert codes(PAIR.replace("[32, 24]", "[3, 3, 3]", 1)) == ["RF106"]


def test_inputs_of_one_number_have_it_on_every_axis():
    found = net("dims: 3\ninputs: {a: 9, b: [9, 9, 9]}\nlayers: [{add: {from: [a, b]}}]")
    assert [node.size for node in found.nodes] == [(9, 9, 9)] * 3


def test_an_alias_is_a_further_name():
    found = net("aliases: {stem: conv2}\nlayers: [{kernel: 3}, {kernel: 3}, {kernel: 3}]")
    assert mask(found, "stem").rf == (5, 5)
    assert codes("aliases: {stem: conv9}\nlayers: [{kernel: 3}]") == ["RF202"]
    assert codes("aliases: [stem]\nlayers: [{kernel: 3}]") == ["RF109"]


def test_what_is_assumed_makes_every_answer_inexact():
    found = net("assumed: [the gate is ignored]\nlayers: [{kernel: 3}]")
    assert found.assumed == ("the gate is ignored",)
    assert not analyze(found).exact
    assert not mask(found).exact
    assert net("assumed: one fact\nlayers: [{kernel: 3}]").assumed == ("one fact",)
    assert codes("assumed: [[x]]\nlayers: [{kernel: 3}]") == ["RF104"]


def test_branches_of_one_size_meet_only_where_the_file_allows_it():
    text = """
input: [8]
layers:
  - {kernel: 3, stride: 2, name: a}
  - crop: {from: input, after: 4, name: b}
  - add: {from: [a, b]}
"""
    assert codes(text) == ["RF303"]
    assert net(f"lenient: true\n{text}").nodes[-1].size == (4,)
    assert codes(f"lenient: false\n{text}") == ["RF303"]
    assert codes(f"lenient: 1\n{text}")[0] == "RF104"


TURNS = "layers: [{repeat: {times: 2, %s layers: [{kernel: 3, name: a}, {kernel: 3, name: b}]}}]"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("name: r,", ["r.0.a", "r.0.b", "r.1.a", "r.1.b"]),
        ("name: r, first: 5,", ["r.5.a", "r.5.b", "r.6.a", "r.6.b"]),
        ("first: 1,", ["repeat1.1.a", "repeat1.1.b", "repeat1.2.a", "repeat1.2.b"]),
        ("name: 'x{}', first: 1,", ["x1.a", "x1.b", "x2.a", "x2.b"]),
        ("name: 'x{}_', first: 1,", ["x1_a", "x1_b", "x2_a", "x2_b"]),
        ("name: '{}',", ["0.a", "0.b", "1.a", "1.b"]),
    ],
)
def test_names_in_a_repetition_are_made_of_its_name_and_the_turn(head, wanted):
    assert names(net(TURNS % head))[1:] == wanted


def test_every_turn_of_a_named_repetition_is_an_output_with_a_name():
    found = net(TURNS % "name: r, first: 1,")
    assert [found.index(name, -1) for name in ("r.1", "r.2", "r")] == [2, 4, 4]
    found = net(TURNS % "name: 's{}_',")
    assert [found.index(name, -1) for name in ("s0", "s1")] == [2, 4]
    with pytest.raises(RfcalcError, match="RF401"):
        found.index("s", -1)


def test_a_block_that_is_a_whole_turn_or_ends_in_a_joint_adds_no_more():
    text = """
blocks: {unit: {layers: [{kernel: 3, name: a}]}}
layers:
  - repeat: {times: 2, name: r, layers: [unit]}
  - repeat: {times: 1, name: s, layers: [{unit: {name: u}}]}
  - repeat: {times: 1, name: t, layers: [unit, unit]}
  - unit: {name: block1_}
"""
    wanted = ["r.0.a", "r.1.a", "s.0.u.a", "t.0.unit4.a", "t.0.unit5.a", "block1_a"]
    assert names(net(text))[1:] == wanted
    assert net(text).index("block1", -1) == 6


def test_a_block_inside_a_construct_of_a_turn_keeps_its_number():
    text = """
blocks: {unit: {layers: [{kernel: 3, name: a}]}}
layers: [{repeat: {times: 1, name: r, layers: [{residual: [unit, unit]}]}}]
"""
    assert names(net(text))[1:3] == ["r.0.unit1.a", "r.0.unit2.a"]


def test_first_is_a_count():
    assert codes(TURNS % "first: -1,") == ["RF105"]
    assert codes(TURNS % "first: x,") == ["RF110"]


def test_outputs_have_to_name_a_layer_and_op_a_word():
    assert codes("outputs: []\nlayers: [{kernel: 3}]") == ["RF109"]
    assert codes("layers: [{op: [conv], kernel: 3}]") == ["RF104"]


def test_of_many_layers_that_do_not_fit_the_first_are_told():
    text = "input: 8\nlayers:\n" + "  - {kernel: 99, padding: 0, from: input}\n" * 500
    assert codes(text) == ["RF301"] * FAULT_LIMIT

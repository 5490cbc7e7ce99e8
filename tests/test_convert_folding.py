"""Which repetitions and blocks does a converted file have, and does it say the same network?"""

import pytest

from rfcalc.conversion import convert
from rfcalc.conversion.plan import plan
from rfcalc.conversion.proof import proven
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build
from rfcalc.spec import read_text
from tests.test_conversion import again, keeps, same

CONV = LAYERS["conv"](kernel=(3,))


def chain(names, *layers):
    """A chain of layers of one axis, taken in turn."""
    drafts = [Draft("input", Input())]
    for number, name in enumerate(names):
        drafts.append(Draft(name, layers[number % len(layers)], (number,)))
    return build("chain", 1, drafts, [None])


def entries(text):
    """The entries of the list of layers, comments too."""
    return [line.strip() for line in text.partition("\nlayers:\n")[2].splitlines() if line]


def test_repetitions_stand_in_repetitions_when_both_are_numbered():
    names = [f"stage{i}.block{j}.{word}" for i in range(3) for j in range(4) for word in "ab"]
    found, other = again(chain(names, CONV))
    assert [node.name for node in other.nodes[1:]] == names
    assert entries(found.text) == [
        "- repeat:",
        "times: 3",
        'name: "stage{}"',
        "layers:",
        "- repeat:",
        "times: 4",
        'name: "block{}"',
        "layers: [{kernel: 3, name: a}, {kernel: 3, name: b}]",
    ]


def test_a_number_with_a_zero_before_it_is_no_turn_of_a_repetition():
    """A repetition counts 8, 9, 10; it cannot say ``08``."""
    names = [f"block{i:02}.{word}" for i in range(8, 13) for word in "abc"]
    found, other = again(chain(names, CONV))
    assert [node.name for node in other.nodes[1:]] == names
    assert entries(found.text)[:2] == [
        "- conv_conv_conv: {name: block08}",
        "- conv_conv_conv: {name: block09}",
    ]
    assert "times: 3, first: 10" in found.text


def test_a_repetition_whose_names_are_given_up_tells_them_and_has_none_inside():
    names = [f"{letter}.{i}.x" for letter in "abcdefghijklmnopqrstuvwxyz" for i in range(3)]
    network = chain(names, CONV)
    found, other = again(network)
    same(network, other)
    assert found.lost == tuple(names)
    assert entries(found.text) == [
        "# were a.0.x .. z.2.x",
        "- repeat: {times: 26, layers: [{repeat: {times: 3, layers: [{kernel: 3}]}}]}",
    ]


def test_names_that_are_given_up_inside_a_block_are_told_there():
    far = LAYERS["conv"](kernel=(7,))
    names = [f"{part}.{letter}" for part in ("left", "right") for letter in "abcdefghijklmnopqrst"]
    drafts = [Draft("input", Input())]
    for number, name in enumerate([*names[:20], "between", *names[20:]]):
        drafts.append(Draft(name, far if name == "between" else CONV, (number,)))
    network = build("parts", 1, drafts, [None])
    found, other = again(network)
    same(network, other)
    assert set(found.lost) <= set(names)
    blocks = found.text[found.text.index("blocks:") : found.text.index("\nlayers:\n")]
    assert "      # were left.a .. left.t\n      - repeat: {times: 20, " in blocks


def test_turns_of_a_block_are_written_one_by_one_where_that_is_shorter():
    """The repetition would take four lines for its two turns."""
    stem = "a_module_whose_name_is_as_long_as_those_that_tools_make"
    other = LAYERS["conv"](kernel=(5,), dilation=(2,))
    drafts = [Draft("input", Input())]
    for part in (f"{stem}.0", f"{stem}.1", "last"):
        if part == "last":
            drafts.append(Draft("between", LAYERS["relu"](), (len(drafts) - 1,)))
        for word in "abcd":
            drafts.append(
                Draft(f"{part}.{word}", other if word == "b" else CONV, (len(drafts) - 1,))
            )
    network = build("long", 1, drafts, [None])
    found, read = again(network)
    assert found.lost == ()
    same(network, read)
    assert entries(found.text) == [
        f"- conv_conv_conv_conv: {{name: {stem}.0}}",
        f"- conv_conv_conv_conv: {{name: {stem}.1}}",
        "- relu: {name: between}",
        "- conv_conv_conv_conv: {name: last}",
    ]


def test_a_product_of_branches_that_occurs_again_is_called_a_gate():
    wide = "{kernel: [3, 5], dilation: [2, 3]}, {kernel: [5, 3], dilation: [3, 2]}"
    unit = f"parallel: {{merge: mul, branches: [[{wide}, sigmoid], [{wide}, tanh]]}}"
    text = f"layers: [{{{unit}}}, {{kernel: 7}}, {{{unit}}}, relu, {{{unit}}}]"
    network = read_text(text, "net.yaml")
    found, other = again(network)
    same(network, other)
    assert entries(found.text) == ["- gate", "- {kernel: 7}", "- gate", "- relu", "- gate"]


def three_pairs():
    """Three stretches that occur twice each, layers called by their number."""
    parts = [
        ["conv", "relu", "conv", "tanh", "sigmoid", "conv"],
        ["tanh", "conv", "conv", "sigmoid", "relu", "tanh"],
        ["relu", "relu", "sigmoid", "conv", "tanh", "relu"],
    ]
    words = [word for part in (*parts, ["softplus"], *parts[::-1]) for word in part]
    layers = [CONV if word == "conv" else LAYERS[word]() for word in words]
    return chain([f"{word}{words[: i + 1].count(word)}" for i, word in enumerate(words)], *layers)


@pytest.mark.parametrize(
    ("limit", "value", "blocks"),
    [("BLOCK_LIMIT", 40, 3), ("BLOCK_LIMIT", 2, 2), ("BLOCK_LIMIT", 0, 0), ("SEARCH_LIMIT", 20, 0)],
)
def test_a_file_has_no_more_blocks_than_the_limit_and_says_the_same(
    limit, value, blocks, monkeypatch
):
    monkeypatch.setattr(f"rfcalc.conversion.blocks.{limit}", value)
    network = three_pairs()
    found, other = again(network)
    same(network, other)
    assert found.lost == ()
    assert found.text.count("    layers:") == blocks


def test_branches_of_one_size_whose_jumps_differ_make_the_file_lenient():
    drafts = [
        Draft("input", Input()),
        Draft("a", LAYERS["conv"](kernel=(3,), stride=(2,), padding=((1, 1),)), (0,)),
        Draft("b", LAYERS["conv"](kernel=(5,), padding=((0, 0),)), (0,)),
        Draft("sum", LAYERS["add"](), (1, 2)),
    ]
    network = build("lenient", 1, drafts, [(8,)], lenient=True)
    found, other = again(network)
    assert "\nlenient: true" in found.text
    same(network, other)
    assert keeps(network, other) == 4


@pytest.mark.parametrize("flat", [False, True])
def test_several_inputs_of_a_layer_that_merges_nothing_are_laid_side_by_side(flat):
    """As an importer has them of a value that a norm of its own other half divides."""
    drafts = [
        Draft("input", Input()),
        Draft("a", CONV, (0,)),
        Draft("b", LAYERS["conv"](kernel=(5,), stride=(1,)), (0,)),
        Draft("norm", LAYERS["layernorm"](), (1, 2)),
        Draft("end", CONV, (3,)),
    ]
    network = build("two", 1, drafts, [(9,)])
    found, other = again(network, flat=flat)
    assert [node.name for node in other.nodes] == ["input", "a", "b", "norm.join", "norm", "end"]
    assert keeps(network, other) == len(network.nodes)
    assert found.lost == ()


TWO = """
name: two
input: [9, 9]
assumed: ["one thing"]
layers:
  - {kernel: 3, name: a}
  - {kernel: 5, name: b, from: input}
  - {from: [a, b], add: {name: c}}
outputs: [a, c]
"""


@pytest.mark.parametrize(
    ("was", "written", "difference"),
    [
        ("", "", ""),
        ("kernel: 5", "kernel: 0", "is 0"),
        ("  - {from: [a, b], add: {name: c}}\noutputs: [a, c]", "", "it has 3 layers for 4"),
        ("kernel: 5", "kernel: 7", "layer 2, 'b', is another one than 'b'"),
        ("from: input", "from: a", "layer 2, 'b', is another one than 'b'"),
        ("[a, b]", "[b, a]", ""),
        ("[9, 9]", "[9, 8]", "'input' has another grid: (9, 9), (9, 8)"),
        ("outputs: [a, c]", "", "the outputs are others"),
        ("outputs: [a, c]", "outputs: [c, a]", "the outputs are others"),
        ('["one thing"]', "[]", "what is assumed is another"),
        ("name: c}}", "name: c}}\naliases: {d: b}", ""),
    ],
)
def test_a_file_that_says_another_network_is_not_taken_for_the_same(was, written, difference):
    made = plan(read_text(TWO, "net.yaml"))
    proof = proven(TWO.replace(was, written, 1), made, range(4))
    assert proof.difference.endswith(difference)
    assert bool(proof.difference) == bool(difference)


def test_a_name_that_is_lost_is_told_and_one_of_another_layer_is_a_difference():
    made = plan(read_text(TWO, "net.yaml"))
    lost = proven(
        TWO.replace("name: b", "name: other").replace("[a, b]", "[a, other]"), made, range(4)
    )
    assert (lost.difference, lost.lost) == ("", (2,))
    swapped = TWO.replace("name: b", "name: B").replace("[a, b]", "[a, B]")
    swapped += "aliases: {b: a}\n"
    assert proven(swapped, made, range(4)).difference == "'b' means another layer"


def test_a_chain_of_one_layer_is_one_layer():
    assert convert(chain(["only"], CONV)).text.startswith("# chain, converted by rfcalc")

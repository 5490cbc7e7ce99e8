"""Do names, blocks and constructs unfold into the layers that SPEC 2 says?"""

import pytest

from rfcalc.loading import load
from tests.spec.reading import codes, names, net


def test_dims_follow_the_input_and_default_to_two():
    assert net("layers: [{kernel: 3}]").dims == 2
    assert net("input: [8]\nlayers: [{kernel: 3}]").dims == 1
    assert net("input: [8, 8, 8]\nlayers: [{kernel: 3}]").dims == 3
    assert net("dims: 3\ninput: 8\nlayers: [{kernel: 3}]").input == (8, 8, 8)
    assert net("layers: [{kernel: 3}]", size=(9,)).dims == 1
    assert net("input: [8, 8]\nlayers: [{kernel: 3}]", size=(9, 7)).input == (9, 7)


def test_unnamed_layers_get_their_op_and_a_running_number():
    found = net("layers: [{kernel: 3}, relu, {kernel: 3}, relu, {kernel: 3, name: last}]")
    assert names(found) == ["input", "conv1", "relu1", "conv2", "relu2", "last"]


def test_a_running_number_makes_way_for_a_name():
    found = net("layers: [{kernel: 3}, {kernel: 5, name: conv1}]")
    assert len(set(names(found))) == 3
    assert found.nodes[found.index("conv1", 0)].layer.kernel == (5, 5)


def test_from_names_the_inputs():
    found = net(
        """
layers:
  - {kernel: 3, name: a}
  - {kernel: 3, from: input, name: b}
  - {op: add, from: [a, b], name: c}
  - {kernel: 3, from: a}
  - concat: {from: [c, conv3, input]}
  - relu: {from: b}
"""
    )
    assert [node.inputs for node in found.nodes] == [(), (0,), (0,), (1, 2), (1,), (3, 4, 0), (2,)]
    assert found.outputs == (5, 6)
    assert found.output == 6


def test_a_residual_adds_its_body_to_its_input_or_its_shortcut():
    plain = net("layers: [{kernel: 3, name: x}, {residual: [{kernel: 3}, {kernel: 3}], name: out}]")
    assert plain.nodes[plain.index("out", 0)].inputs == (1, 3)
    short = net(
        """
layers:
  - residual:
      layers: [{kernel: 3, stride: 2}]
      shortcut: [{kernel: 1, stride: 2, name: s}]
  - residual: [{kernel: 3, stride: 2}]
    shortcut: [{kernel: 1, stride: 2, name: t}]
"""
    )
    for name, position in (("s", 3), ("t", 6)):
        assert short.nodes[position].layer.op == "add"
        assert short.index(name, 0) in short.nodes[position].inputs


def test_a_parallel_merges_branches_of_one_input():
    found = net(
        """
layers:
  - {kernel: 3, name: x}
  - parallel:
      merge: add
      name: out
      branches: [[{kernel: 3}, {kernel: 3}], [{kernel: 1}], []]
  - parallel: [[{kernel: 1}], [{kernel: 3}]]
"""
    )
    out = found.nodes[found.index("out", 0)]
    assert (out.layer.op, out.inputs) == ("add", (3, 4, 1))
    assert found.nodes[-1].layer.op == "concat"


def test_a_repeat_writes_its_layers_out_and_zero_times_is_none():
    found = net("layers: [{repeat: {times: 3, layers: [{kernel: 3}, relu], name: r}}, {kernel: 1}]")
    assert [n.layer.op for n in found.nodes[1:]] == ["conv", "relu"] * 3 + ["conv"]
    assert found.index("r", 0) == 6
    none = net("layers: [{kernel: 3}, {repeat: {times: 0, layers: [{kernel: 5}]}}, {kernel: 1}]")
    assert [n.layer.kernel[0] for n in none.nodes[1:]] == [3, 1]


def test_names_in_a_repetition_do_not_collide_and_are_found_inside():
    found = net(
        """
layers:
  - repeat:
      times: 2
      name: r
      layers: [{kernel: 3, name: a}, {kernel: 3}, {add: {from: [a, r]}}]
""".replace("from: [a, r]", "from: [a, a]")
    )
    assert found.nodes[3].inputs == (1, 1)
    assert found.nodes[6].inputs == (4, 4)
    assert found.index("r.0.a", 0) == 1
    assert found.index("r.1.a", 0) == 4


def test_a_stack_is_one_convolution_per_dilation():
    found = net("layers: [{stack: {kernel: 3, dilations: [1, 2, 5], padding: valid}, name: s}]")
    assert [n.layer.dilation for n in found.nodes[1:]] == [(1, 1), (2, 2), (5, 5)]
    assert all(n.layer.padding == "valid" for n in found.nodes[1:])
    assert found.index("s", 0) == 3
    mixed = net("layers: [{stack: {kernel: 3, dilations: [[1, 2], 3]}}]")
    assert [n.layer.dilation for n in mixed.nodes[1:]] == [(1, 2), (3, 3)]


BLOCKS = """
vars: {rate: 2, wide: 2 * rate + 1}
blocks:
  unit:
    params: {stride: 1, dilation: rate}
    layers:
      - {kernel: wide, stride: stride, dilation: "2*dilation", name: first}
      - {kernel: 3, from: first}
  pair:
    params: {d: 1}
    layers: [unit: {dilation: d}, unit: {dilation: d + 1}]
layers:
  - unit: {stride: 2, name: u}
  - unit
  - pair: {d: 3, name: p}
"""


def test_blocks_take_parameters_and_expressions_of_them():
    found = net(BLOCKS)
    convs = [
        (n.layer.kernel[0], n.layer.stride[:1], n.layer.dilation[:1]) for n in found.nodes[1::2]
    ]
    assert convs == [(5, (2,), (4,)), (5, (1,), (4,)), (5, (1,), (6,)), (5, (1,), (8,))]
    assert found.nodes[found.index("u", 0)].inputs == (1,)
    assert found.index("u.first", 0) == 1
    assert found.index("p", 0) == len(found.nodes) - 1


def test_set_overrides_a_var_and_all_that_follows_from_it():
    found = net(BLOCKS, overrides={"rate": 3})
    assert found.nodes[1].layer.kernel == (7, 7)
    assert found.nodes[3].layer.dilation == (6, 6)
    assert codes(BLOCKS, overrides={"rat": 3}) == ["RF111"]


def test_a_name_stands_for_the_output_of_its_block():
    found = net(
        "blocks: {b: {layers: [{kernel: 3}, relu]}}\n"
        "layers: [{b: {name: x}}, {kernel: 3}, {add: {from: [x, conv2]}}]"
    )
    assert found.nodes[-1].inputs == (2, 3)


def test_yaml_anchors_and_merge_keys_are_read():
    found = net("layers:\n  - &c {kernel: 3, dilation: 2}\n  - *c\n  - {<<: *c, kernel: 5}\n")
    assert [n.layer.kernel[0] for n in found.nodes[1:]] == [3, 3, 5]
    assert [n.layer.dilation[0] for n in found.nodes[1:]] == [2, 2, 2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends_and_a_byte_order_mark_are_read(end, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + f"layers:{end}  - {{kernel: 3}}{end}  - relu{end}".encode())
    assert names(load(path)) == ["input", "conv1", "relu1"]


def test_tabs_are_read_as_spaces():
    assert names(net("layers:\n\t- {kernel:\t3}\n")) == ["input", "conv1"]


def test_a_running_number_passes_over_names_that_stand_above():
    found = net("layers: [{kernel: 5, name: conv2}, {kernel: 3}, {kernel: 7}]")
    assert names(found) == ["input", "conv2", "conv3", "conv4"]


def test_a_cycle_is_told_from_a_name_that_stands_later():
    """`d` reads `e` twice over, and `e` does not read `d`: later, and no cycle."""
    later = (
        "layers:\n  - {op: add, from: [e, e], name: d}\n  - {kernel: 3, from: input, name: a}\n"
        "  - {op: add, from: [a, a], name: b}\n  - {op: add, from: [b, a], name: e}\n"
    )
    assert set(codes(later)) == {"RF203"}
    assert set(codes(later.replace("[b, a]", "[b, d]"))) == {"RF204"}


def test_a_block_may_see_a_hundred_values_and_no_more():
    text = "vars: {%s}\nblocks: {b: {params: {%s}, layers: [{kernel: 3}]}}\nlayers: [b]"

    def given(own, theirs):
        return text % (
            ", ".join(f"v{i}: 1" for i in range(own)),
            ", ".join(f"p{i}: 1" for i in range(theirs)),
        )

    assert len(net(given(50, 50)).nodes) == 2
    assert codes(given(50, 51)) == ["RF113"]

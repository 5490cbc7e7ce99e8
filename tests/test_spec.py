"""Is the network file read as SPEC 2 says, and is every fault told with its place?"""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from rfcalc.codes import CODES
from rfcalc.errors import RfcalcError
from rfcalc.growth import growth
from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES
from rfcalc.load import load
from rfcalc.spec import read_inline, read_text
from rfcalc.spec.expressions import ExpressionFault, evaluate
from rfcalc.zoo import zoo_names

BAD = sorted((Path(__file__).parent / "bad").iterdir())


def net(text, **options):
    return read_text(text, "net.yaml", **options)


def faults(text, **options):
    with pytest.raises(RfcalcError) as caught:
        net(text, **options)
    return caught.value.diagnostics


def codes(text, **options):
    return [fault.code for fault in faults(text, **options)]


def names(network):
    return [node.name for node in network.nodes]


def conv(text, **options):
    """The only layer of a file with one layer."""
    return net(f"layers:\n  - {text}\n", **options).nodes[1].layer


# The grammar.

SPECIMEN = """
name: hdc-head            # optional
dims: 2                   # 1, 2 or 3; default: length of input, else 2
input: [128, 128]         # optional spatial size; questions that need sizes say so when it is absent
layers:
  - {kernel: 3, stride: 2}                         # the plain layer spec: a convolution
  - {kernel: 3, dilation: 2, name: c2}
  - conv: {kernel: [3, 5], dilation: [1, 2], padding: same}   # the same thing, op as the key
  - maxpool: {kernel: 3, stride: 2, padding: 1}
  - relu                                           # a bare op name
  - residual:                                      # out = x + body(x); optional `shortcut:` list
      - {kernel: 3, dilation: 2}
      - {kernel: 3, dilation: 5}
  - parallel:                                      # branches from the same input
      merge: concat                                # or add; default concat
      branches:
        - [{kernel: 1}]
        - [{kernel: 3, dilation: 6}]
        - [global_pool, {kernel: 1}]
  - repeat: {times: 3, layers: [{kernel: 3}]}
  - stack: {kernel: 3, dilations: [1, 2, 5]}       # one convolution per dilation
  - {op: upsample, scale: 2, name: up}
  - {op: concat, from: [up, c2]}                   # any layer may name its inputs
"""


def test_the_example_of_the_specification_reads_as_it_says():
    network = net(SPECIMEN)
    assert (network.name, network.dims, network.input) == ("hdc-head", 2, (128, 128))
    sizes = {node.name: node.size for node in network.nodes}
    assert sizes["conv1"] == sizes["c2"] == (64, 64)
    assert sizes["maxpool1"] == sizes["add1"] == sizes["concat1"] == (32, 32)
    assert sizes["global_pool1"] == (1, 1)
    assert sizes["up"] == sizes["concat2"] == (64, 64)
    assert len(network.nodes) == 22
    assert network.nodes[network.output].inputs == (20, 2)
    assert growth(network).rows[-1].unbounded == "global_pool1"


@pytest.mark.parametrize(
    "text",
    [
        "{kernel: 3, stride: 2}",
        "{op: conv, kernel: 3, stride: 2}",
        "conv: {kernel: 3, stride: 2}",
        "{kernel_size: 3, stride: 2}",
        "{kernel: [3, 3], stride: [2, 2]}",
        '{"kernel": 3, "stride": 2}',
        "{kernel: '3', stride: 1 + 1}",
    ],
)
def test_a_convolution_can_be_written_in_every_way(text):
    assert conv(text) == LAYERS["conv"](kernel=(3, 3), stride=(2, 2))


@pytest.mark.parametrize("op", sorted(LAYERS))
def test_every_op_can_be_written_flat_and_as_a_key(op):
    options = {
        "conv": "kernel: 3",
        "conv_transpose": "kernel: 3, stride: 2",
        "maxpool": "kernel: 2",
        "avgpool": "kernel: 2",
        "adaptive_pool": "output: 4",
        "upsample": "scale: 2",
        "pixel_shuffle": "factor: 2",
        "pixel_unshuffle": "factor: 2",
        "roll": "shift: 1",
        "window_attention": "window: 4",
    }.get(op, "")
    source = ", from: [input, input]" if LAYERS[op].merges else ""
    flat = net(f"input: [16, 16]\nlayers: [{{op: {op}{', ' if options else ''}{options}{source}}}]")
    keyed = net(f"input: [16, 16]\nlayers: [{{{op}: {{{options}}}{source}}}]")
    assert flat.nodes[1].layer == keyed.nodes[1].layer
    assert type(flat.nodes[1].layer) is LAYERS[op]
    assert flat.nodes[1].name == f"{op}1"
    if not options and not source:
        bare = net(f"input: [16, 16]\nlayers: [{op}]")
        assert bare.nodes[1].layer == flat.nodes[1].layer


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_other_names_of_an_op_mean_the_same(alias):
    op = ALIASES[alias]
    options = {"kernel": 3} if "kernel" in str(LAYERS[op].__struct_fields__) else {}
    text = json.dumps([{alias: options}])
    assert type(net(text).nodes[1].layer) is LAYERS[op]


@pytest.mark.parametrize("alias", sorted(PARAMETER_ALIASES))
def test_torch_names_of_a_parameter_mean_the_same(alias):
    name = PARAMETER_ALIASES[alias]
    op = {
        "kernel": "conv",
        "scale": "upsample",
        "output": "adaptive_pool",
        "factor": "pixel_shuffle",
        "window": "window_attention",
        "shift": "window_attention",
    }[name]
    extra = ", window: 4" if name == "shift" else ""
    one, two = (
        net(f"input: [16, 16]\nlayers: [{{{op}: {{{word}: 2{extra}}}}}]").nodes[1].layer
        for word in (alias, name)
    )
    assert one == two


@pytest.mark.parametrize(
    ("text", "padding"),
    [
        ("", None),
        ("padding: 1", ((1, 1), (1, 1))),
        ("padding: [1, 2]", ((1, 1), (2, 2))),
        ("padding: [[1, 2], [3, 4]]", ((1, 2), (3, 4))),
        ("padding: [[1, 2], 3]", ((1, 2), (3, 3))),
        ("padding: same", "same"),
        ("padding: valid", "valid"),
        ("padding: causal", "causal"),
    ],
)
def test_padding_is_a_number_one_per_axis_pairs_or_a_word(text, padding):
    assert conv(f"{{kernel: 3, {text}}}").padding == padding


@pytest.mark.parametrize(("kernel", "dilation"), [(3, 1), (3, 4), (4, 1), (5, 3), (2, 2)])
def test_padding_that_is_left_out_keeps_the_grid_centred(kernel, dilation):
    row = growth(net(f"layers: [{{kernel: {kernel}, dilation: {dilation}}}]")).rows[-1]
    assert row.start == (-(dilation * (kernel - 1) // 2),) * 2


def test_a_file_may_be_a_bare_list():
    assert names(net("- {kernel: 3}\n- relu\n")) == ["input", "conv1", "relu1"]


def test_json_is_read_by_the_same_reader(tmp_path):
    tree = {"input": [32, 32], "layers": [{"kernel": 3}, {"op": "maxpool", "kernel": 2}, "relu"]}
    path = tmp_path / "net.json"
    path.write_text(json.dumps(tree, indent=1))
    found = load(path)
    assert names(found) == ["input", "conv1", "maxpool1", "relu1"]
    path.write_text('{\n "layers": [\n  {"kernel": 3, "strid": 2}\n ]\n}')
    with pytest.raises(RfcalcError) as caught:
        load(path)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.at.line, fault.at.column) == ("RF102", 3, 17)


def test_standard_input_is_read(monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("- {kernel: 5}"))
    assert growth(load("-")).rows[-1].rf == (5, 5)


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
    convs = [(n.layer.kernel[0], n.layer.stride[:1], n.layer.dilation[:1]) for n in found.nodes[1::2]]
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


# Chains typed in place.


def test_a_chain_is_a_network():
    found = read_inline("k3,k3d2p0,k5s2,k3x5d1x2")
    assert found.dims == 2
    assert [n.layer.kernel for n in found.nodes[1:]] == [(3, 3), (3, 3), (5, 5), (3, 5)]
    assert found.nodes[2].layer.padding == ((0, 0), (0, 0))
    assert found.nodes[3].layer.stride == (2, 2)
    assert found.nodes[4].layer.dilation == (1, 2)
    assert read_inline("k3", (32,)).dims == 1
    assert read_inline("k3x3x3").dims == 3


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(1, 9), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    )
)
def test_a_chain_is_the_file_that_it_abbreviates(layers):
    chain = ",".join(f"k{k}s{s}d{d}p{p}" for k, s, d, p in layers)
    text = [{"kernel": k, "stride": s, "dilation": d, "padding": p} for k, s, d, p in layers]
    one, two = read_inline(chain), net(json.dumps(text))
    assert [n.layer for n in one.nodes] == [n.layer for n in two.nodes]


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        ("k3,,k3", "RF115"),
        ("k3,k", "RF115"),
        ("k3q2", "RF115"),
        ("k3s2s2", "RF115"),
        ("k0", "RF105"),
        ("k3d0", "RF105"),
        ("k999999999999", "RF105"),
        ("k3x3,k3x3x3", "RF106"),
        ("k3x", "RF115"),
        ("k" + "9" * 5000, "RF115"),
    ],
)
def test_a_chain_that_does_not_read_is_refused(chain, code):
    with pytest.raises(RfcalcError) as caught:
        read_inline(chain)
    assert {fault.code for fault in caught.value.diagnostics} == {code}


def test_every_fault_of_a_chain_is_told_with_its_place():
    with pytest.raises(RfcalcError) as caught:
        read_inline("k3,x,k3,k0")
    assert str(caught.value) == snapshot(
        """\
<chain>:1:4: RF115 'x' is not a layer
  1 | k3,x,k3,k0
    |    ^
    = help: write k3, k3s2, k3d2p2 or, per axis, k3x5d1x2
<chain>:1:9: RF105 'kernel' is 0
  1 | k3,x,k3,k0
    |         ^^
    = help: it takes 1 to 65,536\
"""
    )


# Expressions.


@given(st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9))
def test_expressions_are_those_of_python(a, b, c):
    values = {"a": a, "b": b, "c": c}
    for text in ("a+b*c", "(a+b)*c", "a-b-c", "-a//c", "a*-b", "2*(a+b)//c - 1"):
        assert evaluate(text, values) == eval(text, {}, dict(values))


@pytest.mark.parametrize(
    "text",
    [
        *("a**2", "a/2", "a%2", "f(a)", "a.b", "[a]", "a if a else a", "1.5", "True", "'a'", "a;b"),
        *("lambda: a", "a//0", "zz", "", "(" * 300 + ")" * 300, "9" * 400, "-" * 199 + "1" * 2),
        *("9223372036854775807*9", "a\0", "(a", "a b", "a:=3", "0x", "~a", "+a"),
    ],
)
def test_anything_else_is_no_expression(text):
    with pytest.raises(ExpressionFault):
        evaluate(text, {"a": 2})


# Faults: every code has a file, every file gives its code at its place.


def said_place(path):
    """The places that the last line of a file tells, as in `# at 3:37`."""
    found = re.search(r"^# at (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].split() if found and found[1] != "nowhere" else []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_each_file_gives_its_code_at_its_place(path):
    begun = time.process_time()
    with pytest.raises(RfcalcError) as caught:
        load(path)
    assert time.process_time() - begun < 2
    found = caught.value.diagnostics
    assert {fault.code for fault in found} == {path.name.split("_")[0]}
    places = [f"{fault.at.line}:{fault.at.column}" for fault in found if fault.at]
    assert places == said_place(path)
    for fault in found:
        assert fault.message
        if fault.at:
            line = path.read_text(encoding="utf-8").splitlines()[fault.at.line - 1]
            assert fault.at.text == line
            assert 0 < fault.at.column <= len(line) + 1
            assert fault.at.column + fault.at.length <= len(line) + 2


def call(code, tmp_path):
    """Faults that are not those of a file's text."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    return {
        "RF111": lambda: net("vars: {rate: 2}\nlayers: [{kernel: 3}]", overrides={"rte": 3}),
        "RF112": lambda: load(binary),
        "RF115": lambda: load("k3,x"),
        "RF117": lambda: load("zoo:resnet5"),
        "RF310": compute,
    }[code]


def compute():
    """Channels are asked for only when numbers are computed."""
    import numpy as np

    from rfcalc.numpy_backend import run

    network = net("input: [8, 8]\nlayers: [{kernel: 3, in_channels: 4}]")
    for _ in run(network, [np.ones((1, 3, 8, 8))], np.ones):
        pass


ELSEWHERE = ("RF111", "RF112", "RF115", "RF117", "RF310")


@pytest.mark.parametrize("code", ELSEWHERE)
def test_faults_that_are_not_in_a_file_give_their_code(code, tmp_path):
    with pytest.raises(RfcalcError) as caught:
        call(code, tmp_path)()
    assert [fault.code for fault in caught.value.diagnostics] == [code]


def test_every_code_of_files_graphs_and_sizes_has_a_case():
    wanted = {code for code in CODES if code[:3] in ("RF1", "RF2", "RF3")}
    assert wanted == {*ELSEWHERE, *(path.name.split("_")[0] for path in BAD)}


def test_every_code_says_what_it_means_and_how_to_cure_it():
    assert list(CODES) == sorted(CODES)
    for code, entry in CODES.items():
        assert re.fullmatch(r"R[FG]\d{3}", code)
        assert all(text.strip() for text in entry)


def test_the_rendering_of_the_specification():
    """SPEC 5, letter by letter."""
    text = "layers:\n  - relu\n  - {op: conv, name: c1, kernel: 5, strid: 2}\n"
    with pytest.raises(RfcalcError) as caught:
        net(text)
    assert str(caught.value) == snapshot(
        """\
net.yaml:3:37: RF102 conv has no parameter 'strid'
  3 |   - {op: conv, name: c1, kernel: 5, strid: 2}
    |                                     ^^^^^
    = help: did you mean 'stride'?\
"""
    )


def test_every_fault_of_a_file_is_told_at_once_in_order_of_place():
    text = """\
dims: 2
input: [8, 8]
layer: []
layers:
  - {kernel: 0}
  - {kernel: [3, 3, 3], strid: 2}
  - maxpol
  - {kernel: 3, name: a}
  - {kernel: 3, name: a}
  - {kernel: 3, from: nowhere}
  - {kernel: 99, padding: valid, from: a}
  - add
"""
    with pytest.raises(RfcalcError) as caught:
        net(text)
    assert str(caught.value) == snapshot(
        """\
net.yaml:3:1: RF102 a network file has no key 'layer'
  3 | layer: []
    | ^^^^^
    = help: did you mean 'layers'?
net.yaml:5:14: RF105 'kernel' of conv is 0
  5 |   - {kernel: 0}
    |              ^
    = help: it takes an integer from 1 to 65,536
net.yaml:6:14: RF106 'kernel' has 3 values for 2 axes
  6 |   - {kernel: [3, 3, 3], strid: 2}
    |              ^^^^^^^^^
    = help: give one value, or one per axis
net.yaml:6:25: RF102 conv has no parameter 'strid'
  6 |   - {kernel: [3, 3, 3], strid: 2}
    |                         ^^^^^
    = help: did you mean 'stride'?
net.yaml:7:5: RF103 there is no op 'maxpol'
  7 |   - maxpol
    |     ^^^^^^
    = help: did you mean 'maxpool'?
net.yaml:9:5: RF201 two layers are named 'a'; the first on line 8
  9 |   - {kernel: 3, name: a}
    |     ^^^^^^^^^^^^^^^^^^^^
    = help: give one of them another name
net.yaml:10:23: RF202 'from' names 'nowhere', and no layer has that name
  10 |   - {kernel: 3, from: nowhere}
     |                       ^^^^^^^
     = help: there is input, conv1, conv2, a, conv5, conv6, add1
net.yaml:12:5: RF205 'add' merges, and has one input
  12 |   - add
     |     ^^^
     = help: name them: 'from: [a, b]'\
"""
    )


def test_a_fault_in_a_repetition_is_told_once():
    assert codes("layers: [{repeat: {times: 1000, layers: [{kernel: 0}]}}]") == ["RF105"]


def test_of_a_long_line_the_part_around_the_fault_is_shown():
    """A network in minified JSON is one line."""
    text = json.dumps({"layers": [{"kernel": 3}] * 40 + [{"kernel": 0}] + [{"kernel": 3}] * 40})
    with pytest.raises(RfcalcError) as caught:
        net(text)
    (fault,) = caught.value.diagnostics
    _, line, caret, _ = str(fault).splitlines()
    assert len(line) < 180
    assert line[caret.index("^")] == "0"
    assert fault.at.text == text


def test_what_a_file_says_cannot_steer_the_terminal():
    with pytest.raises(RfcalcError) as caught:
        net('layers: [{kernel: 3, from: "\\e[2J\\n\\rall is well"}]')
    assert "\x1b" not in str(caught.value)
    assert "\r" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 4


def test_yaml_traps_stay_the_text_they_look_like():
    for value in ("1:30", "no", "yes", "on", "1_0:0"):
        (fault,) = faults(f"layers: [{{kernel: {value}}}]")
        assert fault.code == "RF104"
        assert value in fault.message
    assert net("layers: [{kernel: 3, name: no}]").nodes[1].name == "no"
    assert conv("{kernel: 010}").kernel == (10, 10)


# Hostile input: a clear fault, in bounded time, and never a stack trace.


def bomb(levels):
    lines = ["a0: &a0 [{kernel: 3}]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join([*lines, f"layers: *a{levels - 1}"])


def parallel_bomb(levels):
    """Aliases in places where layers may stand: each level doubles."""
    lines = ["x0: &x0 {kernel: 1}"]
    lines += [
        f"x{i}: &x{i} {{residual: [*x{i - 1}, *x{i - 1}]}}".replace("residual", "residual")
        for i in range(1, levels)
    ]
    return "\n".join([*lines, f"layers: [*x{levels - 1}]"])


HOSTILE = {
    "aliases that explode": bomb(12),
    "aliases that double layers": parallel_bomb(30),
    "an alias of itself": "layers: &a [*a]",
    "a mapping that holds itself": "&a {layers: [{kernel: 3}], vars: *a}",
    "merge keys that explode": "\n".join(
        ["m0: &m0 {kernel: 3}"]
        + [f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}]}}" for i in range(1, 14)]
        + ["layers: [*m13]"]
    ),
    "a merge key of itself": "layers:\n  - &a {<<: *a, kernel: 3}",
    "deep lists": "layers: " + "[" * 5000 + "]" * 5000,
    "deep mappings": "layers: " + "{a: " * 5000 + "1" + "}" * 5000,
    "deep unclosed": "[" * 100000,
    "deep blocks": "a: " + "\n".join(" " * i + "- a:" for i in range(1, 300)),
    "a repeat of a billion": "layers: [{repeat: {times: 1000000000, layers: [{kernel: 3}]}}]",
    "repeats in repeats": "layers: " + "[{repeat: {times: 100, layers: " * 9 + "[{kernel: 3}]" + "}}]" * 9,
    "repeats of nothing": "layers: " + "[{repeat: {times: 65536, layers: " * 3 + "[]" + "}}]" * 3,
    "a kernel of 10^9": "layers: [{kernel: 1000000000}]",
    "an integer of 10,000 digits": f"layers: [{{kernel: {'9' * 10000}}}]",
    "an integer of 10,000 digits as times": f"layers: [{{repeat: {{times: {'9' * 10000}, layers: []}}}}]",
    "an integer of 10,000 digits as dims": f"dims: {'9' * 10000}\nlayers: [{{kernel: 3}}]",
    "an expression of 10,000 digits": f"vars: {{a: 1 + {'9' * 10000}}}\nlayers: [{{kernel: 3}}]",
    "infinity": "layers: [{kernel: 1e999}]",
    "infinity as a scale": "layers: [{upsample: {scale: 1e999}}]",
    "not a number as a scale": "layers: [{upsample: {scale: .nan}}]",
    "a block that uses itself": "blocks: {a: {layers: [a, a]}}\nlayers: [a]",
    "blocks that double": "blocks:\n"
    + "".join(f"  b{i}: {{layers: [b{i + 1}, b{i + 1}]}}\n" for i in range(31))
    + "  b31: {layers: []}\nlayers: [b0]",
    "a null byte": "layers: [{kernel: 3}]\0",
    "control characters": "layers: [\x07\x1b]",
    "half a surrogate pair": 'layers: ["\\ud800"]',
    "a name of control characters": 'layers: [{kernel: 0, name: "\\e[2J"}]',
    "a directive": "%YAML 9.9\n---\nlayers: [{kernel: 0}]",
    "many documents": "---\n" * 1000,
    "a binary tag": "layers: !!binary aGk=",
    "a set": "layers: !!set {a, b}",
    "a long line": "layers: [" + "{kernel: 0}, " * 3000 + "]",
    "a huge input": "input: [2147483648, 2147483648]\nlayers: [{kernel: 2, dilation: 0}]",
    "adaptive pooling to many cells": "input: [2147483647]\nlayers: [{adaptive_pool: {output: 4194304}}]",
    "upsampling to many phases": "input: [4194301]\nlayers: [{upsample: {size: 4194304, mode: linear}}]",
    "a window of many cells": "dims: 1\nlayers: [{window_attention: {window: 4194304, dilation: 4194304}}]",
    "a shuffle of shuffles": "dims: 1\nlayers: [{pixel_shuffle: {factor: 4096}}, {kernel: 3}, {conv_transpose: {kernel: 3, stride: 65536}}]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_end_in_a_clear_fault_and_bounded_time(text):
    begun = time.process_time()
    with pytest.raises(RfcalcError) as caught:
        network = net(text)
        growth(network)
    assert time.process_time() - begun < 2
    assert all(fault.code in CODES for fault in caught.value.diagnostics)
    assert len(str(caught.value)) < 2_000_000


@pytest.mark.parametrize("text", [bomb(4), parallel_bomb(6)])
def test_a_few_aliases_are_no_attack(text):
    try:
        net(text)
    except RfcalcError as fault:
        assert {d.code for d in fault.diagnostics} <= {"RF102", "RF109"}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        net(text)
    except RfcalcError as fault:
        assert fault.diagnostics
        str(fault)


WORDS = st.sampled_from(
    [
        *("layers", "kernel", "name", "from", "residual", "parallel", "branches", "repeat", "times"),
        *("stack", "dilations", "blocks", "params", "vars", "dims", "input", "op", "conv", "merge"),
        *("shortcut", "padding", "a", "b", "upsample", "scale", "size", "add", "global_pool", "<<"),
    ]
)
VALUES = st.one_of(st.integers(-2, 6), WORDS, st.none(), st.booleans(), st.just(2.5))
TREES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4)
)


@given(TREES | st.fixed_dictionaries({"layers": st.lists(TREES, max_size=4)}))
def test_any_tree_of_the_grammars_words_is_read_or_refused(tree):
    try:
        network = net(json.dumps(tree))
        growth(network)
    except RfcalcError as fault:
        for found in fault.diagnostics:
            assert found.code in CODES
            assert found.message
        str(fault)


# Where a network comes from.


def test_a_name_that_is_no_network_is_refused_with_the_forms_there_are(tmp_path):
    for name in ("", "nothing", "net.txt", str(tmp_path), str(tmp_path / "no.yaml"), "zoo:"):
        with pytest.raises(RfcalcError) as caught:
            load(name)
        assert caught.value.diagnostics[0].code in ("RF112", "RF117")
        assert caught.value.diagnostics[0].help


def test_a_shipped_network_is_found_by_its_name_and_a_near_miss_is_told():
    assert load("zoo:vgg16").name == "vgg16"
    with pytest.raises(RfcalcError, match="did you mean 'resnet50'"):
        load("zoo:resnet5o")
    assert len(zoo_names()) > 50


def test_a_file_goes_before_a_chain_of_the_same_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load("k3").name == "k3"
    Path("k5.yaml").write_text("- {kernel: 9}")
    assert growth(load("k5.yaml")).rows[-1].rf == (9, 9)


def test_asking_for_a_layer_that_is_not_there_names_the_nearest():
    with pytest.raises(RfcalcError, match="did you mean 'conv1'"):
        net("layers: [{kernel: 3}]").index("conv", 0)

"""Is every layer read in each way that SPEC 2 has of writing it?"""

import json

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.layers import ALIASES, LAYERS, PARAMETER_ALIASES
from rfcalc.loading import load
from tests.spec.reading import conv, names, net

SPECIMEN = """
name: hdc-head            # optional
dims: 2                   # 1, 2 or 3; default: length of input, else 2
input: [128, 128]         # optional spatial size; questions that need sizes say when it is absent
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
    assert growth(network).rows[-1].unbounded[0].by == "global_pool1"


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
        "banded_attention": "window: 4",
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
    fields = LAYERS[op].__struct_fields__
    options = {name: 3 for name in ("kernel", "window") if name in fields}
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

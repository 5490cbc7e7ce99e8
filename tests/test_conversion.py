"""Does a converted file say the same network, and does it read as if a person had written it?"""

from collections import Counter

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc.architectures import zoo_names
from rfcalc.conversion import convert
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.layers import LAYERS
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.network import Draft, Input, build, without_global
from rfcalc.path_counts import paths
from rfcalc.spec import read_text
from tests.graphs import graphs
from tests.layers import MERGING, SINGLE, layers, sizes
from tests.networks import fits_its_channels, networks, positions
from tests.whole import amount, sample

pytestmark = pytest.mark.slow


def again(network, **options):
    found = convert(network, "here", **options)
    return found, read_text(found.text, "net.yaml")


def shape(network):
    """What every layer computes of which source, whatever the layers are called.

    A concatenation of concatenations is one, and merges read in any order.
    """
    made, spread = [], []
    for number, node in enumerate(network.nodes):
        inputs = [made[i] for i in node.inputs]
        if node.layer.op == "concat":
            inputs = [one for i in node.inputs for one in spread[i]]
        reads = tuple(sorted(inputs) if node.layer.merges else inputs)
        source = number if isinstance(node.layer, Input) else None
        layer = (node.layer.op, node.layer.border, repr(node.taps), node.size, node.jump)
        made.append(hash((layer, reads, source)))
        spread.append(reads if node.layer.op == "concat" else [made[-1]])
    return made


def same(network, other):
    """The same layers read the same layers, and the same of them are outputs, in order."""
    mine, theirs = shape(network), shape(other)
    assert Counter(mine) == Counter(theirs)
    assert [mine[i] for i in network.outputs] == [theirs[i] for i in other.outputs]
    assert (network.dims, network.assumed) == (other.dims, other.assumed)


def keeps(network, other):
    """What both have a name for is the same layer: its RF, cells, start, jump, size."""
    rows = {row.name: row for row in growth(other).rows}
    compared = 0
    for row in growth(network).rows:
        if row.name in rows:
            found = rows[row.name]
            told = [(one.rf, one.start, one.jump, one.cells, one.unbounded) for one in (row, found)]
            assert told[0] == told[1]
            compared += 1
    return compared


@settings(max_examples=amount(100, 250))
@given(networks(most=12) | networks(lenient=True), st.booleans(), st.data())
def test_a_random_network_reads_back_with_the_same_masks_and_path_counts(network, flat, data):
    assume(fits_its_channels(network))
    found, other = again(network, flat=flat)
    assert len(other.nodes) - len(network.nodes) in (0, 1)
    assert flat == (found.folded == "flat")
    if len(other.nodes) == len(network.nodes):
        same(network, other)
    if flat:
        assert found.lost == ()
        assert {node.name for node in network.nodes} <= {node.name for node in other.nodes}
    position = data.draw(st.sampled_from(range(len(network.nodes))))
    node = network.nodes[position]
    names = {one.name for one in other.nodes}
    assume(node.name in names)
    reached = network.between(0, position)[0]
    assume(reached)
    at = data.draw(positions(node.size))
    assert_array_equal(
        mask(network, node.name, network.nodes[0].name, at=at).array(),
        mask(other, node.name, other.nodes[0].name, at=at).array(),
    )
    assert_array_equal(
        paths(network, node.name, network.nodes[0].name, at=at).array(),
        paths(other, node.name, other.nodes[0].name, at=at).array(),
    )


@settings(max_examples=150)
@given(st.integers(1, 3).flatmap(graphs))
def test_a_network_of_unknown_size_reads_back(network):
    found, other = again(network)
    assert found.folded != "flat"
    same(network, other)
    assert other.input is None


@settings(max_examples=300)
@given(st.data())
def test_every_layer_of_the_table_can_be_written_and_read(data):
    size = data.draw(sizes())
    op = data.draw(st.sampled_from(SINGLE))
    layer = data.draw(layers(op, size))
    drafts = [Draft("input", Input()), Draft("here", layer, (0,))]
    try:
        network = build("one", len(size), drafts, [size])
    except RfcalcError:
        assume(False)
    _, other = again(network)
    same(network, other)
    for axis, n in enumerate(size):
        read = other.nodes[-1].layer
        assert (read.size(n, axis), read.taps(n, axis)) == (
            layer.size(n, axis),
            layer.taps(n, axis),
        )
        assert read.border == layer.border


UNIT = st.lists(
    st.tuples(
        st.sampled_from(["conv", "relu", "add", "concat"]),
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from([1, 3]),
    ),
    min_size=1,
    max_size=5,
)


@st.composite
def models(draw):
    """A model as frameworks name it: stages of units alike, each a small graph of its own.

    A unit reads the unit before it, and its own layers; the names of some stages differ in their
    joints, and a unit may differ in one dilation.
    """
    joint = draw(st.sampled_from("._/"))
    drafts = [Draft("image", Input())]
    for stage in range(draw(st.integers(1, 3))):
        unit, first = draw(UNIT), draw(st.integers(0, 2))
        for turn in range(first, first + draw(st.integers(1, 5))):
            begin, rate = len(drafts) - 1, draw(st.sampled_from([1, 1, 1, 2]))
            for number, (op, one, other, kernel) in enumerate(unit):
                reads = [begin + i % (number + 1) for i in (one, other)]
                layer = LAYERS[op](
                    **({"kernel": (kernel,), "dilation": (rate,)} if op == "conv" else {})
                )
                inputs = tuple(reads) if layer.merges else (reads[0],)
                name = f"stage{stage}{joint}{turn}{joint}{op}{number}"
                drafts.append(Draft(name, layer, inputs))
    return build("model", 1, drafts, [None])


@settings(max_examples=150)
@given(models(), st.booleans())
def test_a_model_of_modules_keeps_every_name_in_its_blocks_and_repetitions(network, pointwise):
    found, other = again(network, pointwise=pointwise)
    assert found.folded in ("blocks", "names")
    if pointwise:
        assert {node.name for node in network.nodes} - set(found.lost) <= {
            node.name for node in other.nodes
        }
        same(network, other)
        assert len(found.lost) <= 0.2 * len(network.nodes)
    assert keeps(network, other) >= 1


SAMPLES = {
    "conv": {"kernel": (3,)},
    "conv_transpose": {"kernel": (3,), "stride": (2,)},
    "maxpool": {"kernel": (3,), "ceil_mode": True},
    "avgpool": {"kernel": (2,), "stride": (1,), "count_include_pad": False},
    "adaptive_pool": {"output": (3,)},
    "upsample": {"size_to": (5,), "mode": "bicubic", "antialias": True},
    "pixel_shuffle": {"factor": (2,)},
    "pixel_unshuffle": {"factor": (2,)},
    "pad": {"before": (1,), "after": (2,), "padding_mode": "reflect"},
    "crop": {"before": (1,), "after": (2,)},
    "slice": {"start": (-3,), "stop": (-1,), "step": (2,)},
    "roll": {"shift": (-2,)},
    "window_attention": {"window": (3,), "shift": (1,), "dilation": (2,)},
    "banded_attention": {"window": (3,), "dilation": (2,), "after": (1,), "edge": "cut"},
    "channel_shuffle": {"groups": 2},
    "leaky_relu": {"negative_slope": 1e-05},
    "elu": {"alpha": 0.7},
    "batchnorm": {"eps": 1e-3},
    "dropout": {"p": 0.25},
}


@pytest.mark.parametrize("op", LAYERS)
def test_no_op_is_left_out_of_the_file_format(op):
    layer = LAYERS[op](**SAMPLES.get(op, {}))
    inputs = (0, 1) if op in MERGING else (1,)
    drafts = [
        Draft("input", Input()),
        Draft("first", LAYERS["relu"](), (0,)),
        Draft("here", layer, inputs),
    ]
    network = build("one", 1, drafts, [(12,)])
    for flat in (False, True):
        found, other = again(network, flat=flat)
        same(network, other)
        assert found.lost == ()
        (read,) = [node.layer for node in other.nodes if node.name == "here"]
        for field, value in SAMPLES.get(op, {}).items():
            assert getattr(read, field) == value


@pytest.mark.parametrize("name", sample(zoo_names(), 50))
def test_a_shipped_network_reads_back_and_keeps_its_names(name):
    network = load(f"zoo:{name}")
    found, other = again(network)
    assert found.folded == "blocks"
    same(network, other)
    assert keeps(network, other) == len(network.nodes) - len(found.lost)
    # The U of U-2-Net are blocks inside each other: what they upsample is named after them.
    share = 0.1 if name == "u2net" else 0.05
    assert len(found.lost) <= share * len(network.nodes)
    assert found.text.count("\n") <= 12 + 1.2 * len(network.nodes)


@pytest.mark.parametrize("name", ["resnet152", "densenet264", "denseaspp", "msdnet"])
def test_repetitions_of_a_shipped_network_are_found(name):
    assert convert(load(f"zoo:{name}")).text.count("\n") < 40


def test_a_chain_is_written_as_it_was_typed():
    assert convert(load("k3,k3d2,k3s2p0", input=(64, 32))).text.splitlines()[3:] == [
        "input: [64, 32]",
        "",
        "layers:",
        "  - {kernel: 3}",
        "  - {kernel: 3, dilation: 2}",
        "  - {kernel: 3, stride: 2, padding: 0}",
    ]


def test_what_is_assumed_stays_assumed_and_global_context_stays_aside():
    network = without_global(load("zoo:mobilenet-v3"))
    found, other = again(network)
    assert other.assumed == network.assumed == found.assumed != ()
    assert growth(other).rows[-1].rf == growth(network).rows[-1].rf == (595, 595)


def test_without_pointwise_layers_every_field_stays():
    text = "layers: [{kernel: 3, name: a}, batchnorm, relu, {residual: [relu, {kernel: 3}]}, relu]"
    network = read_text(text, "net.yaml")
    found, other = again(network, pointwise=False)
    assert "batchnorm" not in found.text
    assert [node.layer.op for node in other.nodes] == ["input", "conv", "conv", "add", "relu"]
    assert growth(other).rows[-1].rf == growth(network).rows[-1].rf


def test_several_inputs_and_outputs_are_kept_in_order_with_their_names():
    drafts = [
        Draft("left", Input()),
        Draft("right", Input()),
        Draft("a", LAYERS["conv"](kernel=(3, 3)), (0,)),
        Draft("b", LAYERS["conv"](kernel=(5, 5)), (1,)),
        Draft("sum", LAYERS["add"](), (2, 3)),
        Draft("end", LAYERS["conv"](kernel=(3, 3)), (4,)),
    ]
    network = build("pair", 2, drafts, [(9, 8), (9, 8)], outputs=[5, 3])
    _, other = again(network)
    assert [node.name for node in other.nodes[:2]] == ["left", "right"]
    assert [other.nodes[i].name for i in other.outputs] == ["end", "b"]
    assert mask(other, "b", "right").rf == (5, 5)
    resized = read_text(convert(network).text, "net.yaml", [(20, 20), (20, 20)])
    assert resized.nodes[1].size == (20, 20)
    with pytest.raises(RfcalcError, match="RF106"):
        read_text(convert(network).text, "net.yaml", [(20, 20)] * 3)


@pytest.mark.parametrize(
    "name", ["1", "1e5", "0x1f", "no", "null", "a b", "a: b", "#", "-", "ä", "\n", "{}", "'", "x.1"]
)
def test_a_name_is_quoted_when_it_has_to_be(name):
    conv = LAYERS["conv"](kernel=(3,))
    drafts = [Draft("x", Input()), Draft(name, conv, (0,)), Draft("z", conv, (1,))]
    network = build("names", 1, [*drafts, Draft("s", LAYERS["add"](), (1, 2))], [None])
    for flat in (False, True):
        found, other = again(network, flat=flat)
        assert found.lost == ()
        assert [node.name for node in other.nodes] == ["x", name, "z", "s"]
    assert read_text(convert(build(name, 1, drafts, [None])).text, "net.yaml").name == name


def test_a_name_wider_than_a_line_stays_whole():
    long = "block_" * 15 + "out"
    text = (
        "input: [9, 9]\noutputs: [a, b]\nlayers:\n"
        f"- {{kernel: 3, name: {long}}}\n- {{kernel: 3, name: a}}\n"
        f"- {{kernel: 5, name: b, from: {long}}}\n"
    )
    network = read_text(text, "net.yaml")
    found, read = again(network)
    assert shape(read) == shape(network)
    assert f"from: {long}" in " ".join(found.text.split())


def test_names_with_numbers_and_any_joint_become_repetitions():
    """``stage1_block2_conv`` as Keras has it, ``layer.2.conv`` as PyTorch does."""
    for joint in "._/":
        drafts = [Draft("input", Input())]
        for turn in range(1, 9):
            for word in ("conv", "norm", "act"):
                op = {"conv": "conv", "norm": "batchnorm", "act": "relu"}[word]
                layer = LAYERS[op](**({"kernel": (3,)} if op == "conv" else {}))
                name = f"stage1{joint}block{turn}{joint}{word}"
                drafts.append(Draft(name, layer, (len(drafts) - 1,)))
        found, other = again(build("keras", 1, drafts, [None]))
        assert found.lost == ()
        assert [node.name for node in other.nodes] == [draft.name for draft in drafts]
        assert "times: 8" in found.text
        assert found.text.count("\n") < 16


def test_a_name_that_would_mean_another_layer_is_never_left():
    """Whatever is given up for a repetition, a name still means what it meant or nothing."""
    drafts = [Draft("input", Input())]
    conv = LAYERS["conv"](kernel=(3,))
    drafts += [Draft(f"conv{30 - turn}", conv, (turn,)) for turn in range(30)]
    network = build("backwards", 1, drafts, [None])
    found, other = again(network)
    assert keeps(network, other) == len(network.nodes) - len(found.lost)


def test_a_network_that_no_file_holds_is_refused():
    drafts = [Draft("input", Input()), Draft("c", LAYERS["conv"](kernel=(70000,)), (0,))]
    with pytest.raises(RfcalcError, match="RF465"):
        convert(build("wide", 1, drafts, [None]))


@pytest.mark.parametrize("flat", [False, True])
def test_names_that_no_file_holds_are_cut_to_their_ends(flat):
    def name(number):
        return f"{'model/' * 80}block{number}/conv"

    text = "- {kernel: 3}\n- {kernel: 3, dilation: 2}\n- {kernel: 3, dilation: 5}\n"
    short = read_text(text, "net.yaml")
    nodes = [
        msgspec.structs.replace(node, name=name(i) if i else node.name)
        for i, node in enumerate(short.nodes)
    ]
    network = msgspec.structs.replace(short, nodes=tuple(nodes), aliases={name("s"): 2})
    found, other = again(network, flat=flat)
    same(short, other)
    assert found.lost[:3] == tuple(name(i) for i in (1, 2, 3))
    assert "3 names of more than 255 characters are cut to their ends" in found.text
    names = [node.name for node in other.nodes][1:]
    assert all(len(one) <= 255 for one in names)
    assert not flat or [one[-11:] for one in names] == [f"block{i}/conv" for i in (1, 2, 3)]


def long_chain(count):
    return [(f"n{i}x", 1 + i * i % 7) for i in range(count)]


def many_stages(count):
    return [
        (f"stage{i}x.{turn}.conv{j}", 1 + (i + j) % 7)
        for i in range(count // 12)
        for turn in range(3)
        for j in range(4)
    ]


def all_alike(count):
    return [(f"layers.{i}.conv", 3) for i in range(count)]


@pytest.mark.parametrize("made", [long_chain, many_stages, all_alike])
def test_large_networks_are_converted_in_bounded_time(made):
    import time

    drafts = [Draft("input", Input())]
    for number, (name, kernel) in enumerate(made(3000)):
        drafts.append(Draft(name, LAYERS["conv"](kernel=(kernel,)), (number,)))
    network = build("long", 1, drafts, [None])
    begun = time.process_time()
    found = convert(network)
    assert time.process_time() - begun < 20
    assert (found.lost == ()) == (made is not long_chain)  # which repeats, but not in its names

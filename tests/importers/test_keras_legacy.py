"""Are the configurations of Keras 2, of which many are published, read as what they were?"""

import json

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras
from rfcalc.interior import growth
from rfcalc.masks import mask


def layer(kind, name, reads=(), keywords=None, **settings):
    """Return a layer as Keras 2 writes it: what it reads in rows of four."""
    rows = [[read, 0, 0, keywords or {}] for read in reads]
    return {
        "class_name": kind,
        "config": {"name": name, "trainable": True, "dtype": "float32", **settings},
        "name": name,
        "inbound_nodes": [rows] if rows else [],
    }


def conv(name, read, kernel=3, stride=1, padding="same", kind="Conv2D", **settings):
    settings = {"filters": 4, "data_format": "channels_last", "activation": "linear"} | settings
    return layer(
        kind, name, [read], kernel_size=[kernel] * 2, strides=[stride] * 2, padding=padding,
        dilation_rate=settings.pop("dilation_rate", [1, 1]), **settings,
    )  # fmt: skip


def source(shape=(None, 32, 36, 3), name="input_1"):
    return layer("InputLayer", name, batch_input_shape=list(shape), sparse=False)


def model(*layers, output=None, kind="Functional", inputs=("input_1",)):
    return {
        "class_name": kind,
        "config": {
            "name": "model_1",
            "layers": list(layers),
            "input_layers": [[name, 0, 0] for name in inputs],
            "output_layers": [[output or layers[-1]["name"], 0, 0]],
        },
        "keras_version": "2.4.0",
        "backend": "tensorflow",
    }


def read(tmp_path, data, **given):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(data))
    return read_keras(path, **given)


@pytest.mark.parametrize("kind", ["Model", "Functional"])
def test_a_residual_network_of_keras_2(kind, tmp_path):
    network = read(
        tmp_path,
        model(
            source(),
            conv("a", "input_1", 7, 2),
            layer("BatchNormalization", "bn", ["a"], axis=[3]),
            layer("Activation", "act", ["bn"], activation="relu"),
            conv("b", "act"),
            conv("c", "b", dilation_rate=[2, 2]),
            layer("Add", "add", ["c", "act"]),
            kind=kind,
        ),
    )
    assert [node.name for node in network.nodes] == ["input_1", "a", "bn", "act", "b", "c", "add"]
    # 7 + 2 cells of stride 2 for a 3x3 on each side, 4 more for one of dilation 2.
    assert growth(network).rows[-1].rf == (7 + 2 * (2 + 4),) * 2
    assert network.nodes[1].layer.padding == "same"


def test_a_chain_as_a_list(tmp_path):
    rows = [
        {"class_name": "Conv2D", "config": conv("a", "")["config"]},
        {"class_name": "MaxPooling2D", "config": {"name": "p", "pool_size": [2, 2]}},
    ]
    rows[0]["config"]["batch_input_shape"] = [None, 20, 20, 3]
    network = read(tmp_path, {"class_name": "Sequential", "config": rows})
    assert [node.size for node in network.nodes] == [(20, 20), (20, 20), (10, 10)]


def test_nested_models_are_counted_from_one(tmp_path):
    inner = model(source(name="inner_in"), conv("inner_a", "inner_in"), inputs=["inner_in"])
    inner["config"]["name"] = "inner"
    body = {**inner, "name": "inner"}
    body["inbound_nodes"] = [[["input_1", 0, 0, {}]], [["inner", 1, 0, {}]]]
    data = model(source(), body, output="inner")
    data["config"]["output_layers"] = [["inner", 2, 0]]
    network = read(tmp_path, data)
    assert [n.name for n in network.nodes] == ["input_1", "inner.inner_a", "inner.inner_a_1"]
    assert growth(network).rows[-1].rf == (5, 5)
    data["config"]["output_layers"] = [["inner", 1, 0]]
    assert growth(read(tmp_path, data)).rows[-1].rf == (3, 3)


def function(name, read, target, /, **keywords):
    """Return a TensorFlow function as tf.keras 2.4 writes it: one row, not a list of rows."""
    found = layer("TFOpLambda", name, function=target)
    found["inbound_nodes"] = [[read, 0, 0, keywords]]
    return found


def test_tensorflow_functions_are_read(tmp_path):
    cut = layer("SlicingOpLambda", "cut", function="__operators__.getitem")
    whole = {"start": None, "stop": None, "step": None}
    spec = [whole, {"start": 1, "stop": -1, "step": 2}, whole, whole]
    cut["inbound_nodes"] = [["shift", 0, 0, {"slice_spec": spec}]]
    both = layer("TFOpLambda", "both", function="concat")
    both["inbound_nodes"] = [[["cut", 0, 0, {"axis": -1}], ["cut", 0, 0, {"axis": -1}]]]
    network = read(
        tmp_path,
        model(
            source(),
            conv("a", "input_1"),
            conv("b", "input_1", 5),
            function("sum", "a", "__operators__.add", y=["b", 0, 0], name=None),
            function("shift", "sum", "math.multiply", y=[[[1.0, 2.0, 3.0, 4.0]]], name=None),
            cut,
            both,
            function("pad", "both", "compat.v1.pad", paddings=[[0, 0], [1, 2], [0, 0], [0, 0]],
                     mode="REFLECT"),
            function("turn", "pad", "compat.v1.transpose", perm=[0, 2, 1, 3]),
            function("flat", "turn", "reshape", shape=[-1, 36, 18, 4, 2]),
            function("mean", "flat", "math.reduce_mean", axis=-1, keepdims=False),
            function("relu", "mean", "nn.relu", name=None),
            function("big", "relu", "image.resize", size=[72, 36], method="bilinear"),
        ),
    )  # fmt: skip
    assert network.assumed == ()
    found = mask(network, at=(35, 20)).array()
    assert network.nodes[-1].size == (36, 72)
    assert found.any()


def test_a_part_by_sizes_is_not_a_part_by_places(tmp_path):
    data = model(
        source(),
        conv("a", "input_1"),
        conv("b", "input_1", 5),
        layer("Concatenate", "ab", ["a", "b"], axis=3),
        function("split", "ab", "split", num_or_size_splits=[4, 4], axis=-1),
        output="split",
    )
    for part, rf in ((0, (3, 3)), (1, (5, 5))):
        data["config"]["output_layers"] = [["split", 0, part]]
        network = read(tmp_path, data)
        node = network.nodes[network.output]
        assert {row.name: row.rf for row in growth(network).rows}[node.name] == rf


@pytest.mark.parametrize(("keywords", "cells"), [({}, 32 * 36), ({"axis": -1}, 1)])
def test_a_norm_without_an_axis_is_over_everything(keywords, cells, tmp_path):
    norm = function("f", "input_1", "math.l2_normalize", **keywords)
    assert mask(read(tmp_path, model(source(), norm)), at=(6, 6)).cells == cells


def test_a_constant_before_a_tensor_is_read(tmp_path):
    """``1 - x`` has the constant in the place of a layer. Source: Keras 2's ``Node.serialize``."""
    for value in (1.0, [[[[1.0, 2.0, 3.0, 4.0]]]]):
        gate = layer("TFOpLambda", "gate", function="math.subtract")
        gate["inbound_nodes"] = [["_CONSTANT_VALUE", -1, value, {"y": ["a", 0, 0]}]]
        network = read(tmp_path, model(source(), conv("a", "input_1", 5), gate))
        assert network.assumed == ()
        assert growth(network).rows[-1].rf == (5, 5)


@pytest.mark.parametrize("keywords", [[1], "x", 3])
def test_keywords_that_are_no_dictionary_are_refused(keywords, tmp_path):
    rows = layer("ReLU", "f", ["input_1"], keywords)
    with pytest.raises(RfcalcError, match="in no form that Keras writes"):
        read(tmp_path, model(source(), rows))


@pytest.mark.parametrize(
    ("function_name", "keywords", "words"),
    [
        ("split", {"num_or_size_splits": [None, 2], "axis": -1}, "sizes of its parts are"),
        ("split", {"num_or_size_splits": ["a", 2], "axis": -1}, "sizes of its parts are"),
        ("split", {"num_or_size_splits": 2, "axis": -1}, "3 indices do not divide into 2 parts"),
        ("__operators__.getitem", {"slice_spec": None}, "its slice_spec is None"),
        ("image.resize", {"size": [9, 9], "preserve_aspect_ratio": True}, "tf.image.resize"),
    ],
)
def test_arguments_of_tensorflow_that_are_not_followed_are_named(
    function_name, keywords, words, tmp_path
):
    with pytest.raises(RfcalcError, match=words):
        read(tmp_path, model(source(), function("f", "input_1", function_name, **keywords)))


def test_an_index_may_be_a_number(tmp_path):
    whole = {"start": None, "stop": None, "step": None}
    row = function("row", "a", "__operators__.getitem", slice_spec=[whole, 4])
    network = read(tmp_path, model(source(), conv("a", "input_1"), row))
    assert network.nodes[-1].size == (1, 36)
    assert mask(network, at=(0, 9)).array().nonzero()[0].tolist() == [3] * 3 + [4] * 3 + [5] * 3


@pytest.mark.parametrize("both", [False, True])
def test_steps_before_the_batch_are_refused(both, tmp_path):
    lstm = layer("LSTM", "lstm", ["input_1"], units=4, time_major=True, return_sequences=True)
    if both:
        lstm = layer("Bidirectional", "both", ["input_1"], layer={**lstm, "inbound_nodes": []})
    with pytest.raises(RfcalcError, match="steps before the batch"):
        read(tmp_path, model(source((12, None, 3)), lstm), shapes=[(12, 1, 3)])


def test_equal_parts_are_counted(tmp_path):
    part = function("part", "a", "split", num_or_size_splits=4, axis=1)
    data = model(source(), conv("a", "input_1", 1), part)
    data["config"]["output_layers"] = [["part", 0, 2]]
    network = read(tmp_path, data)
    assert network.nodes[-1].size == (8, 36)
    assert mask(network, at=(0, 0)).array().nonzero()[0].tolist() == [16]


def test_channels_first_has_tensorflows_word_too(tmp_path):
    for word, size in (("NCHW", (6, 8)), ("NHWC", (4, 6))):
        wide = function("f", "input_1", "nn.depth_to_space", block_size=2, data_format=word)
        network = read(tmp_path, model(source((None, 4, 6, 8)), wide))
        assert network.nodes[0].size == size
        assert network.nodes[-1].size == tuple(2 * n for n in size)


def test_a_nested_model_whose_first_call_is_used_is_counted_from_zero(tmp_path):
    inner = model(source(name="inner_in"), conv("inner_a", "inner_in"), inputs=["inner_in"])
    inner["config"]["name"] = "inner"
    body = {**inner, "name": "inner", "inbound_nodes": [[["input_1", 0, 0, {}]]]}
    network = read(tmp_path, model(source(), body, output="inner"))
    assert growth(network).rows[-1].rf == (3, 3)


def test_a_softmax_of_tensorflow_without_an_axis_runs_over_the_last(tmp_path):
    network = read(tmp_path, model(source(), function("f", "input_1", "nn.softmax", axis=None)))
    assert mask(network, at=(6, 6)).cells == 1


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (function("f", "input_1", "compat.v1.shape"), "tf.compat.v1.shape"),
        (layer("TensorFlowOpLayer", "f", ["input_1"], node_def={}), "TensorFlowOpLayer"),
        (layer("Lambda", "f", ["input_1"], function=["4wEA", None, None]), "Lambda"),
        (layer("Addons>Blur", "f", ["input_1"]), "Addons>Blur"),
        (conv("f", "input_1", kind="Convolution2D"), "Convolution2D"),
    ],
)
def test_what_is_not_known_is_refused_by_name(found, word, tmp_path):
    with pytest.raises(RfcalcError) as caught:
        read(tmp_path, model(source(), found))
    assert caught.value.diagnostics[0].code == "RF501"
    assert word in str(caught.value)


def test_training_that_was_asked_for_stays(tmp_path):
    norm = layer("BatchNormalization", "bn", ["a"], {"training": True}, axis=[3])
    network = read(tmp_path, model(source(), conv("a", "input_1"), norm))
    assert growth(network).rows[-1].unbounded[0].by == "bn"
    flip = layer("RandomFlip", "flip", ["input_1"], {"training": True})
    with pytest.raises(RfcalcError, match="training"):
        read(tmp_path, model(source(), flip))


def test_wrappers_of_keras_2(tmp_path):
    inner = {"class_name": "Conv2D", "config": conv("c", "")["config"]}
    steps = layer("TimeDistributed", "steps", ["input_1"], layer=inner)
    network = read(tmp_path, model(source((None, 5, 12, 12, 3)), steps))
    assert mask(network, at=(6, 6)).rf == (3, 3)

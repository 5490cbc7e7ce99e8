"""Are models within models, wrappers and settings of every kind read, or refused by their name?"""

import json
import os

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras
from rfcalc.interior import growth
from rfcalc.masks import mask
from tests.importers.keras_built import L, assert_equal, c, chain, function, ops, pair
from tests.importers.keras_oracle import config, keras, read

pytestmark = pytest.mark.filterwarnings("ignore")

MAP = (8, 9, 4)


def written(tmp_path, data):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(data))
    return path


def named(data, name):
    return next(held for held in data["config"]["layers"] if held["name"] == name)


def body():
    inside = keras.Input(MAP, name="inside")
    return keras.Model(inside, L.Conv2D(4, 3, padding="same", name="conv")(inside), name="body")


SETTINGS = {
    "Reshape": (lambda: chain(MAP, L.Reshape((72, 4))), {"target_shape": [-1, -1]}, "is no shape"),
    "Permute": (lambda: chain(MAP, L.Permute((2, 1, 3))), {"dims": [1, 1, 3]}, "no order of its"),
    "a dimension": (lambda: chain(MAP, L.Softmax(axis=1)), {"axis": 7}, "there are 4 dimensions"),
    "padding": (lambda: chain(MAP, L.ZeroPadding2D(1)), {"padding": [1, 2, 3]}, "before and after"),
    "an einsum": (
        lambda: chain(MAP, L.EinsumDense("abcd,de->abce", output_shape=(None, None, 5))),
        {"output_shape": [None, None, "5"]},
        "output_shape is",
    ),
    "a product": (
        lambda: function((6, 4), lambda x: L.Dot(axes=2)([x, x])), {"axes": 0}, "name the batch"
    ),
    "a tensor product": (
        lambda: function((6, 4), lambda x: ops.tensordot(x, ops.ones((4, 3)), axes=1)),
        {"axes": 1 << 40},
        "axes is 1099511627776, of tensors of 3 and 2 dimensions",
    ),
    "a crop": (
        lambda: function(MAP, lambda x: ops.image.crop_images(x, 1, 1, 1, 1)),
        {"top_cropping": 1.5},
        "top_cropping is 1.5",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_no_layer_has_is_named(name, tmp_path):
    build, settings, words = SETTINGS[name]
    data = config(build())
    data["config"]["layers"][-1]["config"].update(settings)
    with pytest.raises(RfcalcError, match=words) as caught:
        read_keras(written(tmp_path, data))
    assert caught.value.diagnostics[0].code == "RF504"


BLOCKS = {
    "parts": (lambda x: ops.split(x, 2, axis=1)[0], "9 indices do not divide into 2 parts"),
    "depth": (lambda x: ops.space_to_depth(x, 2), "9 x 8 cells do not divide into blocks of 2"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_size_that_does_not_divide_is_refused(name, tmp_path):
    call, words = BLOCKS[name]
    model = function((None, None, 4), call)
    assert read(model, tmp_path, shapes=[(8, 8)]).nodes[-1].size[1] in (4, 8)
    with pytest.raises(RfcalcError, match=words):
        read(model, tmp_path, shapes=[(9, 8)])


def test_channels_that_do_not_divide_are_refused(tmp_path):
    data = config(function(MAP, lambda x: ops.depth_to_space(x, 2)))
    data["config"]["layers"][1]["config"]["block_size"] = 3
    with pytest.raises(RfcalcError, match="4 channels do not divide into blocks of 3 x 3"):
        read_keras(written(tmp_path, data))


def test_an_open_batch_within_a_shape_is_the_batch(tmp_path):
    model = function(MAP, lambda x: ops.reshape(c(4)(x), (x.shape[0], 72, 4)))
    plain = function(MAP, lambda x: ops.reshape(c(4)(x), (-1, 72, 4)))
    assert_equal(plain, read(model, tmp_path))


def test_an_operation_may_be_assumed_by_its_name(tmp_path):
    model = function(MAP, lambda x: c(2)(ops.rot90(x, axes=(1, 2))))
    with pytest.raises(RfcalcError, match=r"the operation ops\.Rot90 is not handled"):
        read(model, tmp_path)
    square = function((9, 9, 4), lambda x: c(2)(ops.rot90(x, axes=(1, 2))))
    network = read(square, tmp_path, assume_pointwise=["ops.Rot90"])
    assert len(network.assumed) == 1
    assert mask(network, at=(4, 4)).rf == (3, 3)


def test_classes_within_models_and_wrappers_may_be_assumed(tmp_path):
    steps = keras.Input((5, *MAP))
    inner = body()
    data = config(keras.Model(steps, L.TimeDistributed(inner, name="each")(steps)))
    layers = named(data, "each")["config"]["layer"]["config"]["layers"]
    layers[1] |= {"module": "mine", "class_name": "Own", "registered_name": "mine>Own"}
    network = read_keras(written(tmp_path, data), assume_pointwise=["Own"])
    assert "Own taken for element-wise" in network.assumed[0]
    with pytest.raises(RfcalcError, match="the model does not use an operator 'Owm'"):
        read_keras(written(tmp_path, data), assume_pointwise=["Owm"])
    alone = config(function(MAP, inner))
    layers = named(alone, "body")["config"]["layers"]
    layers[1] |= {"module": "mine", "class_name": "Own", "registered_name": "mine>Own"}
    assert read_keras(written(tmp_path, alone), assume_pointwise=["Own"]).assumed


def test_a_model_that_is_called_on_too_many_tensors_is_refused(tmp_path):
    data = config(function(MAP, body()))
    call = named(data, "body")["inbound_nodes"][0]
    call["args"] = [[call["args"][0], call["args"][0]]]
    with pytest.raises(RfcalcError, match="it has 1 inputs and is called on 2"):
        read_keras(written(tmp_path, data))


def wrapped(layer):
    config = {"name": "w", "layer": layer}
    return {"module": "keras.layers", "class_name": "SpectralNormalization", "config": config}


def alone(layer):
    config = {"name": "s", "layers": [layer], "build_input_shape": [None, *MAP]}
    return {"module": "keras", "class_name": "Sequential", "config": config}


@pytest.mark.parametrize("outermost", ["a wrapper", "a model"])
def test_wrappers_around_models_are_bounded(outermost, tmp_path):
    def whole(inner):
        return alone(wrapped(inner) if outermost == "a wrapper" else inner)

    inner = {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "r"}}
    for _ in range(20):
        inner = wrapped(alone(inner))
    assert read_keras(written(tmp_path, whole(inner))).nodes[-1].layer.op == "relu"
    for _ in range(30):
        inner = wrapped(alone(inner))
    with pytest.raises(RfcalcError, match="nested deeper than 64 levels"):
        read_keras(written(tmp_path, whole(inner)))


def test_arguments_are_bounded(tmp_path):
    data = config(chain(MAP, L.ReLU(name="relu")))
    nested = []
    for _ in range(100):
        nested = [nested]
    named(data, "relu")["inbound_nodes"][0]["kwargs"]["mask"] = nested
    with pytest.raises(RfcalcError, match="arguments are nested deeper"):
        read_keras(written(tmp_path, data))


@pytest.mark.parametrize("node", [{"args": [], "kwargs": [1]}, [["image", 0, 0], 3]])
def test_a_call_in_no_form_of_keras_is_refused(node, tmp_path):
    data = config(chain(MAP, L.ReLU(name="relu")))
    named(data, "relu")["inbound_nodes"] = [node]
    with pytest.raises(RfcalcError, match="in no form that Keras writes"):
        read_keras(written(tmp_path, data))


def test_a_chain_that_begins_with_a_model_has_its_input(tmp_path):
    data = config(keras.Sequential([body(), L.Conv2D(4, 3, name="after")]))
    settings = data["config"]
    settings["layers"] = [one for one in settings["layers"] if one["class_name"] != "InputLayer"]
    settings.pop("build_input_shape", None)
    network = read_keras(written(tmp_path, data))
    assert network.nodes[0].size == MAP[:2]
    assert growth(network).rows[-1].rf == (5, 5)


def test_an_input_gets_a_name_that_no_layer_has(tmp_path):
    model = keras.Sequential([L.Conv2D(4, 3, name="a"), L.ReLU(name="a_input")])
    network = read(model, tmp_path, shapes=[(1, *MAP)])
    assert [node.name for node in network.nodes] == ["a_input_", "a", "a_input"]


def test_calls_of_a_nested_model_may_be_counted_from_one(tmp_path):
    """As the first releases of Keras 3 do, which count the call on the model's own input."""
    inner = body()
    data = config(function(MAP, lambda x: L.ReLU(name="end")(inner(inner(x)))))
    again, end = named(data, "body")["inbound_nodes"][1], named(data, "end")["inbound_nodes"][0]
    for call, counted in ((again, 1), (end, 2)):
        history = call["args"][0]["config"]["keras_history"]
        assert history == ["body", counted - 1, 0]
        history[1] = counted
    network = read_keras(written(tmp_path, data))
    assert growth(network).rows[-1].rf == (5, 5)


def opaque(size):
    """Return a model in which code stands before a model."""
    image, inside = keras.Input((*size, 4)), keras.Input((*size, 4))
    x = L.Lambda(lambda x: x * 2, output_shape=(*size, 4))(image)
    return keras.Model(image, keras.Model(inside, L.Conv2D(4, 3)(inside), name="body")(x))


def test_a_model_behind_code_is_read_at_the_shape_that_is_written(tmp_path):
    network = read(opaque((8, 9)), tmp_path, submodule="body")
    assert [node.size for node in network.nodes] == [(8, 9), (6, 7)]


@pytest.mark.parametrize(("size", "shapes"), [((8, 9), [(8, 9)]), ((None, None), [(8, 9)])])
def test_a_model_behind_code_is_not_read_at_a_shape_that_is_given(size, shapes, tmp_path):
    with pytest.raises(RfcalcError, match="Lambda: it holds Python code"):
        read(opaque(size), tmp_path, submodule="body", shapes=shapes)


def test_a_text_that_is_too_long_is_not_read(tmp_path):
    path = tmp_path / "long.json"
    path.write_bytes(b"{")
    os.truncate(path, (1 << 25) + 1)
    with pytest.raises(RfcalcError, match="larger than 33,554,432 bytes"):
        read_keras(path)


@pytest.mark.parametrize("keyword", [False, True])
def test_a_model_that_is_called_on_a_dictionary_goes_by_names(keyword, tmp_path):
    b, a = keras.Input((12, 4), name="b"), keras.Input((12, 4), name="a")
    x = L.Conv1D(2, 3, padding="same")(b) + L.Conv1D(2, 7, padding="same")(a)
    inner = keras.Model([b, a], x, name="inner")

    def called(x, y):
        given = {"a": x, "b": y}
        return inner(inputs=given) if keyword else inner(given)

    model = pair((12, 4), (12, 4), called)
    assert_equal(model, read(model, tmp_path))
    data = config(model)
    call = named(data, "inner")["inbound_nodes"][0]
    held = call["kwargs"]["inputs"] if keyword else call["args"][0]
    held["c"] = held.pop("b")
    with pytest.raises(RfcalcError, match=r"its inputs are \['b', 'a'\]"):
        read_keras(written(tmp_path, data))


def test_two_inputs_of_a_model_keep_their_places(tmp_path):
    model = pair((9, 4), (9, 4), lambda x, y: L.Conv1D(2, 3)(x) + L.Conv1D(2, 3)(y))
    assert_equal(model, read(model, tmp_path))

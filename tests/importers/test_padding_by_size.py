"""Does padding that goes by the size hold at other sizes than the one a model was read at?"""

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras, read_onnx, read_tflite
from rfcalc.network import Network
from rfcalc.tiling.answer import answer
from rfcalc.tiling.proof import verify
from rfcalc.tiling.sizes import nearest, sizes, taker
from rfcalc.verification.fitting import resized

# Writers of models warn of their own old age.
pytestmark = pytest.mark.filterwarnings("default")
SIZES = range(1, 40)
SETTINGS = [(3, 2), (2, 2), (5, 3), (4, 2), (2, 3)]


def keras_model(folder, kernel, stride, n=32):
    keras = pytest.importorskip("keras")
    layers = keras.layers
    inputs = keras.Input((None, 1))
    x = layers.Conv1D(2, kernel, strides=stride, padding="same")(inputs)
    outputs = layers.MaxPooling1D(2, padding="same")(x)
    model = keras.Model(inputs, outputs)
    model.save(folder / "same.keras")
    return model, read_keras(folder / "same.keras", shapes=[(n,)])


def tflite_model(folder, kernel, stride, n=32):
    made_of = pytest.importorskip("tests.importers.tflite_made")
    made = made_of.Made(1, n, n, 1)
    weights = made.weights(2, kernel, kernel, 1)
    x = made("CONV_2D", made.x, weights, Padding=0, StrideH=stride, StrideW=stride)
    pool = {"FilterHeight": 2, "FilterWidth": 2, "StrideH": 2, "StrideW": 2}
    path = made.saved(folder, made("MAX_POOL_2D", x, Padding=0, **pool))
    return read_tflite(path)


def onnx_model(folder, kernel, stride, n=32, word="SAME_UPPER"):
    onnx = pytest.importorskip("onnx")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    import numpy as np

    weight = onnx.numpy_helper.from_array(np.ones((2, 1, kernel), np.float32), "w")
    conv = helper.make_node("Conv", ["x", "w"], ["a"], auto_pad=word, strides=[stride])
    pool = helper.make_node("MaxPool", ["a"], ["y"], auto_pad=word, kernel_shape=[2], strides=[2])
    ends = (
        [helper.make_tensor_value_info("x", kind, [1, 1, n])],
        [helper.make_tensor_value_info("y", kind, None)],
    )
    graph = helper.make_graph([conv, pool], "same", *ends, initializer=[weight])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, folder / "same.onnx")
    return read_onnx(folder / "same.onnx")


def read(name, folder, kernel, stride, n=32) -> Network:
    if name == "keras":
        return keras_model(folder, kernel, stride, n)[1]
    if name == "tflite":
        return tflite_model(folder, kernel, stride, n)
    return onnx_model(folder, kernel, stride, n, "SAME_LOWER" if "lower" in name else "SAME_UPPER")


@pytest.mark.parametrize(("kernel", "stride"), SETTINGS)
@pytest.mark.parametrize("name", ["keras", "tflite", "onnx", "onnx, lower"])
def test_a_model_at_another_size_is_the_one_read_at_that_size(name, kernel, stride, tmp_path):
    network = read(name, tmp_path, kernel, stride)
    assert sizes(network)[0].smallest == 1
    for n in (1, 2, 5, 8, 13, 31):
        there = read(name, tmp_path, kernel, stride, n)
        found = resized(network, (n,) * network.dims)
        assert [node.size for node in found.nodes] == [node.size for node in there.nodes]
        assert [node.taps for node in found.nodes] == [node.taps for node in there.nodes]


@pytest.mark.parametrize(("kernel", "stride"), SETTINGS)
def test_sizes_are_those_that_keras_gives(kernel, stride, tmp_path):
    model, network = keras_model(tmp_path, kernel, stride)
    found = taker(network, 0)
    for n in SIZES:
        shape = model.compute_output_shape((1, n, 1))
        assert found.sizes(n)[network.output] == shape[1]


def test_the_message_has_the_size_of_the_input_that_is_given(tmp_path):
    keras = pytest.importorskip("keras")
    layers = keras.layers
    inputs = keras.Input((None, None, 1))
    x = layers.Conv2D(1, 3, strides=2, padding="same")(inputs)
    outputs = layers.Concatenate()([inputs, layers.UpSampling2D(2)(x)])
    keras.Model(inputs, outputs).save(tmp_path / "level.keras")
    network = read_keras(tmp_path / "level.keras", shapes=[(32, 32)])
    with pytest.raises(RfcalcError, match="sizes that differ"):
        resized(network, (31, 31))
    found = taker(network, 0)
    assert nearest(found, 31) == (30, 32)
    with pytest.raises(Exception, match=r"has 31, '.*' has 32"):
        found.sizes(31)


@pytest.mark.parametrize("n", [96, 97, 98, 99, 100, 101])
@pytest.mark.parametrize("name", ["keras", "tflite", "onnx", "onnx, lower"])
def test_tiles_of_a_whole_of_any_size_equal_the_whole(name, n, tmp_path):
    network = read(name, tmp_path, 3, 2)
    found = answer(network, tile=16, whole=(n,))
    assert verify(found.plan).ok
    assert found.plan.halo == answer(resized(network, (n,) * network.dims), tile=16).plan.halo
    assert found.setting is not None
    for window in found.setting.window:
        assert window is not None
        # Windows pad as the whole does where both leave the same rest.
        assert (window - n) % found.plan.halo.alignment[0] == 0


def test_a_halo_of_another_size_is_not_enough(tmp_path):
    network = read("onnx", tmp_path, 3, 2)
    here, there = (answer(network, tile=16, whole=(n,)).plan for n in (96, 101))
    assert here.halo.any != there.halo.any
    assert not verify(there, here.halo.any).ok

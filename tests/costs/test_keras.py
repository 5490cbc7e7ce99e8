"""Do Keras' layers cost the weights that Keras builds?"""

import json

import pytest

from rfcalc.costs import cost
from rfcalc.loading import load

keras = pytest.importorskip("keras")

L = keras.layers
LAYERS = {
    "conv": ((12, 12, 6), lambda: L.Conv2D(6, 3, groups=3, use_bias=False), 10 * 10 * 6 * 18),
    "transposed": ((12, 12, 6), lambda: L.Conv2DTranspose(4, 3, strides=2), 144 * 6 * 9 * 4),
    "depthwise": ((12, 12, 6), lambda: L.DepthwiseConv2D(3, depth_multiplier=2), 100 * 12 * 9),
    "separable": (
        (12, 12, 6),
        lambda: L.SeparableConv2D(5, 3, depth_multiplier=2),
        100 * (12 * 9 + 12 * 5),
    ),
    "dense": ((12, 12, 6), lambda: L.Dense(7), 144 * 42),
    "einsum": (
        (12, 12, 6),
        lambda: L.EinsumDense("...d,de->...e", output_shape=(5,), bias_axes="e"),
        144 * 30,
    ),
    "batch norm": ((12, 12, 6), lambda: L.BatchNormalization(scale=False), 0),
    "layer norm": ((12, 12, 6), lambda: L.LayerNormalization(axis=[1, 2]), 0),
    "group norm": ((12, 12, 6), lambda: L.GroupNormalization(3), 0),
    "prelu": ((12, 12, 6), lambda: L.PReLU(shared_axes=[1, 2]), 0),
    "spectral": ((12, 12, 6), lambda: L.SpectralNormalization(L.Conv2D(4, 3)), 100 * 4 * 54),
    "lstm": ((20, 6), lambda: L.LSTM(5, return_sequences=True), 20 * 4 * 5 * 11),
    "gru": ((20, 6), lambda: L.GRU(5), 20 * 3 * 5 * 11),
    "gru, older": ((20, 6), lambda: L.GRU(5, reset_after=False), 20 * 3 * 5 * 11),
    "both ways": (
        (20, 6),
        lambda: L.Bidirectional(L.LSTM(3, return_sequences=True)),
        2 * 20 * 4 * 3 * 9,
    ),
    "stacked": ((20, 6), lambda: L.RNN([L.LSTMCell(4), L.GRUCell(3)]), 20 * (160 + 63)),
    "each step": ((20, 6), lambda: L.TimeDistributed(L.Dense(3)), 20 * 18),
    "conv lstm": (
        (4, 8, 8, 2),
        lambda: L.ConvLSTM2D(3, 3, padding="same"),
        4 * 64 * 9 * (2 + 3) * 12,
    ),
}


def network(model, folder):
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(model.to_json())))
    return load(file)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_costs_the_weights_that_keras_builds(name, tmp_path):
    shape, made, macs = LAYERS[name]
    x = keras.Input(shape)
    model = keras.Model(x, made()(x))
    total = cost(network(model, tmp_path)).total
    weights = sum(int(keras.ops.size(weight)) for weight in model.trainable_weights)
    assert total.parameters == weights
    assert total.macs == macs
    assert total.whole


@pytest.mark.parametrize(
    ("settings", "macs"),
    [
        ({"num_heads": 2, "key_dim": 3}, 10 * 6 * 6 + 7 * 4 * 6 * 2 + 2 * 70 * 6 + 10 * 6 * 6),
        (
            {"num_heads": 2, "key_dim": 3, "value_dim": 5, "output_shape": 4, "use_bias": False},
            10 * 6 * 6 + 7 * 4 * 6 + 7 * 4 * 10 + 2 * 70 * 8 + 10 * 10 * 4,
        ),
    ],
)
def test_heads_project_score_and_sum(settings, macs, tmp_path):
    query, value = keras.Input((10, 6)), keras.Input((7, 4))
    model = keras.Model([query, value], L.MultiHeadAttention(**settings)(query, value))
    total = cost(network(model, tmp_path)).total
    assert total.parameters == model.count_params()
    assert total.macs == macs


def test_a_layer_that_is_called_twice_has_its_weights_once(tmp_path):
    x, layer = keras.Input((8, 8, 4)), L.Conv2D(4, 3, padding="same")
    model = keras.Model(x, layer(layer(x)))
    total = cost(network(model, tmp_path)).total
    assert total.parameters == model.count_params()
    assert total.macs == 2 * 64 * 144

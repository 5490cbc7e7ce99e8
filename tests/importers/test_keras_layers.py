"""Does every Keras layer read what it says, next to the gradient of the layer itself?"""

import json

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras
from tests.importers.keras_built import (
    FIRST,
    assert_equal,
    c,
    chain,
    function,
    halves,
    shapes,
)
from tests.importers.keras_oracle import compare, config, keras, read

L, ops = keras.layers, keras.ops

pytestmark = pytest.mark.filterwarnings("ignore")


FLAT, IMAGE = (12, 4), (11, 12, 4)

LAYERS = {
    "same, strided": lambda: chain(
        (15, 14, 3),
        L.Conv2D(4, 3, strides=2, padding="same"),
        L.Conv2D(4, (4, 2), strides=(1, 2), padding="same"),
        L.Conv2D(2, 3, dilation_rate=2, padding="same"),
    ),
    "causal": lambda: chain(
        (30, 3),
        L.Conv1D(4, 3, dilation_rate=2, padding="causal"),
        L.Conv1D(4, 2, strides=2, padding="causal"),
    ),
    "3-D": lambda: chain(
        (7, 8, 9, 2),
        L.Conv3D(2, 3, strides=2, padding="same"),
        L.MaxPooling3D(2, padding="same"),
    ),
    "depthwise": lambda: chain(
        (12, 13, 4),
        L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2),
        L.SeparableConv2D(4, 3),
    ),
    "depthwise 1-D": lambda: chain(
        (22, 4), L.DepthwiseConv1D(3, strides=2, padding="same"), L.SeparableConv1D(4, 3)
    ),
    "groups": lambda: chain((12, 13, 4), L.Conv2D(8, 3, groups=2)),
    "channels first": lambda: chain(
        (4, 12, 13),
        L.Conv2D(8, 3, strides=2, padding="same", **FIRST),
        L.MaxPooling2D(3, 2, padding="same", **FIRST),
        L.UpSampling2D(2, **FIRST),
    ),
    "softmax of channels first": lambda: chain(
        (3, 6, 7), L.Conv2D(4, 3, activation="softmax", **FIRST)
    ),
    "pools": lambda: chain(
        (23, 20, 4),
        L.MaxPooling2D(3, 2, padding="same"),
        L.AveragePooling2D(2, padding="same"),
        L.AveragePooling2D((2, 3), (1, 2)),
    ),
    "global pool": lambda: chain(
        (9, 9, 4), L.Conv2D(3, 3), L.GlobalAveragePooling2D(keepdims=True), L.Conv2D(2, 1)
    ),
    "global maximum": lambda: chain(
        (9, 9, 4), L.Conv2D(3, 3), L.GlobalMaxPooling2D(), L.Dense(2)
    ),
    "repeated": lambda: chain((7, 8, 3), L.UpSampling2D((2, 3)), L.Conv2D(2, 3)),
    "resampled": lambda: chain(
        (7, 8, 3),
        L.UpSampling2D(2, interpolation="bilinear"),
        L.UpSampling2D(2, interpolation="bicubic"),
    ),
    "repeated 1-D": lambda: chain((7, 3), L.UpSampling1D(3), L.Conv1D(2, 2)),
    "repeated 3-D": lambda: chain((3, 4, 5, 2), L.UpSampling3D((2, 1, 2))),
    "to a size": lambda: chain((13, 17, 3), L.Resizing(20, 9)),
    "to a size, nearest": lambda: chain((23, 17, 3), L.Resizing(10, 9, interpolation="nearest")),
    "to a size, smooth": lambda: chain((23, 17, 3), L.Resizing(10, 9, antialias=True)),
    "to a ratio": lambda: chain(
        (23, 17, 3), L.Resizing(10, 9, crop_to_aspect_ratio=True, interpolation="bicubic")
    ),
    "padded to a ratio": lambda: chain((24, 17, 3), L.Resizing(10, 10, pad_to_aspect_ratio=True)),
    "centre": lambda: chain((24, 17, 3), L.CenterCrop(11, 10)),
    "centre of too small a map": lambda: chain((8, 17, 3), L.CenterCrop(11, 10)),
    "frame": lambda: chain(
        (12, 12, 3),
        L.ZeroPadding2D(((1, 2), (0, 3))),
        L.Cropping2D(((2, 1), (0, 4))),
        L.Conv2D(2, 3),
    ),
    "frame 1-D": lambda: chain((12, 3), L.ZeroPadding1D((1, 2)), L.Cropping1D(1), L.Conv1D(2, 3)),
    "norms": lambda: chain(
        (8, 8, 4), L.BatchNormalization(), L.LayerNormalization(), L.UnitNormalization(), c(4)
    ),
    "norm of all": lambda: chain((8, 8, 4), L.LayerNormalization(axis=[1, 2, 3]), c(4)),
    "group norm": lambda: chain((8, 8, 4), L.Conv2D(4, 3), L.GroupNormalization(2)),
    "instance norm": lambda: chain((8, 8, 4), L.Conv2D(4, 3), L.GroupNormalization(-1)),
    "activations": lambda: chain(
        (8, 8, 4),
        *(L.Activation(a) for a in ("relu", "gelu", "silu", "hard_sigmoid", "linear")),
        *(L.LeakyReLU(), L.ReLU(6.0), L.PReLU(shared_axes=[1, 2]), L.Softmax(), c(2)),
    ),
    "flat and dense": lambda: chain((6, 6, 3), L.Conv2D(2, 3), L.Flatten(), L.Dense(5)),
    "turned": lambda: chain(
        (6, 7, 3), L.Permute((2, 1, 3)), L.Conv2D(2, (3, 1)), L.Permute((2, 1, 3))
    ),
    "noise": lambda: chain(
        (10,),
        L.Dense(48),
        L.Reshape((4, 4, 3)),
        L.Conv2DTranspose(4, 4, strides=2, padding="same"),
    ),
    "every step": lambda: chain(
        (4, 9, 8, 2),
        L.TimeDistributed(L.Conv2D(2, 3)),
        L.TimeDistributed(L.MaxPooling2D(2)),
        L.Conv3D(2, (2, 1, 1)),
    ),
    "every step, pooled": lambda: chain(
        (4, 9, 8, 2),
        L.TimeDistributed(L.Conv2D(2, 3)),
        L.TimeDistributed(L.GlobalAveragePooling2D()),
        L.Conv1D(2, 3),
    ),
    "both ways": lambda: chain(
        (20, 3),
        L.Conv1D(4, 3, strides=2),
        L.Bidirectional(L.LSTM(3, return_sequences=True)),
        L.Dense(2),
    ),
    "a recurrence": lambda: chain((20, 3), L.Conv1D(4, 3), L.LSTM(3, return_sequences=True)),
    "a running sum": lambda: function((9, 2), lambda x: ops.cumsum(L.Conv1D(2, 3)(x), axis=1)),
    "last step": lambda: chain((20, 3), L.Conv1D(4, 3, strides=2), L.GRU(3), L.Dense(2)),
    "dense by letters": lambda: chain(
        (6, 7, 3), L.EinsumDense("abcd,de->abce", output_shape=(None, None, 5)), c(2)
    ),
    "dense over space": lambda: chain(
        (6, 7, 3), L.EinsumDense("abcd,bce->ade", output_shape=(3, 4))
    ),
    "spectral": lambda: chain((9, 9, 3), L.SpectralNormalization(L.Conv2D(2, 3))),
    "augmented": lambda: chain(
        (9, 9, 3), L.RandomFlip(), L.RandomRotation(0.1), L.RandomZoom(0.1), L.Rescaling(2.0), c(2)
    ),
    "dropped": lambda: chain(
        (9, 9, 3), L.Dropout(0.5), L.SpatialDropout2D(0.5), L.GaussianNoise(0.1), c(2)
    ),
    "attention": lambda: function(
        FLAT, lambda x: L.MultiHeadAttention(2, 3)(L.Conv1D(4, 3, padding="same")(x), x)
    ),
    "attention over one axis": lambda: function(
        (6, 7, 5), lambda x: L.MultiHeadAttention(2, 3, attention_axes=(2,))(c(5)(x), x)
    ),
    "grouped attention": lambda: function(FLAT, lambda x: L.GroupQueryAttention(3, 4, 2)(x, x)),
}  # fmt: skip
if hasattr(L, "AdaptiveAveragePooling2D"):
    LAYERS["adaptive"] = lambda: chain((13, 11, 4), L.AdaptiveAveragePooling2D((5, 4)))

OPERATIONS = {
    "slice": lambda x: c(2)(x[:, 1:-1, ::2, :]),
    "index": lambda x: L.Conv1D(2, 3)(x[:, 3]),
    "new dimension": lambda x: c(2)(x)[:, :, None],
    "split": lambda x: (lambda a, b: [c(2)(a), b])(*ops.split(c(4)(x), 2, axis=-1)),
    "split of a concatenation": lambda x: (
        c(2)(ops.split(L.Concatenate()([c(2)(x), c(2, 5)(x)]), 2, axis=-1)[0])
    ),
    "cells after cells": lambda x: ops.concatenate(
        ops.split(c(2)(x), [5], axis=1)[::-1], axis=1
    ),
    "reflect": lambda x: L.Conv2D(2, 3)(
        ops.pad(x, [[0, 0], [2, 1], [1, 1], [0, 0]], mode="reflect")
    ),
    "zeros": lambda x: ops.pad(c(2)(x), [[0, 0], [2, 1], [0, 0], [0, 3]]),
    "mean": lambda x: ops.mean(c(2)(x), axis=(1, 2)),
    "mean of an axis": lambda x: ops.mean(c(2)(x), axis=1),
    "mean of channels": lambda x: c(2)(ops.mean(x, axis=-1, keepdims=True)),
    "transpose": lambda x: L.Conv2D(2, (3, 1))(ops.transpose(x, (0, 2, 1, 3))),
    "swap": lambda x: L.Conv2D(2, (3, 1))(ops.swapaxes(x, 1, 2)),
    "move": lambda x: L.Conv2D(2, (3, 1))(ops.moveaxis(x, 1, 2)),
    "roll": lambda x: c(2)(ops.roll(x, 3, axis=1)),
    "flip": lambda x: c(2)(ops.flip(x, axis=2)),
    "repeat": lambda x: c(2)(ops.repeat(x, 2, axis=1)),
    "tile": lambda x: ops.tile(ops.mean(x, axis=(1, 2), keepdims=True), (1, 11, 12, 1)) + c(4)(x),
    "tile cells": lambda x: c(2)(ops.tile(x, (1, 2, 1, 1))),
    "take": lambda x: c(2)(ops.take(x, [1, 3, 5], axis=1)),
    "resize": lambda x: ops.image.resize(c(2)(x), (22, 24)),
    "patches": lambda x: L.Dense(4)(ops.image.extract_patches(x, (4, 3))),
    "patches, overlapping": lambda x: ops.image.extract_patches(x, 3, strides=2, padding="same"),
    "convolution": lambda x: ops.conv(x, np.ones((3, 3, 4, 2)), padding="same", strides=2),
    "depthwise": lambda x: ops.depthwise_conv(x, np.ones((3, 3, 4, 1))),
    "pool": lambda x: ops.max_pool(c(2)(x), 3, 2, padding="same"),
    "normalize": lambda x: ops.normalize(c(4)(x), axis=-1),
    "softmax over space": lambda x: ops.softmax(c(4)(x), axis=1),
    "logsumexp": lambda x: ops.logsumexp(c(4)(x), axis=2),
    "broadcast": lambda x: ops.broadcast_to(ops.mean(c(4)(x), axis=1, keepdims=True), (1, *IMAGE)),
    "einsum": lambda x: ops.einsum("bhwc,bhxc->bhwx", x, c(4)(x)),
    "einsum of channels": lambda x: ops.einsum("bhwc,bhwd->bhwcd", x, c(2)(x)),
    "product": lambda x: ops.matmul(x, np.ones((4, 3))),
    "tensordot": lambda x: ops.tensordot(x, np.ones((4, 3)), axes=1),
    "arithmetic": lambda x: (1 - c(4)(x)) ** 2 / (ops.abs(x) + 3.0) + ops.sqrt(x),
    "where": lambda x: ops.where(x > 0, c(4)(x), x * 0.1),
    "stack": lambda x: ops.max(ops.stack([c(2)(x), c(2, 5)(x)], axis=1), axis=1),
    "maxout": lambda x: ops.max(ops.reshape(c(6)(x), (-1, 11, 12, 3, 2)), axis=-1),
    "norm": lambda x: ops.norm(c(6)(x), axis=-1, keepdims=True),
    "largest channels": lambda x: ops.top_k(c(6)(x), 2)[0],
    "grey": lambda x: c(2)(ops.image.rgb_to_grayscale(x[..., :3])),
    "cropped": lambda x: c(2)(
        ops.image.crop_images(x, 1, 2, target_height=6, target_width=5)
    ),
    "padded": lambda x: c(2)(ops.image.pad_images(x, 1, 2, target_height=16, target_width=15)),
    "merges": lambda x: L.Average()(
        [c(2)(x), L.Maximum()([c(2, 5)(x), L.Minimum()([c(2, 1)(x), c(2, (1, 7))(x)])])]
    ),
    "rows of a map": lambda x: L.Concatenate(axis=1)([c(2)(x), c(2, 5)(x)]),
}  # fmt: skip

if hasattr(ops, "depth_to_space"):
    OPERATIONS |= {
        "depth to space": lambda x: c(2)(ops.depth_to_space(c(8)(x), 2)),
        "space to depth": lambda x: c(2)(ops.space_to_depth(x[:, :10], 2)),
        "focus": lambda x: c(2)(ops.space_to_depth(x[:, :10], 2)[..., 4:8]),
    }


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_reads_what_its_gradient_reaches(name, tmp_path):
    model = LAYERS[name]()
    network = read(model, tmp_path)
    assert network.assumed == ()
    assert_equal(model, network, first="channels first" in name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_reads_what_its_gradient_reaches(name, tmp_path):
    model = function(IMAGE, OPERATIONS[name])
    network = read(model, tmp_path)
    # Axes that change places at the end are still the axes of the input.
    assert network.assumed == ()
    assert_equal(model, network)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_a_transposed_convolution_has_keras_own_size_and_cells(kernel, stride, padding, tmp_path):
    for extra in (None, *range(stride)):
        layer = L.Conv2DTranspose(2, kernel, strides=stride, padding=padding, output_padding=extra)
        try:
            model = chain((6, 5, 3), layer)
        except ValueError:
            continue
        network = read(model, tmp_path)
        assert network.nodes[-1].size == tuple(model.output_shape[1:3])
        assert_equal(model, network)


@pytest.mark.parametrize("n", range(5, 14))
@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 2), (5, 3), (1, 2), (4, 1), (2, 3)])
def test_same_padding_is_tensorflows(n, kernel, stride, tmp_path):
    model = chain(
        (n, 3),
        L.Conv1D(2, kernel, strides=stride, padding="same"),
    )
    network = read(model, tmp_path)
    # Source: the note on padding in TensorFlow's tf.nn, with the odd cell at the end.
    size = -(-n // stride)
    total = max((size - 1) * stride + kernel - n, 0)
    assert network.nodes[-1].size == (size,)
    assert network.nodes[-1].layer.pads(n, 0) == (total // 2, total - total // 2)
    assert_equal(model, network)


WIDER = {
    "a convolutional recurrence": lambda: chain((3, 9, 9, 2), L.ConvLSTM2D(2, 3, padding="same")),
}


@pytest.mark.parametrize("name", WIDER)
def test_what_is_taken_wider_than_it_is_says_so(name, tmp_path):
    model = WIDER[name]()
    network = read(model, tmp_path)
    assert network.assumed
    verdict = compare(model, network, shapes(model))
    assert verdict.wrong == 0, verdict.first


def test_a_convolutional_recurrence_reads_one_kernel_more_per_step(tmp_path):
    from rfcalc.masks import mask

    network = read(chain((3, 15, 15, 2), L.ConvLSTM2D(2, 3, padding="same")), tmp_path)
    found = mask(network, at=(0, 7, 7)).array()
    assert found.shape == (3, 15, 15)
    assert found.sum() == 3 * 7 * 7


def test_a_norm_over_one_axis_reads_that_axis(tmp_path):
    """Keras' PyTorch backend normalises the channels here; its documentation says the axis."""
    from rfcalc.masks import mask

    network = read(chain((6, 8, 4), L.LayerNormalization(axis=2)), tmp_path)
    found = mask(network, at=(2, 3)).array()
    assert [found[2].all(), found.sum()] == [True, 8]


def test_lanczos_is_one_cell_wider_and_says_so(tmp_path):
    data = config(chain((16, 16, 3), L.UpSampling2D(2, interpolation="bilinear")))
    data["config"]["layers"][1]["config"]["interpolation"] = "lanczos3"
    (tmp_path / "m.json").write_text(json.dumps(data))
    network = read_keras(tmp_path / "m.json")
    assert "Lanczos" in network.assumed[0]
    from rfcalc.masks import mask

    assert mask(network, at=(16, 16)).rf == (7, 7)


def test_negative_steps_reverse(tmp_path):
    from rfcalc.masks import mask

    model = function((9, 2), lambda x: x[:, -2:1:-3])
    network = read(model, tmp_path)
    cells = [mask(network, at=(i,)).array().nonzero()[0].tolist() for i in range(2)]
    assert cells == [[i] for i in range(9)[-2:1:-3]]


REVERSED = {
    "turned": lambda x: ops.flip(halves(x), -1)[..., :4],
    "turned twice": lambda x: ops.flip(ops.flip(halves(x), -1), -1)[..., :4],
    "nested": lambda x: ops.flip(ops.concatenate([halves(x), c(4, 3)(x)], -1), -1)[..., 4:8],
    "with space": lambda x: ops.flip(ops.concatenate([halves(x), c(4, 3)(x)], -1), [1, 3])[..., :4],
}


@pytest.mark.parametrize("name", REVERSED)
def test_reversed_channels_read_what_stands_at_the_other_end(name, tmp_path):
    model = function((9, 9, 3), REVERSED[name])
    network = read(model, tmp_path)
    verdict = compare(model, network, [(1, 9, 9, 3)])
    assert verdict.wrong == 0, verdict.first
    assert network.assumed or verdict.wide == 0


def test_a_value_laid_over_a_shape_is_read(tmp_path):
    from rfcalc.masks import mask

    model = function((6, 6, 3), lambda x: c(4)(x) + ops.full_like(c(4)(x), ops.mean(x)))
    found = mask(read(model, tmp_path), at=(2, 2))
    assert (found.cells, found.exact) == (36, True)
    fixed = function((6, 6, 3), lambda x: c(4)(x) + ops.full_like(c(4)(x), 2.0))
    assert mask(read(fixed, tmp_path), at=(2, 2)).cells == 9


OVERLOOKED = {
    "statistics": lambda x: ops.batch_normalization(x, *ops.moments(x, [0, 1, 2]), axis=-1),
    "a computed scale": lambda x: ops.layer_normalization(x, gamma=ops.mean(x, [0, 1, 2])),
    "a computed root scale": lambda x: ops.rms_normalization(x, scale=ops.mean(x, [0, 1, 2])),
    "weights": lambda x: ops.average(x, axis=-1, weights=c(3, 7)(x)),
    "a fill": lambda x: ops.pad(x, 1, constant_values=ops.mean(x)),
    "a mask of a softmax": lambda x: L.Softmax()(x, mask=ops.greater(c(3)(x), 0.0)),
    "a mask of a pool": lambda x: L.GlobalAveragePooling1D()(x[:, 0], mask=ops.any(x[:, 1], -1)),
    "a mask of steps": lambda x: L.TimeDistributed(L.Dense(2))(x, mask=ops.any(x > 0, [2, 3])),
}


@pytest.mark.parametrize("name", OVERLOOKED)
def test_a_tensor_that_no_handler_reads_is_refused(name, tmp_path):
    model = function((6, 6, 3), OVERLOOKED[name])
    with pytest.raises(RfcalcError, match="depends on the model's input; it has to be constant"):
        read(model, tmp_path)


def test_what_passes_values_on_takes_no_others(tmp_path):
    inputs = [keras.Input((6, 3), name="x"), keras.Input((6, 3), name="m")]
    model = keras.Model(inputs, L.Dropout(0.5)(inputs[0]) + inputs[1])
    data = config(model)
    (drop,) = (one for one in data["config"]["layers"] if one["class_name"] == "Dropout")
    (other,) = (one for one in data["config"]["layers"] if one["class_name"] == "Add")
    drop["inbound_nodes"][0]["kwargs"]["mask"] = other["inbound_nodes"][0]["args"][1]
    (tmp_path / "m.json").write_text(json.dumps(data))
    with pytest.raises(RfcalcError, match="its argument mask depends"):
        read_keras(tmp_path / "m.json")


def test_so_many_copies_of_an_axis_are_followed_and_no_more(tmp_path):
    model = function((6, 3), lambda x: ops.tile(x, [1, 3, 2]))
    verdict = compare(model, read(model, tmp_path), [(1, 6, 3)])
    assert (verdict.wrong, verdict.wide) == (0, 0), verdict.first
    row = keras.Input((6, 3))
    long = ops.concatenate([row, L.Conv1D(3, 3)(row)], 1)
    both = keras.Model(row, ops.tile(long, [1, 2, 1]))
    verdict = compare(both, read(both, tmp_path), [(1, 6, 3)])
    assert (verdict.wrong, verdict.wide) == (0, 0), verdict.first
    with pytest.raises(RfcalcError, match="800 copies of an axis"):
        read(function((6, 3), lambda x: ops.tile(x, [1, 800, 1])), tmp_path)


@pytest.mark.parametrize(("mode", "cells"), [("edge", [0, 0, 0, 8, 8]), ("wrap", [7, 8, 0, 8, 0])])
def test_padding_repeats_or_wraps(mode, cells, tmp_path):
    from rfcalc.masks import mask

    model = function((9, 2), lambda x: ops.pad(x, [[0, 0], [2, 1], [0, 0]], mode=mode))
    network = read(model, tmp_path)
    found = [mask(network, at=(i,)).array().nonzero()[0].tolist() for i in (0, 1, 2, 10, 11)]
    assert found == [[cell] for cell in cells]

"""Does every form of an operation read what its gradient reaches, or say why it is not read?"""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.errors import RfcalcError
from rfcalc.masks import mask
from tests.importers.keras_built import (
    FIRST,
    L,
    assert_equal,
    c,
    chain,
    function,
    halves,
    ops,
)
from tests.importers.keras_oracle import compare, keras, read

pytestmark = pytest.mark.filterwarnings("ignore")

MAP = (6, 5, 4)


def both(x):
    """Two maps that read unlike windows."""
    return [c(4)(x), c(4, 5)(x)]


FORMS = {
    "softmax over everything": lambda x: ops.softmax(c(4)(x), axis=None),
    "log softmax over everything": lambda x: ops.log_softmax(c(4)(x), axis=None),
    "normalised over everything": lambda x: ops.normalize(c(4)(x), axis=None),
    "sorted channels": lambda x: ops.sort(c(4)(x), axis=-1),
    "gated": lambda x: ops.glu(halves(x)),
    "gated over rows": lambda x: ops.glu(c(4)(x), axis=1),
    "a quantile": lambda x: ops.quantile(c(4)(x), 0.5, axis=-1),
    "quantiles": lambda x: ops.quantile(c(4)(x), [0.2, 0.5], axis=-1, keepdims=True),
    "one of some quantiles": lambda x: c(2)(
        ops.percentile(c(4)(x), np.array([20.0, 50.0]), axis=-1)[1][..., None]
    ),
    "moments": lambda x: ops.moments(c(4)(x), axes=1)[1],
    "Fourier": lambda x: ops.fft((c(4)(x), x))[0],
    "Fourier of rows": lambda x: ops.fft2((c(4)(x), x))[1],
    "given statistics": lambda x: ops.batch_normalization(c(4)(x), np.zeros(4), np.ones(4), -1),
    "a wide constant": lambda x: ops.mean(c(4)(x), 1, keepdims=True) + np.ones((1, 6, 5, 4)),
    "a constant of more dimensions": lambda x: c(4)(x) + np.ones((2, 1, 6, 5, 4)),
    "colours": lambda x: ops.image.hsv_to_rgb(ops.image.rgb_to_hsv(c(3)(x))),
    "numbers of the shape": lambda x: c(4)(x) * ops.ndim(x) + ops.size(x) + ops.ones_like(x),
    "a run": lambda x: ops.slice(c(4)(x), (0, 1, 2, 0), (1, 3, 2, 4)),
    "a run to the end": lambda x: ops.slice(c(4)(x), (0, 1, 2, 0), (1, -1, 2, 3)),
    "a run of channels": lambda x: ops.slice(halves(x), (0, 1, 2, 2), (1, 3, 2, 2)),
    "a row from the end": lambda x: L.Conv1D(2, 3)(x[:, -1]),
    "uneven parts": lambda x: ops.array_split(c(4)(x), 4, axis=1),
    "parts of rows": lambda x: ops.hsplit(c(4)(x), 2)[1],
    "parts of the batch": lambda x: ops.vsplit(c(4)(x), 1)[0],
    "one row": lambda x: ops.unstack(c(4)(x), axis=1)[2],
    "one channel": lambda x: ops.unstack(halves(x), axis=-1)[6],
    "one taken": lambda x: ops.take(c(4)(x), -1, axis=1),
    "all taken backwards": lambda x: ops.take(c(4)(x), [5, 4, 3, 2, 1, 0], axis=1),
    "every second taken backwards": lambda x: ops.take(c(4)(x), np.array([5, 3, 1]), axis=1),
    "a single one taken": lambda x: ops.take(c(4)(x), [3], axis=1),
    "like channels taken": lambda x: c(2)(ops.take(c(4)(x), [0, 3, 3], axis=-1)),
    "unlike channels taken": lambda x: c(2)(ops.take(halves(x), [0, 1, 2], axis=-1)),
    "tiles of fewer dimensions": lambda x: ops.tile(c(4)(x), (2,)),
    "tiles of more dimensions": lambda x: ops.tile(c(4)(x), (2, 1, 1, 1, 1)),
    "another shape": lambda x: ops.reshape(c(4)(x), (-1, 30, 4)),
    "turned about": lambda x: ops.transpose(c(4)(x), (0, -1, 1, 2)),
    "new dimensions": lambda x: ops.expand_dims(c(4)(x), (1, -1)),
    "a dimension gone": lambda x: ops.squeeze(ops.mean(c(4)(x), axis=1, keepdims=True), 1),
    "rows of cells": lambda x: ops.hstack(both(x)),
    "any indices": lambda x: ops.take(c(2)(x), [0, 3, 4], axis=1),
    "rows of indices": lambda x: ops.mean(ops.take(x, [[0, 1], [2, 3]], axis=1), axis=(1, 2)),
    "a larger batch": lambda x: c(2)(ops.vstack(both(x))),
    "channels after channels": lambda x: ops.append(c(4)(x), c(2, 5)(x), axis=-1),
    "one row of all": lambda x: ops.ravel(ops.mean(c(4)(x), axis=(2, 3))),
    "unlike ranks": lambda x: L.Add()([c(4)(x), L.GlobalAveragePooling2D()(x)]),
    "unlike ranks of maps": lambda x: L.Multiply()([c(4)(x), ops.mean(c(4)(x), axis=1)]),
    "an outer product": lambda x: ops.tensordot(c(4)(x), np.ones((3,)), axes=0),
    "sums of pairs": lambda x: ops.tensordot(c(4)(x), np.ones((4, 5, 3)), axes=[[3, 2], [0, 1]]),
    "a multiple": lambda x: ops.dot(c(4)(x), 3.0),
    "a computed multiple": lambda x: ops.dot(c(4)(x), ops.mean(x)),
    "a product": lambda x: ops.dot(c(4)(x), np.ones((4, 3))),
    "separable": lambda x: ops.separable_conv(
        x, np.ones((3, 3, 4, 2)), np.ones((1, 1, 8, 3)), strides=2, padding="same"
    ),
    "blurred": lambda x: ops.image.gaussian_blur(c(4)(x), kernel_size=(5, 5)),
    "averages": lambda x: ops.average_pool(c(4)(x), 3, 2, padding="same"),
    "adaptive": lambda x: ops.adaptive_average_pool(c(4)(x), (4, 3)),
    "padded on either side": lambda x: ops.image.pad_images(
        c(2)(x), top_padding=1, bottom_padding=2, left_padding=0, target_width=10
    ),
    "cropped from the other side": lambda x: ops.image.crop_images(
        c(2)(x), bottom_cropping=2, right_cropping=1, target_width=3, target_height=3
    ),
    "shifted both ways": lambda x: ops.roll(c(2)(x), (1, -2), axis=(1, 2)),
    "padded all around": lambda x: ops.pad(c(2)(x), ((0, 0), (1, 2), (0, 0), (0, 0))),
}  # fmt: skip

REFUSED = {
    "a sort of everything": (lambda x: ops.sort(x, axis=None), "all dimensions as one"),
    "a running sum of everything": (lambda x: ops.cumsum(x), "over all dimensions as one"),
    "where it is so": (lambda x: ops.where(x > 0), "its size depends on the condition"),
    "a computed quantile": (lambda x: ops.quantile(x, ops.mean(x), axis=-1), "argument 1 depends"),
    "an empty slice": (lambda x: x[:, 3:3], "leaves nothing of 6"),
    "a truth for an index": (lambda x: x[:, True], "an index True into 6"),
    "an empty part": (lambda x: ops.split(x, [0, 3], axis=1)[1], "a part of 6 indices is empty"),
    "indices of everything": (lambda x: ops.take(x, [3, 4]), "all dimensions as one"),
    "unlike repeats": (lambda x: ops.repeat(x, [1, 2, 1, 1, 1, 2], axis=1), "only one number"),
    "repeats of everything": (lambda x: ops.repeat(x, 2), "only one number"),
    "a shift of everything": (lambda x: ops.roll(x, 1), "all dimensions as one"),
    "a row of everything": (lambda x: ops.append(x, x), "as one row"),
    "a ramp for padding": (
        lambda x: ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="linear_ramp"), "linear_ramp"
    ),
}  # fmt: skip

LAYERS = {
    "softmax over everything": lambda: chain(MAP, L.Conv2D(4, 3), L.Softmax(axis=None)),
    "softmax, then its logarithm": lambda: chain(
        MAP, L.Conv2D(4, 3, activation="log_softmax"), L.Activation("sparsemax")
    ),
    "gated": lambda: chain(MAP, L.Conv2D(4, 3, activation="glu")),
    "gated by itself": lambda: chain(MAP, L.Conv2D(4, 3), L.Activation("glu")),
    "an activation that is a layer": lambda: chain(
        MAP, L.Conv2D(4, 3, activation=L.Softmax(axis=1))
    ),
    "channels first, flat": lambda: chain(
        (4, 6, 5), L.Conv2D(4, 3, **FIRST), L.Flatten(**FIRST), L.Dense(2)
    ),
    "a row repeated": lambda: chain(
        (9, 4), L.Conv1D(3, 3), L.GlobalAveragePooling1D(), L.RepeatVector(6), L.Conv1D(3, 3)
    ),
    "an ellipsis": lambda: chain(
        MAP, c(4), L.EinsumDense("...bc,cd->...bd", output_shape=(None, 7), activation="relu")
    ),
    "statistics of its own": lambda: chain(MAP, c(4), L.Normalization(mean=0.0, variance=1.0)),
    "not larger": lambda: chain(MAP, L.UpSampling2D(1, interpolation="bilinear"), c(2)),
    "of its ratio already": lambda: chain(MAP, c(4), L.Resizing(12, 10, pad_to_aspect_ratio=True)),
    "of its ratio, cropped": lambda: chain(MAP, c(4), L.Resizing(3, 5, crop_to_aspect_ratio=True)),
    "its own centre": lambda: chain(MAP, c(4), L.CenterCrop(6, 5)),
}

CHANNELS_FIRST = {
    "pool": lambda x: ops.max_pool(x, (3, 2), **FIRST),
    "separable": lambda x: ops.separable_conv(
        x, np.ones((3, 3, 4, 2)), np.ones((1, 1, 8, 3)), **FIRST
    ),
    "grey": lambda x: ops.image.rgb_to_grayscale(L.Conv2D(3, 3, **FIRST)(x), **FIRST),
    "resize": lambda x: ops.image.resize(x, (5, 12), **FIRST),
    "a layer that resizes": lambda x: L.Resizing(5, 12, crop_to_aspect_ratio=True, **FIRST)(x),
    "centre": lambda x: L.CenterCrop(5, 4, **FIRST)(x),
    "crop": lambda x: ops.image.crop_images(
        x, bottom_cropping=2, right_cropping=1, target_width=4, target_height=4, **FIRST
    ),
    "depth to space": lambda x: ops.depth_to_space(L.Conv2D(8, 3, **FIRST)(x), 2, **FIRST),
    "space to depth": lambda x: ops.space_to_depth(L.Conv2D(4, 2, **FIRST)(x), 2, **FIRST),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_an_operation_reads_what_its_gradient_reaches(name, tmp_path):
    model = function(MAP, FORMS[name])
    network = read(model, tmp_path)
    assert network.assumed == ()
    assert_equal(model, network)


def test_one_index_twice_is_read_too_widely_and_says_so(tmp_path):
    network = read(function(MAP, lambda x: ops.take(c(2)(x), [3, 3], axis=1)), tmp_path)
    assert "each is taken to read all of them" in network.assumed[0]


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_is_not_followed_says_why(name, tmp_path):
    call, words = REFUSED[name]
    model = function(MAP, call)
    with pytest.raises(RfcalcError, match=words) as caught:
        read(model, tmp_path)
    assert caught.value.diagnostics[0].code == "RF502"


@pytest.mark.parametrize("name", LAYERS)
def test_a_form_of_a_layer_reads_what_its_gradient_reaches(name, tmp_path):
    model = LAYERS[name]()
    network = read(model, tmp_path)
    assert network.assumed == ()
    assert_equal(model, network, first="channels first" in name)


@pytest.mark.parametrize("name", CHANNELS_FIRST)
def test_channels_that_come_first_are_not_space(name, tmp_path):
    model = function((4, 9, 9) if "space" in name else (4, 9, 8), CHANNELS_FIRST[name])
    network = read(model, tmp_path, layout=["NCHW"])
    assert network.nodes[0].size == model.input_shape[2:]
    assert network.nodes[-1].size == model.output_shape[2:]
    assert_equal(model, network, first=True)


def test_a_chain_that_resizes_channels_first_has_them_first(tmp_path):
    model = keras.Sequential([L.Input((4, 9, 8)), L.Resizing(5, 12, **FIRST)])
    network = read(model, tmp_path)
    assert [node.size for node in network.nodes] == [(9, 8), (5, 12)]


def test_a_batch_that_is_left_open_is_not_squeezed(tmp_path):
    model = function(
        MAP, lambda x: L.Conv1D(3, 3)(ops.squeeze(ops.mean(c(4)(x), axis=1, keepdims=True)))
    )
    verdict = compare(model, read(model, tmp_path), [(2, *MAP)])
    assert (verdict.wrong, verdict.wide) == (0, 0), verdict.first
    assert verdict.equal > 0


@pytest.mark.parametrize("given", [{"strides": 2}, {"strides": 2, "padding": "same"}])
def test_a_transposed_convolution_by_an_argument_is_that_of_the_layer(given, tmp_path):
    called = function(MAP, lambda x: ops.conv_transpose(x, np.ones((4, 3, 2, 4)), **given))
    layer = chain(MAP, L.Conv2DTranspose(2, (4, 3), **given))
    # Keras' PyTorch backend does not run the operation; the layer, which has its gradient, does.
    assert_equal(layer, read(called, tmp_path))


INDICES = {
    "flags of the largest": (lambda x: ops.one_hot(ops.argmax(c(4)(x), axis=-1), 7), 9),
    "flags along rows": (lambda x: ops.one_hot(ops.argmax(c(4)(x), axis=-1), 7, axis=1), 9),
    "the number of a bin": (lambda x: L.Discretization([0.0, 1.0])(c(4)(x)), 9),
    "places of the largest": (lambda x: ops.top_k(c(4)(x), 2)[1], 9),
    "stretched contrast": (lambda x: L.AutoContrast()(c(4)(x)), 30),
}


@pytest.mark.parametrize("name", INDICES)
def test_what_has_no_gradient_reads_the_cells_of_its_values(name, tmp_path):
    """A number of a place or a bin has no gradient; what it is computed from is plain."""
    call, cells = INDICES[name]
    network = read(function(MAP, call), tmp_path)
    found = mask(network, at=(3, 2))
    assert (found.cells, found.exact) == (cells, True)


def test_an_encoding_keeps_places_apart_or_sums_them(tmp_path):
    each = read(chain((12,), L.CategoryEncoding(5, output_mode="one_hot")), tmp_path)
    assert mask(each, at=(3,)).cells == 1
    column = read(chain((12, 1), L.CategoryEncoding(5, output_mode="one_hot")), tmp_path)
    assert (column.nodes[-1].size, mask(column, at=(3,)).cells) == ((12,), 1)
    row = read(chain((12,), L.CategoryEncoding(5)), tmp_path)
    assert mask(row, at=(0,)).cells == 12
    with pytest.raises(RfcalcError, match="only output_mode 'int' is followed"):
        read(chain((12,), L.Discretization([0.0, 1.0], output_mode="one_hot")), tmp_path)


def test_a_product_of_rows_reads_the_other_rows_too(tmp_path):
    model = function((6, 4), lambda x: L.Dot(axes=2)([L.Conv1D(4, 3)(x), x]))
    assert_equal(model, read(model, tmp_path))
    model = function((6, 4), lambda x: L.Dot(axes=(2, 1))([L.Conv1D(6, 3)(x), x]))
    assert_equal(model, read(model, tmp_path))
    vectors = function(
        (6, 4), lambda x: L.Dot(axes=1)([L.GlobalMaxPooling1D()(x), L.Conv1D(4, 6)(x)[:, 0]])
    )
    assert_equal(vectors, read(vectors, tmp_path))


def test_a_table_of_rows_is_read_in_both_directions(tmp_path):
    table = getattr(L, "ReversibleEmbedding", None)
    if table is None:
        pytest.skip("this Keras has no table that is read in both directions")
    table = table(10, 4)
    model = function((12,), lambda x: table(L.Conv1D(4, 3)(table(x)), reverse=True))
    network = read(model, tmp_path)
    found = mask(network, at=(4,))
    assert (found.rf, found.cells) == ((3,), 3)


def test_sizes_that_do_not_fit_are_refused_not_turned_round(tmp_path):
    """A picture larger than the size that it is padded to has no padding."""
    padded = function(
        (None, None, 3),
        lambda x: ops.image.pad_images(x, 0, 0, target_height=8, target_width=8),
    )
    assert read(padded, tmp_path, shapes=[(6, 8)]).nodes[-1].size == (8, 8)
    with pytest.raises(RfcalcError, match="a height of 9 cells and padding to 8 do not fit"):
        read(padded, tmp_path, shapes=[(9, 8)])
    cropped = function(
        (None, None, 3),
        lambda x: ops.image.crop_images(x, 1, 0, target_height=6, target_width=8),
    )
    assert read(cropped, tmp_path, shapes=[(9, 8)]).nodes[-1].size == (6, 8)
    with pytest.raises(RfcalcError, match="RF512"):
        read(cropped, tmp_path, shapes=[(5, 8)])

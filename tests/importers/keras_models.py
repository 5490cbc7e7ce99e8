"""Which Keras models does the list of real models hold? All of keras.applications, and more.

The second part are networks in the manner of Keras' examples: written here in Keras' own layers,
saved as Keras saves them.
"""

import inspect
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.importers.models.case import Case

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
L = keras.layers
ops = keras.ops

NASNET = {
    "NASNetMobile": ((1056, 4, 32, False), 224),
    "NASNetLarge": ((4032, 6, 96, True), 331),
}
"""Keras refuses to make these on PyTorch by their names; what they are made of it does make."""


def cases() -> list[Case]:
    """Return every model of the list."""
    examples = [
        Case("keras.examples", name, build, shapes, "keras") for name, build, shapes in EXAMPLES
    ]
    return _applications() + examples


def _applications() -> list[Case]:
    found: list[Case] = []
    for name, make in sorted(vars(keras.applications).items()):
        if not inspect.isfunction(make):
            continue
        side = {"InceptionV3": 299, "InceptionResNetV2": 299, "Xception": 299}.get(name, 224)
        shapes = ((1, side, side, 3),)
        if name in NASNET:
            side = NASNET[name][1]
            shapes, build = ((1, side, side, 3),), _nasnet(name)
        else:
            build = _application(make)
        found.append(Case("keras.applications", name, build, shapes, "keras"))
    return found


def _application(make: Callable[..., Any]) -> Callable[..., Any]:
    def build(**given: Any) -> Any:
        return make(weights=None, **given)

    return build


def _nasnet(name: str) -> Callable[..., Any]:
    def build(**given: Any) -> Any:
        from keras.src.applications.nasnet import NASNet

        parts, side = NASNET[name]
        shape = given.pop("input_shape", (side, side, 3))
        return NASNet(shape, *parts, 2, weights=None, default_size=side, **given)

    return build


def conv(x: Any, filters: int, kernel: int = 3, **given: Any) -> Any:
    """Return a convolution, normalised, with ReLU."""
    x = L.Conv2D(filters, kernel, padding="same", use_bias=False, **given)(x)
    return L.ReLU()(L.BatchNormalization()(x))


def unet() -> Any:
    """U-Net with transposed convolutions."""
    x = image = keras.Input((64, 64, 3))
    skips = []
    for filters in (4, 8, 16):
        x = conv(conv(x, filters), filters)
        skips.append(x)
        x = L.Dropout(0.3)(L.MaxPooling2D(2)(x))
    x = conv(conv(x, 16), 16)
    for filters, skip in zip((16, 8, 4), reversed(skips), strict=True):
        x = L.Conv2DTranspose(filters, 3, strides=2, padding="same")(x)
        x = conv(L.Concatenate()([x, skip]), filters)
    return keras.Model(image, L.Conv2D(2, 1, activation="softmax")(x), name="unet")


def xception_unet() -> Any:
    """The segmentation network of Keras' pet example: separable, with residuals."""
    image = keras.Input((64, 64, 3))
    x = conv(image, 8, strides=2)
    last = x
    for filters in (8, 16):
        for _ in range(2):
            x = L.Activation("relu")(x)
            x = L.BatchNormalization()(L.SeparableConv2D(filters, 3, padding="same")(x))
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        last = L.Conv2D(filters, 1, strides=2, padding="same")(last)
        last = x = L.add([x, last])
    for filters in (16, 8, 8):
        for _ in range(2):
            x = L.Activation("relu")(x)
            x = L.BatchNormalization()(L.Conv2DTranspose(filters, 3, padding="same")(x))
        x = L.UpSampling2D(2)(x)
        last = L.Conv2D(filters, 1, padding="same")(L.UpSampling2D(2)(last))
        last = x = L.add([x, last])
    return keras.Model(image, L.Conv2D(3, 3, activation="softmax", padding="same")(x))


def deeplab() -> Any:
    """DeepLabV3+ with dilated pyramid pooling and bilinear upsampling."""
    image = keras.Input((96, 96, 3))
    low = conv(conv(image, 4, strides=2), 4, strides=2)
    x = conv(conv(low, 8, strides=2), 8, strides=2)
    pooled = L.AveragePooling2D(pool_size=(x.shape[1], x.shape[2]))(x)
    pooled = conv(pooled, 8, 1)
    pooled = L.UpSampling2D((x.shape[1], x.shape[2]), interpolation="bilinear")(pooled)
    rates = [conv(x, 8, 3 if rate > 1 else 1, dilation_rate=rate) for rate in (1, 6, 12, 18)]
    x = conv(L.Concatenate()([pooled, *rates]), 8, 1)
    x = L.UpSampling2D(4, interpolation="bilinear")(x)
    x = conv(conv(L.Concatenate()([x, conv(low, 4, 1)]), 8), 8)
    x = L.UpSampling2D(4, interpolation="bilinear")(x)
    return keras.Model(image, L.Conv2D(2, 1)(x), name="deeplab")


def aspp_local() -> Any:
    """Atrous pyramid pooling without its image level: a field with gaps."""
    image = keras.Input((64, 64, 3))
    x = conv(conv(image, 4, strides=2), 8, strides=2)
    rates = [conv(x, 4, dilation_rate=rate) for rate in (2, 4, 6)]
    return keras.Model(image, conv(L.Concatenate()(rates), 4, 1), name="aspp_local")


def wavenet() -> Any:
    """A causal dilated stack with gates and skips."""
    wave = keras.Input((200, 1))
    x, skips = L.Conv1D(4, 2, padding="causal")(wave), []
    for rate in (1, 2, 4, 8, 16):
        gate = L.Conv1D(4, 2, dilation_rate=rate, padding="causal", activation="sigmoid")(x)
        value = L.Conv1D(4, 2, dilation_rate=rate, padding="causal", activation="tanh")(x)
        both = L.Multiply()([value, gate])
        skips.append(L.Conv1D(4, 1)(both))
        x = L.Add()([x, L.Conv1D(4, 1)(both)])
    x = L.ReLU()(L.Add()(skips))
    return keras.Model(wave, L.Conv1D(6, 1, activation="softmax")(x), name="wavenet")


def tcn() -> Any:
    """A temporal convolutional network with residual blocks."""
    x = series = keras.Input((120, 3))
    for rate in (1, 2, 4, 8):
        y = L.Conv1D(4, 3, dilation_rate=rate, padding="causal", activation="relu")(x)
        y = L.SpatialDropout1D(0.1)(y)
        y = L.Conv1D(4, 3, dilation_rate=rate, padding="causal", activation="relu")(y)
        x = L.Activation("relu")(L.Add()([y, L.Conv1D(4, 1)(x) if rate == 1 else x]))
    return keras.Model(series, x, name="tcn")


def crnn() -> Any:
    """Text recognition: convolutions, then a recurrence along the width."""
    image = keras.Input((64, 16, 1))
    x = L.MaxPooling2D(2)(L.Conv2D(4, 3, activation="relu", padding="same")(image))
    x = L.MaxPooling2D(2)(L.Conv2D(8, 3, activation="relu", padding="same")(x))
    x = L.Dense(8, activation="relu")(L.Reshape((16, 4 * 8))(x))
    x = L.Bidirectional(L.LSTM(4, return_sequences=True, dropout=0.25))(x)
    return keras.Model(image, L.Dense(5, activation="softmax")(x), name="crnn")


def espcn() -> Any:
    """Sub-pixel super resolution, the shuffle by reshape and transpose."""
    image = keras.Input((24, 20, 1))
    x = image
    for filters, kernel in ((8, 5), (8, 3), (4, 3), (9, 3)):
        x = L.Conv2D(filters, kernel, padding="same", activation="relu")(x)
    x = L.Reshape((24, 20, 3, 3, 1))(x)
    x = L.Permute((1, 3, 2, 4, 5))(x)
    return keras.Model(image, L.Reshape((72, 60, 1))(x), name="espcn")


def edsr() -> Any:
    """EDSR: residual blocks without normalisation, depth to space."""
    image = keras.Input((None, None, 3))
    x = start = L.Conv2D(8, 3, padding="same")(L.Rescaling(1 / 255)(image))
    for _ in range(3):
        y = L.Conv2D(8, 3, padding="same", activation="relu")(x)
        x = L.Add()([x, L.Conv2D(8, 3, padding="same")(y)])
    x = L.Add()([start, L.Conv2D(8, 3, padding="same")(x)])
    for _ in range(2):
        x = ops.depth_to_space(L.Conv2D(32, 3, padding="same")(x), 2)
    return keras.Model(image, L.Conv2D(3, 3, padding="same")(x), name="edsr")


def convmixer() -> Any:
    """ConvMixer: patches, then depthwise and pointwise convolutions."""
    image = keras.Input((32, 32, 3))
    x = L.BatchNormalization()(L.Activation("gelu")(L.Conv2D(8, 2, strides=2)(image)))
    for _ in range(3):
        y = L.BatchNormalization()(L.Activation("gelu")(L.DepthwiseConv2D(5, padding="same")(x)))
        x = L.Conv2D(8, 1)(L.Add()([y, x]))
        x = L.BatchNormalization()(L.Activation("gelu")(x))
    return keras.Model(image, x, name="convmixer")


def mixer() -> Any:
    """MLP-Mixer: dense layers over patches, then over channels."""
    image = keras.Input((24, 24, 3))
    x = L.Reshape((36, 8))(L.Conv2D(8, 4, strides=4)(image))
    y = L.Permute((2, 1))(L.LayerNormalization()(x))
    y = L.Permute((2, 1))(L.Dense(36)(L.Dense(12, activation="gelu")(y)))
    x = L.Add()([x, y])
    y = L.Dense(8)(L.Dense(12, activation="gelu")(L.LayerNormalization()(x)))
    return keras.Model(image, L.GlobalAveragePooling1D()(L.Add()([x, y])), name="mixer")


def autoencoder() -> Any:
    """A convolutional autoencoder, as a chain without the shape of its input."""
    return keras.Sequential(
        [
            L.Input((28, 28, 1)),
            L.Conv2D(8, 3, activation="relu", padding="same"),
            L.MaxPooling2D(2, padding="same"),
            L.Conv2D(8, 3, activation="relu", padding="same"),
            L.MaxPooling2D(2, padding="same"),
            L.Conv2DTranspose(8, 3, strides=2, activation="relu", padding="same"),
            L.Conv2DTranspose(8, 3, strides=2, activation="relu", padding="same"),
            L.Conv2D(1, 3, activation="sigmoid", padding="same"),
        ],
        name="autoencoder",
    )


def volume() -> Any:
    """A 3-D classifier of scans, up to its head."""
    scan = keras.Input((24, 24, 16, 1))
    x = scan
    for filters in (4, 4, 8):
        x = L.Conv3D(filters, 3, activation="relu", padding="same")(x)
        x = L.BatchNormalization()(L.MaxPool3D(2)(x))
    return keras.Model(scan, x, name="volume")


def siamese() -> Any:
    """Two images through one encoder, compared."""
    encoder = keras.Sequential(
        [
            L.Input((28, 28, 1)),
            L.Conv2D(4, 5, activation="tanh"),
            L.AveragePooling2D(2),
            L.Conv2D(8, 5, activation="tanh"),
        ],
        name="encoder",
    )
    one, two = keras.Input((28, 28, 1), name="one"), keras.Input((28, 28, 1), name="two")
    gap = L.Subtract()([encoder(one), encoder(two)])
    return keras.Model([one, two], L.Conv2D(1, 1)(ops.square(gap)), name="siamese")


def mobilevit() -> Any:
    """MobileViT: attention over the same place of every patch, between convolutions."""
    image = keras.Input((16, 16, 3))
    x = conv(image, 8, strides=2)
    y = L.Conv2D(8, 1, padding="same")(conv(x, 8))
    y = L.Reshape((4, 16, 8))(y)
    z = L.LayerNormalization()(y)
    y = L.Add()([y, L.MultiHeadAttention(num_heads=2, key_dim=4)(z, z)])
    y = L.Reshape((8, 8, 8))(L.Dense(8)(L.LayerNormalization()(y)))
    y = L.Concatenate()([x, conv(y, 8, 1)])
    return keras.Model(image, conv(y, 8), name="mobilevit")


def cyclegan() -> Any:
    """The generator of CycleGAN: reflection padding and instance normalisation."""
    image = keras.Input((32, 32, 3))

    def reflected(x: Any, n: int) -> Any:
        return ops.pad(x, [[0, 0], [n, n], [n, n], [0, 0]], mode="reflect")

    def normed(x: Any) -> Any:
        return L.Activation("relu")(L.GroupNormalization(groups=-1)(x))

    x = normed(L.Conv2D(4, 7)(reflected(image, 3)))
    for _ in range(2):
        x = normed(L.Conv2D(8, 3, strides=2, padding="same")(x))
    for _ in range(2):
        y = normed(L.Conv2D(8, 3)(reflected(x, 1)))
        x = L.add([x, L.GroupNormalization(groups=-1)(L.Conv2D(8, 3)(reflected(y, 1)))])
    for _ in range(2):
        x = normed(L.Conv2DTranspose(4, 3, strides=2, padding="same")(x))
    x = L.Conv2D(3, 7, activation="tanh")(reflected(x, 3))
    return keras.Model(image, x, name="cyclegan")


def keypoint() -> Any:
    """Keypoints from a backbone that is a model of its own."""
    inside = keras.Input((32, 32, 3))
    x = conv(inside, 4, strides=2)
    for _ in range(2):
        y = L.DepthwiseConv2D(3, padding="same")(conv(x, 8, 1))
        x = L.Add()([x, L.Conv2D(4, 1)(L.ReLU(6.0)(y))])
    backbone = keras.Model(inside, x, name="backbone")
    image = keras.Input((32, 32, 3))
    x = L.Dropout(0.3)(backbone(image))
    x = L.SeparableConv2D(4, 5, activation="relu")(x)
    return keras.Model(image, L.SeparableConv2D(4, 3, activation="sigmoid")(x), name="keypoint")


def generator() -> Any:
    """A generator of images from noise."""
    noise = keras.Input((16,))
    x = L.Reshape((4, 4, 8))(L.LeakyReLU(negative_slope=0.2)(L.Dense(4 * 4 * 8)(noise)))
    for filters in (8, 4):
        x = L.Conv2DTranspose(filters, 4, strides=2, padding="same")(x)
        x = L.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(noise, L.Conv2D(3, 5, padding="same", activation="sigmoid")(x))


def discriminator() -> Any:
    """A patch discriminator on images given channels first."""
    image = keras.Input((3, 48, 40))
    x = image
    for filters in (4, 8):
        x = L.Conv2D(filters, 4, strides=2, padding="same", data_format="channels_first")(x)
        x = L.LeakyReLU()(L.BatchNormalization(axis=1)(x))
    x = L.ZeroPadding2D(1, data_format="channels_first")(x)
    x = L.Conv2D(1, 4, data_format="channels_first")(x)
    return keras.Model(image, x, name="discriminator")


def pyramid() -> Any:
    """A feature pyramid with heads that are shared between its levels."""
    image = keras.Input((64, 64, 3))
    c3 = conv(conv(conv(image, 4, strides=2), 4, strides=2), 8, strides=2)
    c4 = conv(c3, 8, strides=2)
    p4 = L.Conv2D(8, 1)(c4)
    p3 = L.Add()([L.Conv2D(8, 1)(c3), L.UpSampling2D(2)(p4)])
    p5 = L.Conv2D(8, 3, strides=2, padding="same")(c4)
    level = keras.Input((None, None, 8))
    head = keras.Model(level, L.Conv2D(4, 3, padding="same")(conv(level, 8)), name="head")
    return keras.Model(image, [head(p) for p in (p3, p4, p5)], name="pyramid")


def squeeze_excite() -> Any:
    """A residual network with squeeze and excite."""
    image = keras.Input((32, 32, 3))
    x = conv(image, 8, strides=2)
    y = conv(conv(x, 8), 8)
    gate = L.GlobalAveragePooling2D(keepdims=True)(y)
    gate = L.Conv2D(8, 1, activation="hard_sigmoid")(L.Conv2D(2, 1, activation="relu")(gate))
    x = L.ReLU()(L.Add()([x, L.Multiply()([y, gate])]))
    return keras.Model(image, L.Dense(4)(L.Flatten()(L.MaxPooling2D(2)(x))), name="squeeze_excite")


def swin() -> Any:
    """Attention in shifted windows, cut and joined by reshapes."""
    image = keras.Input((16, 16, 3))
    x = L.Conv2D(8, 2, strides=2)(image)
    for shift in (0, 2):
        y = ops.roll(L.LayerNormalization()(x), (-shift, -shift), axis=(1, 2)) if shift else x
        y = ops.transpose(ops.reshape(y, (-1, 2, 4, 2, 4, 8)), (0, 1, 3, 2, 4, 5))
        y = ops.reshape(y, (-1, 16, 8))
        y = L.MultiHeadAttention(num_heads=2, key_dim=4)(y, y)
        y = ops.transpose(ops.reshape(y, (-1, 2, 2, 4, 4, 8)), (0, 1, 3, 2, 4, 5))
        y = ops.reshape(y, (-1, 8, 8, 8))
        y = ops.roll(y, (shift, shift), axis=(1, 2)) if shift else y
        x = L.Add()([x, y])
    return keras.Model(image, x, name="swin")


def transformer() -> Any:
    """A transformer for time series, with a convolutional feed-forward part."""
    series = keras.Input((50, 2))
    x = series
    for _ in range(2):
        y = L.MultiHeadAttention(key_dim=4, num_heads=2, dropout=0.25)(x, x)
        y = L.Add()([L.LayerNormalization()(y), x])
        z = L.Conv1D(filters=2, kernel_size=1)(L.Conv1D(4, 1, activation="relu")(y))
        x = L.Add()([L.LayerNormalization()(z), y])
    x = L.GlobalAveragePooling1D(data_format="channels_last")(x)
    return keras.Model(series, L.Dense(2, activation="softmax")(x), name="transformer")


def video() -> Any:
    """The same convolutions for every frame, then one over time."""
    frames = keras.Input((6, 20, 18, 3))
    x = L.TimeDistributed(L.Conv2D(4, 3, strides=2, activation="relu"))(frames)
    x = L.TimeDistributed(L.MaxPooling2D(2))(x)
    return keras.Model(frames, L.Conv3D(4, (3, 1, 1), padding="same")(x), name="video")


def inception() -> Any:
    """Branches of several kernels over a series."""
    series = keras.Input((80, 2))
    x = series
    for _ in range(2):
        parts = [L.Conv1D(4, k, padding="same", use_bias=False)(x) for k in (5, 11, 21)]
        parts.append(L.Conv1D(4, 1)(L.MaxPooling1D(3, strides=1, padding="same")(x)))
        x = L.ReLU()(L.BatchNormalization()(L.Concatenate()(parts)))
    return keras.Model(series, x, name="inception")


def mnist() -> Any:
    """The classifier of Keras' first example."""
    return keras.Sequential(
        [
            L.Input((28, 28, 1)),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Conv2D(8, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ],
        name="mnist",
    )


EXAMPLES: list[tuple[str, Callable[[], Any], tuple[tuple[int, ...], ...]]] = [
    ("unet", unet, ((1, 64, 64, 3),)),
    ("xception_unet", xception_unet, ((1, 64, 64, 3),)),
    ("deeplab", deeplab, ((1, 96, 96, 3),)),
    ("aspp_local", aspp_local, ((1, 64, 64, 3),)),
    ("wavenet", wavenet, ((1, 200, 1),)),
    ("tcn", tcn, ((1, 120, 3),)),
    ("crnn", crnn, ((1, 64, 16, 1),)),
    ("espcn", espcn, ((1, 24, 20, 1),)),
    ("edsr", edsr, ((1, 16, 18, 3),)),
    ("convmixer", convmixer, ((1, 32, 32, 3),)),
    ("mixer", mixer, ((1, 24, 24, 3),)),
    ("autoencoder", autoencoder, ((1, 28, 28, 1),)),
    ("volume", volume, ((1, 24, 24, 16, 1),)),
    ("siamese", siamese, ((1, 28, 28, 1), (1, 28, 28, 1))),
    ("mobilevit", mobilevit, ((1, 16, 16, 3),)),
    ("cyclegan", cyclegan, ((1, 32, 32, 3),)),
    ("keypoint", keypoint, ((1, 32, 32, 3),)),
    ("generator", generator, ((1, 16),)),
    ("discriminator", discriminator, ((1, 3, 48, 40),)),
    ("pyramid", pyramid, ((1, 64, 64, 3),)),
    ("squeeze_excite", squeeze_excite, ((1, 32, 32, 3),)),
    ("swin", swin, ((1, 16, 16, 3),)),
    ("transformer", transformer, ((1, 50, 2),)),
    ("video", video, ((1, 6, 20, 18, 3),)),
    ("inception", inception, ((1, 80, 2),)),
    ("mnist", mnist, ((1, 28, 28, 1),)),
]

"""Does one model give the same footprints through PyTorch, ONNX and Keras?"""

import contextlib
import io
import logging
import os

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_keras, read_onnx
from rfcalc.masks import mask
from tests.importers import idioms
from tests.whole import sample

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

ODD = {
    "blocks-wrapped": "the older exporter writes circular padding as parts side by side: refused",
    "halo-attention": "the older exporter cannot export Tensor.unfold twice",
    "same-padding": "the older exporter writes other pads than the module computes",
    "tensor-unfold": "in ONNX the windows are stacked as channels, in PyTorch they are an axis",
}
"""Idioms that are another network in ONNX, each with the reason."""

MODELS = ("resnet18", "mobilenet_v2", "shufflenet_v2_x0_5", "convnext_tiny")


def export(module, args, path, newer=False):
    """Export without the exporters' talk."""
    logging.disable(logging.CRITICAL)
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            torch.onnx.export(module.eval(), args, str(path), dynamo=newer, external_data=False)
    finally:
        logging.disable(logging.NOTSET)


def positions(size):
    """An interior, a border and a corner position."""
    inner = tuple(n // 2 for n in size)
    return dict.fromkeys([inner, (*inner[:-1], size[-1] - 1), (0,) * len(size)])


def answer(network, at):
    """The mask at a position, or the code of the question that has no answer."""
    try:
        return mask(network, at=at).array()
    except RfcalcError as fault:
        return fault.diagnostics[0].code


def same(one, other):
    """Both see the same cells; where one is not exact it sees them all and more."""
    size = one.nodes[one.output].size
    assert size == other.nodes[other.output].size
    for at in positions(size):
        left, right = answer(one, at), answer(other, at)
        if isinstance(left, str) or isinstance(right, str):
            assert left == right
        elif one.assumed or other.assumed:
            wide, narrow = (left, right) if one.assumed else (right, left)
            assert not (narrow & ~wide).any() or (one.assumed and other.assumed)
        else:
            np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("name", [name for name in idioms.LOCAL if name not in ODD])
def test_an_idiom_is_the_same_in_onnx(name, tmp_path):
    made, shape = idioms.LOCAL[name]
    module = made if isinstance(made, nn.Module) else idioms.Fn(made)
    x = torch.rand(shape)
    path = tmp_path / "model.onnx"
    try:
        export(module, (x,), path)
    except Exception as fault:  # the exporter raises many kinds
        pytest.skip(f"the exporter refuses it: {str(fault).splitlines()[0][:80]}")
    same(from_torch(module, x), read_onnx(path))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sample(["channel-shuffle", "nhwc-block", "focus", "shifted-windows"], 2)
)
def test_an_idiom_is_the_same_from_the_newer_exporter(name, tmp_path):
    pytest.importorskip("onnxscript")
    made, shape = idioms.LOCAL[name]
    module = made if isinstance(made, nn.Module) else idioms.Fn(made)
    x = torch.rand(shape)
    export(module, (x,), tmp_path / "model.onnx", newer=True)
    same(from_torch(module, x), read_onnx(tmp_path / "model.onnx"))


@pytest.mark.slow
@pytest.mark.parametrize("name", sample(MODELS, 2))
def test_a_model_of_torchvision_is_the_same_in_onnx(name, tmp_path):
    from tests.importers.models import declare_torchvision_operators

    declare_torchvision_operators()
    models = pytest.importorskip("torchvision.models")
    module = models.get_model(name, weights=None).eval()
    x = torch.rand(1, 3, 96, 96)
    export(module, (x,), tmp_path / "model.onnx")
    one, other = from_torch(module, x), read_onnx(tmp_path / "model.onnx")
    same(one, other)
    shared = [
        node.name
        for node in one.nodes
        if node.layer.op in ("conv", "maxpool") and node.name in {n.name for n in other.nodes}
    ]
    assert len(shared) >= 0.8 * sum(node.layer.op in ("conv", "maxpool") for node in one.nodes)
    for layer in shared[:: max(1, len(shared) // 6)]:
        size = one.nodes[one.index(layer, 0)].size
        for at in positions(size):
            left, right = (mask(network, layer, at=at).array() for network in (one, other))
            np.testing.assert_array_equal(left, right)


def conv(channels, kernel=3, dilation=1, given=4):
    return nn.Conv2d(given, channels, kernel, padding="same", dilation=dilation)


class Aspp(nn.Module):
    def __init__(self):
        super().__init__()
        self.branches = nn.ModuleList([conv(4, 3, rate) for rate in (1, 2, 5)])
        self.join = conv(4, 1, given=12)

    def forward(self, x):
        return self.join(torch.cat([branch(x) for branch in self.branches], 1))


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.deep, self.up = conv(4), conv(4, 3, 2), conv(4, given=8)

    def forward(self, x):
        skip = self.down(x)
        deep = self.deep(nn.functional.max_pool2d(skip, 2))
        return self.up(torch.cat([skip, nn.functional.interpolate(deep, scale_factor=2)], 1))


@pytest.mark.parametrize(
    "newer", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["older", "newer"]
)
def test_a_submodule_is_the_same_from_both_exporters(newer, tmp_path):
    if newer:
        pytest.importorskip("onnxscript")
    whole = nn.Sequential()
    whole.add_module("stem", nn.Conv2d(3, 4, 3, 2))
    whole.add_module("body", Aspp())
    whole.add_module("head", nn.AdaptiveAvgPool2d(1))
    x = torch.rand(1, 3, 33, 33)
    export(whole, (x,), tmp_path / "model.onnx", newer)
    part = read_onnx(tmp_path / "model.onnx", submodule="body")
    assert part.input == (16, 16)
    same(from_torch(whole, x, submodule="body"), part)


def twins():
    """The same networks in PyTorch and in Keras."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras
    from keras import layers

    def same_conv(channels, kernel=3, dilation=1):
        return layers.Conv2D(channels, kernel, padding="same", dilation_rate=dilation)

    x = keras.Input((16, 16, 4))
    chain = x
    for rate in (1, 2, 5):
        chain = same_conv(4, 3, rate)(chain)
    joined = layers.Concatenate()([same_conv(4, 3, rate)(x) for rate in (1, 2, 5)])
    skip = same_conv(4)(x)
    deep = layers.UpSampling2D(2)(same_conv(4, 3, 2)(layers.MaxPooling2D(2)(skip)))
    hdc = nn.Sequential(conv(4), conv(4, 3, 2), conv(4, 3, 5))
    return {
        "hdc": (hdc, keras.Model(x, chain)),
        "aspp": (Aspp(), keras.Model(x, same_conv(4, 1)(joined))),
        "unet": (Unet(), keras.Model(x, same_conv(4)(layers.Concatenate()([skip, deep])))),
    }


@pytest.mark.parametrize("name", ["hdc", "aspp", "unet"])
def test_twins_are_the_same_in_pytorch_onnx_and_keras(name, tmp_path):
    pytest.importorskip("keras")
    module, model = twins()[name]
    path = tmp_path / "model.json"
    path.write_text(model.to_json())
    x = torch.rand(1, 4, 16, 16)
    export(module, (x,), tmp_path / "model.onnx")
    through_torch = from_torch(module, x)
    same(through_torch, read_keras(path))
    same(through_torch, read_onnx(tmp_path / "model.onnx"))

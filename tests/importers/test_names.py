"""Does a name that a model has itself stand for what the model calls so?

A layer that is called twice, or read as several, has a number put after its name for each more.
The model may have that name for another layer.
"""

import pytest

from rfcalc.importers import from_torch, read_onnx
from rfcalc.interior import growth
from tests.importers.keras_built import L, assert_equal, c, function
from tests.importers.keras_oracle import read

torch = pytest.importorskip("torch")
pytest.importorskip("keras")
onnx = pytest.importorskip("onnx")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")


def fields(network):
    return {row.name: row.rf for row in growth(network).rows}


def twice(x):
    shared = c(3, name="conv")
    return c(3, 7, name="conv_1")(shared(shared(x)))


KERAS = {
    "a layer called twice": twice,
    "a layer with an activation": lambda x: c(3, 7, name="conv_1")(
        c(3, 5, name="conv", activation="softmax")(x)
    ),
    "an attention behind another": lambda x: L.MultiHeadAttention(
        1, 2, attention_axes=(2,), name="conv_1"
    )(*[L.MultiHeadAttention(1, 2, attention_axes=(2,), name="conv")(c(3)(x), x)] * 2),
}


@pytest.mark.parametrize("name", KERAS)
def test_a_layer_of_keras_keeps_its_name(name, tmp_path):
    model = function((9, 8, 3), KERAS[name])
    network = read(model, tmp_path)
    assert network.nodes[network.output].name == "conv_1"
    assert_equal(model, network)


def test_layers_of_a_nested_model_keep_their_names(tmp_path):
    inner = function((9, 8, 3), twice)
    inner.name = "body"
    found = fields(read(function((9, 8, 3), inner), tmp_path))
    assert list(found)[1:] == ["body.conv", "body.conv_2", "body.conv_1"]
    assert list(found.values())[1:] == [(3, 3), (5, 5), (11, 11)]


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.conv_1 = nn.Conv2d(3, 3, 7, padding=3)

    def forward(self, x):
        return self.conv_1(self.conv(self.conv(x)))


def test_a_module_of_pytorch_keeps_its_path():
    found = fields(from_torch(Twice(), torch.zeros(1, 3, 9, 8)))
    assert found == {"x": (1, 1), "conv": (3, 3), "conv_2": (5, 5), "conv_1": (11, 11)}


def test_a_node_of_onnx_keeps_its_name(tmp_path):
    def conv(name, read, gives, kernel):
        return onnx.helper.make_node(
            "Conv", [read, f"w{kernel}"], [gives], name, pads=[kernel // 2] * 4
        )

    info = onnx.helper.make_tensor_value_info
    weights = [onnx.helper.make_tensor(f"w{k}", 1, [1, 1, k, k], [1.0] * k * k) for k in (3, 7)]
    graph = onnx.helper.make_graph(
        [conv("conv", "x", "a", 3), conv("conv", "a", "b", 3), conv("conv_1", "b", "y", 7)],
        "twice",
        [info("x", 1, [1, 1, 9, 8])],
        [info("y", 1, [1, 1, 9, 8])],
        weights,
    )
    onnx.save(onnx.helper.make_model(graph), tmp_path / "m.onnx")
    found = fields(read_onnx(tmp_path / "m.onnx"))
    assert found == {"x": (1, 1), "conv": (3, 3), "conv_2": (5, 5), "conv_1": (11, 11)}

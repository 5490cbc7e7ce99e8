"""Do slices that are counted from the end stay so, at whatever size the model was read?"""

import json

import pytest

from rfcalc.conversion import convert
from rfcalc.importers import from_torch, read_keras, read_onnx
from rfcalc.spec import read_text
from rfcalc.tiling.streams import stream
from tests.importers.onnx_oracle import model, node, saved, weights, whole

BOUNDS = [(None, -5, 1), (3, None, 1), (-7, None, 1), (-9, -2, 1), (1, -6, 2), (None, None, 3)]
SIZES = (20, 31)


def torch_model(start, stop, step, folder, n):
    torch = pytest.importorskip("torch")

    class Sliced(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv1d(2, 4, 3)

        def forward(self, x):
            return self.conv(x[:, :, start:stop:step])

    return from_torch(Sliced().eval(), torch.zeros(1, 2, n))


def onnx_model(start, stop, step, folder, n):
    ends = (1 << 62) if stop is None else stop
    nodes = [node("Slice", ["x", "from", "to", "axes", "by"], "s"), node("Conv", ["s", "w"])]
    tensors = [whole("from", start or 0), whole("to", ends), whole("axes", 2), whole("by", step)]
    made = model(nodes, (1, 2, n), [*tensors, weights("w", 4, 2, 3)])
    return read_onnx(saved(made, folder))


def keras_model(start, stop, step, folder, n):
    keras = pytest.importorskip("keras")
    x = keras.Input((n, 2))
    y = keras.layers.Conv1D(4, 3)(x[:, start:stop:step])
    (folder / "m.json").write_text(keras.Model(x, y).to_json())
    assert "class_name" in json.loads((folder / "m.json").read_text())
    return read_keras(folder / "m.json")


READERS = [torch_model, onnx_model, keras_model]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bounds", BOUNDS)
@pytest.mark.parametrize("read", READERS)
def test_a_model_read_at_one_size_is_the_model_at_another(read, bounds, tmp_path):
    small, large = (read(*bounds, tmp_path, n) for n in SIZES)
    written = read_text(convert(small).text, "net.yaml", [(SIZES[1],)])
    assert written.nodes[-1].size == large.nodes[-1].size
    assert written.nodes[-1].size == (len(range(SIZES[1])[slice(*bounds)]) - 2,)
    assert [n.taps for n in written.nodes[-2:]] == [n.taps for n in large.nodes[-2:]]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("read", READERS)
def test_a_cut_at_the_end_can_be_streamed(read, tmp_path):
    found = stream(read(None, -5, 1, tmp_path, 20))
    assert (found.output.rf, found.exact) == (3, True)

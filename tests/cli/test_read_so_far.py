"""Does every reader, asked about a layer before what it refuses, answer for it?"""

import json
import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")


def onnx_model(tmp_path):
    onnx = pytest.importorskip("onnx")
    import numpy as np

    h, kind = onnx.helper, onnx.TensorProto.FLOAT
    weights = [
        onnx.numpy_helper.from_array(np.ones(shape, np.float32), name)
        for name, shape in (("w", (4, 1, 3, 3)), ("v", (4, 4, 3, 3)))
    ]
    nodes = [
        h.make_node("Conv", ["x", "w"], ["a"], name="c1", pads=[1] * 4),
        h.make_node("Conv", ["a", "v"], ["b"], name="c2", pads=[2] * 4, dilations=[2, 2]),
        h.make_node("NonZero", ["b"], ["c"], name="found"),
        h.make_node("Cast", ["c"], ["y"], name="cast", to=kind),
    ]
    ends = [h.make_tensor_value_info("x", kind, [1, 1, 16, 16])]
    graph = h.make_graph(nodes, "g", ends, [h.make_tensor_value_info("y", kind, None)], weights)
    path = tmp_path / "model.onnx"
    onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)]), path)
    return path


def keras_model(tmp_path):
    keras = pytest.importorskip("keras")
    x = keras.Input((16, 16, 1), name="x")
    y = keras.layers.Conv2D(4, 3, padding="same", name="c1")(x)
    inside = keras.Input((16, 16, 4))
    body = keras.layers.Conv2D(4, 3, dilation_rate=2, padding="same", name="c2")(inside)
    body = keras.layers.Conv2D(4, 1, name="found")(body)
    body = keras.Model(inside, keras.layers.ReLU(name="cast")(body), name="body")
    model = keras.Model(x, body(y))
    data = json.loads(model.to_json())
    own = next(one for one in data["config"]["layers"] if one["name"] == "body")
    found = next(one for one in own["config"]["layers"] if one["name"] == "found")
    found |= {"class_name": "Detect", "module": "own", "registered_name": "own>Detect"}
    path = tmp_path / "model.json"
    path.write_text(json.dumps(data))
    return path


def tflite_model(tmp_path):
    pytest.importorskip("tflite")
    from tests.importers.tflite_made import Made

    m = Made(1, 16, 16, 1)
    same = {"Padding": 0, "StrideH": 1, "StrideW": 1}
    y = m("CONV_2D", m.x, m.weights(4, 3, 3, 1), name="c1", **same)
    dilated = same | {"DilationHFactor": 2, "DilationWFactor": 2}
    y = m("CONV_2D", y, m.weights(4, 3, 3, 4), name="c2", **dilated)
    y = m("WHERE", y, name="found", run=lambda _, x: x)
    y = m("RELU", y, name="cast")
    path = tmp_path / "model.tflite"
    path.write_bytes(m.data(y))
    return path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("make", [onnx_model, keras_model, tflite_model])
def test_every_reader_goes_as_far_as_it_can(make, tmp_path, run):
    path = make(tmp_path)
    done = run("analyze", path, "--format", "json")
    assert done[0] == 2
    assert "found" in done[2]
    assert "--layer" in done[2]
    rows = json.loads(done[1])["layers"]
    before = [(row["name"].rpartition(".")[2], row["rf"]) for row in rows if not row["unknown"]]
    assert before == [("x", [1, 1]), ("c1", [3, 3]), ("c2", [7, 7])]
    behind = [row for row in rows if row["unknown"]]
    assert {row["unknown"].rpartition(".")[2] for row in behind} == {"found"}
    assert behind[0]["inputs"] == [rows[2]["name"]]
    assert all(row["rf"] is None and row["size"] is None for row in behind)

    done = run("analyze", path, "--layer", rows[2]["name"], "--format", "json")
    assert done[0] == 0
    assert json.loads(done[1])["exact"]
    assert run("tile", path, "--layer", rows[2]["name"])[0] == 0
    assert run("check", path, "--max-rf", "6", "--layer", rows[2]["name"])[0] == 1
    assert run("tile", path)[0] == 2
    assert run("analyze", path, "--layer", behind[-1]["name"])[0] == 2

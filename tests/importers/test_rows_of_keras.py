"""Is every row of the Keras table run, and does it read what changes the output of the model?"""

import json

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.importers import read_keras
from rfcalc.importers.keras.operators import LAYERS
from tests.importers.changing import samples
from tests.importers.keras_oracle import keras, torch
from tests.importers.rows import assert_right, case, refusal, rows, watched
from tests.importers.rows_keras import DRAWN, ELSEWHERE, RENAMED, ROWS, SHAPE, SHAPES

pytestmark = pytest.mark.filterwarnings("ignore")

PLACE = "ROWS of tests/importers/rows_keras.py"
HOW = "a function that calls the layer or operation with the input"


@pytest.mark.parametrize("name", [name for name in rows("keras") if name not in ELSEWHERE])
def test_a_row_reads_what_changes_the_output(name, tmp_path, monkeypatch):
    other = RENAMED.get(name, name)
    made = case(ROWS, other, PLACE, HOW)
    calls = watched(monkeypatch, LAYERS, name)
    shape = SHAPES.get(other, SHAPE)
    inputs = samples((1, *shape), DRAWN.get(name, 1), "float64")
    x = keras.Input(shape, name="x")
    model = keras.Model(x, made(x))
    path = tmp_path / "model.json"
    path.write_text(renamed(model.to_json(), other, name) if other != name else model.to_json())

    def run(array):
        with torch.no_grad():
            return keras.ops.convert_to_numpy(model(torch.tensor(array), training=False))

    single = "NX" + "C" * (len(shape) - 1)
    usual = "N" + "XYZ"[: len(shape) - 1] + "C"
    assert_right(lambda layout: read_keras(path, layout=[layout]), run, inputs, (usual, single))
    assert calls


def renamed(text, other, name):
    """Return a configuration in which a layer is of another class."""
    config = json.loads(text)
    kind, package = name.removeprefix("ops."), name.rpartition(".")[0]
    for held in config["config"]["layers"]:
        if held["class_name"] == other.removeprefix("ops."):
            held["class_name"] = kind if package in ("", "ops") else kind.rpartition(".")[2]
            held["registered_name"] = name if ">" in name else None
            if package == "applications":
                held["module"] = "keras.src.applications.convnext"
    return json.dumps(config)


@pytest.mark.parametrize("name", rows("keras", refused=True))
def test_a_row_that_is_refused_says_so_and_where(name, tmp_path):
    x = keras.Input(SHAPE, name="x")
    plain = keras.Model(x, keras.layers.Rescaling(2.0, name="here")(x))
    config = json.loads(plain.to_json())
    held = config["config"]["layers"][1]
    held["class_name"] = name.removeprefix("ops.")
    held["module"] = "keras.src.ops.numpy" if name.startswith("ops.") else "keras.layers"
    path = tmp_path / "model.json"
    path.write_text(json.dumps(config))
    fault = refusal(lambda: read_keras(path))
    assert fault.code == "RF501"
    assert fault.message.startswith("'here': ")


def test_every_case_is_of_a_row():
    assert {*ROWS, *RENAMED} <= {*rows("keras")}
    assert not {*ROWS} & {*RENAMED}

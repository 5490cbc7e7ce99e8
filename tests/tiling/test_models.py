"""Tiles of a model itself, with its weights, equal the whole; with one cell less they differ."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.tiling import run, tile
from rfcalc.verification.models import model_of
from rfcalc.verification.tiles import compared

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("default")
PLAIN = "tests.tiling.modules:plain"


def told(*words, status=0):
    found = CliRunner().invoke(app, ["tile", *words, "-f", "json"])
    assert found.exit_code == status, found.output
    return json.loads(found.stdout)


def asked(net, backend, size=48, part=16, **more):
    """Return the plan, the network and the model of an argument."""
    shapes = [(1, 3, size, size)] if ":" in net else []
    network = load(net, input=shapes or None, **more)
    return tile(network, part), network, model_of(backend, net, network.layouts, shapes)


def less(plan):
    """Return every halo of one cell less on one side of one axis."""
    sides = [plan.halo.of(cells, axis) for axis, cells in enumerate(plan.tile)]
    for axis in range(len(sides)):
        for side in range(2):
            fewer = [list(one) for one in sides]
            fewer[axis][side] -= 1
            yield tuple(tuple(one) for one in fewer)


def held(net, backend, **more):
    plan, network, model = asked(net, backend, **more)
    found = compared(model, plan, network)
    assert found.ok
    assert found.tiles == plan.count
    for halo in less(plan):
        worse = compared(model, plan, network, halo)
        assert not worse.ok
        assert worse.seams > 10 * found.tolerance
    return found


def test_torch_tiles_equal_the_whole_within_the_order_of_sums():
    found = held(PLAIN, "torch")
    assert found.precision == "float64"
    assert found.tolerance == 1e-12 * found.largest
    assert found.per_tile == ()


def test_run_gives_what_the_model_gives_on_the_whole():
    plan, _, model = asked(PLAIN, "torch")
    array = np.random.default_rng(0).normal(size=(1, 3, 48, 48))
    whole = model.run([array])[0]
    found = run(lambda x: model.run([x])[0], array, plan)
    assert abs(found - whole).max() <= 1e-12 * abs(whole).max()


def test_several_inputs_and_outputs_are_compared_together():
    net, shapes = "tests.tiling.modules:Two", [(1, 3, 60), (1, 3, 60)]
    network = load(net, input=shapes)
    model = model_of("torch", net, network.layouts, shapes)
    plan = tile(network, 20)
    assert compared(model, plan, network).ok
    (halo,) = (one for one in less(plan) if one[0][0] == plan.halo.any[0][0] - 1)
    assert not compared(model, plan, network, halo).ok


def test_onnx_tiles_equal_the_whole(tmp_path):
    onnx = pytest.importorskip("onnx")
    generator = np.random.default_rng(0)
    tensors = {
        "a": generator.normal(size=(4, 3, 3, 3)).astype("float32") / 5,
        "b": generator.normal(size=(2, 4, 3, 3)).astype("float32") / 5,
    }
    make = onnx.helper
    graph = make.make_graph(
        [
            make.make_node("Conv", ["x", "a"], ["h"], pads=[1, 1, 1, 1], strides=[2, 2]),
            make.make_node("Conv", ["h", "b"], ["y"], pads=[1, 1, 1, 1]),
        ],
        "small",
        [make.make_tensor_value_info("x", 1, [1, 3, 48, 48])],
        [make.make_tensor_value_info("y", 1, [1, 2, 24, 24])],
        [onnx.numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    path = str(tmp_path / "small.onnx")
    made = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    onnx.save(made, path)
    assert held(path, "onnx").precision == "float32"
    data = told(path, "--tile", "16", "--verify", "--backend", "onnx", "--halo", "1", status=1)
    assert data["verified"] is False
    assert data["differences"]["seams"] > data["differences"]["tolerance"]


def test_keras_tiles_equal_the_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    x = keras.Input((48, 48, 3))
    y = keras.layers.Conv2D(4, 3, strides=2, padding="valid")(x)
    y = keras.layers.Conv2D(2, 3, padding="same")(y)
    path = str(tmp_path / "small.keras")
    keras.Model(x, y).save(path)
    assert held(path, "keras").precision == "float32"


def test_norms_over_space_are_named_and_no_halo_cures_them():
    words = ["tests.tiling.modules:normed", "--input", "1,3,48,48", "--tile", "16", "--verify"]
    data = told(*words, "--backend", "torch", "--ignore-global", status=1)
    assert data["differences"]["per_tile"] == ["'1' (instance_norm)"]
    wide = told(*words, "--backend", "torch", "--ignore-global", "--halo", "9", status=1)
    assert wide["differences"]["seams"] > 1e-3 * wide["differences"]["largest_value"]


def test_the_model_is_told_beside_the_plan():
    words = ["tile", PLAIN, "--input", "1,3,48,48", "--tile", "16", "--verify"]
    found = CliRunner().invoke(app, [*words, "--backend", "torch"])
    assert found.exit_code == 0
    assert "0 height" in found.output
    assert "9 tiles of the model itself equal the whole but for the order of sums" in found.output


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("k3 --input 20,20 --tile 8 --verify --backend torch", "RF406"),
        ("k3 --input 20,20 --tile 8 --verify --backend onnx", "RF406"),
        ("k3 --tile 8 --backend keras", "RF406"),
        (f"{PLAIN} --input 1,3,48,48 --tile 16 --verify --backend keras", "RF406"),
        (f"{PLAIN} --input 1,3,48,48 --tile 16 --verify --backend torch --layer 0", "RF441"),
    ],
)
def test_what_cannot_be_run_is_refused(words, code):
    with pytest.raises(RfcalcError, match=code):
        CliRunner().invoke(app, ["tile", *words.split()], catch_exceptions=False)


def test_a_missing_package_is_named(monkeypatch, tmp_path):

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("rfcalc.packages.import_module", missing)
    for backend, suffix in (("onnx", ".onnx"), ("keras", ".keras")):
        with pytest.raises(RfcalcError, match="RF505"):
            model_of(backend, f"model{suffix}", ["NCHW"])

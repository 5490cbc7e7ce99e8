"""Each layer that reads a tile whole is named with the seam that it leaves by itself."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.loading import load
from rfcalc.network import without_global
from rfcalc.tiling import tile
from rfcalc.verification.models import model_of
from rfcalc.verification.tiles import compared

torch = pytest.importorskip("torch")
modules = pytest.importorskip("tests.tiling.modules")
pytestmark = pytest.mark.filterwarnings("default")
MIXED = "tests.tiling.modules:Mixed"
SHAPE = (1, 3, 48, 48)


def found_of(net, backend, part=16):
    network = load(net, input=[SHAPE] if ":" in net else None)
    plan = tile(without_global(network), part)
    model = model_of(backend, net, network.layouts, [SHAPE])
    # With the halo that is cut, no cell of a window is another one.
    return compared(model, plan, network, plan.cut.cut), plan


def frozen(model, x):
    """Return what norms and poolings read and give of ``x``, and the moments of the last norm."""
    found = {}

    def keep(name):
        def hook(module, given, result):
            found[name] = given[0].detach(), result.detach()

        return hook

    names = ("instance", "group", "pool")
    hooks = [getattr(model, name).register_forward_hook(keep(name)) for name in names]
    means = []
    plain = torch.nn.functional.layer_norm

    def kept(value, shape):
        means.append((value.mean((1, 2, 3)), value.var((1, 2, 3), unbiased=False)))
        return plain(value, shape)

    gate = model.gate.fc.register_forward_hook(keep("gate"))
    torch.nn.functional.layer_norm = kept
    try:
        model(x)
    finally:
        torch.nn.functional.layer_norm = plain
    for hook in (*hooks, gate):
        hook.remove()
    return found, means


def by_hand(model, x, given, free):
    """Return what the model gives on a window with statistics of the whole, but for one."""
    found, means = frozen(model, x)

    def norm(name, value):
        module = getattr(model, name)
        if name == free:
            return module(value)
        groups = module.num_features if name == "instance" else module.num_groups
        whole = found[name][0].reshape(groups, -1)
        mean, variance = whole.mean(1), whole.var(1, unbiased=False)
        y = value.reshape(groups, -1) - mean[:, None]
        y = (y / (variance + module.eps).sqrt()[:, None]).reshape(value.shape)
        return y * module.weight[:, None, None] + module.bias[:, None, None]

    y = norm("group", model.b(torch.relu(norm("instance", model.a(given)))))
    y = model.batch(y)
    gate = model.gate.fc(y.mean((2, 3), keepdim=True)) if free == "gate" else found["gate"][1]
    y = y * torch.sigmoid(gate)
    y = y + (model.pool(y) if free == "pool" else found["pool"][1])
    ((mean, variance),) = means
    if free == "norm":
        return model.out(torch.nn.functional.layer_norm(y, y.shape[1:]))
    return model.out((y - mean) / (variance + 1e-5).sqrt())


def test_each_seam_is_that_of_the_layer_alone_computed_by_hand():
    found, plan = found_of(MIXED, "torch")
    assert not found.ok
    assert found.held <= found.tolerance
    assert found.tried == found.tiles == 9
    names = [one.layer for one in found.shares]
    assert names == ["instance", "group", "gate.mean", "pool", "layer_norm"]
    model = modules.Mixed().eval().double()
    x = torch.tensor(np.random.default_rng(0).normal(size=SHAPE))
    with torch.no_grad():
        whole = model(x)
        for one, free in zip(
            found.shares, ("instance", "group", "gate", "pool", "norm"), strict=True
        ):
            worst = 0.0
            for part in plan.tiles:
                rows, columns = (slice(*span) for span in part.input)
                made = by_hand(model, x, x[:, :, rows, columns], free)
                places = zip(part.input, part.output, strict=True)
                inner = [slice(a - low // 2, b - low // 2) for (low, _), (a, b) in places]
                outer = [slice(a, b) for a, b in part.output]
                apart = made[:, :, inner[0], inner[1]] - whole[:, :, outer[0], outer[1]]
                worst = max(worst, float(apart.abs().max()))
            assert one.seam == pytest.approx(worst, rel=1e-9)


def test_one_norm_by_itself_leaves_the_whole_seam():
    found, _ = found_of("tests.tiling.modules:normed", "torch")
    (share,) = found.shares
    assert (share.layer, share.op) == ("1", "instance_norm")
    assert share.seam == max(found.inside, found.seams)


def test_a_model_without_such_layers_names_none():
    found, _ = found_of("tests.tiling.modules:plain", "torch")
    assert (found.shares, found.held) == ((), None)


def test_a_saved_program_and_an_onnx_file_say_the_same(tmp_path):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    model = modules.normed().eval()
    x = torch.zeros(SHAPE)
    torch.export.save(torch.export.export(model, (x,)), tmp_path / "normed.pt2")
    torch.onnx.export(model, (x,), str(tmp_path / "normed.onnx"), dynamo=False)
    own, _ = found_of("tests.tiling.modules:normed", "torch")
    for name, backend in (("normed.pt2", "torch"), ("normed.onnx", "onnx")):
        found, _ = found_of(str(tmp_path / name), backend)
        assert found.held <= found.tolerance
        (share,) = found.shares
        assert share.op == "instance_norm"
        assert share.seam == pytest.approx(own.shares[0].seam, rel=1e-4)


def test_onnx_norms_of_every_kind_are_held(tmp_path, monkeypatch):
    onnx = pytest.importorskip("onnx")
    make, generator = onnx.helper, np.random.default_rng(1)

    def values(*shape):
        return generator.normal(size=shape).astype("float32")

    tensors = {
        "w": values(4, 3, 3, 3),
        "s": values(4),
        "b": values(4),
        "two": values(2),
        "tow": values(2),
        "v": values(2, 4, 3, 3),
    }
    nodes = [
        make.make_node("Conv", ["x", "w"], ["h"], "conv", pads=[1, 1, 1, 1]),
        make.make_node("InstanceNormalization", ["h", "s", "b"], ["i"], "instance"),
        make.make_node("GroupNormalization", ["i", "two", "tow"], ["g"], "group", num_groups=2),
        make.make_node("GlobalMaxPool", ["g"], ["m"], "most"),
        make.make_node("Add", ["g", "m"], ["p"], "sum"),
        make.make_node("Conv", ["p", "v"], ["y"], "last", pads=[1, 1, 1, 1]),
    ]
    graph = make.make_graph(
        nodes,
        "norms",
        [make.make_tensor_value_info("x", 1, [1, 3, 48, 48])],
        [make.make_tensor_value_info("y", 1, [1, 2, 48, 48])],
        [onnx.numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    path = str(tmp_path / "norms.onnx")
    made = make.make_model(graph, opset_imports=[make.make_opsetid("", 18)], ir_version=8)
    onnx.save(made, path)
    first = None
    for runtime in (True, False):
        if not runtime:
            monkeypatch.setattr("rfcalc.verification.models.find_spec", lambda _: None)
        found, _ = found_of(path, "onnx")
        assert [one.layer for one in found.shares] == ["instance", "group", "most"]
        assert found.held <= found.tolerance
        seams = [one.seam for one in found.shares]
        assert min(seams) > 100 * found.tolerance
        first = first or seams
        np.testing.assert_allclose(seams, first, rtol=1e-4)


def test_keras_norms_are_held(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "torch":
        pytest.skip("Keras runs on another backend in this process")
    x = keras.Input((48, 48, 3))
    y = keras.layers.Conv2D(4, 3, padding="same")(x)
    y = keras.layers.GroupNormalization(2, name="group")(y)
    gate = keras.layers.GlobalAveragePooling2D(keepdims=True, name="pool")(y)
    y = keras.layers.Conv2D(2, 3, padding="same")(keras.layers.Multiply()([y, gate]))
    path = str(tmp_path / "norms.keras")
    keras.Model(x, y).save(path)
    found, _ = found_of(path, "keras")
    assert [one.layer for one in found.shares] == ["group", "pool"]
    assert found.held <= found.tolerance


def test_the_command_names_each_with_its_seam():
    words = [
        "tile",
        MIXED,
        "--input",
        "1,3,48,48",
        "--tile",
        "16",
        "--verify",
        "--backend",
        "torch",
    ]
    shown = CliRunner().invoke(app, [*words, "--ignore-global"])
    assert shown.exit_code == 1
    assert "'gate.mean' (global_pool): 0." in shown.output
    assert "with all of them as on the whole, a difference of" in shown.output
    data = json.loads(CliRunner().invoke(app, [*words, "--ignore-global", "-f", "json"]).stdout)
    told = data["differences"]
    assert len(told["shares"]) == len(told["per_tile"]) == 5
    assert told["held"] <= told["tolerance"]


def test_outputs_that_are_given_in_another_order_are_told_apart():
    net, shape = "tests.tiling.modules:Swapped", (1, 2, 64)
    network = load(net, input=[shape])
    names = [network.nodes[one.pieces[0].output].name for one in network.results]
    assert names == ["coarse", "fine"]
    plan = tile(network, 16)
    assert compared(model_of("torch", net, network.layouts, [shape]), plan, network).ok


def test_a_file_that_holds_sizes_says_so(tmp_path):
    model = modules.Mixed().eval()
    path = tmp_path / "mixed.pt2"
    torch.export.save(torch.export.export(model, (torch.zeros(SHAPE),)), path)
    words = ["tile", str(path), "--tile", "16", "--verify", "--backend", "torch"]
    shown = CliRunner().invoke(app, [*words, "--ignore-global"])
    assert shown.exception is not None
    assert "holds sizes of the input that it was exported with" in str(shown.exception)

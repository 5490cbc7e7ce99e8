"""Does a Keras model come in with the names users know, and go wrong with a clear word?"""

import inspect
import json
import subprocess
import sys
import zipfile

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras
from rfcalc.importers.keras.operators import LAYERS
from rfcalc.interior import growth
from rfcalc.masks import mask
from tests.importers.keras_models import keypoint, siamese, unet
from tests.importers.keras_oracle import compare, config, keras, read, saved

L, ops = keras.layers, keras.ops

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def small():
    image = keras.Input((16, 18, 3), name="image")
    x = L.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="stem")(image)
    y = L.BatchNormalization(name="bn")(L.Conv2D(4, 3, padding="same", name="conv")(x))
    x = L.Add(name="add")([x, L.Dropout(0.5, name="drop")(y)])
    return keras.Model(image, L.Conv2D(2, 1, name="head")(x), name="small")


def names(network):
    return [node.name for node in network.nodes]


def fault(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def written(tmp_path, data):
    path = tmp_path / "model.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def changed(tmp_path, model, layer, **settings):
    """Write a model's text with some settings of one layer changed."""
    data = config(model)
    for held in data["config"]["layers"]:
        if held["config"].get("name") == layer:
            held["config"].update(settings)
    return written(tmp_path, data)


def test_layers_have_the_names_they_have_in_keras(tmp_path):
    network = read(small(), tmp_path)
    assert names(network) == ["image", "stem", "conv", "bn", "add", "head"]
    assert network.name == "small"
    assert network.nodes[network.index("drop", 0)].name == "bn"


def test_layers_of_a_nested_model_follow_its_name(tmp_path):
    network = read(keypoint(), tmp_path)
    assert any(name.startswith("backbone.conv2d") for name in names(network))
    last = [name for name in names(network) if name.startswith("backbone.")][-1]
    assert network.nodes[network.index("backbone", 0)].name == last


def test_a_layer_that_is_called_twice_is_there_twice(tmp_path):
    network = read(siamese(), tmp_path)
    twice = [name for name in names(network) if name.startswith("encoder.conv2d")]
    assert len(twice) == 4
    assert [n.name for n in network.nodes if n.layer.op == "input"] == ["one", "two"]
    output = network.nodes[network.output].name
    assert mask(network, output, "one", (3, 3)).rf == mask(network, output, "two", (3, 3)).rf


def test_a_model_called_on_its_own_output_is_read_in_turn(tmp_path):
    x = inside = keras.Input((12, 12, 3))
    body = keras.Model(inside, L.Conv2D(3, 3, padding="same")(x), name="body")
    image = keras.Input((12, 12, 3))
    model = keras.Model(image, [body(body(image)), body(image), body(body(body(image)))])
    network = read(model, tmp_path)
    rows = {row.name: row.rf for row in growth(network).rows}
    assert sorted(rows[network.nodes[i].name] for i in network.outputs) == [(3, 3), (5, 5), (7, 7)]


def test_every_output_is_kept_and_the_first_is_the_main_one(tmp_path):
    image = keras.Input((16, 16, 3))
    x = L.Conv2D(4, 3, name="x")(image)
    model = keras.Model(image, {"b": L.Conv2D(2, 3, name="two")(x), "a": L.ReLU(name="one")(x)})
    network = read(model, tmp_path)
    assert [network.nodes[i].name for i in network.outputs] == ["two", "one"]


def test_the_archive_and_the_text_give_the_same(tmp_path):
    model = unet()
    model.save(tmp_path / "m.keras")
    one, two = read_keras(tmp_path / "m.keras"), read(model, tmp_path)
    assert (names(one), one.outputs) == (names(two), two.outputs)
    (tmp_path / "twice.json").write_text(json.dumps(model.to_json()))
    assert names(read_keras(tmp_path / "twice.json")) == names(one)


def test_reading_imports_neither_keras_nor_numpy(tmp_path):
    path = saved(small(), tmp_path)
    script = (
        "import sys; from rfcalc.importers import read_keras;"
        f"n = read_keras({str(path)!r});"
        "assert not {'keras', 'torch', 'tensorflow', 'numpy', 'h5py'} & set(sys.modules);"
        "print(len(n.nodes))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "6", done.stderr


def test_a_nested_model_is_read_by_itself_at_the_shape_it_receives(tmp_path):
    image = keras.Input((40, 44, 3))
    inside = keras.Input((None, None, 4))
    body = keras.Model(inside, L.Conv2D(4, 3)(L.Conv2D(4, 3, name="a")(inside)), name="body")
    model = keras.Model(image, L.ReLU()(body(L.Conv2D(4, 3, strides=2)(image))))
    network = read(model, tmp_path, submodule="body")
    assert network.nodes[0].size == (19, 21)
    assert growth(network).rows[-1].rf == (5, 5)
    inner = read(model, tmp_path, submodule="body.a")
    assert growth(inner).rows[-1].rf == (3, 3)


def test_a_layers_name_asks_for_the_network_up_to_it(tmp_path):
    network = read(small(), tmp_path, submodule="conv")
    assert names(network) == ["image", "stem", "conv"]
    two = read(siamese(), tmp_path, submodule="encoder")
    assert [n.layer.op for n in two.nodes].count("input") == 1
    diagnostic = fault(lambda: read(small(), tmp_path, submodule="stam"))
    assert diagnostic.code == "RF510"
    assert "stem" in diagnostic.help
    assert fault(lambda: read(small(), tmp_path, submodule="image")).code == "RF510"
    assert fault(lambda: read(small(), tmp_path, submodule="conv.x")).code == "RF510"


def test_sizes_that_are_left_open_are_asked_for_and_filled(tmp_path):
    image = keras.Input((None, None, 3), name="image")
    model = keras.Model(image, L.Conv2D(2, 3, strides=2)(image))
    diagnostic = fault(lambda: read(model, tmp_path))
    assert diagnostic.code == "RF512"
    assert "`input=(1, 224, 224, 3)`" in diagnostic.help
    assert "`input=(224, 224)`" in diagnostic.help
    whole = read(model, tmp_path, shapes=[(1, 31, 33, 3)])
    alone = read(model, tmp_path, shapes=[(31, 33)])
    assert whole.nodes[-1].size == alone.nodes[-1].size == (15, 16)


def test_written_sizes_are_replaced_where_the_model_allows_it(tmp_path):
    model = small()
    assert read(model, tmp_path, shapes=[(40, 50)]).nodes[-1].size == (20, 25)
    for shape in ((1, 40, 50, 4), (40,), (1, 2, 3, 4, 5), (0, 5), (1, 1 << 30, 5, 3)):
        assert fault(lambda s=shape: read(model, tmp_path, shapes=[s])).code == "RF512"
    assert fault(lambda: read(model, tmp_path, shapes=[(40, 50)] * 2)).code == "RF512"
    image = keras.Input((8, 8, 3))
    fixed = keras.Model(image, L.Reshape((64, 3))(image))
    assert fault(lambda: read(fixed, tmp_path, shapes=[(9, 9)])).code == "RF512"


def test_a_chain_without_the_shape_of_its_input_asks_for_it(tmp_path):
    model = keras.Sequential([L.Conv2D(3, 3), L.MaxPooling2D()])
    path = saved(model, tmp_path)
    diagnostic = fault(lambda: read_keras(path))
    assert diagnostic.code == "RF512"
    assert read_keras(path, shapes=[(1, 20, 22, 3)]).nodes[-1].size == (9, 10)
    assert fault(lambda: read_keras(path, shapes=[(20, 22)])).code in ("RF512", "RF502", "RF504")


def test_channels_first_is_seen_from_the_layers(tmp_path):
    image = keras.Input((3, 16, 18))
    x = L.BatchNormalization(axis=1)(image)
    model = keras.Model(image, L.Conv2D(2, 3, data_format="channels_first")(x))
    assert read(model, tmp_path).nodes[0].size == (16, 18)


def test_an_image_without_channels_is_seen_from_the_layers(tmp_path):
    image = keras.Input((16, 18))
    model = keras.Model(image, L.Conv2D(2, 3)(L.Reshape((16, 18, 1))(image)))
    network = read(model, tmp_path)
    assert network.nodes[0].size == (16, 18)
    verdict = compare(model, network, [(1, 16, 18)])
    assert (verdict.wrong, verdict.wide) == (0, 0)


def test_tokens_are_space(tmp_path):
    words = keras.Input((30,))
    model = keras.Model(words, L.Conv1D(4, 5)(L.Embedding(100, 8)(words)))
    network = read(model, tmp_path)
    assert network.nodes[0].size == (30,)
    assert mask(network, at=(3,)).rf == (5,)


def test_code_is_refused_by_name(tmp_path):
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, L.Lambda(lambda x: x * 2, name="twice")(L.Conv2D(3, 3)(image)))
    path = saved(model, tmp_path)
    diagnostic = fault(lambda: read_keras(path))
    assert diagnostic.code == "RF501"
    assert "'twice'" in diagnostic.message
    assert "Lambda" in diagnostic.message
    network = read_keras(path, assume_pointwise=["Lambda"])
    assert network.assumed == ("twice: Lambda taken for element-wise",)
    assert mask(network, at=(2, 2)).rf == (3, 3)
    assert fault(lambda: read_keras(path, assume_pointwise=["Lamda"])).code == "RF511"


def test_a_lambda_as_an_activation_is_refused(tmp_path):
    lamb = {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}
    path = changed(tmp_path, small(), "stem", activation=lamb)
    diagnostic = fault(lambda: read_keras(path))
    assert diagnostic.code == "RF501"
    assert "'stem'" in diagnostic.message
    path = changed(tmp_path, small(), "stem", activation="my_function")
    assert fault(lambda: read_keras(path)).code == "RF501"


@keras.saving.register_keras_serializable(package="theirs")
class Gate(keras.layers.Layer):
    def call(self, x):
        return x * 2


class Plain(keras.layers.Layer):
    def call(self, x):
        return x[..., :2]

    def get_config(self):
        return super().get_config()


def test_somebodys_own_class_is_refused_and_may_be_assumed(tmp_path):
    image = keras.Input((8, 8, 4))
    x = Plain()(L.Conv2D(4, 3)(Gate(name="gate")(image)))
    model = keras.Model(image, L.Conv2D(3, 3)(x))
    path = saved(model, tmp_path)
    diagnostic = fault(lambda: read_keras(path))
    assert diagnostic.code == "RF501"
    assert "theirs>Gate" in diagnostic.message
    network = read_keras(path, assume_pointwise=["Gate", "Plain"])
    assert len(network.assumed) == 2
    assert mask(network, at=(2, 2)).rf == (5, 5)


class Trained(keras.Model):
    def train_step(self, data):
        return {}


def test_a_functional_model_of_ones_own_class_is_read_and_says_so(tmp_path):
    image = keras.Input((8, 8, 3))
    network = read(Trained(image, L.Conv2D(3, 3)(image)), tmp_path)
    assert "Trained" in network.assumed[0]


def test_a_model_that_is_all_code_is_refused(tmp_path):
    data = {"module": None, "class_name": "Mine", "config": {}, "registered_name": "Mine"}
    diagnostic = fault(lambda: read_keras(written(tmp_path, data)))
    assert diagnostic.code == "RF501"
    assert "Mine" in diagnostic.message


def test_every_layer_of_keras_is_in_the_table():
    classes = {c.__name__ for c in vars(keras.layers).values() if inspect.isclass(c)}
    missing = classes - set(LAYERS) - {"InputLayer", "InputSpec"}
    assert missing == set()


def test_every_row_of_the_table_says_how_or_why():
    for name, row in LAYERS.items():
        assert row.how.strip(), name
        assert row.how.isprintable()


def test_every_operation_of_the_table_is_one_of_keras():
    import importlib
    import pkgutil

    import keras.src.ops as package

    known = set()
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.endswith("_test"):
            known |= set(vars(importlib.import_module(f"keras.src.ops.{module.name}")))
    mine = {name.removeprefix("ops.") for name in LAYERS if name.startswith("ops.")}
    strange = mine - known - {"Identity", "DepthToSpace", "SpaceToDepth"}
    assert strange <= {"GroupedQueryAttention"}, strange


BAD = {
    "kernel_size": ["3", [3, 3, 3], 0, -1, 10**9, [3, None], 2.5, {"a": 1}],
    "strides": [0, "2", [1, 1, 1], -2, 1 << 40],
    "dilation_rate": [0, [], "x"],
    "padding": ["sme", None, 3, "causal"],
    "filters": [0, -4, "4", None, 1e30],
    "groups": [0, "a", 1 << 30],
    "data_format": [],
}


@pytest.mark.parametrize(
    ("setting", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_a_setting_that_no_layer_has_is_named(setting, value, tmp_path):
    path = changed(tmp_path, small(), "conv", **{setting: value})
    diagnostic = fault(lambda: read_keras(path))
    assert diagnostic.code in ("RF504", "RF502", "RF301")
    assert "'conv'" in diagnostic.message


def structural(model):
    data = config(model)
    layers = data["config"]["layers"]

    def call(layer):
        return layers[layer]["inbound_nodes"][0]["args"][0]

    def history(layer):
        return call(layer)["config"]["keras_history"]

    yield "unknown layer", lambda: history(2).__setitem__(0, "nobody")
    yield "unknown call", lambda: history(2).__setitem__(1, 7)
    yield "unknown output", lambda: history(2).__setitem__(2, 7)
    yield "a circle", lambda: history(2).__setitem__(0, "bn")
    yield "itself", lambda: history(2).__setitem__(0, "conv")
    yield "negative", lambda: history(2).__setitem__(1, -1)
    yield "no name", lambda: layers[2].__setitem__("name", 5)
    yield "no class", lambda: layers[2].pop("class_name")
    yield "a class that is a list", lambda: layers[2].__setitem__("class_name", [1])
    yield "no settings", lambda: layers[2].pop("config")
    yield "settings in a list", lambda: layers[2].__setitem__("config", [1])
    yield "no calls", lambda: layers[2].__setitem__("inbound_nodes", [])
    yield "calls in words", lambda: layers[2].__setitem__("inbound_nodes", "stem")
    yield "a call in words", lambda: layers[2].__setitem__("inbound_nodes", ["stem"])
    yield "a call without arguments", lambda: layers[2]["inbound_nodes"][0].pop("args")
    yield "a call of nothing", lambda: layers[2]["inbound_nodes"][0].__setitem__("args", [])
    yield "keywords in a list", lambda: layers[2]["inbound_nodes"][0].__setitem__("kwargs", [1])
    yield "a name twice", lambda: layers[2].__setitem__("name", "stem")
    yield "layers in words", lambda: data["config"].__setitem__("layers", "none")
    yield "no layers", lambda: data["config"].__setitem__("layers", [])
    yield "no layers at all", lambda: data["config"].pop("layers")
    yield "layers of numbers", lambda: data["config"].__setitem__("layers", [1, 2])
    yield "no outputs", lambda: data["config"].__setitem__("output_layers", [])
    yield "outputs in words", lambda: data["config"].__setitem__("output_layers", "head")
    yield "unknown output layer", lambda: data["config"].__setitem__("output_layers", ["x", 0, 0])
    yield "unknown input layer", lambda: data["config"].__setitem__("input_layers", ["x", 0, 0])
    yield "an input shape in words", lambda: layers[0]["config"].__setitem__("batch_shape", "a")
    yield "an input shape of words", lambda: layers[0]["config"].__setitem__("batch_shape", ["a"])
    yield "an empty input", lambda: layers[0]["config"].__setitem__("batch_shape", [1, 0, 0, 3])
    yield "a huge input", lambda: layers[0]["config"].__setitem__("batch_shape", [1, 1 << 60, 9, 3])
    yield "no settings at all", lambda: data.__setitem__("config", [])
    yield "settings of nothing", lambda: data.__setitem__("config", None)
    yield "no class at all", lambda: data.__setitem__("class_name", None)
    yield None, data


STRUCTURAL = [name for name, _ in structural(small()) if name]


@pytest.mark.parametrize("name", STRUCTURAL)
def test_a_broken_configuration_has_a_clear_word(name, tmp_path):
    rows = dict(structural(small()))
    data = rows.pop(None)
    rows[name]()
    diagnostic = fault(lambda: read_keras(written(tmp_path, data)))
    assert diagnostic.code in ("RF504", "RF512", "RF509", "RF501", "RF502")


JUNK = (
    None, 0, -1, 7, 1 << 40, 1.5, True, "", "x", [], [1], [1, 2], [None], {}, {"class_name": "x"},
    {"class_name": "__slice__", "config": {}}, ["stem", 0, 0],
)  # fmt: skip
IDLE = ("initializer", "regularizer", "constraint", "dtype", "trainable", "build_config")


def places(held, path=()):
    """Yield the way to every value of a configuration that a reader may look at."""
    rows = held.items() if isinstance(held, dict) else enumerate(held)
    for key, value in rows:
        if not any(word in str(key) for word in IDLE):
            yield (*path, key)
            if isinstance(value, dict | list):
                yield from places(value, (*path, key))


def test_no_value_of_a_configuration_leads_to_a_stack_trace(tmp_path):
    text, path = small().to_json(), tmp_path / "m.json"
    refused = answered = 0
    for number, way in enumerate(places(json.loads(text))):
        for junk in JUNK[number % 3 :: 3]:
            data = json.loads(text)
            held = data
            for key in way[:-1]:
                held = held[key]
            held[way[-1]] = junk
            path.write_text(json.dumps(data))
            try:
                growth(read_keras(path))
                answered += 1
            except RfcalcError:
                refused += 1
    assert refused > 300
    assert answered > 100


def test_what_is_no_model_has_a_clear_word(tmp_path):
    for text in ("", "{", "[]", "3", '"x"', "null", "{}", '{"class_name": "Model"}', "\x00\xff"):
        assert fault(lambda t=text: read_keras(written(tmp_path, t))).code == "RF504"
    assert fault(lambda: read_keras(written(tmp_path, "[" * 100_000))).code == "RF504"
    assert fault(lambda: read_keras(tmp_path / "none.keras")).code == "RF504"
    assert fault(lambda: read_keras(tmp_path)).code == "RF504"
    (tmp_path / "w.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\x00" * 64)
    assert "to_json" in fault(lambda: read_keras(tmp_path / "w.h5")).help


def test_a_broken_archive_has_a_clear_word(tmp_path):
    path = tmp_path / "m.keras"
    small().save(path)
    whole = path.read_bytes()
    for cut in (0, 1, 30, 200, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert fault(lambda: read_keras(path)).code == "RF504"
    path.write_bytes(b"not a zip at all")
    assert fault(lambda: read_keras(path)).code == "RF504"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", "{}")
    assert "config.json" in fault(lambda: read_keras(path)).message


def test_an_archive_that_would_swell_is_not_opened(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (1 << 27))
    assert path.stat().st_size < 1 << 20
    assert "larger" in fault(lambda: read_keras(path)).message
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("config.json", b" ")
    assert fault(lambda: read_keras(path)).code == "RF504"


def test_an_encrypted_archive_is_said_to_be_one(tmp_path):
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    assert "encrypted" in fault(lambda: read_keras(path)).message


def nested(depth):
    x = {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "r"}}
    for i in range(depth):
        x = {
            "module": "keras",
            "class_name": "Sequential",
            "config": {"name": f"s{i}", "layers": [x], "build_input_shape": [None, 8, 8, 3]},
        }
    return x


def test_deep_nesting_is_bounded(tmp_path):
    assert read_keras(written(tmp_path, nested(30)))
    assert fault(lambda: read_keras(written(tmp_path, nested(200)))).code == "RF504"
    data = config(keras.Sequential([L.Input((4, 8, 3)), L.TimeDistributed(L.Dense(2))]))
    inner = data["config"]["layers"][1]
    for _ in range(200):
        inner["config"]["layer"] = json.loads(json.dumps(inner)) if _ < 1 else {
            "module": "keras.layers", "class_name": "TimeDistributed",
            "config": {"name": "t", "layer": inner["config"]["layer"]},
        }  # fmt: skip
    assert fault(lambda: read_keras(written(tmp_path, data))).code in ("RF504", "RF502")


def test_models_that_call_models_that_call_models_are_bounded(tmp_path):
    def ref(name, node):
        history = [name, node, 0]
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}

    def layer(name, kind, settings, reads):
        return {
            "module": "keras.layers" if kind == "ReLU" else "keras",
            "class_name": kind,
            "config": settings,
            "name": name,
            "inbound_nodes": [{"args": [read], "kwargs": {}} for read in reads],
        }

    def model(inner):
        source = layer("in", "InputLayer", {"batch_shape": [None, 8, 8, 1], "name": "in"}, [])
        source["module"] = "keras.layers"
        reads = [ref("in", 0), *(ref("body", i) for i in range(9))]
        kind, settings = inner
        body = layer("body", kind, settings, reads)
        found = {"name": "m", "layers": [source, body]}
        outputs = ["body", 10 if kind == "Functional" else 9, 0]
        return found | {"input_layers": [["in", 0, 0]], "output_layers": [outputs]}

    inner = ("ReLU", {"name": "r"})
    for _ in range(8):
        inner = ("Functional", model(inner))
    data = {"module": "keras", "class_name": "Functional", "config": inner[1]}
    assert fault(lambda: read_keras(written(tmp_path, data))).code == "RF305"


def test_a_network_of_many_layers_is_read_in_bounded_time(tmp_path):
    data = config(keras.Sequential([L.Input((64, 64, 3)), L.ReLU(name="r")]))
    relu = data["config"]["layers"][1]
    for i in range(21_000):
        copy = {**relu, "config": {**relu["config"], "name": f"r{i}"}}
        data["config"]["layers"].append(copy)
    assert fault(lambda: read_keras(written(tmp_path, data))).code == "RF305"
    del data["config"]["layers"][1_000:]
    assert len(read_keras(written(tmp_path, data)).nodes) == 1_000


def test_an_input_that_is_too_small_names_the_layer(tmp_path):
    diagnostic = fault(lambda: read(unet(), tmp_path, shapes=[(2, 2)]))
    assert diagnostic.code == "RF301"
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, L.Cropping2D(2, name="cut")(image))
    diagnostic = fault(lambda: read(model, tmp_path, shapes=[(4, 4)]))
    assert diagnostic.code == "RF301"
    assert "'cut'" in diagnostic.message


def test_outputs_are_known_by_the_keys_of_a_dictionary(tmp_path):
    image = keras.Input((16, 16, 3), name="image")
    x = L.Conv2D(4, 3, name="stem")(image)
    heads = {"seg": L.Conv2D(1, 1, name="head")(x), "stem": L.Conv2D(1, 5, name="aux")(x)}
    network = read(keras.Model(image, heads), tmp_path)
    meant = {key: network.nodes[network.index(key, -1)].name for key in ("seg", "stem")}
    # A layer of that name comes before a key.
    assert meant == {"seg": "head", "stem": "stem"}
    assert network.nodes[network.index("output:stem", -1)].name == "aux"


def test_no_spatial_sizes_are_asked_of_an_input_that_has_none(tmp_path):
    image, row = keras.Input((16, 16, 3), name="image"), keras.Input((None,), name="row")
    x = L.Conv2D(4, 3)(image)
    scale = L.Dense(4)(ops.mean(row, axis=1, keepdims=True))
    model = keras.Model([image, row], L.Multiply()([x, L.Reshape((1, 1, 4))(scale)]))
    help = fault(lambda: read(model, tmp_path)).help
    assert "`input=" in help
    assert "`input=()`" not in help


@pytest.mark.parametrize(("layer", "settings"), [("norm", {"groups": 0}), ("conv", {"groups": -1})])
def test_a_number_of_groups_is_one_or_more(layer, settings, tmp_path):
    x = image = keras.Input((16, 16, 4))
    x = L.GroupNormalization(2, name="norm")(L.Conv2D(4, 3, name="conv")(x))
    path = changed(tmp_path, keras.Model(image, x), layer, **settings)
    told = fault(lambda: read_keras(path))
    assert (told.code, "groups is" in told.message) == ("RF504", True)

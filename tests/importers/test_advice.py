"""Does every advice of an error lead to an answer, or to an error of a later step?"""

import re

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_keras, read_onnx, read_tflite
from tests.importers.onnx_oracle import constant, helper, model, node, saved, weights
from tests.importers.tflite_made import Made
from tests.importers.tflite_networks import shaken

torch = pytest.importorskip("torch")
F, nn = torch.nn.functional, torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

SIDE = 12


class Between(nn.Module):
    """A step between two parts, or before both."""

    def __init__(self, function, first=False):
        super().__init__()
        self.stem, self.head = nn.Conv2d(2, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1)
        self.function, self.first = function, first

    def forward(self, x):
        return self.head(self.function(x if self.first else self.stem(x)))


def by_branch(x):
    return torch.cond(x.sum() > 0, torch.sin, torch.cos, (x,))


TORCH = {
    "unknown": torch.linalg.inv,
    "counted": lambda x: x * x.int().flatten().bincount().sum(),
    "as many as there are": lambda x: x + x.nonzero().sum(),
    "diagonal": lambda x: x * x.diagonal(0, 2, 3)[:, :, None],
    "trace": lambda x: x * torch.trace(x[0, 0]),
    "branching": by_branch,
    "read": lambda x: x * 2 if x.sum() > 0 else x,
}


def fault_of(call):
    """The diagnostic of what is refused, ``None`` of what is read."""
    try:
        call()
    except RfcalcError as fault:
        return fault.diagnostics[0]
    return None


def ways(fault):
    """What an error asks for, as arguments."""
    for word, value in re.findall(r"`(\w+)=([^`]*)`", fault.help):
        if word == "submodule" and not value:
            for name in re.findall(r"'([^']+)'", fault.help.partition("with one of")[2]):
                yield word, name
        elif word == "max_offset":
            yield word, 1
        elif word == "take_values":
            yield word, True
        elif word == "assume_pointwise":
            yield word, [value.strip("'")]
        else:
            yield word, value.strip("'")


def follow(read):
    """Hold every advice of a refusal to what it leads to; return which words were advised."""
    fault = fault_of(read)
    assert fault is not None
    advised = list(ways(fault))
    for word, value in advised:
        assert value not in ("", ["OP"], [""]), fault.help
        after = fault_of(lambda word=word, value=value: read(**{word: value}))
        if after is not None:
            assert after.code not in ("RF510", "RF511", "RF406"), (word, value, after)
            assert after.message.split(":")[0] != fault.message.split(":")[0], (word, after)
    return {word for word, _ in advised}


@pytest.mark.parametrize("first", [False, True], ids=["behind a part", "first"])
@pytest.mark.parametrize("name", TORCH)
def test_the_advice_of_a_module_leads_on(name, first):
    module = Between(TORCH[name], first).eval()

    def read(**options):
        return from_torch(module, (1, 2, SIDE, SIDE), **options)

    assert "submodule" in follow(read)


def test_a_part_that_is_not_read_itself_is_not_advised():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.good, self.bad = nn.Conv2d(2, 2, 3), Between(torch.linalg.inv)
            self.worse = nn.Module()
            self.worse.forward = torch.linalg.det

        def forward(self, x):
            held = self.bad(self.good(x))
            return self.worse(x), held

    module = Twice().eval()
    assert "submodule" in follow(lambda **options: from_torch(module, (1, 2, 10, 10), **options))


def conditional():
    """A model whose condition depends on values, with a refused operator in one branch."""
    float_out = [helper.make_tensor_value_info("t", 1, None)]
    then = helper.make_graph([node("Relu", ["a"], "t")], "then", [], float_out)
    chosen = [node("Multinomial", ["a"], "t")]
    other = helper.make_graph(chosen, "else", [], float_out)
    return model(
        [node("Conv", ["x", "w"], "a", pads=[1, 1, 1, 1]),
         node("ReduceMax", ["a"], "r", keepdims=0), node("Greater", ["r", "k"], "c"),
         node("If", ["c"], "b", then_branch=then, else_branch=other), node("Conv", ["b", "w"])],
        (1, 2, SIDE, SIDE),
        [weights("w", 2, 2, 3, 3), constant("k", 1.0)],
    )  # fmt: skip


LOOPED = helper.make_graph(
    [node("Identity", ["c"], "d"), node("Relu", ["v"], "u")],
    "body",
    [
        helper.make_tensor_value_info("i", 7, []),
        helper.make_tensor_value_info("c", 9, []),
        helper.make_tensor_value_info("v", 1, None),
    ],
    [helper.make_tensor_value_info("d", 9, []), helper.make_tensor_value_info("u", 1, None)],
)
ONNX = {
    "drawn": [node("Multinomial", ["a"], "b")],
    "unknown": [node("Thing", ["a"], "b", domain="of.mine")],
    "loop": [node("Loop", ["n", "", "a"], "b", body=LOOPED)],
    "as many as there are": [node("NonZero", ["a"], "i"), node("Cast", ["i"], "b", to=1)],
}


def between(nodes, first=False):
    before = [node("Identity", ["x"], "a")]
    if not first:
        before = [node("Conv", ["x", "w"], "a", pads=[1, 1, 1, 1])]
    return model(
        [*before, *nodes, node("Conv", ["b", "w"])],
        (1, 2, SIDE, SIDE),
        [
            weights("w", 2, 2, 3, 3),
            constant("n", 3, np.int64),
        ],
        imports=[helper.make_opsetid("of.mine", 1)],
    )


@pytest.mark.parametrize("first", [False, True], ids=["behind a layer", "first"])
@pytest.mark.parametrize("name", ONNX)
def test_the_advice_of_an_onnx_file_leads_on(name, first, tmp_path):
    path = saved(between(ONNX[name], first), tmp_path)
    words = follow(lambda **options: read_onnx(path, **options))
    # A graph within a node reads what the node does not name.
    assert words == (set() if name == "loop" else {"assume_pointwise"})


def test_a_conditional_advises_what_is_in_its_branches(tmp_path):
    path = saved(conditional(), tmp_path)
    fault = fault_of(lambda: read_onnx(path))
    assert "`assume_pointwise='Multinomial'`" in fault.help
    assert "'If'" not in fault.help
    follow(lambda **options: read_onnx(path, **options))


def test_a_conditional_of_unlike_branches_does_not_advise_itself(tmp_path):
    out = [helper.make_tensor_value_info("t", 1, None)]
    then = helper.make_graph([node("Relu", ["a"], "t")], "then", [], out)
    other = helper.make_graph([node("MaxPool", ["a"], "t", kernel_shape=[2, 2])], "else", [], out)
    chosen = [
        node("ReduceMax", ["a"], "r", keepdims=0),
        node("Cast", ["r"], "c", to=9),
        node("If", ["c"], "b", then_branch=then, else_branch=other),
    ]
    fault = fault_of(lambda: read_onnx(saved(between(chosen), tmp_path)))
    assert (fault.code, "assume_pointwise" in fault.help) == ("RF502", False)


def test_the_advice_of_a_keras_model_leads_on(tmp_path):
    keras = pytest.importorskip("keras")
    layers = keras.layers
    cases = {
        "unknown": keras.ops.image.elastic_transform,
        "code": layers.Lambda(lambda x: x),
    }
    for name, step in cases.items():
        x = keras.Input((SIDE, SIDE, 2))
        y = layers.Conv2D(2, 3)(step(layers.Conv2D(2, 3, padding="same", name="stem")(x)))
        path = tmp_path / "model.json"
        path.write_text(keras.Model(x, y).to_json())
        words = follow(lambda path=path, **options: read_keras(path, **options))
        assert words == {"submodule", "assume_pointwise"}, name


TFLITE = {
    "custom": ("of.mine", [], {}),
    "unknown": ("MATRIX_DIAG", [], {}),
    "chosen": ("SEGMENT_SUM", [np.zeros(1, np.int32)], {}),
    "as many as there are": ("WHERE", [], {}),
}


@pytest.mark.parametrize("first", [False, True], ids=["behind a layer", "first"])
@pytest.mark.parametrize("name", TFLITE)
def test_the_advice_of_a_tflite_file_leads_on(name, first, tmp_path):
    pytest.importorskip("tflite")
    op, given, settings = TFLITE[name]
    m = Made(1, SIDE, SIDE, 2)
    x = m.x if first else shaken(m, m.x)
    y = m(op, x, *given, run=lambda _, held, *more: held, **settings)
    path = m.saved(tmp_path, shaken(m, y))
    assert follow(lambda **options: read_tflite(path, **options)) <= {"assume_pointwise"}


@pytest.mark.parametrize("function", [lambda x: x.sort(-1)[0], lambda x: x.topk(8, -1)[0]])
def test_what_moves_cells_leaves_the_axis_to_the_windows_behind_it(function):
    network = from_torch(Between(function, True).eval(), (1, 2, SIDE, SIDE))
    assert (network.layouts, network.assumed) == (("NCHW",), ())
    assert "head" in network.aliases or network.nodes[network.output].name == "head"

"""Is a file with numbers that no window can have refused, by the node and the setting?"""

import json
import zipfile

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx, read_pt2
from tests.importers.onnx_oracle import constant, differences, model, saved, weights

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
TensorProto = onnx.TensorProto
helper = onnx.helper

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = [1, 3, 16, 16]


def node(op, inputs, output="y", **attributes):
    return helper.make_node(op, list(inputs), [output], name="c", **attributes)


def told(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return caught.value.diagnostics[0]


def refused(made, folder):
    return told(lambda: read_onnx(saved(made, folder)))


KERNEL = {"kernel_shape": [3, 3]}
WRONG = [
    ("Conv", {"strides": [-1, 1]}, "strides is -1,"),
    ("Conv", {"strides": [0, 1]}, "strides is 0,"),
    ("Conv", {"strides": [0, 1], "auto_pad": "SAME_UPPER"}, "strides is 0,"),
    ("Conv", {"strides": [1, 1, 1]}, "strides has 3 numbers where 2 belong"),
    ("Conv", {"dilations": [-1, 0]}, "dilations is -1,"),
    ("Conv", {"dilations": [1, 1 << 40]}, "dilations is 1099511627776,"),
    ("Conv", {"pads": [1, 2, 3]}, "pads has 3 numbers where 4 belong"),
    ("Conv", {"pads": [-1, 0, 0, 0]}, "pads is -1,"),
    ("Conv", {"group": 0}, "group is 0,"),
    ("Conv", {"group": -3}, "group is -3,"),
    ("Conv", {"kernel_shape": [5, 5]}, "kernel_shape is [5, 5], its weight has the shape"),
    ("Conv", {"auto_pad": "SAME"}, "auto_pad is 'SAME'"),
    ("ConvTranspose", {"strides": [-2, 1]}, "strides is -2,"),
    ("ConvTranspose", {"dilations": [0, 1]}, "dilations is 0,"),
    ("ConvTranspose", {"output_padding": [-3, 0]}, "output_padding is -3,"),
    ("ConvTranspose", {"output_shape": [-3, 9]}, "output_shape is -3,"),
    ("ConvTranspose", {"group": 0}, "group is 0,"),
    ("MaxPool", {"kernel_shape": [0, -3]}, "kernel_shape is 0,"),
    ("MaxPool", {}, "MaxPool has no list kernel_shape"),
    ("MaxPool", {"kernel_shape": [3]}, "kernel_shape is [3] for an input of shape [1, 3, 16, 16]"),
    ("MaxPool", {**KERNEL, "dilations": [-2, 0]}, "dilations is -2,"),
    ("MaxPool", {**KERNEL, "strides": [1, -1]}, "strides is -1,"),
    ("AveragePool", {**KERNEL, "strides": [0, 1]}, "strides is 0,"),
    ("LpPool", {**KERNEL, "pads": [0, 0, -1, 0]}, "pads is -1,"),
    ("SpaceToDepth", {"blocksize": 0}, "blocksize is 0,"),
    ("DepthToSpace", {"blocksize": -2}, "blocksize is -2,"),
]


@pytest.mark.parametrize(("op", "attributes", "said"), WRONG)
def test_a_setting_that_no_window_has_is_named(op, attributes, said, tmp_path):
    inputs = ["x", "w"] if op.startswith("Conv") else ["x"]
    tensors = [weights("w", 3, 3, 3, 3)] if len(inputs) == 2 else []
    fault = refused(model([node(op, inputs, **attributes)], IMAGE, tensors), tmp_path)
    assert fault.code == "RF504"
    assert fault.message.startswith(f"'c': {said}")
    assert "assume-pointwise" not in fault.help


@pytest.mark.parametrize("shape", [(0, 3, 3, 3), (4, 3, 0, 3), (4, 3, 3)])
def test_a_weight_without_values_or_of_another_rank_is_refused(shape, tmp_path):
    made = model([node("Conv", ["x", "w"])], IMAGE, [constant("w", np.ones(shape))])
    assert refused(made, tmp_path).code == "RF504"


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 0.0, -2.0])
def test_a_scale_is_a_number_above_zero(scale, tmp_path):
    scales = constant("s", [1, 1, scale, 1])
    made = model([node("Resize", ["x", "", "s"], mode="linear")], IMAGE, [scales])
    fault = refused(made, tmp_path)
    assert fault.code == "RF504"
    assert f"scales is {scale}" in fault.message
    assert "assume-pointwise" not in fault.help


@pytest.mark.parametrize("name", ["y", "x", "w"])
def test_a_value_has_one_node(name, tmp_path):
    made = model(
        [node("Conv", ["x", "w"]), node("Conv", ["x", "w"], name)],
        IMAGE,
        [weights("w", 3, 3, 3, 3)],
    )
    fault = refused(made, tmp_path)
    assert fault.code == "RF504"
    assert f"gives '{name}', which is there already" in fault.message


def test_two_calls_of_a_function_under_one_name_are_two(tmp_path):
    body = [helper.make_node("Exp", ["a"], ["h"]), helper.make_node("Neg", ["h"], ["b"])]
    opset = [helper.make_opsetid("", 17)]
    function = helper.make_function("own", "Twice", ["a"], ["b"], body, opset)
    calls = [
        helper.make_node("Twice", ["x"], ["m"], name="t", domain="own"),
        helper.make_node("Twice", ["m"], ["y"], name="t", domain="own"),
    ]
    imports = [helper.make_opsetid("own", 1)]
    made = model(calls, [1, 1, 6], imports=imports, functions=[function])
    _, wrong = differences(made, (1, 1, 6), tmp_path)
    assert wrong == []


def test_a_bound_that_depends_on_the_input_is_read(tmp_path):
    made = model(
        [node("Conv", ["x", "w"], "m", pads=[2, 2]), node("Clip", ["x", "", "top"])],
        [1, 1, 9],
        [weights("w", 1, 1, 5)],
    )
    made.graph.node.insert(1, helper.make_node("ReduceMax", ["m"], ["top"], keepdims=0))
    network = read_onnx(saved(made, tmp_path))
    assert "m" in {network.nodes[i].name for i in range(len(network.nodes))} | set(network.aliases)
    inputs = {i for one in network.nodes for i in one.inputs}
    assert network.index("m", 0) in inputs
    assert len(network.nodes[network.output].inputs) == 2


@pytest.mark.parametrize(
    ("op", "place", "attributes"),
    [("Conv", 2, {"pads": [1, 1]}), ("BatchNormalization", 1, {}), ("BatchNormalization", 3, {})],
)
def test_an_input_that_has_to_be_constant_and_is_not_is_refused(op, place, attributes, tmp_path):
    given = ["x", "w", "b"] if op == "Conv" else ["x", "s", "b", "m", "v"]
    tensors = [weights("w", 2, 2, 3)] if op == "Conv" else []
    tensors += [constant(name, [1, 1]) for name in given[1:] if name != "w"]
    given[place] = "live"
    mean = helper.make_node("ReduceMean", ["x"], ["live"], axes=[0, 2], keepdims=0)
    made = model([mean, node(op, given, **attributes)], [1, 2, 9], tensors)
    fault = refused(made, tmp_path)
    assert fault.code == "RF502"
    assert f"its input {place} depends on the model's input" in fault.message


def test_a_node_that_no_output_needs_is_not_read(tmp_path):
    dead = helper.make_node("NonZero", ["x"], ["nowhere"])
    made = model([dead, node("Conv", ["x", "w"])], IMAGE, [weights("w", 3, 3, 3, 3)])
    path = saved(made, tmp_path)
    assert [n.layer.op for n in read_onnx(path).nodes] == ["input", "conv"]
    assert read_onnx(path, assume_pointwise=["NonZero"]).assumed == ()
    assert told(lambda: read_onnx(path, assume_pointwise=["Foo"])).code == "RF511"


def test_an_output_that_nothing_gives_is_named(tmp_path):
    fault = refused(model([node("Relu", ["x"], "z")], IMAGE), tmp_path)
    assert (fault.code, "'y'" in fault.message) == ("RF504", True)


def test_a_dead_branch_of_a_condition_is_not_read(tmp_path):
    value = helper.make_tensor_value_info("t", TensorProto.FLOAT, None)
    body = [helper.make_node("NonZero", ["x"], ["n"]), helper.make_node("Relu", ["x"], ["t"])]
    branch = helper.make_graph(body, "then", [], [value])
    taken = helper.make_node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch)
    made = model([taken], IMAGE, [constant("yes", True, bool)])
    network = read_onnx(saved(made, tmp_path))
    assert [n.layer.op for n in network.nodes] == ["input", "relu"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A saved program, as a function that writes it with one argument changed."""
    folder = tmp_path_factory.mktemp("pt2")
    layers = (torch.nn.Conv2d(3, 12, 3, 2, 1), torch.nn.PixelShuffle(2), torch.nn.MaxPool2d(3, 2))
    program = torch.export.export(torch.nn.Sequential(*layers), (torch.zeros(1, 3, 16, 16),))
    torch.export.save(program, folder / "whole.pt2")

    def change(op, name, value):
        path = folder / "changed.pt2"
        with zipfile.ZipFile(folder / "whole.pt2") as old, zipfile.ZipFile(path, "w") as new:
            for entry in old.namelist():
                held = old.read(entry)
                if entry.endswith("models/model.json"):
                    held = json.dumps(_changed(json.loads(held), op, name, value)).encode()
                new.writestr(entry, held)
        return path

    return change


def test_a_weight_without_elements_is_refused(archive):
    path = archive("conv2d", "stride", {"as_ints": [2, 2]})
    with zipfile.ZipFile(path) as held:
        entries = {entry: held.read(entry) for entry in held.namelist()}
    place = next(entry for entry in entries if entry.endswith("models/model.json"))
    data = json.loads(entries[place])
    for name, value in data["graph_module"]["graph"]["tensor_values"].items():
        if name == "p_0_weight":
            value["sizes"][2]["as_int"] = 0
    with zipfile.ZipFile(path, "w") as new:
        for entry, text in entries.items():
            new.writestr(entry, json.dumps(data) if entry == place else text)
    fault = told(lambda: read_pt2(path))
    assert (fault.code, "its weight has the shape [12, 3, 0, 3]" in fault.message) == (
        "RF504",
        True,
    )


def _changed(data, op, name, value):
    for one in data["graph_module"]["graph"]["nodes"]:
        if f".{op}." in one["target"]:
            kept = [entry for entry in one["inputs"] if entry["name"] != name]
            one["inputs"] = [*kept, {"name": name, "arg": value, "kind": 1}]
    return data


@pytest.mark.parametrize(
    ("op", "name", "value", "said"),
    [
        ("conv2d", "stride", {"as_ints": [-2, 1]}, "stride is -2,"),
        ("conv2d", "stride", {"as_ints": ["a", None]}, "stride is 'a',"),
        ("conv2d", "stride", {"as_ints": [1, 1, 1]}, "stride has 3 numbers where 2 belong"),
        ("conv2d", "dilation", {"as_ints": [0, 1]}, "dilation is 0,"),
        ("conv2d", "padding", {"as_ints": [-1, 0]}, "padding is -1,"),
        ("conv2d", "groups", {"as_int": 0}, "groups is 0,"),
        ("pixel_shuffle", "upscale_factor", {"as_int": -2}, "upscale_factor is -2,"),
        ("max_pool2d", "kernel_size", {"as_ints": [0, 3]}, "kernel_size is 0,"),
        ("max_pool2d", "stride", {"as_ints": [1 << 70, 3]}, "stride is 1180591620717411303424,"),
    ],
)
def test_an_argument_that_no_window_has_is_named(archive, op, name, value, said):
    fault = told(lambda: read_pt2(archive(op, name, value)))
    assert fault.code == "RF504"
    assert said in fault.message
    assert "assume-pointwise" not in fault.help

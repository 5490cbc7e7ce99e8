"""Are the other operators of ONNX, its shapes, functions and faults read right?"""

import contextlib
import glob
import os
from pathlib import Path

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.importers.onnx.operators import OPERATORS
from rfcalc.interior import growth
from tests.importers.onnx_oracle import constant, differences, model, node, saved, weights

onnx = pytest.importorskip("onnx")
helper = onnx.helper

LIGHT = sorted(glob.glob(os.path.dirname(onnx.__file__) + "/backend/test/data/light/*.onnx"))


def read(made, folder, **options):
    return read_onnx(saved(made, folder), **options)


def refusal(made, folder, **options):
    with pytest.raises(RfcalcError) as caught:
        read(made, folder, **options)
    return caught.value.diagnostics[0]


def conv(inputs=("x", "w"), output="y", **attributes):
    return node("Conv", inputs, output, **attributes)


def test_every_operator_of_the_lists_met_in_real_models_is_known():
    met = [
        *("Conv", "Identity", "Add", "Constant", "Relu", "Concat", "Mul", "GlobalAveragePool"),
        *("Slice", "Gemm", "MaxPool", "Reshape", "ReduceMean", "Sigmoid", "Flatten"),
        *("BatchNormalization", "Resize", "Unsqueeze", "Transpose", "Shape", "Gather", "Cast"),
        *("Div", "MatMul", "AveragePool", "Softmax", "ConvTranspose", "Clip", "Sub", "Pow"),
        *("Sqrt", "Erf", "InstanceNormalization", "Pad", "Split", "HardSwish", "HardSigmoid"),
        *("LeakyRelu", "PRelu", "Tanh", "Exp", "ConstantOfShape", "Expand", "Where", "Equal"),
        *("Floor", "LayerNormalization", "Squeeze", "Range", "Tile", "Einsum", "DepthToSpace"),
        *("SpaceToDepth", "GroupNormalization", "Elu", "Softplus", "Max", "Min", "Neg", "Abs"),
        *("Reciprocal", "Log", "Mod", "Gelu", "ReduceSum", "ReduceMax", "CumSum", "And", "Not"),
        *("Less", "Greater", "Trilu", "ScatterND", "GatherND", "TopK", "If", "Upsample", "LRN"),
        *("Dropout", "Sum", "LSTM", "GRU"),
    ]
    assert [op for op in met if op not in OPERATORS] == []


def test_every_operator_of_the_standard_is_in_the_table_or_newer_than_it():
    standard = {schema.name for schema in onnx.defs.get_all_schemas() if schema.domain == ""}
    assert standard - set(OPERATORS) <= {"CausalConvWithState", "LinearAttention"}


@pytest.mark.parametrize("path", LIGHT, ids=lambda path: Path(path).stem)
def test_the_networks_of_the_onnx_package_are_read(path):
    fields = {
        "light_inception_v1": 907,
        "light_inception_v2": 891,
        "light_resnet50": 427 + 6 * 32,
        "light_shufflenet": 719,
    }
    network = read_onnx(path)
    assert network.input == (224, 224)
    assert network.assumed == ()
    last = growth(network).rows[-1]
    assert (last.unbounded is None) == (Path(path).stem in fields)
    if last.unbounded is None:
        assert last.rf == (fields[Path(path).stem],) * 2


@pytest.mark.parametrize("op", ["GlobalAveragePool", "GlobalMaxPool"])
def test_a_gate_sees_the_whole_and_keeps_the_grid(op, tmp_path):
    made = model(
        [
            node(op, ["x"], "g"),
            conv(["g", "v"], "h"),
            node("Mul", ["x", "h"], "m"),
            conv(["m", "w"]),
        ],
        [1, 2, 5, 4],
        [weights("v", 2, 2, 1, 1), weights("w", 2, 2, 3, 3)],
    )  # fmt: skip
    network, wrong = differences(made, (1, 2, 5, 4), tmp_path)
    assert wrong == []
    assert growth(network).rows[-1].unbounded is not None


@pytest.mark.parametrize(
    ("axis", "unbounded"), [(1, False), (-1, True), (2, True)], ids=["channels", "columns", "rows"]
)
def test_softmax_over_space_is_unbounded_and_over_channels_is_not(axis, unbounded, tmp_path):
    made = model(
        [conv(["x", "w"], "a", pads=[1, 1, 1, 1]), node("Softmax", ["a"], axis=axis)],
        [1, 2, 5, 4],
        [weights("w", 2, 2, 3, 3)],
    )
    network = read(made, tmp_path)
    assert (growth(network).rows[-1].unbounded is not None) == unbounded


def test_channel_shuffle_through_shape_arithmetic_is_exact(tmp_path):
    nodes = [
        conv(["x", "w"], "a", pads=[1, 1], group=2),
        node("Shape", ["a"], "s"),
        node("Gather", ["s", "last"], "n"),
        node("Unsqueeze", ["n", "zero"], "u"),
        node("Concat", ["one", "two", "two", "u"], "t", axis=0),
        node("Reshape", ["a", "t"], "b"),
        node("Transpose", ["b"], "c", perm=[0, 2, 1, 3]),
        node("Concat", ["one", "four", "u"], "v", axis=0),
        node("Reshape", ["c", "v"], "d"),
        conv(["d", "w"], dilations=[2], pads=[2, 2], group=2),
    ]
    whole = {"last": 2, "zero": [0], "one": [1], "two": [2], "four": [4]}
    tensors = [constant(name, value, np.int64) for name, value in whole.items()]
    made = model(nodes, [1, 4, 9], [*tensors, weights("w", 4, 2, 3)])
    network, wrong = differences(made, (1, 4, 9), tmp_path)
    assert (wrong, network.assumed) == ([], ())


def test_an_open_size_is_asked_for_and_taken(tmp_path):
    made = model([conv()], ["batch", 1, "height", "width"], [weights("w", 1, 1, 3, 3)])
    told = refusal(made, tmp_path)
    assert told.code == "RF512"
    assert "[batch, 1, height, width]" in told.message
    assert "`input=(1, 1, 224, 224)`" in told.help
    assert read(made, tmp_path, shapes=[(9, 8)]).input == (9, 8)
    assert read(made, tmp_path, shapes=[(1, 1, 7, 6)]).input == (7, 6)
    assert refusal(made, tmp_path, shapes=[(1, 2, 3)]).code == "RF512"


def test_the_batch_alone_is_not_asked_for(tmp_path):
    made = model([conv()], ["n", 1, 8, 9], [weights("w", 1, 1, 3, 3)])
    assert read(made, tmp_path).input == (8, 9)


def test_functions_are_laid_out(tmp_path):
    twice = helper.make_function(
        "mine", "Twice", ["a", "k"], ["c"],
        [conv(["a", "k"], "b", dilations=[2]), conv(["b", "k"], "c")],
        [helper.make_opsetid("", 17)],
    )  # fmt: skip
    call = helper.make_node("Twice", ["x", "w"], ["y"], domain="mine", name="block")
    mine = [helper.make_opsetid("mine", 1)]
    made = model([call], [1, 1, 12], [weights("w", 1, 1, 3)], imports=mine, functions=[twice])
    network, wrong = differences(made, (1, 1, 12), tmp_path)
    assert wrong == []
    assert growth(network).rows[-1].rf == (7,)


def test_a_condition_that_is_constant_chooses_its_branch(tmp_path):
    def branch(rate):
        inner = helper.make_tensor_value_info("z", 1, None)
        return helper.make_graph([conv(["x", "w"], "z", dilations=[rate])], f"b{rate}", [], [inner])

    made = model(
        [node("If", ["c"], then_branch=branch(3), else_branch=branch(1))],
        [1, 1, 12],
        [weights("w", 1, 1, 3), constant("c", True, bool)],
    )
    assert growth(read(made, tmp_path)).rows[-1].rf == (7,)
    live = model(
        [
            node("ReduceMax", ["x"], "m", keepdims=0),
            node("Cast", ["m"], "c", to=onnx.TensorProto.BOOL),
            node("If", ["c"], then_branch=branch(3), else_branch=branch(1)),
        ],
        [1, 1, 12],
        [weights("w", 1, 1, 3)],
    )
    told = refusal(live, tmp_path)
    assert told.code == "RF502"
    assert "its branches give values of different shapes" in told.message


def test_what_depends_on_values_is_refused_and_says_so(tmp_path):
    made = model([node("NonZero", ["x"])], [1, 1, 4, 4])
    told = refusal(made, tmp_path)
    assert told.code == "RF501"
    assert "NonZero" in told.message
    assert "depends on values" in told.message


def test_an_unknown_operator_names_itself_and_its_domain(tmp_path):
    odd = helper.make_node("Frobnicate", ["x"], ["a"], domain="acme", name="odd")
    made = model(
        [odd, conv(["a", "w"])],
        [1, 1, 8],
        [weights("w", 1, 1, 3)],
        imports=[helper.make_opsetid("acme", 1)],
    )
    told = refusal(made, tmp_path)
    assert told.code == "RF501"
    assert "Frobnicate (domain acme)" in told.message
    assert "`assume_pointwise='acme.Frobnicate'`" in told.help
    taken = read(made, tmp_path, assume_pointwise=["acme.Frobnicate"])
    assert taken.assumed[0] == "odd: acme.Frobnicate taken for element-wise"
    assert growth(taken).rows[-1].rf == (3,)


def test_a_file_without_a_convolution_is_read(tmp_path):
    made = model([node("Relu", ["x"])], [1, 1, 4, 4])
    assert growth(read(made, tmp_path)).rows[-1].rf == (1, 1)


@pytest.mark.parametrize("opset", [7, 8, 9, 10, 11, 13, 15, 18, 21])
def test_every_opset_is_read(opset, tmp_path):
    made = model([conv(pads=[1, 1])], [1, 1, 9], [weights("w", 1, 1, 3)], opset=opset)
    assert growth(read(made, tmp_path)).rows[-1].rf == (3,)


@pytest.mark.parametrize(("opset", "said"), [(0, "opsets from 7 up"), (99, "opsets up to")])
def test_an_opset_that_is_not_known_is_refused(opset, said, tmp_path):
    told = refusal(model([conv()], [1, 1, 9], [weights("w", 1, 1, 3)], opset=opset), tmp_path)
    assert told.code == "RF504"
    assert said in told.message


def test_weights_in_another_file_are_not_looked_for(tmp_path):
    made = model([conv()], [1, 1, 9], [weights("w", 1, 1, 3)])
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.ClearField("float_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/nowhere/else.bin"
    assert growth(read(made, tmp_path)).rows[-1].rf == (3,)


def test_a_cut_file_is_refused_at_every_length(tmp_path):
    whole = saved(model([conv()], [1, 1, 9], [weights("w", 1, 1, 3)]), tmp_path).read_bytes()
    path = tmp_path / "cut.onnx"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with contextlib.suppress(RfcalcError):
            read_onnx(path)


def test_what_is_not_onnx_is_said_so(tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("layers: [k3]\n")
    with pytest.raises(RfcalcError, match="RF504"):
        read_onnx(path)
    with pytest.raises(RfcalcError, match="RF504"):
        read_onnx(tmp_path / "nowhere.onnx")


def test_a_node_that_reads_what_nothing_gives_is_named(tmp_path):
    told = refusal(model([conv(["ghost", "w"])], [1, 1, 9], [weights("w", 1, 1, 3)]), tmp_path)
    assert told.code == "RF504"
    assert "'ghost'" in told.message


def test_the_missing_package_is_named_with_its_pip_line(tmp_path, monkeypatch):
    import sys

    path = saved(model([conv()], [1, 1, 9], [weights("w", 1, 1, 3)]), tmp_path)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(RfcalcError) as caught:
        read_onnx(path)
    told = caught.value.diagnostics[0]
    assert (told.code, told.help) == ("RF505", 'pip install "rfcalc[onnx]"')


def test_outputs_are_known_by_the_names_of_the_graph(tmp_path):
    split = node("Split", ["m"], "one", axis=1)
    split.output.append("two")
    nodes = [conv(output="m"), split, node("Relu", ["two"], "c")]
    made = model(nodes, [1, 4, 8, 8], [weights("w", 4, 4, 3, 3)], outputs=("one", "c"))
    network = read(made, tmp_path)
    shown = {key: network.nodes[network.index(key, -1)].layer.op for key in ("one", "c")}
    assert shown["c"] == "relu"
    assert network.index("output:one", -1) == network.index("one", -1)
    assert network.nodes[network.index("output:c", -1)].layer.op == "relu"

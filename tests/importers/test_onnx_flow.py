"""Are conditions, states, orders and old opsets of ONNX files read as the reference runs them?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.interior import growth
from rfcalc.masks import mask
from tests.importers.onnx_oracle import (
    FLOAT,
    TensorProto,
    constant,
    helper,
    model,
    node,
    read_cells,
    saved,
    weights,
)

LINE = [1, 1, 12]


def conv(read, given, rate):
    return node("Conv", [read, "w"], given, name=f"conv{rate}", dilations=[rate], pads=[rate] * 2)


def branch(rate, more=()):
    """A branch of one convolution; both use the same names."""
    inner = helper.make_tensor_value_info("z", FLOAT, None)
    return helper.make_graph([conv("x", "z", rate), *more], f"b{rate}", [], [inner])


def chosen(condition):
    """A model of two branches, and its condition as a graph input or as a constant."""
    made = model(
        [node("If", ["c"], name="pick", then_branch=branch(4), else_branch=branch(1))],
        LINE,
        [weights("w", 1, 1, 3)] + ([] if condition is None else [constant("c", condition, bool)]),
    )
    if condition is None:
        made.graph.input.append(helper.make_tensor_value_info("c", TensorProto.BOOL, []))
    return made


def test_a_condition_that_is_given_is_read_as_the_union_of_its_branches(tmp_path):
    network = read_onnx(saved(chosen(None), tmp_path))
    both = read_cells(chosen(True), LINE)[0, 0] | read_cells(chosen(False), LINE)[0, 0]
    for at in range(12):
        said = mask(network, at=(at,), source="x").array()
        np.testing.assert_array_equal(said, both[at, 0, 0])
    assert network.assumed == ("pick: both branches of If are taken to be read",)


def test_a_condition_that_is_computed_is_read_as_well(tmp_path):
    made = model(
        [
            node("ReduceMax", ["x"], "m", keepdims=0),
            node("Greater", ["m", "zero"], "c"),
            node("If", ["c"], then_branch=branch(4), else_branch=branch(1)),
        ],
        LINE,
        [weights("w", 1, 1, 3), constant("zero", 0.0)],
    )
    network = read_onnx(saved(made, tmp_path))
    assert mask(network, at=(6,)).array().all()


@pytest.mark.parametrize("op", ["LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"])
def test_a_state_that_is_given_reaches_every_step(op, tmp_path):
    gates = {"LSTM": 4, "GRU": 3}.get(op, 4 if "LSTM" in op else 1)
    shapes = [(1, gates * 4, 3), (1, gates * 4, 4)]
    held = [weights("W", *shapes[0]), weights("R", *shapes[1])]
    states = ["h", "c"] if "LSTM" in op else ["h"]
    inputs = ["t", "W", "R", "", "", *states]
    domain = {}
    if op.startswith("Dynamic"):
        held = [weights("W", 1, 3, 16), weights("R", 1, 4, 16)]
        inputs += [*[""] * (7 - len(inputs)), "", "s", "s", "s", "s"]
        held.append(constant("s", [1.0]))
        domain = {"domain": "com.microsoft"}
    turned = node("Transpose", ["x"], "t", perm=[2, 0, 1])
    cell = node(op, inputs, name="cell", hidden_size=4, **domain)
    made = model(
        [node("Conv", ["x0", "k"], "x"), turned, cell],
        [1, 3, 10],
        [*held, weights("k", 3, 3, 1)],
        name="x0",
    )
    for state in states:
        made.graph.input.append(helper.make_tensor_value_info(state, FLOAT, [1, 1, 4]))
    network = read_onnx(saved(made, tmp_path))
    for at in (0, 9):
        for state in states:
            assert mask(network, at=(at,), source=state).array().all()
        # The dynamic scale is one of the whole input.
        reached = 10 if op.startswith("Dynamic") else at + 1
        assert mask(network, at=(at,), source="x0").array().tolist() == [
            i < reached for i in range(10)
        ]


def test_nodes_stand_in_any_order(tmp_path):
    nodes = [conv("x", "a", 1), node("Relu", ["a"], "b"), conv("b", "y", 2)]
    made = [model(order, LINE, [weights("w", 1, 1, 3)]) for order in (nodes, nodes[::-1])]
    networks = [read_onnx(saved(one, tmp_path)) for one in made]
    assert networks[0].nodes == networks[1].nodes


def test_nodes_in_a_circle_are_refused(tmp_path):
    made = model([conv("y", "a", 1), conv("a", "y", 2)], LINE, [weights("w", 1, 1, 3)])
    with pytest.raises(RfcalcError, match=r"RF504 nodes read each other in a circle: conv"):
        read_onnx(saved(made, tmp_path))


def test_an_opset_before_those_that_are_read_is_upgraded(tmp_path):
    made = model(
        [conv("x", "a", 2), node("Add", ["a", "b"], "s", axis=1, broadcast=1), node("Relu", ["s"])],
        LINE,
        [weights("w", 1, 1, 3), weights("b", 1)],
        opset=6,
    )
    assert growth(read_onnx(saved(made, tmp_path))).rows[-1].rf == (5,)


@pytest.mark.parametrize("listed", [False, True], ids=["constants alone", "constants as inputs"])
def test_a_file_as_old_as_its_opset_is_upgraded(listed, tmp_path):
    """Of that time are constants that are inputs too, and weights too large to be kept."""
    names = ["s", "t", "u", "v"]
    made = model(
        [node("Conv", ["x", "w"], "a", pads=[2, 2]),
         node("BatchNormalization", ["a", *names], "n", is_test=1),
         node("Dropout", ["n"], "d", is_test=1), node("Relu", ["d"], "r"),
         node("Add", ["r", "b"], "m", axis=1, broadcast=1), node("Conv", ["m", "w"], "y")],
        [1, 32, 20],
        [weights("w", 32, 32, 3), weights("b", 32), *(weights(n, 32) for n in names)],
        opset=6,
    )  # fmt: skip
    made.ir_version = 3
    if listed:
        for held in made.graph.initializer:
            made.graph.input.append(helper.make_tensor_value_info(held.name, FLOAT, held.dims))
    network = read_onnx(saved(made, tmp_path))
    assert growth(network).rows[-1].rf == (5,)
    assert (network.input, network.nodes[-1].size) == ((20,), (20,))


def test_an_old_opset_that_cannot_be_upgraded_is_told(tmp_path):
    made = model(
        [node("Tile", ["x", "w"]), node("Nothing", ["y"], "z")], LINE, [weights("w", 1)], opset=3
    )
    with pytest.raises(RfcalcError, match=r"RF504 .* has opset 3; opsets from 7 up are read"):
        read_onnx(saved(made, tmp_path))


def test_a_scalar_beside_the_image_takes_no_axis(tmp_path):
    made = model([conv("x", "a", 2), node("Mul", ["a", "s"])], LINE, [weights("w", 1, 1, 3)])
    made.graph.input.append(helper.make_tensor_value_info("s", FLOAT, []))
    network = read_onnx(saved(made, tmp_path))
    assert (network.dims, mask(network, at=(6,), source="x").array().sum()) == (1, 3)


@pytest.mark.parametrize("given", [(24,), (1, 1, 24)])
def test_a_scalar_before_the_image_takes_no_size(given, tmp_path):
    made = model([conv("x", "a", 2), node("Mul", ["a", "s"])], LINE, [weights("w", 1, 1, 3)])
    made.graph.input.insert(0, helper.make_tensor_value_info("s", FLOAT, []))
    network = read_onnx(saved(made, tmp_path), shapes=[given])
    assert [node.size for node in network.nodes if node.name == "x"] == [(24,)]
    with pytest.raises(RfcalcError, match="RF512 3 inputs are given, the model has 2"):
        read_onnx(saved(made, tmp_path), shapes=[given] * 3)

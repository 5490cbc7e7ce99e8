"""Does a number that is given for an input decide what the model does with it?"""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from rfcalc import load  # noqa: E402
from rfcalc.errors import RfcalcError  # noqa: E402
from rfcalc.interior import growth  # noqa: E402

h, T = onnx.helper, onnx.TensorProto


def branch(name, kernel):
    weight = onnx.numpy_helper.from_array(np.ones((1, 1, kernel), np.float32), f"{name}_w")
    pads = [kernel // 2] * 2
    node = h.make_node("Conv", ["x", f"{name}_w"], [f"{name}_y"], name=f"{name}_conv", pads=pads)
    end = h.make_tensor_value_info(f"{name}_y", T.FLOAT, None)
    return h.make_graph([node], name, [], [end], [weight])


@pytest.fixture
def model(tmp_path):
    """Another kernel at each sampling rate, as voice detectors have."""
    rate = onnx.numpy_helper.from_array(np.array(16000, np.int64), "wide")
    nodes = [
        h.make_node("Equal", ["sr", "wide"], ["is_wide"]),
        h.make_node(
            "If",
            ["is_wide"],
            ["y"],
            name="chosen",
            then_branch=branch("wide", 9),
            else_branch=branch("narrow", 5),
        ),
    ]
    ends = [
        h.make_tensor_value_info("sr", T.INT64, []),
        h.make_tensor_value_info("x", T.FLOAT, [1, 1, 64]),
    ]
    graph = h.make_graph(nodes, "g", ends, [h.make_tensor_value_info("y", T.FLOAT, None)], [rate])
    path = tmp_path / "voice.onnx"
    onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid("", 17)]), path)
    return path


def field(network):
    return growth(network).rows[-1].rf


@pytest.mark.parametrize(("rate", "kernel"), [(16000, 9), (8000, 5), ([16000.0], 9)])
def test_a_condition_takes_the_branch_of_its_number(model, rate, kernel):
    network = load(model, value={"sr": rate})
    assert field(network) == (kernel,)
    assert network.assumed == ()
    assert [node.name for node in network.nodes if not node.inputs] == ["x"]


def test_without_a_number_both_branches_are_read_and_it_is_said(model):
    network = load(model)
    assert growth(network, "x").rows[-1].rf == (9,)
    assert network.assumed != ()


@pytest.mark.parametrize(
    ("value", "fact"),
    [
        ({"rate": 1}, "the model has no input 'rate'"),
        ({"sr": [1, 2]}, "the input 'sr' takes 1 number, and 2 are given"),
        ({"sr": 0.5}, "the input 'sr' takes whole numbers of int64, not 0.5"),
        ({"sr": 1e300}, "the input 'sr' takes whole numbers of int64, not 1e+300"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(model, value, fact):
    with pytest.raises(RfcalcError) as caught:
        load(model, value=value)
    assert (caught.value.diagnostics[0].code, caught.value.diagnostics[0].message) == (
        "RF517",
        fact,
    )


def test_other_networks_have_no_such_inputs():
    with pytest.raises(RfcalcError, match="it is for ONNX files"):
        load("k3", value={"sr": 1})

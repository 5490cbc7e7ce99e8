"""Do the ONNX operators that keep each cell to itself read the cells of the reference?"""

import numpy as np
import pytest

from tests.importers.onnx_oracle import (
    constant,
    differences,
    model,
    node,
    refusal,
    weights,
    whole,
)

onnx = pytest.importorskip("onnx")
TensorProto = onnx.TensorProto
helper = onnx.helper

SHAPE = (1, 2, 4, 5)
INT32 = TensorProto.INT32


def contrib(op, inputs, output="y", **attributes):
    """An operator that only ONNX Runtime has."""
    return node(op, inputs, output, domain="com.microsoft", **attributes)


CONV = node("Conv", ["x", "w"], "a", pads=[1, 1, 0, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""


def between(last, *tensors, opset=21):
    return model([CONV, *last], SHAPE, [weights("w", 2, 2, 2, 2), *tensors], opset=opset)


def quantised(op, one, other):
    """An operator of two tensors, each with its scale and zero point."""
    return contrib(op, [one, "s", "z", other, "s", "z", "s", "z"])


SCALE = [constant("s", 0.5), constant("z", 0, np.uint8)]
WHOLE_NUMBERS = [node("Mul", ["a", "hundred"], "h"), node("Cast", ["h"], "q", to=INT32)]
HUNDRED = constant("hundred", 100.0)
ROWS = [node("Transpose", ["a"], "r", perm=[0, 2, 3, 1])]
BACK = node("Transpose", ["t"], perm=[0, 3, 1, 2])
CASES = {
    "clipped by attributes": between([node("Clip", ["a"], min=0.0, max=6.0)], opset=10),
    "clipped wider by attributes": between([node("Clip", ["a"], min=-9.0, max=99.0)], opset=10),
    "chosen by values": between(
        [node("Greater", ["a", "k"], "c"), node("Where", ["c", "a", "x"])], constant("k", 1.0)
    ),
    "a sequence passed on": between(
        [
            node("SplitToSequence", ["a", "two"], "l", axis=2),
            node("Identity", ["l"], "m"),
            node("ConcatFromSequence", ["m"], axis=2),
        ],
        constant("two", 2, np.int64),
    ),
    "scaled by the mean of its rows": between(
        [
            *WHOLE_NUMBERS,
            node("ReduceMean", ["a", "d"], "m", keepdims=0),
            node("DequantizeLinear", ["q", "m"], axis=2),
        ],
        HUNDRED, whole("d", 0, 1, 3),
    ),
    "scaled by its mean": between(
        [
            *WHOLE_NUMBERS,
            node("ReduceMean", ["x", "d"], "m", keepdims=0),
            node("Slice", ["m", "at", "end"], "f"),
            node("Squeeze", ["f"], "g"),
            node("DequantizeLinear", ["q", "g"]),
        ],
        HUNDRED, whole("d", 0, 1, 3), whole("at", 1), whole("end", 2),
    ),
    "quantised by its extremes": between(
        [
            helper.make_node("DynamicQuantizeLinear", ["a"], ["q", "s", "z"]),
            node("DequantizeLinear", ["q", "s", "z"]),
        ]
    ),
    "a row of a table for each cell": between(
        [*WHOLE_NUMBERS, node("OneHot", ["q", "depth", "ends"], axis=1)],
        HUNDRED, constant("depth", 1000, np.int64), constant("ends", [1.0, 2.0]),
    ),
    "a gate beside it": between(
        [*ROWS, node("Transpose", ["x"], "g", perm=[0, 2, 3, 1]), node("SwiGLU", ["r", "g"], "t"),
         BACK],
        opset=28,
    ),
    "turned pairs of channels": between(
        [*ROWS, node("RotaryEmbedding", ["r", "cos", "sin"], "t"), BACK],
        weights("cos", 1, 5, 1), weights("sin", 1, 5, 1),
        opset=23,
    ),
    "quantised sum": between([quantised("QLinearAdd", "a", "x")], *SCALE),
    "quantised product": between([quantised("QLinearMul", "a", "x")], *SCALE),
}  # fmt: skip
SPELLED = {
    "quantised sum": between([node("Add", ["a", "x"])]),
    "quantised product": between([node("Mul", ["a", "x"])]),
}


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    where = {"out_space": (3, 4)} if "table" in case else {}
    network, wrong = differences(CASES[case], SHAPE, tmp_path, spelled=SPELLED.get(case), **where)
    assert (wrong, network.assumed) == ([], ())


def test_a_table_after_the_last_dimension(tmp_path):
    made = between(
        [*WHOLE_NUMBERS, node("OneHot", ["q", "depth", "ends"])],
        HUNDRED, constant("depth", 1000, np.int64), constant("ends", [1.0, 2.0]),
    )  # fmt: skip
    network, wrong = differences(made, SHAPE, tmp_path, out_space=(2, 3))
    assert (wrong, network.assumed) == ([], ())


ANGLES = node("RotaryEmbedding", ["r", "cos", "cos"])


@pytest.mark.parametrize(
    ("last", "tensors", "said"),
    [
        (
            [node("RotaryEmbedding", ["x", "cos", "cos"])],
            [weights("cos", 1, 4, 2)],
            "it turns pairs of cells",
        ),
        (
            [*ROWS, node("ReduceMean", ["r", "d"], "m", keepdims=0),
             node("Reshape", ["m", "f"], "cos"), ANGLES],
            [whole("d", 1, 3), whole("f", 1, 5, 1)],
            "its angles depend on values",
        ),
        (
            [*WHOLE_NUMBERS, node("ReduceMean", ["a", "d"], "m"),
             node("DequantizeLinear", ["q", "m"], axis=2, block_size=4)],
            [HUNDRED, whole("d", 2)],
            "its scales are blocks that depend on values",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_so(last, tensors, said, tmp_path):
    told = refusal(between(last, *tensors, opset=23), tmp_path)
    assert told.code == "RF502"
    assert said in told.message

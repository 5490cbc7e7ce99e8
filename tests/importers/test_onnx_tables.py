"""Do tables of indices that are long, unread, live or of unlike channels read what they read?"""

import numpy as np
import pytest

from rfcalc import from_onnx
from tests.importers.onnx_oracle import (
    constant,
    differences,
    model,
    node,
    refusal,
    weights,
    whole_as,
)

onnx = pytest.importorskip("onnx")
TensorProto = onnx.TensorProto

SHAPE = (1, 2, 6)


def elsewhere(name, *shape):
    """A table of indices in another file, which is not there."""
    tensor = TensorProto(name=name, data_type=TensorProto.INT64, dims=shape)
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/nowhere/else.bin"
    return tensor


CONV = node("Conv", ["x", "w"], "a", pads=[1, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""


def between(last, *tensors, opset=18):
    return model([CONV, *last], SHAPE, [weights("w", 2, 2, 2), *tensors], opset=opset)


def halves(last, *tensors):
    """Channels of which the first reads one cell, the second three."""
    first = [
        node("Conv", ["x", "v"], "b"),
        node("Conv", ["x", "w"], "c", pads=[1, 1]),
        node("Concat", ["b", "c"], "a", axis=1),
    ]
    made = [weights("v", 1, 2, 1), weights("w", 1, 2, 3), *tensors]
    return model([*first, *last], SHAPE, made, opset=18)


ROWS = node("Gather", ["a", "i"], axis=1)
NUMBERS = [node("Mul", ["a", "hundred"], "h"), node("Cast", ["h"], "n", to=TensorProto.INT64)]
HUNDRED = constant("hundred", 100.0)
TABLE = constant("table", np.arange(4000.0).reshape(2000, 2))

CASES = {
    "a run of channels": between([ROWS], whole_as("i", [1])),
    "channels by a table that is not read": between([ROWS], elsewhere("i", 3)),
    "a row of a table for each cell": between(
        [
            *NUMBERS, node("Gather", ["table", "n"], "g"),
            node("ReduceSum", ["g", "last"], keepdims=0),
        ],
        HUNDRED, TABLE, whole_as("last", [-1]),
    ),
    "a column of a table for each cell": between(
        [
            *NUMBERS, node("Squeeze", ["n", "zero"], "m"),
            node("Gather", ["table", "m"], "g", axis=1),
            node("ReduceSum", ["g", "zero"], "s", keepdims=0), node("Unsqueeze", ["s", "zero"]),
        ],
        HUNDRED, constant("table", np.arange(6000.0).reshape(3, 2000)), whole_as("zero", [0]),
    ),
    "channels by elements of a table": between(
        [node("GatherElements", ["a", "i"], axis=1)], whole_as("i", np.zeros((1, 2, 6)))
    ),
    "channels by rows of a table": between(
        [node("GatherND", ["a", "i"], batch_dims=1)], whole_as("i", [[[0], [1]]])
    ),
    "a constant by elements of a table": between(
        [node("GatherElements", ["t", "i"], "k", axis=0), node("Add", ["a", "k"])],
        elsewhere("t", 1, 2, 6), whole_as("i", np.zeros((1, 2, 6))),
    ),
    "a constant by a table of rows": between(
        [node("Gather", ["t", "i"], "k"), node("Add", ["a", "k"])],
        elsewhere("t", 9), whole_as("i", [[[0, 1, 2, 3, 4, 5]]]),
    ),
    "a constant overwritten": between(
        [node("ScatterElements", ["t", "i", "t"], "k", axis=0), node("Add", ["a", "k"])],
        elsewhere("t", 1, 2, 6), whole_as("i", np.zeros((1, 2, 6))),
    ),
    "compressed as a row": between(
        [
            node("Compress", ["a", "keep"], "c"), node("Reshape", ["c", "map"]),
        ],
        constant("keep", [*[1] * 6, *[0] * 6], bool), whole_as("map", [1, 1, 6]),
    ),
    "unlike channels turned and repeated": halves([ROWS], whole_as("i", [1, 0, 0, 1])),
}  # fmt: skip
ZEROS = whole_as("t", np.zeros((1, 2, 6)))
SPELLED = {
    "channels by a table that is not read": between([ROWS], whole_as("i", [0, 1, 1])),
    "a constant by elements of a table": between([node("Neg", ["a"])]),
    "a constant by a table of rows": between([node("Neg", ["a"])]),
    "a constant overwritten": between([node("Neg", ["a"])]),
}


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    network, wrong = differences(CASES[case], SHAPE, tmp_path, spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


FIRST = [node("Slice", ["t", "zero", "one", "one"])]
ENDS = [whole_as("zero", [0]), whole_as("one", [1])]
SAID = {
    "by a table that is not read": (
        halves([node("Gather", ["a", "i"], axis=1)], elsewhere("i", 1)),
        halves([node("Gather", ["a", "i"], axis=1)], whole_as("i", [1])),
    ),
    "of which it is not known which are unlike": (
        halves(
            [node("ReverseSequence", ["a", "l"], "r", batch_axis=0, time_axis=1),
             node("Gather", ["r", "i"], "t", axis=1), *FIRST],
            whole_as("i", [1, 1]), whole_as("l", [1]), *ENDS,
        ),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_channels_that_are_taken_for_each_other_are_said_to_be(case, tmp_path):
    made, spelled = SAID[case]
    network, wrong = differences(made, SHAPE, tmp_path, spelled=spelled)
    assert all(not missing for _, _, missing in wrong)
    assert "a part of the channels is taken to read what all of them read" in network.assumed[0]


LONG = [1, 1, 600]
SCATTERED = np.random.default_rng(0).permutation(600)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            model([node("Gather", ["x", "i"], axis=2)], LONG, [whole_as("i", SCATTERED)]),
            "it takes cells by a table of 300 runs of indices",
        ),
        (
            between([node("Cast", ["a"], "l", to=TensorProto.INT64), node("GatherND", ["a", "l"])]),
            "its indices have 6 parts, for 3 dimensions",
        ),
    ],
)
def test_what_cannot_be_followed_is_said_so(made, said, tmp_path):
    told = refusal(made, tmp_path)
    assert told.code == "RF502"
    assert said in told.message


def test_a_table_of_cells_that_is_not_read_reads_all_of_them_and_says_so(tmp_path):
    made = between([node("Gather", ["a", "i"], axis=2)], elsewhere("i", 3))
    path = tmp_path / "table.onnx"
    onnx.save(made, path)
    assert from_onnx(path).assumed == (
        "gather: it is taken to read all of the cells among which it takes some",
    )


def test_a_table_of_too_many_cells_is_refused_for_its_size(tmp_path):
    made = between([node("Gather", ["a", "i"], axis=2)], whole_as("i", [0] * 70_000))
    assert refusal(made, tmp_path).code == "RF305"

"""Do blocks and sequences of ONNX, and steps on several grids, read the cells of the reference?"""

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

SHAPE = (1, 2, 8, 4)


def number(name, value):
    return constant(name, value, np.int64)


CONV = node("Conv", ["x", "w"], "a", pads=[1, 1, 0, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""

AGAIN = node("Conv", ["b", "v"], pads=[0, 1, 0, 1])


def between(last, *tensors, opset=18, shape=SHAPE):
    kernel = weights("w", shape[1], shape[1], 2, 2)
    return model([CONV, *last], shape, [kernel, *tensors], opset=opset)


def spaced(mode):
    """Rows as the channels of DepthToSpace, put back by hand, and a window over them."""
    digits = [1, 2, 4, 2, 2, 2]
    # As cut: 2 channels, 4 columns and one digit of the rows, 2 channels of the map and another.
    order = [0, 3, 5, 1, 2, 4] if mode == "DCR" else [0, 1, 3, 5, 2, 4]
    return between(
        [
            node("Transpose", ["a"], "t", perm=[0, 2, 3, 1]),
            node("DepthToSpace", ["t"], "s", blocksize=2, mode=mode),
            node("Reshape", ["s", "digits"], "d"),
            node("Transpose", ["d"], "p", perm=order),
            node("Reshape", ["p", "rows"], "r"),
            node("Transpose", ["r"], "b", perm=[0, 3, 1, 2]),
            AGAIN,
        ],
        whole("digits", *digits), whole("rows", 1, 8, 4, 2), weights("v", 2, 2, 1, 3),
    )  # fmt: skip


CASES = {
    "rows as blocks, by depth": spaced("DCR"),
    "rows as blocks, by columns": spaced("CRD"),
    "blocks of columns and channels": between(
        [
            node("Transpose", ["a"], "t", perm=[0, 2, 3, 1]),
            node("SpaceToDepth", ["t"], "s", blocksize=2),
            node("Reshape", ["s", "digits"], "d"),
            node("Transpose", ["d"], "p", perm=[0, 3, 4, 1, 5, 2]),
            node("Reshape", ["p", "rows"], "r"),
            node("Transpose", ["r"], "b", perm=[0, 3, 1, 2]),
            AGAIN,
        ],
        whole("digits", 1, 2, 2, 8, 2, 1), whole("rows", 1, 8, 4, 2), weights("v", 2, 2, 1, 3),
    ),
    "blocks of one cell": between([node("SpaceToDepth", ["a"], blocksize=1)]),
    "blocks of a constant": between(
        [node("SpaceToDepth", ["k"], "m", blocksize=2), node("Add", ["a", "m"])],
        weights("k", 1, 1, 16, 8), weights("none", 1),
        shape=(1, 4, 8, 4),
    ),
    "quantised and joined": between(
        [
            node("QLinearConcat", ["s", "z", "a", "s", "z", "x", "s", "z"], domain="com.microsoft",
                 axis=1),
        ],
        constant("s", 1.0), constant("z", 0, np.uint8),
    ),
    "a list from nothing": between(
        [
            node("SequenceEmpty", [], "l"), node("SequenceInsert", ["l", "a"], "m"),
            node("SequenceInsert", ["m", "x"], "n"), node("ConcatFromSequence", ["n"], axis=2),
        ]
    ),
    "a list of rows, added up": between(
        [
            node("SplitToSequence", ["a"], "l", axis=2),
            node("ConcatFromSequence", ["l"], "b", axis=2), node("ReduceSum", ["b", "two"]),
        ],
        whole("two", 2),
    ),
    "a list of rows without their dimension, added up": between(
        [
            node("SplitToSequence", ["a"], "l", axis=2, keepdims=0),
            node("ConcatFromSequence", ["l"], "b", axis=2, new_axis=1),
            node("ReduceSum", ["b", "two"]),
        ],
        whole("two", 2),
    ),
    "a list of pieces of several sizes": between(
        [
            node("SplitToSequence", ["a", "sizes"], "l", axis=2),
            node("SequenceAt", ["l", "one"], "m"), node("Conv", ["m", "v"]),
        ],
        whole("sizes", 3, 5), number("one", 1), weights("v", 2, 2, 2, 1),
    ),
    "joined with a part that is empty": between(
        [
            node("Slice", ["x", "five", "two", "axis"], "e"),
            node("Concat", ["a", "e"], axis=2),
        ],
        whole("five", 5), whole("two", 2), whole("axis", 2),
    ),
    "joined with what is empty backwards": between(
        [
            node("Slice", ["x", "two", "five", "axis", "back"], "e"),
            node("Concat", ["a", "e"], axis=2),
        ],
        whole("five", 5), whole("two", 2), whole("axis", 2), whole("back", -1),
    ),
}  # fmt: skip
SPELLED = {"quantised and joined": between([node("Concat", ["a", "x"], axis=1)])}


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    made = CASES[case]
    shape = tuple(d.dim_value for d in made.graph.input[0].type.tensor_type.shape.dim)
    network, wrong = differences(made, shape, tmp_path, spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


BOTH = [
    node("Conv", ["x", "k"], "b", pads=[1, 1, 1, 1]),
    node("Concat", ["x", "b"], "c", axis=1),
    node("SpaceToDepth", ["c"], "d", blocksize=2),
]
FIRST = node("Slice", ["d", "zero", "one", "one"])
ENDS = [whole("zero", 0), whole("one", 1)]


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (
            model([*BOTH, FIRST], (1, 1, 4, 4), [weights("k", 1, 1, 3, 3), *ENDS]),
            (1, 1, 4, 4),
        ),
        (
            model([node("SpaceToDepth", ["x"], "d", blocksize=17), FIRST], (1, 1, 17, 17), ENDS),
            (1, 1, 17, 17),
        ),
    ],
    ids=["of unlike channels", "too large to be kept apart"],
)
def test_blocks_whose_places_are_taken_for_each_other_are_said_to_be(made, shape, tmp_path):
    network, wrong = differences(made, shape, tmp_path)
    assert all(not missing for _, _, missing in wrong)
    assert "a part of the channels is taken to read what all of them read" in network.assumed[0]


LISTED = node("SequenceConstruct", ["a", "x"], "l")
SQUARE = weights("g", 1, 3, 4)


@pytest.mark.parametrize(
    ("last", "tensors", "said"),
    [
        ([LISTED, node("Relu", ["l"])], [], "Relu: it is given a sequence of tensors"),
        ([LISTED, node("Reshape", ["a", "f"], "t"), node("RNN", ["t", "l", "g"])],
         [whole("f", 8, 2, 4), SQUARE], "RNN: it is given a sequence of tensors"),
        ([node("SequenceAt", ["a", "i"])], [number("i", 0)],
         "SequenceAt: it is given a tensor where a sequence belongs"),
        ([node("Transpose", ["a"], "t", perm=[2, 0, 1, 3]),
          node("ReverseSequence", ["t", "i"], batch_axis=1, time_axis=0)],
         [whole("i", 5)], "ReverseSequence: it reverses a part of an axis"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_so(last, tensors, said, tmp_path):
    told = refusal(between(last, *tensors), tmp_path)
    assert told.code == "RF502"
    assert said in told.message

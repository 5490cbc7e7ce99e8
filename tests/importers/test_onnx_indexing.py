"""Do indices, slices, constants and arithmetic of ONNX read the cells that its reference reads?"""

import numpy as np
import pytest

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
helper = onnx.helper

CONV = node("Conv", ["x", "w"], "a", pads=[1, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""


def between(last, *tensors, opset=18):
    return model([CONV, *last], [1, 2, 6], [weights("w", 2, 2, 2), *tensors], opset=opset)


def block(first, stop):
    """Places of every channel and the columns ``first`` to ``stop``, for ScatterND."""
    return [[0, c, i] for c in range(2) for i in range(first, stop)]


GATHER = node("Gather", ["a", "i"], axis=2)
SCATTER = node("ScatterND", ["a", "i", "u"])
CASES = {
    "consecutive cells": between([GATHER], whole_as("i", [1, 2, 3])),
    "every cell": between([GATHER], whole_as("i", range(6))),
    "cells in any order": between([GATHER], whole_as("i", [4, 1, 0, 5, -1])),
    "every second cell": between([GATHER], whole_as("i", [0, 2, 4])),
    "cells backwards": between([GATHER], whole_as("i", [5, 4, 3, 2])),
    "each cell twice": between([GATHER], whole_as("i", [i // 2 for i in range(12)])),
    "one channel": between(
        [node("Gather", ["a", "i"], "b", axis=1), node("Unsqueeze", ["b", "d"])],
        whole_as("i", 1),
        whole_as("d", [1]),
    ),
    "channels in any order": between(
        [node("Gather", ["a", "i"], axis=1)], whole_as("i", [1, 0, 1])
    ),
    "channels by elements": between(
        [node("GatherElements", ["a", "i"], axis=1)], whole_as("i", np.ones((1, 2, 6)))
    ),
    "compressed": between(
        [node("Compress", ["a", "i"], axis=2)], constant("i", [0, 1, 1, 0, 1, 0], bool)
    ),
    "a block overwritten": between([SCATTER], whole_as("i", block(2, 4)), weights("u", 4)),
    "all overwritten by the input": between(
        [node("Reshape", ["x", "f"], "u"), SCATTER], whole_as("i", block(0, 6)), whole_as("f", [12])
    ),
    "sliced backwards": between(
        [node("Slice", ["a", "s", "e", "d", "k"])],
        whole_as("s", [-1]), whole_as("e", [-100]), whole_as("d", [2]), whole_as("k", [-2]),
    ),
    "two maps sliced backwards": between(
        [
            node("Concat", ["a", "x"], "c", axis=2),
            node("Slice", ["c", "s", "e", "d", "k"], "r"), node("Conv", ["r", "w"]),
        ],
        whole_as("s", [-1]), whole_as("e", [-100]), whole_as("d", [2]), whole_as("k", [-1]),
    ),
    "two maps, their channels backwards": between(
        [
            node("Concat", ["a", "x"], "c", axis=2),
            node("Slice", ["c", "s", "e", "d", "k"], "r"), node("Conv", ["r", "w"]),
        ],
        whole_as("s", [-1]), whole_as("e", [-100]), whole_as("d", [1]), whole_as("k", [-1]),
    ),
    "cut about the middle": between(
        [node("CenterCropPad", ["a", "n"], axes=[2])], whole_as("n", [3])
    ),
    "padded about the middle": between(
        [node("CenterCropPad", ["a", "n"], axes=[-1])], whole_as("n", [9])
    ),
    "reversed": between(
        [
            node("Transpose", ["a"], "t", perm=[2, 0, 1]),
            node("ReverseSequence", ["t", "n"], "r", time_axis=0, batch_axis=1),
            node("Transpose", ["r"], perm=[1, 2, 0]),
        ],
        whole_as("n", [6]),
    ),
    "chosen by a constant": between([node("Where", ["c", "a", "x"])], constant("c", False, bool)),
    "a sum with the input": between([node("Add", ["a", "x"])]),
    "clipped wide": between([node("Clip", ["a", "", "top"])], constant("top", 1e6)),
    "a slope of the input": between([node("PRelu", ["n", "x"])], opset=16),
    "a triangle that keeps all": between([node("Trilu", ["a", "k"], upper=0)], whole_as("k", 9)),
    "normalised by stored statistics": between(
        [node("BatchNormalization", ["a", "p", "p", "p", "p"])], constant("p", [1.0, 2.0])
    ),
}  # fmt: skip
CASES["a slope of the input"].graph.node.insert(1, node("Neg", ["a"], "n"))


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    network, wrong = differences(CASES[case], (1, 2, 6), tmp_path)
    assert (wrong, network.assumed) == ([], ())


FOLDS = {
    "counted up": [node("Range", ["zero", "six", "two"], "i")],
    "filled": [
        node("ConstantOfShape", ["shape"], "f", value=helper.make_tensor("v", 7, [1], [3])),
        node("Add", ["f", "ends"], "i"),
    ],
    "repeated": [node("Expand", ["three", "shape"], "r"), node("Sub", ["r", "ends"], "i")],
    "tiled": [node("Tile", ["three", "shape"], "t"), node("Mul", ["t", "ends"], "u"),
              node("Sub", ["u", "ends"], "i")],
    "padded": [node("Pad", ["three", "ends"], "i")],
    "broadcast": [node("Add", ["three", "ends"], "i")],
    "listed": [node("Constant", [], "i", value_ints=[1, 4])],
    "of the shape": [node("Shape", ["x"], "s", start=1), node("Sub", ["s", "ends"], "i")],
    "of the size": [node("Size", ["x"], "s"), node("Sub", ["s", "nine"], "i")],
}  # fmt: skip


@pytest.mark.parametrize("case", FOLDS)
def test_indices_that_are_computed_are_those_of_the_reference(case, tmp_path):
    tensors = [
        *(whole_as("zero", 0), whole_as("six", 6), whole_as("two", 2), whole_as("nine", [9])),
        *(whole_as("shape", [2]), whole_as("three", [3]), whole_as("ends", [1, 2])),
    ]
    made = between([*FOLDS[case], GATHER], *tensors)
    network, wrong = differences(made, (1, 2, 6), tmp_path)
    assert (wrong, network.assumed) == ([], ())


LIVE = node("Cast", ["a"], "l", to=7)

ANYWHERE = {
    "elements of an axis": (
        [node("GatherElements", ["a", "i"], axis=2)], [whole_as("i", np.ones((1, 2, 6)))]
    ),
    "elements of channels": ([LIVE, node("GatherElements", ["a", "l"], axis=1)], []),
    "scattered": ([SCATTER], [whole_as("i", [[0, 0, 1], [0, 1, 3]]), weights("u", 2)]),
    "every second": (
        [SCATTER], [whole_as("i", [[0, c, i] for c in range(2) for i in (0, 2)]), weights("u", 4)]
    ),
    "added in place": (
        [node("ScatterND", ["a", "i", "u"], reduction="add")],
        [whole_as("i", block(2, 4)), weights("u", 4)],
    ),
    "written by elements": (
        [node("ScatterElements", ["a", "i", "u"], axis=2)],
        [whole_as("i", np.ones((1, 2, 1))), weights("u", 1, 2, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ANYWHERE)
def test_what_may_be_any_cell_misses_none_and_is_exact_among_channels(case, tmp_path):
    last, tensors = ANYWHERE[case]
    network, wrong = differences(between(last, *tensors), (1, 2, 6), tmp_path)
    assert [missing for _, _, missing in wrong if missing] == []
    assert bool(network.assumed) == (case != "elements of channels")


@pytest.mark.parametrize(
    ("last", "tensors", "said"),
    [
        ([node("Add", ["a", "k"])], [weights("k", 1, 2, 5)], "do not broadcast"),
        ([node("BatchNormalization", ["a", "k", "k", "k", "k"], training_mode=1)],
         [constant("k", [1.0, 2.0])], "training mode"),
        ([node("Add", ["i", "j"], "k"), node("Gather", ["a", "k"], axis=2)],
         [whole_as("i", [0, 1]), whole_as("j", [0, 1, 2])], "cannot be computed"),
        ([node("Slice", ["a", "s", "l"])], [whole_as("s", [0])], "depend on values"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_so(last, tensors, said, tmp_path):
    made = between(last, *tensors)
    if last[0].op_type == "Slice":
        made.graph.node.insert(1, LIVE)
    told = refusal(made, tmp_path)
    assert told.code == "RF502"
    assert said in told.message

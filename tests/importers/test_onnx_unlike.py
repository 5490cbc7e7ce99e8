"""Are channels of ONNX that read unlike cells kept apart, or is it said where they are not?"""

import numpy as np
import pytest

from tests.importers.onnx_oracle import FLOAT, constant, differences, model, node, weights, whole

onnx = pytest.importorskip("onnx")
helper = onnx.helper

SHAPE = (1, 2, 4, 4)


def halves(last, *tensors, opset=18, each=4):
    """Channels of which the first half reads one cell, the second nine, before an operator."""
    first = [
        node("Conv", ["x", "v"], "a"),
        node("Conv", ["x", "w"], "b", pads=[1, 1, 1, 1]),
        node("Concat", ["a", "b"], "c", axis=1),
    ]
    made = [weights("v", each, 2, 1, 1), weights("w", each, 2, 3, 3), *tensors]
    return model([*first, *last], SHAPE, made, opset=opset)


def back(start, output="y"):
    """A slice of the channels, backwards from one of them."""
    bounds = [whole("s", start), whole("e", -100), whole("d", 1), whole("k", -1)]
    return node("Slice", ["c", "s", "e", "d", "k"], output), bounds


def cut(source, count):
    bounds = [whole("s2", 0), whole("e2", count), whole("d2", 1)]
    return node("Slice", [source, "s2", "e2", "d2"]), bounds


TURNED, TURN = back(-1, "t")
FIRST, KEPT = cut("t", 4)
WINDOWS, ONE = cut("t", 2)


def stacked(*last, kernel=(1, 1)):
    """Two rows of the input one upon the other, before an operator."""
    rows = [
        node("Slice", ["x", "three", "four", "two"], "a"),
        node("Slice", ["x", "one", "two", "two"], "b"),
        node("Concat", ["a", "b"], "c", axis=2),
    ]
    ends = [whole(name, i) for i, name in enumerate(("one", "two", "three", "four"), 1)]
    return model([*rows, *last], SHAPE, [*ends, weights("w", 1, 2, *kernel)])


ROWS = [
    node("AveragePool", ["c"], "p", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    node("Concat", ["c", "p"], "q", axis=1),
    node("Reshape", ["q", "f"], "r"),
]
"""The channels and their means over windows, as two rows of which each has unlike halves."""

EXACT = {
    "a window over both of two rows": stacked(
        node("Conv", ["c", "w"], pads=[0, 1, 0, 1]), kernel=(2, 3)
    ),
    "the first half turned": halves([back(3)[0]], *back(3)[1]),
    "the first half of all turned": halves([TURNED, FIRST], *TURN, *KEPT),
    "some of the first half": halves([node("Gather", ["c", "i"], axis=1)], whole("i", 0, 1, 3)),
    "some of both, and some of those": halves(
        [node("Gather", ["c", "i"], "t", axis=1), WINDOWS], whole("i", 7, 6, 1, 0), *ONE
    ),
    "one place of each block": model(
        [node("SpaceToDepth", ["x"], "t", blocksize=2), WINDOWS], SHAPE, ONE
    ),
    "places of each block, mixed": model(
        [
            node("SpaceToDepth", ["x"], "t", blocksize=2),
            WINDOWS,
            node("Conv", ["y", "v"], "z"),
        ],
        SHAPE,
        [*ONE, weights("v", 3, 2, 2, 2)],
        outputs=("z",),
    ),
    "some of each half of unlike halves": halves(
        [
            *ROWS,
            node("Gather", ["r", "i"], "t", axis=2),
            node("Reshape", ["t", "g"]),
        ],
        whole("f", 1, 2, 8, 4, 4), whole("i", 0, 1, 3), whole("g", 1, 6, 4, 4),
    ),
    "rows of other unlike channels": halves(
        [node("Gather", ["c", "i"], "t", axis=0), FIRST], whole("i", 0, 0), *KEPT
    ),
    "some of each row, backwards": halves(
        [
            *ROWS,
            node("Slice", ["r", "s", "e", "d", "k"], "t"),
            node("Slice", ["t", "0", "1", "d"], "u"),
            node("Reshape", ["u", "g"]),
        ],
        whole("f", 1, 2, 8, 4, 4), whole("s", -1), whole("e", -100), whole("d", 2), whole("k", -1),
        whole("0", 0), whole("1", 4), whole("g", 1, 8, 4, 4),
    ),
}  # fmt: skip

SAID = {
    "two rows by those of a map": stacked(
        node("Slice", ["x", "one", "three", "two"], "d"), node("Mul", ["c", "d"])
    ),
    "a window that passes over one of two rows": stacked(
        node("Conv", ["c", "w"], strides=[2, 1])
    ),
    "channels as cells": halves([node("DepthToSpace", ["c"], blocksize=2)]),
    "channels by elements": halves(
        [node("GatherElements", ["c", "i"], axis=1)], constant("i", np.ones((1, 2, 4, 4)), np.int64)
    ),
    "channels by rows": halves(
        [node("GatherND", ["c", "i"], "g"), node("Unsqueeze", ["g", "u"])],
        constant("i", [[0, 1], [0, 3]], np.int64), whole("u", 0),
    ),
    "windows added up": halves(
        [node("Reshape", ["c", "f"], "r"), node("Col2Im", ["r", "n", "k"], strides=[2, 2])],
        whole("f", 1, 8, 16), whole("n", 8, 8), whole("k", 2, 2),
    ),
    "turned by lengths": halves(
        [
            node("ReverseSequence", ["c", "l"], "t", batch_axis=0, time_axis=1),
            FIRST,
        ],
        whole("l", 6), *KEPT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EXACT.values(), ids=EXACT)
def test_channels_that_are_kept_apart_are_exact(case, tmp_path):
    network, wrong = differences(case, SHAPE, tmp_path)
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize("case", SAID.values(), ids=SAID)
def test_channels_that_are_taken_for_each_other_are_said_to_be(case, tmp_path):
    network, wrong = differences(case, SHAPE, tmp_path)
    assert all(not missing for _, _, missing in wrong)
    assert "read" in network.assumed[0]


def value(name):
    return helper.make_tensor_value_info(name, FLOAT, None)


def chosen(name, branch):
    return node("If", ["yes"], name, then_branch=branch, else_branch=branch)


def column(output, at):
    """A branch that takes one column; every such branch calls its constants the same."""
    bounds = [whole("s", at), whole("e", at + 1), whole("d", 3)]
    inner = [node("Slice", ["x", "s", "e", "d"], output)]
    return helper.make_graph(inner, output, [], [value(output)], bounds)


def shifted(output, *inner):
    """A branch whose value ``c`` is added to the input."""
    nodes = [*inner, node("Neg", ["c"], "n"), node("Add", ["x", "n"], output)]
    return helper.make_graph(nodes, output, [], [value(output)])


FIXED = shifted("p", node("Constant", [], "c", value=constant("", np.ones((1, 2, 1, 1)))))
MEAN = shifted("q", node("ReduceMean", ["x"], "c", axes=[2, 3]))
INNER = helper.make_graph([chosen("z", FIXED)], "inner", [], [value("z")])
YES = constant("yes", True, bool)

BRANCHES = {
    "constants": model(
        [
            chosen("l", column("o", 0)), chosen("r", column("p", 2)), chosen("r2", column("q", 3)),
            node("Add", ["r", "r2"]),
        ],
        SHAPE, [YES],
    ),
    "constants of both": model(
        [
            chosen("l", column("o", 0)), chosen("r", column("p", 2)),
            node("Add", ["l", "r"]),
        ],
        SHAPE, [YES],
    ),
    "values": model(
        [chosen("l", FIXED), chosen("r", MEAN), node("Add", ["l", "r"])],
        SHAPE, [YES],
    ),
    "values of a branch within one": model(
        [chosen("l", INNER), chosen("r", MEAN), node("Add", ["l", "r"])],
        SHAPE, [YES],
    ),
    "a value from outside alone": model(
        [
            node("Identity", ["x"], "k"),
            chosen("y", helper.make_graph([], "empty", [], [value("k")])),
        ],
        SHAPE, [YES],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BRANCHES.values(), ids=BRANCHES)
def test_branches_side_by_side_may_use_the_same_names(case, tmp_path):
    network, wrong = differences(case, SHAPE, tmp_path)
    assert (wrong, network.assumed) == ([], ())

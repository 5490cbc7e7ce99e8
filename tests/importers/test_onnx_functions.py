"""Are functions and branches of ONNX laid out as they are called, and endless ones refused?"""

from itertools import pairwise

import pytest

from rfcalc.importers import read_onnx
from rfcalc.importers.onnx import inlining, walk
from tests.importers.onnx_oracle import (
    FLOAT,
    constant,
    differences,
    model,
    node,
    refusal,
    saved,
    weights,
)

onnx = pytest.importorskip("onnx")
AttributeProto = onnx.AttributeProto
helper = onnx.helper

SHAPE = (1, 1, 12)
OPSET = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
OWN = [helper.make_opsetid("own", 1)]


def call(op, inputs, output="y", **attributes):
    return node(op, inputs, output, domain="own", **attributes)


def passing(one, **passed):
    """A node of a function that takes attributes of the call."""
    for name, (given, kind) in passed.items():
        one.attribute.append(AttributeProto(name=name, ref_attr_name=given, type=kind))
    return one


def function(name, inputs, outputs, nodes, given=(), defaults=()):
    return helper.make_function(
        "own", name, inputs, outputs, nodes, OPSET, list(given), list(defaults)
    )


def calling(nodes, *functions):
    tensors = [weights("w", 1, 1, 3), YES]
    return model(nodes, SHAPE, tensors, imports=OWN, functions=functions)


def branch(output, *nodes):
    value = helper.make_tensor_value_info(output, FLOAT, None)
    return helper.make_graph(list(nodes), output, [], [value])


YES = constant("yes", True, bool)
INTS = AttributeProto.INTS
SPREAD = passing(node("Conv", ["a", "k"], "c"), dilations=("rates", INTS), strides=("steps", INTS))
ATTRIBUTES = function(
    "Spread", ["a", "k"], ["c"], [SPREAD], ["rates"], [helper.make_attribute("steps", [2])]
)
PAIR = function(
    "Pair", ["a", "k"], ["b", "c"],
    [node("Conv", ["a", "k"], "b"), node("Conv", ["b", "k"], "c", dilations=[2])],
)  # fmt: skip
BIASED = function("Biased", ["a", "k", "bias"], ["c"], [node("Conv", ["a", "k", "bias"], "c")])
INNER = function(
    "Deep", ["a", "k"], ["c"],
    [
        call("Spread", ["a", "k"], "b", rates=[3], steps=[1]),
        call("Spread", ["b", "k"], "c", rates=[1], steps=[1]),
    ],
)  # fmt: skip
WIDE = branch("z", passing(node("Conv", ["a", "k"], "z"), dilations=("rates", INTS)))
CHOICE = function(
    "Choose", ["a", "k", "c"], ["b"],
    [node("If", ["c"], "b", then_branch=WIDE, else_branch=WIDE)], ["rates"],
)  # fmt: skip
THROUGH = function("Through", ["a", "k"], ["a"], [node("Neg", ["k"], "unused")])

CASES = {
    "attributes that are passed on": calling(
        [call("Spread", ["x", "w"], rates=[3], steps=[1])], ATTRIBUTES
    ),
    "attributes by default": calling([call("Spread", ["x", "w"], rates=[2])], ATTRIBUTES),
    "attributes that nobody gives": calling([call("Spread", ["x", "w"])], ATTRIBUTES),
    "the second of two results": calling([call("Pair", ["x", "w"], ["", "y"])], PAIR),
    "the first of two results": calling([call("Pair", ["x", "w"], ["y"])], PAIR),
    "both results": calling(
        [call("Pair", ["x", "w"], ["p", "q"]), node("ReduceMean", ["q"], "m", axes=[2]),
         node("Add", ["p", "m"])],
        PAIR,
    ),
    "an attribute that a branch of a function takes": calling(
        [call("Choose", ["x", "w", "yes"], rates=[3])], CHOICE
    ),
    "a function that gives what it is given": calling(
        [call("Through", ["x", "w"], "t"), node("Conv", ["t", "w"])], THROUGH
    ),
    "an input that is left out": calling([call("Biased", ["x", "w", ""])], BIASED),
    "inputs that are left out": calling([call("Biased", ["x", "w"])], BIASED),
    "a function of functions": calling([call("Deep", ["x", "w"])], ATTRIBUTES, INNER),
}  # fmt: skip


def convolution(**attributes):
    return model([node("Conv", ["x", "w"], **attributes)], SHAPE, [weights("w", 1, 1, 3)])


SPELLED = {
    "attributes by default": convolution(dilations=[2], strides=[2]),
    "attributes that nobody gives": convolution(strides=[2]),
    "inputs that are left out": convolution(),
}
"""The reference implementation asks for every attribute and input of a function."""


@pytest.mark.parametrize("case", CASES)
def test_a_function_reads_the_cells_of_the_reference(case, tmp_path):
    network, wrong = differences(CASES[case], SHAPE, tmp_path, spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


def test_a_function_that_calls_itself_is_refused(tmp_path):
    endless = function("Endless", ["a"], ["b"], [call("Endless", ["a"], "b")])
    told = refusal(calling([call("Endless", ["x"])], endless), tmp_path)
    assert told.code == "RF113"
    assert "its functions call each other deeper than 64" in told.message


def test_a_function_that_calls_itself_in_a_branch_is_refused(tmp_path):
    again = branch("z", call("Endless", ["a", "c"], "z"))
    inside = [node("If", ["c"], "b", then_branch=again, else_branch=again)]
    endless = function("Endless", ["a", "c"], ["b"], inside)
    told = refusal(calling([call("Endless", ["x", "yes"])], endless), tmp_path)
    assert told.code == "RF113"
    assert "its functions call each other deeper than 64" in told.message


def test_functions_that_grow_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(inlining, "STEPS_LIMIT", 1000)
    names = [f"F{i}" for i in range(12)]
    functions = [
        function(one, ["a"], ["c"], [call(below, ["a"], "b"), call(below, ["b"], "c")])
        for one, below in pairwise(names)
    ]
    functions.append(function(names[-1], ["a"], ["c"], [node("Neg", ["a"], "c")]))
    told = refusal(calling([call("F0", ["x"])], *functions), tmp_path)
    assert told.code == "RF113"
    assert "it has more than 1,000 nodes, functions laid out" in told.message


def chosen(given, name, output="y"):
    one = branch(name, node("Neg", [given], name))
    return node("If", ["yes"], output, then_branch=one, else_branch=one)


def test_a_branch_gives_no_value_that_is_there_already(tmp_path):
    made = model(
        [node("Neg", ["x"], "y/then_branch/n"), chosen("x", "n", "z"), chosen("x", "n", "y"),
         node("Add", ["y", "y/then_branch/n"], "t")],
        SHAPE, [YES], outputs=("t",),
    )  # fmt: skip
    told = refusal(made, tmp_path)
    assert told.code == "RF504"
    assert told.message == "a branch of 'y' gives 'y/then_branch/n', which is there already"


def test_conditions_without_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(walk, "BRANCH_LIMIT", 2)
    nodes = [chosen("x", "n", "a"), chosen("a", "n", "b")]
    path = saved(model(nodes, SHAPE, [YES], outputs=("b",)), tmp_path)
    assert [one.layer.op for one in read_onnx(path).nodes].count("identity") == 2
    made = model([*nodes, chosen("b", "n", "c")], SHAPE, [YES], outputs=("c",))
    told = refusal(made, tmp_path)
    assert told.code == "RF113"
    assert told.message == "the model follows more than 2 conditions"

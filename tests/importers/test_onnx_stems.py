"""Layouts that are told without a walk of the program are those that walks would find."""

import numpy as np
import pytest

from rfcalc.importers.onnx import reader, stems
from rfcalc.importers.onnx.inputs import trials
from rfcalc.importers.onnx.model import program_in
from rfcalc.importers.parts import needed
from rfcalc.importers.programs import _find_layouts
from rfcalc.importers.scouting import usual

onnx = pytest.importorskip("onnx")
TensorProto, helper, numpy_helper = onnx.TensorProto, onnx.helper, onnx.numpy_helper


def weight(name, *shape):
    return numpy_helper.from_array(np.ones(shape, np.float32), name)


def conv(x, w, y, **attributes):
    return helper.make_node("Conv", [x, w], [y], name=y, **attributes)


CASES = {
    # name: nodes, weights, shapes of inputs, whether no walk is needed
    "stem": ([conv("x", "w", "y")], [weight("w", 4, 3, 3, 3)], {"x": (1, 3, 16, 16)}, True),
    "line": ([conv("x", "w", "y")], [weight("w", 4, 3, 5)], {"x": (1, 3, 50)}, True),
    "unknown sizes": (
        [conv("x", "w", "y")],
        [weight("w", 4, 3, 3, 3)],
        {"x": ("n", 3, "h", "w")},
        True,
    ),
    "one channel": ([conv("x", "w", "y")], [weight("w", 4, 1, 3, 3)], {"x": (1, 1, 16, 16)}, True),
    "two branches": (
        [conv("x", "w", "a"), conv("x", "w", "b"), helper.make_node("Add", ["a", "b"], ["y"])],
        [weight("w", 4, 3, 3, 3)],
        {"x": (1, 3, 16, 16)},
        True,
    ),
    "channels last": (
        [
            helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
            conv("t", "w", "c"),
            helper.make_node("Transpose", ["c"], ["y"], perm=[0, 2, 3, 1]),
        ],
        [weight("w", 4, 3, 3, 3)],
        {"x": (1, 16, 20, 3)},
        True,
    ),
    "columns first": (
        [helper.make_node("Transpose", ["x"], ["t"], perm=[0, 1, 3, 2]), conv("t", "w", "y")],
        [weight("w", 4, 3, 3, 3)],
        {"x": (1, 3, 16, 20)},
        False,
    ),
    "two inputs": (
        [conv("x", "w", "a"), conv("z", "w", "b"), helper.make_node("Add", ["a", "b"], ["y"])],
        [weight("w", 4, 3, 3, 3)],
        {"x": (1, 3, 16, 16), "z": (1, 3, 16, 16)},
        True,
    ),
    "a channel over all": (
        [
            conv("x", "w", "a"),
            helper.make_node("Transpose", ["a"], ["t"], perm=[0, 2, 1, 3]),
            conv("t", "v", "y"),
        ],
        [weight("w", 4, 3, 3, 3), weight("v", 4, 14, 2, 3)],
        {"x": (1, 3, 16, 16)},
        True,
    ),
    "residual": (
        [conv("x", "w", "a", pads=[1, 1, 1, 1]), helper.make_node("Add", ["a", "x"], ["y"])],
        [weight("w", 3, 3, 3, 3)],
        {"x": (1, 3, 16, 16)},
        False,
    ),
    "each channel alone": (
        [conv("x", "w", "y", group=3)],
        [weight("w", 3, 1, 3, 3)],
        {"x": (1, 3, 16, 16)},
        False,
    ),
    "a batch": ([conv("x", "w", "y")], [weight("w", 4, 3, 3, 3)], {"x": (2, 3, 16, 16)}, False),
    "one row": ([conv("x", "w", "y")], [weight("w", 4, 3, 1, 3)], {"x": (1, 3, 1, 16)}, False),
    "pooled": (
        [helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2])],
        [],
        {"x": (1, 3, 16, 16)},
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layout_without_a_walk_is_that_of_walks(name, tmp_path):
    nodes, weights, inputs, plain = CASES[name]
    given = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()]
    end = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "made", given, end, weights)
    path = tmp_path / "made.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    program = program_in(path)
    steps, shapes = needed(program.steps, program.outputs), trials(program, [])
    found = stems.stems(program, shapes, steps)
    assert (found is not None) == plain
    if found is not None:
        start = reader._Start(program, (), ())
        names = {one.name: one.name for one in program.inputs}
        assert found == _find_layouts(start.begin, steps, names, shapes, (), usual)

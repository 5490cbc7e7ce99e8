"""Is no constant computed that would fill the memory, and is what it would hold never too low?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.importers.onnx.amounts import amount
from rfcalc.importers.onnx.folding import CELLS_LIMIT, Numbers
from rfcalc.importers.onnx.program import Step
from tests.importers.onnx_oracle import constant, model, saved

onnx = pytest.importorskip("onnx")
helper = onnx.helper


def step(op, count, **attrs):
    names = tuple(f"i{i}" for i in range(count))
    return Step(op, 18, "", names, ("o",), attrs, (), {}, "")


def axes(count, size):
    """One array per axis of a shape that none of them has."""
    return [np.ones([size if i == j else 1 for j in range(count)], np.int64) for i in range(count)]


def ints(*values):
    return np.array(values, np.int64)


def computed(op, arrays, **attrs):
    """What a step gives, and the bound that was put on it."""
    numbers = Numbers({})
    for i, array in enumerate(arrays):
        numbers.put(f"i{i}", array)
    one = step(op, len(arrays), **attrs)
    return numbers.computed(one, "here"), amount(one, arrays)


BOMBS = [
    ("Sum", axes(5, 60), {}),
    ("Max", axes(3, 700), {}),
    ("Where", [axes(3, 700)[0] > 0, *axes(3, 700)[1:]], {}),
    ("Mul", axes(2, 4096), {}),
    ("Concat", [np.ones(4096, np.int64)] * 60_000, {"axis": 0}),
    ("Expand", [ints(1), ints(1 << 20, 1 << 20)], {}),
    ("Tile", [ints(1), ints(1 << 40)], {}),
    ("Tile", [np.ones((1, 1)), ints(1 << 40, 0)], {}),
    ("OneHot", [ints(0), ints(1 << 40), ints(0, 1)], {"axis": -1}),
    ("Pad", [ints(1), ints(0, 1 << 40)], {}),
    ("Pad", [np.ones((1, 256)), ints(0, 1 << 9), ints(0), ints(0)], {}),
    ("MatMul", [np.ones((4096, 1)), np.ones((1, 4096))], {}),
    ("Gather", [np.ones((2, 4096)), np.zeros(4096, np.int64)], {"axis": 0}),
    ("GatherND", [np.ones((2, 4096)), np.zeros((4096, 1), np.int64)], {}),
    ("Range", [ints(0), ints(1 << 40), ints(1)], {}),
    ("ConstantOfShape", [ints(1 << 20, 1 << 20)], {}),
    ("Split", [ints(1, 2)], {"num_outputs": 1 << 40}),
    ("ReduceSum", [np.ones((1 << 40, 0))], {}),
    ("Add", [np.array(["a"]), np.array(["b"])], {}),
]


@pytest.mark.parametrize(("op", "arrays", "attrs"), BOMBS, ids=[op for op, *_ in BOMBS])
def test_a_constant_that_would_fill_the_memory_is_not_known(op, arrays, attrs):
    assert computed(op, arrays, **attrs)[0] is None


GROWING = [
    ("Add", [np.ones((5, 1)), np.ones((1, 7))], {}),
    ("Where", [np.ones((5, 1)) > 0, np.ones((2, 1, 7)), np.ones(7)], {}),
    ("Concat", [ints(1, 2), ints(3)], {"axis": 0}),
    ("Expand", [np.ones((5, 1)), ints(3, 1, 7)], {}),
    ("Tile", [np.ones((2, 3)), ints(4, 5)], {}),
    ("OneHot", [ints(0, 1, 2), np.array(9), ints(0, 1)], {"axis": -1}),
    ("Pad", [np.ones((2, 3)), ints(1, 2, 3, 4)], {}),
    ("Pad", [np.ones((2, 3)), ints(2, 4), np.array(0.0), ints(1)], {}),
    ("MatMul", [np.ones((2, 3, 4)), np.ones((4, 5))], {}),
    ("Gather", [np.ones((3, 4)), np.zeros((2, 5), np.int64)], {"axis": 1}),
    ("GatherND", [np.ones((3, 4)), np.zeros((2, 5, 1), np.int64)], {}),
    ("Range", [ints(2), ints(30), ints(3)], {}),
    ("ConstantOfShape", [ints(2, 3)], {}),
]


@pytest.mark.parametrize(("op", "arrays", "attrs"), GROWING, ids=[op for op, *_ in GROWING])
def test_the_bound_is_at_least_what_the_step_gives(op, arrays, attrs):
    found, most = computed(op, arrays, **attrs)
    assert found[0].size <= most <= CELLS_LIMIT


def test_a_reshape_by_such_a_constant_is_refused_with_its_name(tmp_path):
    tensors = [
        constant(name, array, np.int64) for name, array in zip("abcde", axes(5, 60), strict=True)
    ]
    nodes = [
        helper.make_node("Sum", list("abcde"), ["s"]),
        helper.make_node("Reshape", ["x", "s"], ["y"], name="turn"),
    ]
    with pytest.raises(RfcalcError, match="RF502 'turn'"):
        read_onnx(saved(model(nodes, [1, 3, 16, 16], tensors), tmp_path))

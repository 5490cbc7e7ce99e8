"""Are the constants of an ONNX file, wherever they stand, constants and of the right shape?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from tests.importers.onnx_oracle import (
    constant,
    differences,
    model,
    node,
    refusal,
    saved,
    weights,
    whole_as,
)

onnx = pytest.importorskip("onnx")
helper = onnx.helper
numpy_helper = onnx.numpy_helper

SHAPE = (1, 2, 6)


def sparse(*shape):
    """Every second number is not zero."""
    places = np.arange(0, np.prod(shape), 2)
    return helper.make_sparse_tensor(
        constant("values", np.ones(len(places))), whole_as("places", places), list(shape)
    )


CONV = node("Conv", ["x", "w"], "a", pads=[1, 0])
KERNEL = weights("w", 2, 2, 2)


def beside(nodes, *tensors, opset=18):
    """A constant ``k``, added to a map of 6 cells."""
    return model([CONV, *nodes, node("Add", ["a", "k"])], SHAPE, [KERNEL, *tensors], opset=opset)


def windows(name):
    return beside([node(name, ["n"], "k")], whole_as("n", 6))


CASES = {
    "weights in a node": model(
        [node("Constant", [], "k", value=weights("", 2, 2, 3)), node("Conv", ["x", "k"])], SHAPE
    ),
    "more weights than are read": model(
        [
            node("Constant", [], "k", value=numpy_helper.from_array(np.ones((9000, 2, 3), "f4"))),
            node("Conv", ["x", "k"], "m"),
            node("ReduceMean", ["m", "d"]),
        ],
        SHAPE,
        [whole_as("d", [1])],
        opset=18,
    ),
    "sparse weights in a node": beside(
        [node("Constant", [], "s", sparse_value=sparse(1, 6)), node("Reshape", ["s", "f"], "k")],
        whole_as("f", [1, 1, 6]),
    ),
    "words": beside(
        [node("Constant", [], "t", value_strings=["1.5"]), node("Cast", ["t"], "k", to=1)]
    ),
    "one number": beside([node("Constant", [], "k", value_float=2.0)]),
    "numbers": beside([node("Constant", [], "k", value_floats=[1.0] * 6)]),
    "a diagonal as large as a map": beside(
        [node("Reshape", ["a", "f"], "m"), node("EyeLike", ["m"], "k")], whole_as("f", [2, 6])
    ),
    "Hann": windows("HannWindow"),
    "Hamming": windows("HammingWindow"),
    "Blackman": windows("BlackmanWindow"),
    "noise as large as a map": beside([node("RandomNormalLike", ["a"], "k", seed=1.0)]),
    "noise": beside([node("RandomUniform", [], "k", shape=[1, 2, 6], seed=1.0)]),
    "places of a grid": beside(
        [node("AffineGrid", ["t", "n"], "g"), node("Reshape", ["g", "f"], "k")],
        constant("t", np.ones((1, 2, 3))), whole_as("n", [1, 1, 2, 3]), whole_as("f", [1, 2, 6]),
        opset=20,
    ),
    "places of a grid in depth": beside(
        [node("AffineGrid", ["t", "n"], "g"), node("Reshape", ["g", "f"], "k")],
        constant("t", np.ones((1, 3, 4))), whole_as("n", [1, 1, 2, 1, 2]), whole_as("f", [1, 2, 6]),
        opset=20,
    ),
}  # fmt: skip
SPELLED = {
    "sparse weights in a node": beside(
        [node("Constant", [], "k", value=constant("", np.tile([1.0, 0.0], 3)))]
    )
}
"""The reference implementation has sparse numbers only as SciPy's, which it cannot reshape."""


@pytest.mark.parametrize("case", CASES)
def test_a_map_beside_a_constant_reads_the_cells_of_the_reference(case, tmp_path):
    network, wrong = differences(CASES[case], SHAPE, tmp_path, spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize(("stop", "fits"), [(70_000, True), (69_999, False)])
def test_numbers_counted_up_beyond_what_is_computed_are_as_many(stop, fits, tmp_path):
    tensors = [
        whole_as("zero", 0),
        whole_as("stop", stop),
        whole_as("one", 1),
        weights("w", 1, 1, 3),
    ]
    nodes = [
        node("Conv", ["x", "w"], "a"),
        node("Range", ["zero", "stop", "one"], "k"),
        node("Add", ["a", "k"]),
    ]
    path = saved(model(nodes, [1, 1, 70_002], tensors), tmp_path)
    if fits:
        assert read_onnx(path).nodes[-1].size == (70_000,)
    else:
        with pytest.raises(RfcalcError, match="do not broadcast"):
            read_onnx(path)


MEAN = node("ReduceMean", ["a"], "m", keepdims=0)


@pytest.mark.parametrize(
    ("made", "code", "said"),
    [
        (beside([node("Constant", [], "k")]), "RF504", "'constant' is a constant without a value"),
        (
            beside([MEAN, node("Range", ["z", "m", "o"], "k")], constant("z", 0.0),
                   constant("o", 1.0)),
            "RF502",
            "Range: its bounds depend on values",
        ),
        (
            beside([MEAN, node("Expand", ["m", "f"], "t"), node("AffineGrid", ["t", "n"], "k")],
                   whole_as("f", [1, 2, 3]), whole_as("n", [1, 1, 2, 3]), opset=20),
            "RF502",
            "AffineGrid: the places depend on the values",
        ),
    ],
)  # fmt: skip
def test_what_is_no_constant_is_said_to_be_none(made, code, said, tmp_path):
    told = refusal(made, tmp_path)
    assert told.code == code
    assert said in told.message

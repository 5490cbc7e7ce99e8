"""Do reductions, norms, products and shapes of ONNX read the cells that its reference reads?"""

import numpy as np
import pytest

from rfcalc.importers import read_onnx
from rfcalc.masks import mask
from tests.importers.onnx_oracle import (
    constant,
    differences,
    model,
    node,
    read_cells,
    refusal,
    saved,
    weights,
    whole,
)

onnx = pytest.importorskip("onnx")
helper = onnx.helper

CONV = node("Conv", ["x", "w"], "a", pads=[1, 1, 0, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""


def between(last, *tensors, opset=18):
    return model([CONV, *last], [1, 2, 4, 5], [weights("w", 2, 2, 2, 2), *tensors], opset=opset)


ROWS = whole("axes", 2)
CASES = {
    "mean of rows": between([node("ReduceMean", ["a", "axes"])], ROWS),
    "mean of channels": between([node("ReduceMean", ["a", "axes"])], whole("axes", 1)),
    "sum of everything": between([node("ReduceSum", ["a"])]),
    "sum of nothing": between([node("ReduceSum", ["a"], noop_with_empty_axes=1)]),
    "sum by attribute": between([node("ReduceL2", ["a"], axes=[-1])], opset=13),
    "softmax of columns": between([node("Softmax", ["a"], axis=-1)]),
    "layer norm of columns": between(
        [node("LayerNormalization", ["a", "scale"])], constant("scale", [1.0] * 5)
    ),
    "instance norm": between(
        [node("InstanceNormalization", ["a", "scale", "bias"])],
        constant("scale", [1.0, 2.0]),
        constant("bias", [0.5, 0.25]),
    ),
    "group norm": between(
        [node("GroupNormalization", ["a", "scale", "bias"], num_groups=1)],
        constant("scale", [1.0, 2.0]),
        constant("bias", [0.5, 0.25]),
        opset=21,
    ),
    "mean and variance": between([node("MeanVarianceNormalization", ["a"])]),
    "mean and variance of rows": between([node("MeanVarianceNormalization", ["a"], axes=[2])]),
    "norm of columns": between([node("LpNormalization", ["a"], axis=-1)]),
    "neighbouring channels": between([node("LRN", ["a"], size=3)]),
    "top of channels": between(
        [helper.make_node("TopK", ["a", "k"], ["y", "i"], axis=1)], whole("k", 1)
    ),
    "matrix of constants": between(
        [node("MatMul", ["a", "m"], "b"), node("ReduceSum", ["b", "last"])],
        weights("m", 5, 5),
        whole("last", -1),
    ),
    "einsum over rows": between(
        [
            node("Einsum", ["a", "m"], "b", equation="nchw,hk->nckw"),
            node("ReduceSum", ["b", "axes"]),
        ],
        weights("m", 4, 4),
        ROWS,
    ),
    "flattened and back": between(
        [node("Flatten", ["a"], "f", axis=-2), node("Reshape", ["f", "s"])],
        whole("s", 1, 2, 4, 5),
    ),
    "copied sizes": between([node("Reshape", ["a", "s"])], whole("s", 0, 0, -1, 5)),
    "squeezed and back": between(
        [node("Squeeze", ["a", "z"], "b"), node("Unsqueeze", ["b", "z"])], whole("z", 0)
    ),
    "tiles": between([node("Tile", ["a", "t"])], whole("t", 1, 1, 2, 1)),
    "uneven pieces": between(
        [
            helper.make_node("Split", ["a"], ["p", "q"], axis=-1, num_outputs=2),
            node("Concat", ["q", "p"], axis=-1),
        ]
    ),
    "a sequence joined": between(
        [
            node("SplitToSequence", ["a", "two"], "l", axis=2),
            node("ConcatFromSequence", ["l"], axis=2),
        ],
        constant("two", 3, np.int64),
    ),
    "a sequence edited": between(
        [
            node("SequenceConstruct", ["a", "x"], "l"),
            node("SequenceInsert", ["l", "a", "zero"], "m"),
            node("SequenceErase", ["m", "zero"], "o"),
            node("SequenceErase", ["o"], "q"),
            node("SequenceAt", ["q", "zero"]),
        ],
        constant("zero", 0, np.int64),
    ),
}


CASES |= {
    f"a running sum over {axis}: {settings}": between(
        [node("CumSum", ["a", "d"], **settings)], constant("d", axis, np.int64)
    )
    for axis in (1, 2)
    for settings in ({}, {"reverse": 1}, {"exclusive": 1}, {"exclusive": 1, "reverse": 1})
}


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    network, wrong = differences(CASES[case], (1, 2, 4, 5), tmp_path)
    assert (wrong, network.assumed) == ([], ())


def test_an_old_softmax_reads_its_axis_and_all_after_it(tmp_path):
    # Before opset 13 it works on a matrix; the reference knows only the newer one.
    old = read_onnx(saved(between([node("Softmax", ["a"], axis=2)], opset=12), tmp_path))
    matrix = [
        node("Reshape", ["a", "m"], "b"),
        node("Softmax", ["b"], "c"),
        node("Reshape", ["c", "s"]),
    ]
    spelled = between(matrix, whole("m", 2, 20), whole("s", 1, 2, 4, 5))
    reached = read_cells(spelled, (1, 2, 4, 5)).any(axis=(0, 1, 4, 5))
    for at in np.ndindex(4, 5):
        np.testing.assert_array_equal(mask(old, at=at).array() > 0, reached[at])


@pytest.mark.parametrize(
    "last",
    [
        [node("ArgMax", ["a"], "b", axis=2), node("Cast", ["b"], to=1)],
        [node("CumSum", ["a", "d"])],
    ],
    ids=["place of the largest", "running sum"],
)
def test_what_is_said_holds_every_cell_of_the_reference(last, tmp_path):
    made = between(last, constant("d", 2, np.int64))
    _, wrong = differences(made, (1, 2, 4, 5), tmp_path)
    assert all(not missing for _, _, missing in wrong)


def test_attention_reads_every_token_and_says_what_it_assumes_of_a_causal_one(tmp_path):
    for causal in (0, 1):
        made = model(
            [
                node("Reshape", ["x", "s"], "f"),
                node("Transpose", ["f"], "t", perm=[0, 2, 1]),
                node("Attention", ["t", "t", "t"], "u", q_num_heads=1, kv_num_heads=1,
                     is_causal=causal),
                node("Transpose", ["u"], "v", perm=[0, 2, 1]),
                node("Reshape", ["v", "r"]),
            ],
            [1, 2, 2, 3],
            [whole("s", 1, 2, 6), whole("r", 1, 2, 2, 3)],
            opset=23,
        )  # fmt: skip
        network, wrong = differences(made, (1, 2, 2, 3), tmp_path)
        assert all(not missing for _, _, missing in wrong)
        assert bool(network.assumed) == bool(causal)
        assert causal or wrong == []


@pytest.mark.parametrize(
    ("last", "tensors", "said"),
    [
        ([node("ReduceSum", ["a", "k"])], [whole("k", 7)], "its axes [7] are not among 4"),
        ([node("Softmax", ["a"], axis=4)], [], "its axis 4 is not among 4 dimensions"),
        ([node("Reshape", ["a", "k"])], [whole("k", 7)], "is reshaped to [7]"),
        ([node("Transpose", ["a"], perm=[0, 1, 2, 2])], [], "is not one of 4 dimensions"),
        ([node("Tile", ["a", "k"])], [whole("k", 2)], "is repeated [2] times"),
        ([node("Split", ["a", "k"], axis=2)], [whole("k", 3)], "[3] do not add up to 4"),
        ([node("Concat", ["a", "k"], axis=1)], [weights("k", 1, 2, 4, 6)], "do not fit side"),
        ([node("MatMul", ["a", "k"])], [weights("k", 3, 3)], "do not multiply"),
        (
            [node("Range", ["n", "n", "z"], "r"), node("Add", ["a", "r"])],
            [constant("n", 5, np.int64), constant("z", 0, np.int64)],
            "'range': Range is used in a form that is not understood (ZeroDivisionError",
        ),
        (
            [
                node("ReduceMean", ["a"], "m"),
                node("Mul", ["m", "v"], "live"),
                node("Transpose", ["a"], "p", perm=[3, 0, 1, 2]),
                node("Reshape", ["p", "k"], "t"),
                node("LSTM", ["t", "live", "u"], hidden_size=2),
            ],
            [whole("k", 5, 1, 8), weights("v", 1, 8, 8), weights("u", 1, 8, 2)],
            "LSTM: its input 1 depends on the model's input; it has to be constant",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_said_so(last, tensors, said, tmp_path):
    told = refusal(between(last, *tensors), tmp_path)
    assert told.code == "RF502"
    assert said in told.message

"""Do ONNX products, those of computed whole numbers too, read the cells of the reference?"""

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

SHAPE = (1, 2, 3, 4)


def contrib(op, inputs, output="y", **attributes):
    """An operator that only ONNX Runtime has."""
    return node(op, inputs, output, domain="com.microsoft", **attributes)


CONV = node("Conv", ["x", "w"], "a", pads=[1, 1, 0, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""


def between(last, *tensors, opset=23):
    return model([CONV, *last], SHAPE, [weights("w", 2, 2, 2, 2), *tensors], opset=opset)


ROWS = node("Transpose", ["a"], "r", perm=[0, 2, 3, 1])
BACK = node("Transpose", ["t"], perm=[0, 3, 1, 2])
MATRIX = weights("m", 2, 2)
BYTES = constant("m", np.ones((2, 2)), np.int8)
QUANTISED = node("DynamicQuantizeLinear", ["r"], ["q", "s", "z"])
DYNAMIC = between(
    [
        *(ROWS, QUANTISED, node("MatMulInteger", ["q", "m", "z"], "i")),
        *(node("Cast", ["i"], "f", to=1), node("Mul", ["f", "s"], "t"), BACK),
    ],
    BYTES,
)
PLAIN = between([ROWS, node("MatMul", ["r", "m"], "t"), BACK], MATRIX)
TOKENS = [
    node("Reshape", ["a", "flat"], "f"),
    node("Transpose", ["f"], "r", perm=[0, 2, 1]),
]
FLAT = whole("flat", 1, 2, 12)
MAP = [node("Transpose", ["t"], "u", perm=[0, 2, 1]), node("Reshape", ["u", "shape"])]
BACK_TO_MAP = [FLAT, whole("shape", *SHAPE)]

CASES = {
    "a convolution of computed bytes": between(
        [
            node("DynamicQuantizeLinear", ["a"], ["q", "s", "z"]),
            node("ConvInteger", ["q", "k", "z"], "i", pads=[1, 1, 1, 1]),
            node("Cast", ["i"], "f", to=1), node("Mul", ["f", "s"]),
        ],
        constant("k", np.ones((2, 2, 3, 3)), np.int8),
    ),
    "a convolution of bytes": between(
        [
            node("QuantizeLinear", ["a", "fine", "none"], "q"),
            node("ConvInteger", ["q", "k", "none"], "i"), node("Cast", ["i"], to=1),
        ],
        constant("fine", 0.02), constant("none", 0, np.uint8),
        constant("k", np.ones((2, 2, 3, 3)), np.int8),
    ),
    "a product of computed bytes": DYNAMIC,
    "a product of computed bytes, as numbers": between(
        [ROWS, QUANTISED, contrib("MatMulIntegerToFloat", ["q", "m", "s", "one", "z"], "t"), BACK],
        BYTES, constant("one", 1.0),
    ),
    "a product that quantises": between(
        [ROWS, contrib("DynamicQuantizeMatMul", ["r", "m", "one"], "t"), BACK],
        BYTES, constant("one", 1.0),
    ),
    "a quantised product": between(
        [ROWS, node("QLinearMatMul", ["r", "s", "z", "m", "s", "z", "s", "z"], "t"), BACK],
        MATRIX, constant("s", 1.0), constant("z", 0, np.uint8),
    ),
    "turned before it": between(
        [
            node("Transpose", ["a"], "r", perm=[0, 2, 1, 3]),
            contrib("FusedMatMul", ["r", "m"], "t", transA=1, transB=1),
            node("Transpose", ["t"], perm=[0, 3, 1, 2]),
        ],
        MATRIX,
    ),
    "a matrix of tokens and one added": between(
        [
            *TOKENS,
            node("Squeeze", ["r", "first"], "k"), node("Gemm", ["k", "m", "k"], "g", transB=1),
            node("Unsqueeze", ["g", "first"], "t"), *MAP,
        ],
        MATRIX, whole("first", 0), *BACK_TO_MAP,
    ),
    "a diagonal of channels": between(
        [
            node("Einsum", ["a", "x", "m"], "e", equation="nchw,ndhw,cd->ncdhw"),
            node("Einsum", ["e"], equation="ncchw->nchw"),
        ],
        MATRIX,
    ),
    "attention in heads": between(
        [
            *TOKENS,
            node("Reshape", ["r", "cut"], "h"), node("Attention", ["h", "h", "h"], "g"),
            node("Squeeze", ["g", "heads"], "t"), *MAP,
        ],
        whole("cut", 1, 1, 12, 2), whole("heads", 1), *BACK_TO_MAP,
    ),
}  # fmt: skip
SPELLED = {
    "a product of computed bytes, as numbers": DYNAMIC,
    "a product that quantises": DYNAMIC,
    "a quantised product": PLAIN,
    "turned before it": between(
        [
            node("Transpose", ["a"], "r", perm=[0, 2, 3, 1]),
            node("MatMul", ["r", "m"], "t"),
            node("Transpose", ["t"], perm=[0, 3, 1, 2]),
        ],
        MATRIX,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    network, wrong = differences(CASES[case], SHAPE, tmp_path, spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize(
    ("last", "tensors", "said"),
    [
        (
            [node("Slice", ["a", "none", "some", "last"], "q"),
             node("Einsum", ["q"], equation="nchh->nc")],
            [whole("none", 0), whole("some", 3), whole("last", 3)],
            "'einsum': it takes the diagonal along 'h'",
        ),
        (
            [ROWS, contrib("FusedMatMul", ["r", "m"], transBatchA=1)],
            [MATRIX],
            "com.microsoft.FusedMatMul: it moves the batch",
        ),
        (
            [*TOKENS, node("Attention", ["r", "r", "r", "", "p", "p"], q_num_heads=1,
                           kv_num_heads=1)],
            [FLAT, weights("p", 1, 1, 3, 2)],
            "Attention: keys and values of earlier calls are not followed",
        ),
        (
            [*TOKENS, node("Slice", ["r", "zero", "one", "last"], "k"),
             node("Attention", ["r", "k", "k"], q_num_heads=2, kv_num_heads=1)],
            [FLAT, whole("zero", 0), whole("one", 1), whole("last", 2)],
            "Attention: grouped queries are not followed",
        ),
        (
            [ROWS, node("Cast", ["r"], "q", to=3), node("Cast", ["r"], "z", to=3),
             node("MatMulInteger", ["q", "m", "z"])],
            [BYTES],
            "MatMulInteger: its input 2 depends on the model's input",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_so(last, tensors, said, tmp_path):
    told = refusal(between(last, *tensors), tmp_path)
    assert told.code == "RF502"
    assert said in told.message

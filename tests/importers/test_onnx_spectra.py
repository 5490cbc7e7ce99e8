"""Do ONNX spectra, recurrences, losses and the further results of norms read what they read?"""

import numpy as np
import pytest

from rfcalc.importers import read_onnx
from tests.importers.changing import samples
from tests.importers.onnx_oracle import (
    ReferenceEvaluator,
    constant,
    differences,
    model,
    node,
    refusal,
    saved,
    weights,
    whole,
)
from tests.importers.rows import assert_right

SHAPE = (1, 2, 4, 5)


CONV = node("Conv", ["x", "w"], "a", pads=[1, 1, 0, 0])
"""Before the operator stands a window, so that a lost or doubled cell shows."""


def between(last, *tensors, opset=23):
    return model([CONV, *last], SHAPE, [weights("w", 2, 2, 2, 2), *tensors], opset=opset)


NUMBERS = node("Unsqueeze", ["a", "end"], "r")
END = whole("end", -1)
LABELS = constant("labels", np.arange(20).reshape(1, 4, 5) % 2, np.int64)
CHANNEL = node("Unsqueeze", ["l", "one"])
ONE = whole("one", 1)
CASES = {
    "the mean of a layer norm": between(
        [node("LayerNormalization", ["a", "g"], ["n", "m", "d"]), node("Add", ["x", "m"])],
        constant("g", [1.0] * 5),
    ),
    "a norm by squares": between(
        [node("RMSNormalization", ["a", "g"], axis=2)], constant("g", np.ones((4, 5)))
    ),
    "two added and normalised": between(
        [node("SkipLayerNormalization", ["a", "x", "g"], domain="com.microsoft")],
        constant("g", [1.0] * 5),
    ),
    "the sum of two that are normalised": between(
        [
            node("SkipLayerNormalization", ["a", "x", "g"], ["n", "", "", "y"],
                 domain="com.microsoft"),
        ],
        constant("g", [1.0] * 5),
    ),
    "a spectrum of columns": between(
        [NUMBERS, node("DFT", ["r", "", "axis"])], END, constant("axis", 3, np.int64)
    ),
    "a spectrum of the dimension before the last": between([NUMBERS, node("DFT", ["r"])], END),
    "an older spectrum of rows": between(
        [NUMBERS, node("DFT", ["r"], axis=2)], END, opset=17
    ),
    "a spectrum to its own length": between(
        [NUMBERS, node("DFT", ["r", "length", "axis"])],
        END, constant("length", 4, np.int64), constant("axis", 2, np.int64),
    ),
    "a loss of each cell": between(
        [node("SoftmaxCrossEntropyLoss", ["a", "labels"], ["l", "p"], reduction="none"), CHANNEL],
        LABELS, ONE,
    ),
    "the log of what a loss weighs": between(
        [node("SoftmaxCrossEntropyLoss", ["a", "labels"], ["l", "y"])], LABELS
    ),
    "one loss for all": between(
        [node("NegativeLogLikelihoodLoss", ["a", "labels"], "l"), node("Expand", ["l", "map"])],
        LABELS, whole("map", 1, 1, 1, 1),
    ),
    "a determinant": model(
        [node("Det", ["x"], "d"), node("Unsqueeze", ["d", "space"])],
        (1, 2, 3, 3), [whole("space", 2, 3)], opset=18,
    ),
}  # fmt: skip
SPELLED = {
    "two added and normalised": between(
        [node("Add", ["a", "x"], "s"), node("LayerNormalization", ["s", "g"])],
        constant("g", [1.0] * 5),
    ),
    "the sum of two that are normalised": between([node("Add", ["a", "x"])]),
}


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    made = CASES[case]
    shape = tuple(d.dim_value for d in made.graph.input[0].type.tensor_type.shape.dim)
    network, wrong = differences(made, shape, tmp_path, out_space=(2, 3), spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


def recurrent(op, gates, layout, state):
    """A recurrence along the columns of each row: what it gives there, or its last state."""
    rows, order = ([4, 5], [2, 3, 0, 1]) if layout else ([5, 4], [3, 2, 0, 1])
    given, back = ["g"], [2, 3, 0, 1] if layout else [1, 3, 2, 0]
    last = []
    if state:
        given, back = ["", "s"], [0, 3, 1, 2]
        last = [node("Reshape", ["s", "map"], "g")]
    return between(
        [
            node("Transpose", ["a"], "p", perm=order),
            node("Reshape", ["p", "tokens"], "t"),
            node(op, ["t", "gates", "back"], given, layout=layout, hidden_size=3),
            *last,
            node("Transpose", ["g"], perm=back),
        ],
        whole("tokens", *rows, 2), whole("map", 1, 4, 1, 3),
        weights("gates", 1, gates * 3, 2), weights("back", 1, gates * 3, 3),
    )  # fmt: skip


@pytest.mark.parametrize("state", [False, True], ids=["every step", "last state"])
@pytest.mark.parametrize("layout", [0, 1])
@pytest.mark.parametrize(("op", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_a_recurrence_reads_its_axis_up_to_each_cell_or_to_its_end(
    op, gates, layout, state, tmp_path
):
    network, wrong = differences(recurrent(op, gates, layout, state), SHAPE, tmp_path)
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize(
    ("last", "tensors", "said"),
    [
        ([node("Transpose", ["a"], "t", perm=[0, 2, 1, 3]), node("LRN", ["t"], size=3)],
         [], "it normalises over channels among which there are cells"),
        (
            [
                node("Transpose", ["a"], "p", perm=[2, 0, 1, 3]),
                node("Reshape", ["p", "wide"], "q"),
                node("ReduceMean", ["p", "end"], "m"),
                node("Reshape", ["m", "narrow"], "n"),
                node("Concat", ["q", "n"], "t", axis=2),
                node("RNN", ["t", "gates", "back"], hidden_size=3),
            ],
            [END, whole("wide", 4, 1, 10), whole("narrow", 4, 1, 2),
             weights("gates", 1, 3, 12), weights("back", 1, 3, 3)],
            "it mixes channels of values that lie on several grids",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_so(last, tensors, said, tmp_path):
    told = refusal(between(last, *tensors), tmp_path)
    assert told.code == "RF502"
    assert said in told.message


AXIS = constant("axis", 3, np.int64)
BINS = {
    "half of them": ([node("DFT", ["r", "", "axis"], onesided=1)], []),
    "of a part": (
        [node("DFT", ["r", "length", "axis"])], [constant("length", 3, np.int64)]
    ),
    "half of them, of a part": (
        [node("DFT", ["r", "length", "axis"], onesided=1)], [constant("length", 4, np.int64)]
    ),
    "of what is filled up": (
        [node("DFT", ["r", "length", "axis"])], [constant("length", 9, np.int64)]
    ),
    "of channels": ([node("DFT", ["r", "", "one"], onesided=1)], [constant("one", 1, np.int64)]),
}  # fmt: skip


@pytest.mark.parametrize("name", BINS)
def test_another_number_of_bins_than_cells_reads_the_same_cells(name, tmp_path):
    nodes, tensors = BINS[name]
    made = between([NUMBERS, *nodes], END, AXIS, *tensors)
    path, evaluator = saved(made, tmp_path), ReferenceEvaluator(made)

    def run(x):
        return evaluator.run(None, {"x": x})[0]

    assert_right(lambda layout: read_onnx(path, layout=[layout]), run, samples(SHAPE), ["NCXY"])


def test_a_window_with_zeros_hides_cells_of_each_frame(tmp_path):
    made = model(
        [node("STFT", ["x", "step", "window"])], (1, 14, 1),
        [constant("step", 3, np.int64), constant("window", [0, 1, 1, 0, 1, 0])],
    )  # fmt: skip
    network, wrong = differences(made, (1, 14, 1), tmp_path, (1,), (1,))
    assert (wrong, network.assumed) == ([], ())

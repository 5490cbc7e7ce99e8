"""Is space in an ONNX file where its windows run? The cells come from running the model."""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.masks import mask
from tests.importers.onnx_oracle import (
    FLOAT,
    constant,
    differences,
    helper,
    model,
    node,
    saved,
    weights,
    whole,
)


def turned(x, y, *perm):
    return node("Transpose", [x], y, perm=perm)


CASES = {
    "a norm over channels, the transpose undone": (
        [
            turned("x", "t", 0, 2, 1),
            node("LayerNormalization", ["t", "s"], "n"),
            turned("n", "l", 0, 2, 1),
            node("Conv", ["l", "w"]),
        ],
        [constant("s", np.ones(4)), weights("w", 2, 4, 3)], (1, 4, 9), "NCW", [2],
    ),
    "one channel, moved by a view": (
        [node("Reshape", ["x", "to"], "r"), node("Conv", ["r", "w"])],
        [whole("to", 1, 1, 12), weights("w", 2, 1, 3)], (1, 12, 1), "NWC", [2],
    ),
    "time and frequency as an image": (
        [node("Unsqueeze", ["x", "one"], "u"), node("Conv", ["u", "w"])],
        [whole("one", 1), weights("w", 2, 1, 3, 2)], (1, 7, 6), "NHW", [2, 3],
    ),
    "an image without a batch": (
        [
            turned("x", "t", 2, 0, 1), node("Unsqueeze", ["t", "zero"], "u"),
            node("Conv", ["u", "w"]),
        ],
        [whole("zero", 0), weights("w", 2, 3, 3, 3)], (6, 7, 3), "HWC", [2, 3],
    ),
    "channels last, resized first": (
        [
            node("Resize", ["x", "", "by"], "r", coordinate_transformation_mode="asymmetric"),
            turned("r", "t", 0, 3, 1, 2), node("Conv", ["t", "w"]),
        ],
        [constant("by", [1, 2, 2, 1]), weights("w", 2, 2, 3, 3)], (1, 4, 5, 2), "NHWC", [2, 3],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_space_is_what_the_windows_run_over(case, tmp_path):
    nodes, tensors, shape, letters, out_space = CASES[case]
    space = [d for d, letter in enumerate(letters) if letter not in "NC"]
    made = model(nodes, shape, tensors)
    network, wrong = differences(made, shape, tmp_path, space, out_space)
    assert (wrong, network.layouts, network.assumed) == ([], (letters,), ())


def second(shape, nodes, tensors, folder):
    """A convolution of an image beside what is made of another input."""
    graph = helper.make_graph(
        [node("Conv", ["x", "w"], "c"), *nodes],
        "made",
        [
            helper.make_tensor_value_info("x", FLOAT, (1, 3, 9, 8)),
            helper.make_tensor_value_info("z", FLOAT, shape),
        ],
        [helper.make_tensor_value_info("y", FLOAT, None)],
        [weights("w", 2, 3, 3, 3), *tensors],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    return read_onnx(saved(made, folder))


def test_a_second_input_leaves_the_layout_of_the_first(tmp_path):
    row = [node("MatMul", ["z", "v"], "m"), node("Unsqueeze", ["m", "ones"], "u")]
    row += [node("Add", ["c", "u"])]
    tensors = [weights("v", 5, 2), whole("ones", 2, 3)]
    network = second((1, 5), row, tensors, tmp_path)
    assert (network.layouts, network.assumed) == (("NCHW", "NC"), ())
    last = [turned("z", "t", 0, 3, 1, 2), node("Conv", ["t", "w"], "d"), node("Add", ["c", "d"])]
    network = second((1, 9, 8, 3), last, [], tmp_path)
    assert (network.layouts, network.assumed) == (("NCHW", "NHWC"), ())
    for source in ("x", "z"):
        assert mask(network, source=source, at=(2, 2)).rf == (3, 3)


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        (["NCW"], "has 4 dimensions, its layout NCW has others"),
        (["NCHH"], "has the axis H twice"),
        (["NC2W"], "has a sign that is no letter"),
        (["NHWC"], "has channels at dimension 3, over which a window of 'conv' runs"),
        (["NCHW", "NC"], "2 layouts are given, the model has 1 input"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(letters, words, tmp_path):
    made = model([node("Conv", ["x", "w"])], (1, 3, 9, 8), [weights("w", 2, 3, 3, 3)])
    with pytest.raises(RfcalcError) as caught:
        read_onnx(saved(made, tmp_path), layout=letters)
    fault = caught.value.diagnostics[0]
    assert (fault.code, words in fault.message) == ("RF512", True), fault.message


def test_a_layout_that_is_given_is_taken_and_exact(tmp_path):
    made = model([node("Softmax", ["x"], axis=2)], (1, 4, 9))
    guessed = read_onnx(saved(made, tmp_path))
    assert guessed.assumed == (
        "no window runs over the input 'x': its dimension 2 taken for space (NCW)",
    )
    said = read_onnx(saved(made, tmp_path), layout=["NTC"])
    assert (said.input, said.layouts, said.assumed) == ((4,), ("NTC",), ())

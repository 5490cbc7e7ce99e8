"""Do the rarer windows of ONNX, channels last, fused, unpooled and of signals, read the cells?"""

import numpy as np
import pytest

from tests.importers.onnx_oracle import constant, differences, model, node, refusal, weights

SHAPE = (1, 2, 5, 6)


def contrib(op, inputs, output="y", **attributes):
    """An operator that only ONNX Runtime has."""
    return node(op, inputs, output, domain="com.microsoft", **attributes)


def number(name, value):
    return constant(name, value, np.int64)


def map_of(nodes, *tensors, opset=22, shape=SHAPE):
    return model(nodes, shape, tensors, opset=opset)


KERNEL = weights("w", 2, 2, 3, 2)
LAST = node("Transpose", ["x"], "t", perm=[0, 2, 3, 1])
FIRST = node("Transpose", ["l"], perm=[0, 3, 1, 2])
WINDOW = {"strides": [2, 1], "pads": [1, 0, 0, 1]}
POOL = {"kernel_shape": [3, 2], **WINDOW}
CONV = map_of([node("Conv", ["x", "w"], **WINDOW)], KERNEL)
SCALE = [constant("s", 1.0), constant("z", 0, np.uint8)]
CASES = {
    "a convolution, channels last": (
        map_of([LAST, contrib("NhwcConv", ["t", "w"], "l", **WINDOW), FIRST], KERNEL),
        CONV,
    ),
    "a pool, channels last": (
        map_of([LAST, contrib("NhwcMaxPool", ["t"], "l", **POOL), FIRST]),
        map_of([node("MaxPool", ["x"], **POOL)]),
    ),
    "a quantised pool, channels last": (
        map_of(
            [
                LAST,
                contrib("QLinearAveragePool", ["t", "s", "z", "s", "z"], "l", channels_last=1,
                        **POOL),
                FIRST,
            ],
            *SCALE,
        ),
        map_of([node("AveragePool", ["x"], **POOL)]),
    ),
    "all of it, quantised, channels last": (
        map_of(
            [
                LAST,
                contrib("QLinearGlobalAveragePool", ["t", "s", "z", "s", "z"], "l",
                        channels_last=1),
                FIRST,
            ],
            *SCALE,
        ),
        map_of([node("GlobalAveragePool", ["x"])]),
    ),
    "a convolution with its activation": (
        map_of([contrib("FusedConv", ["x", "w"], activation="Relu", **WINDOW)], KERNEL),
        CONV,
    ),
    "a convolution with what is added to it": (
        map_of(
            [
                node("Conv", ["x", "v"], "r", strides=[3, 1]),
                contrib("FusedConv", ["x", "w", "b", "r"], activation="Relu", **WINDOW),
            ],
            KERNEL, weights("v", 2, 2, 1, 1), constant("b", [1.0, 2.0]),
        ),
        map_of(
            [
                node("Conv", ["x", "v"], "r", strides=[3, 1]),
                node("Conv", ["x", "w"], "c", **WINDOW), node("Add", ["c", "r"]),
            ],
            KERNEL, weights("v", 2, 2, 1, 1),
        ),
    ),
    "a quantised convolution": (
        map_of(
            [node("QLinearConv", ["x", "s", "z", "w", "s", "z", "s", "z"], **WINDOW)],
            KERNEL, *SCALE,
        ),
        CONV,
    ),
    "a transposed convolution to more than its windows": (
        map_of(
            [node("ConvTranspose", ["x", "w"], strides=[3], output_shape=[9])],
            weights("w", 1, 1, 1), shape=(1, 1, 3),
        ),
        map_of(
            [node("ConvTranspose", ["x", "w"], strides=[3], output_padding=[2])],
            weights("w", 1, 1, 1), shape=(1, 1, 3),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_what_it_spells(case, tmp_path):
    made, spelled = CASES[case]
    shape = tuple(d.dim_value for d in made.graph.input[0].type.tensor_type.shape.dim)
    network, wrong = differences(made, shape, tmp_path, spelled=spelled)
    assert (wrong, network.assumed) == ([], ())


BLOCKS = {"kernel_shape": [2, 2], "strides": [2, 2]}
POOLED = [node("MaxPool", ["x"], ["p", "i"], **BLOCKS), node("Conv", ["p", "v"], "c")]


def test_each_cell_of_a_block_may_receive_the_value_of_the_block(tmp_path):
    kernel = weights("v", 2, 2, 1, 1)
    made = map_of([*POOLED, node("MaxUnpool", ["c", "i"], **BLOCKS)], kernel, shape=(1, 2, 4, 6))
    repeated = node(
        "Resize", ["c", "", "s"], coordinate_transformation_mode="asymmetric", nearest_mode="floor"
    )
    spelled = map_of(
        [*POOLED, repeated], kernel, constant("s", [1, 1, 2, 2]), shape=(1, 2, 4, 6), opset=19
    )
    network, wrong = differences(made, (1, 2, 4, 6), tmp_path, spelled=spelled)
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize(
    "unpool",
    [
        node("MaxUnpool", ["c", "i"], kernel_shape=[3, 3], strides=[2, 2]),
        node("MaxUnpool", ["c", "i"], pads=[0, 0, 1, 1], **BLOCKS),
        node("MaxUnpool", ["c", "i", "n"], **BLOCKS),
    ],
    ids=["overlapping", "padded", "to another size"],
)
def test_what_is_unpooled_in_other_ways_is_refused(unpool, tmp_path):
    made = map_of(
        [*POOLED, unpool], weights("v", 2, 2, 1, 1), number("n", [1, 2, 5, 7]), shape=(1, 2, 4, 6)
    )
    told = refusal(made, tmp_path)
    assert told.code == "RF502"
    assert "MaxUnpool: its windows overlap, or are not whole" in told.message


TURNED = [
    node("Transpose", ["x"], "t", perm=[0, 2, 1]),
    node("Reshape", ["x", "turned"], "t"),
]
SPECTRA = {
    "by a window": [node("STFT", ["t", "step", "window"])],
    "by a length": [node("STFT", ["t", "step", "", "length"])],
    "by both": [node("STFT", ["t", "step", "window", "length"])],
    "on both sides": [node("STFT", ["t", "step", "window"], onesided=0)],
}


@pytest.mark.parametrize("turned", TURNED, ids=["transposed", "reshaped"])
@pytest.mark.parametrize("case", SPECTRA)
def test_the_spectra_of_frames(case, turned, tmp_path):
    tensors = [number("step", 3), number("length", 4), constant("window", [0.5, 1.0, 1.0, 0.5])]
    tensors.append(number("turned", [1, 14, 1]))
    made = map_of([turned, *SPECTRA[case]], *tensors, shape=(1, 1, 14))
    network, wrong = differences(made, (1, 1, 14), tmp_path, out_space=(1,))
    assert (wrong, network.assumed) == ([], ())


def test_the_spectra_of_a_signal_as_it_is_given(tmp_path):
    tensors = [number("step", 3), constant("window", [0.5, 1.0, 1.0, 0.5])]
    made = map_of([node("STFT", ["x", "step", "window"])], *tensors, shape=(1, 14, 1))
    network, wrong = differences(made, (1, 14, 1), tmp_path, space=(1,), out_space=(1,))
    assert (wrong, network.assumed) == ([], ())


def test_the_spectra_of_a_row(tmp_path):
    tensors = [number("step", 3), constant("window", [0.5, 1.0, 1.0, 0.5])]
    rows = map_of([node("STFT", ["x", "step", "window"])], *tensors, shape=(1, 14))
    column = node("Unsqueeze", ["x", "end"], "t")
    spelled = map_of(
        [column, node("STFT", ["t", "step", "window"])], *tensors, number("end", [2]), shape=(1, 14)
    )
    network, wrong = differences(
        rows, (1, 14), tmp_path, space=(1,), out_space=(1,), spelled=spelled
    )
    assert (wrong, network.assumed) == ([], ())

"""Do windows, resizes, pads and cuts of ONNX read the cells that its reference reads?"""

import numpy as np
import pytest

from rfcalc.importers import read_onnx
from rfcalc.masks import mask
from tests.importers.onnx_oracle import constant, differences, model, node, saved, weights

onnx = pytest.importorskip("onnx")
helper = onnx.helper


def exact(made, shape, folder, **options):
    network, wrong = differences(made, shape, folder, **options)
    assert network.assumed == ()
    assert wrong == []
    return network


CONV = [
    {"pads": [1, 1, 1, 1]},
    {"dilations": [2, 1], "pads": [2, 0, 2, 0]},
    {"strides": [2, 3], "pads": [0, 1, 2, 1]},
    {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
    {"auto_pad": "SAME_LOWER", "strides": [2, 2]},
    {"auto_pad": "SAME_LOWER", "strides": [3, 2], "dilations": [1, 2]},
    {"auto_pad": "VALID"},
    {"group": 2, "pads": [1, 1, 1, 1]},
]


@pytest.mark.parametrize("attributes", CONV)
def test_a_convolution(attributes, tmp_path):
    group = attributes.get("group", 1)
    made = model(
        [node("Conv", ["x", "w"], **attributes)],
        [1, 2, 9, 8],
        [weights("w", 2, 2 // group, 3, 3)],
    )
    exact(made, (1, 2, 9, 8), tmp_path)


@pytest.mark.parametrize(
    "attributes",
    [
        {"strides": [2]},
        {"strides": [2], "pads": [1, 0]},
        {"strides": [3], "output_padding": [1]},
        {"strides": [2], "dilations": [2]},
        {"strides": [2], "auto_pad": "SAME_UPPER"},
        {"strides": [3], "auto_pad": "SAME_LOWER"},
    ],
)
def test_a_transposed_convolution(attributes, tmp_path):
    made = model(
        [node("ConvTranspose", ["x", "w"], **attributes)], [1, 1, 6], [weights("w", 1, 1, 3)]
    )
    exact(made, (1, 1, 6), tmp_path)


def same(one, other, folder):
    """Two models whose masks agree everywhere, borders included."""
    left, right = (read_onnx(saved(made, folder)) for made in (one, other))
    size = left.nodes[left.output].size
    assert size == right.nodes[right.output].size
    for at in np.ndindex(*size):
        np.testing.assert_array_equal(mask(left, at=at).array(), mask(right, at=at).array())


@pytest.mark.parametrize(("auto", "pads"), [("NOTSET", [1, 0]), ("SAME_UPPER", [0, 1])])
def test_a_transposed_convolution_to_a_shape(auto, pads, tmp_path):
    # Total padding 2*5 + 3 - 12 = 1: the larger half first, or last for SAME_UPPER.
    sized = node("ConvTranspose", ["x", "w"], strides=[2], output_shape=[12], auto_pad=auto)
    padded = node("ConvTranspose", ["x", "w"], strides=[2], pads=pads)
    tensors = [weights("w", 1, 1, 3)]
    same(model([sized], [1, 1, 6], tensors), model([padded], [1, 1, 6], tensors), tmp_path)


def test_a_negative_pad_cuts(tmp_path):
    cut = [constant("p", [0, 0, -2, 0, 0, -1], np.int64), weights("w", 1, 1, 3)]
    bounds = {"a": [2], "b": [10], "d": [2]}
    tensors = [constant(name, v, np.int64) for name, v in bounds.items()] + cut[1:]
    conv = node("Conv", ["q", "w"])
    same(
        model([node("Pad", ["x", "p"], "q"), conv], [1, 1, 11], cut),
        model([node("Slice", ["x", "a", "b", "d"], "q"), conv], [1, 1, 11], tensors),
        tmp_path,
    )


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize(
    "attributes",
    [
        {"kernel_shape": [3, 2]},
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]},
        {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1},
        {"kernel_shape": [2, 2], "strides": [3, 3], "ceil_mode": 1},
        {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {"kernel_shape": [3, 3], "dilations": [2, 1]},
    ],
)
def test_a_pool(op, attributes, tmp_path):
    made = model([node(op, ["x"], **attributes)], [1, 1, 8, 7], opset=19)
    exact(made, (1, 1, 8, 7), tmp_path)


RESIZES = [
    (transform, mode, scale)
    for transform in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
    for mode in ("nearest", "linear")
    for scale in (2.0, 1.5, 0.5)
]


@pytest.mark.parametrize(("transform", "mode", "scale"), RESIZES)
def test_a_resize(transform, mode, scale, tmp_path):
    made = model(
        [
            node(
                "Resize", ["x", "", "s"], mode=mode, coordinate_transformation_mode=transform,
                nearest_mode="floor",
            )
        ],
        [1, 1, 6],
        [constant("s", [1, 1, scale])],
    )  # fmt: skip
    network, wrong = differences(made, (1, 1, 6), tmp_path)
    assert all(not missing for _, _, missing in wrong)
    if not network.assumed:
        assert wrong == []


@pytest.mark.parametrize("rounding", ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
@pytest.mark.parametrize("size", [4, 9, 13])
def test_nearest_cells_by_every_rounding(rounding, size, tmp_path):
    made = model(
        [node("Resize", ["x", "", "", "s"], mode="nearest", nearest_mode=rounding)],
        [1, 1, 6],
        [constant("s", [1, 1, size], np.int64)],
    )
    exact(made, (1, 1, 6), tmp_path)


@pytest.mark.parametrize("mode", ["constant", "reflect", "edge", "wrap"])
def test_a_pad(mode, tmp_path):
    made = model(
        [node("Pad", ["x", "p"], "q", mode=mode), node("Conv", ["q", "w"])],
        [1, 1, 5],
        [constant("p", [0, 0, 2, 0, 0, 1], np.int64), weights("w", 1, 1, 3)],
        opset=19,
    )
    exact(made, (1, 1, 5), tmp_path)


def test_a_slice_with_steps(tmp_path):
    made = model(
        [node("Slice", ["x", "a", "b", "d", "s"])],
        [1, 1, 11],
        [
            constant("a", [1], np.int64),
            constant("b", [100], np.int64),
            constant("d", [2], np.int64),
            constant("s", [3], np.int64),
        ],
        opset=19,
    )
    exact(made, (1, 1, 11), tmp_path)


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_depth_to_space_and_back(mode, tmp_path):
    made = model(
        [
            node("SpaceToDepth", ["x"], "a", blocksize=2),
            node("Conv", ["a", "w"], "b", pads=[1, 1, 1, 1]),
            node("DepthToSpace", ["b"], blocksize=2, mode=mode),
        ],
        [1, 1, 6, 6],
        [weights("w", 4, 4, 3, 3)],
    )
    exact(made, (1, 1, 6, 6), tmp_path)


def test_channels_last_are_seen_by_the_transposition(tmp_path):
    made = model(
        [
            node("Transpose", ["x"], "a", perm=[0, 3, 1, 2]),
            node("Conv", ["a", "w"], "b", pads=[1, 0, 1, 0]),
            node("Transpose", ["b"], perm=[0, 2, 3, 1]),
        ],
        [1, 6, 5, 2],
        [weights("w", 2, 2, 3, 1)],
    )
    exact(made, (1, 6, 5, 2), tmp_path, space=(1, 2), out_space=(1, 2))


def test_branches_that_meet(tmp_path):
    made = model(
        [
            node("Conv", ["x", "w"], "a", dilations=[2], pads=[2, 2]),
            node("Conv", ["x", "w"], "b", pads=[1, 1]),
            node("Concat", ["a", "b"], "c", axis=1),
            node("Split", ["c", "n"], "y"),
        ],
        [1, 1, 12],
        [weights("w", 1, 1, 3), constant("n", [2], np.int64)],
        opset=13,
    )
    made.graph.node[-1].attribute.append(helper.make_attribute("axis", 1))
    exact(made, (1, 1, 12), tmp_path)

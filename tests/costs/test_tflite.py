"""Do TFLite's operators cost what is multiplied when they are run?"""

import numpy as np
import pytest

from rfcalc.costs import cost
from rfcalc.importers import read_tflite
from tests.importers.tflite_made import Made

STEP = {"StrideH": 2, "StrideW": 1, "Padding": 1}
"""Settings of a window that meets no padding: with ones alone, an output counts what it sums."""
VOLUME = {"StrideD": 1, "StrideH": 2, "StrideW": 1, "Padding": 1}
RATE = {"DilationHFactor": 1, "DilationWFactor": 2}


def shape(*sides):
    return np.array(sides, np.int32)


OPERATORS = {
    "CONV_2D": ((1, 9, 8, 3), lambda x: (x, np.ones((4, 3, 2, 3))), STEP | RATE),
    "CONV_2D of groups": ((1, 9, 8, 4), lambda x: (x, np.ones((6, 3, 2, 2))), STEP | RATE),
    "DEPTHWISE_CONV_2D": (
        (1, 9, 8, 3),
        lambda x: (x, np.ones((1, 3, 2, 6))),
        STEP | RATE | {"DepthMultiplier": 2},
    ),
    "CONV_3D": (
        (1, 5, 7, 6, 2),
        lambda x: (x, np.ones((2, 3, 2, 2, 5))),
        VOLUME | {"Dilation" + axis + "Factor": 1 for axis in "DHW"},
    ),
    "TRANSPOSE_CONV": (
        (1, 4, 5, 3),
        lambda x: (shape(1, 9, 6, 2), np.ones((2, 3, 2, 3)), x),
        STEP,
    ),
    "FULLY_CONNECTED": ((3, 5, 6), lambda x: (x, np.ones((7, 6))), {"KeepNumDims": True}),
    "BATCH_MATMUL": ((2, 4, 6), lambda x: (x, np.ones((2, 6, 5))), {}),
    "BATCH_MATMUL of a turned one": (
        (2, 6, 4),
        lambda x: (x, np.ones((2, 6, 5))),
        {"AdjX": True},
    ),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_multiplies_as_often_as_ones_add_up(name, tmp_path):
    sides, inputs, settings = OPERATORS[name]
    made = Made(*sides)
    given = inputs(made.x)
    out = made(name.split()[0], *given, name="out", **settings)
    found = {one.name: one for one in cost(read_tflite(made.saved(tmp_path, out))).layers}
    assert found["out"].macs == int(made.run(np.ones(sides), out).sum())
    weights = [one.size for one in given if isinstance(one, np.ndarray) and one.dtype == float]
    # Both convolutions of images come with a bias.
    biases = out.array.shape[-1] if name.split()[0] in ("CONV_2D", "DEPTHWISE_CONV_2D") else 0
    assert found["out"].parameters == sum(weights) + biases
    assert found["out"].memory == 4 * out.array.size


def test_weights_that_operators_share_count_once_and_what_is_no_product_costs_none(tmp_path):
    made = Made(1, 6, 6, 3)
    weight = made._held(np.ones((3, 1, 1, 3), np.float32), "kernel", True)
    bias = made._held(np.zeros(3, np.float32), "bias", True)
    x = made("CONV_2D", made.x, weight, bias, StrideH=1, StrideW=1, Padding=1)
    x = made("RELU", x, name="relu")
    x = made("CONV_2D", x, weight, bias, StrideH=1, StrideW=1, Padding=1)
    found = cost(read_tflite(made.saved(tmp_path, x)))
    assert found.total.parameters == 12
    assert found.total.macs == 2 * 36 * 9
    assert found.total.whole
    (relu,) = [one for one in found.layers if one.name == "relu"]
    assert (relu.parameters, relu.macs, relu.memory) == (0, 0, 4 * 36 * 3)

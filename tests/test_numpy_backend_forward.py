"""Does the NumPy backend compute what PyTorch computes? Every op, random parameters, float64."""

from math import lcm, prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc import numpy_backend
from rfcalc.errors import ImpossibleSize, RfcalcError
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build
from rfcalc.spec import read_text
from tests.layers import POINTWISE, layers, sizes

torch = pytest.importorskip("torch", reason="the oracle of the forward pass is PyTorch")
from tests import torch_layers  # noqa: E402

TOLERANCE = {np.float64: 1e-12, np.float32: 2e-5}


def distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference relative to the largest value; infinities must agree."""
    np.testing.assert_equal(ours.shape, theirs.shape)
    finite = np.isfinite(theirs)
    np.testing.assert_array_equal(finite, np.isfinite(ours))
    if not finite.any():
        return 0.0
    largest = np.abs(theirs[finite]).max()
    return np.abs(ours[finite] - theirs[finite]).max() / max(largest, 1e-3)


def normal(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return lambda shape: rng.standard_normal(shape).astype(dtype)


def channels_of(layer) -> int:
    """Return a number of channels that the layer takes."""
    return lcm(getattr(layer, "groups", 1), prod(getattr(layer, "factor", (1,))), 2)


def single(draw_layer, size):
    """Return the layer if it takes an input of that size, and skip the example otherwise."""
    try:
        for axis, n in enumerate(size):
            assume(draw_layer.size(n, axis) >= 1)
    except ImpossibleSize:
        assume(False)


def both(layer, inputs, weights):
    ours = numpy_backend.forward(layer, inputs, weights)
    tensors = [torch.from_numpy(x) for x in inputs]
    theirs = torch_layers.apply(
        layer, tensors, {k: torch.from_numpy(w) for k, w in weights.items()}
    )
    return ours, theirs.numpy()


def nearest_is_exact(layer, size) -> bool:
    """Return whether PyTorch, which scales indices in float32, rounds none of them wrongly."""
    for axis, n in enumerate(size):
        m = numpy_backend.cells(layer, n, axis)
        ratio = (
            np.float32(n) / np.float32(m) if layer.size_to else np.float32(1 / layer.scale[axis])
        )
        half = 0.5 if layer.mode == "nearest-exact" else 0
        inexact = np.floor((np.arange(m, dtype=np.float32) + np.float32(half)) * ratio)
        exact = [int((2 * o + 2 * half) * n // (2 * m)) for o in range(m)]
        if layer.size_to and list(np.minimum(inexact, n - 1)) != exact:
            return False
    return True


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("op", [op for op in LAYERS if not LAYERS[op].merges])
def test_forward_equals_pytorch(op, dtype):
    examples = 8 if op in POINTWISE else 100 if "conv" in op else 40

    @settings(max_examples=examples if dtype is np.float64 else examples // 4)
    @given(st.data())
    def check(data):
        size = data.draw(sizes())
        layer = data.draw(layers(op, size))
        single(layer, size)
        if op == "upsample" and layer.mode.startswith("nearest"):
            assume(nearest_is_exact(layer, size))
        draw = normal(data.draw(st.integers(0, 2**32)), dtype)
        channels = channels_of(layer)
        x = draw((data.draw(st.integers(1, 2)), channels, *size))
        weights = numpy_backend.weights_of(layer, channels, size, draw)
        ours, theirs = both(layer, [x], weights)
        assert ours.dtype == dtype
        assert distance(ours, theirs) < TOLERANCE[dtype]
        for axis, n in enumerate(size):
            assert (
                ours.shape[2 + axis] == numpy_backend.cells(layer, n, axis) == layer.size(n, axis)
            )

    check()


@pytest.mark.parametrize("op", [op for op in LAYERS if LAYERS[op].merges])
@settings(max_examples=20)
@given(data=st.data())
def test_merges_spread_an_input_of_one_cell(op, data):
    size = data.draw(sizes())
    draw = normal(data.draw(st.integers(0, 2**32)))
    grids = data.draw(st.lists(st.sampled_from([size, (1,) * len(size)]), min_size=2, max_size=4))
    inputs = [draw((2, 3, *grid)) for grid in grids]
    ours, theirs = both(LAYERS[op](), inputs, {})
    assert distance(ours, theirs) < 1e-12


NETWORK = """
input: [13, 18]
layers:
  - {kernel: 3, stride: 2, padding: 1, out_channels: 4, name: stem}
  - residual: [batchnorm, {kernel: 3, dilation: 2, padding_mode: reflect}, gelu, squeeze_excite]
  - parallel:
      branches:
        - [{kernel: 1}]
        - [{kernel: 3, dilation: 3, groups: 2}]
        - [global_pool, {kernel: 1}]
  - {conv_transpose: {kernel: 4, stride: 2, padding: 1, out_channels: 4}, name: up}
  - {upsample: {size: [13, 18], mode: bicubic}, name: wide}
  - {op: mul, from: [wide, input]}
"""


def test_a_whole_network_runs_as_in_pytorch():
    network = read_text(NETWORK, "n.yaml")
    weights_seen = normal(5)
    x = normal(7)((2, 4, 13, 18))
    made = {0: torch.from_numpy(x)}
    for position, ours in numpy_backend.run(network, [x], normal(5)):
        node = network.nodes[position]
        if position:
            inputs = [made[i] for i in node.inputs]
            shape = inputs[0].shape
            weights = numpy_backend.weights_of(node.layer, shape[1], shape[2:], weights_seen)
            weights = {name: torch.from_numpy(w) for name, w in weights.items()}
            made[position] = torch_layers.apply(node.layer, inputs, weights)
        assert ours.shape[2:] == node.size
        assert distance(ours, made[position].numpy()) < 1e-12


@pytest.mark.parametrize("op", LAYERS)
def test_every_layer_has_a_forward_a_counterpart_an_adjoint_and_a_size(op):
    for function in (
        numpy_backend.forward,
        numpy_backend.positive,
        numpy_backend.pull,
        numpy_backend.cells,
    ):
        assert function.dispatch(LAYERS[op]) is not function.dispatch(object)


def test_channels_that_do_not_fit_are_named():
    network = build(
        "n",
        1,
        [Draft("in", Input()), Draft("c", LAYERS["conv"](kernel=(3,), groups=2), (0,))],
        [(8,)],
    )
    with pytest.raises(RfcalcError, match=r"RF310.*2 groups for 3 channels"):
        list(numpy_backend.run(network, [np.zeros((1, 3, 8))], np.zeros))

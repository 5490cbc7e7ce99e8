"""Which questions have an answer, from any source, and which are refused?"""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.masks.pixels import PIXEL_LIMIT
from rfcalc.path_counts import paths
from tests.brute import net


def code(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    (fault,) = caught.value.diagnostics
    return fault.code


def test_at_one_position_a_layer_may_read_the_whole_input():
    network = net("input: [5, 4]\nlayers: [{kernel: 3}, global_pool, {kernel: 1}]")
    assert mask(network, at=(0, 0)).array().all()
    counts = paths(network, at=(0, 0)).array()
    assert_array_equal(counts, np.outer([2, 3, 3, 3, 2], [2, 3, 3, 2]))


def test_a_gate_adds_a_path_to_its_own_cell():
    network = net("dims: 1\ninput: [4]\nlayers: [squeeze_excite]")
    assert paths(network, at=(1,)).array().tolist() == [1, 2, 1, 1]


def test_any_layer_can_be_the_source():
    network = net(
        """
input: [32, 32]
layers:
  - {kernel: 3, stride: 2, name: trunk}
  - {kernel: 3, dilation: 2, name: a}
  - {kernel: 3, dilation: 2, name: b}
"""
    )
    own = mask(network, "b", "trunk")
    assert (own.cells, own.rf) == (25, (9, 9))
    whole = mask(network, "b")
    assert (whole.cells, whole.rf) == (15 * 15, (19, 19))
    at = mask(network, "b", "trunk", at=(0, 0))
    assert at.array().shape == (16, 16)
    assert at.cells == 9
    assert mask(network, "trunk", "trunk", at=(3, 4)).array().sum() == 1


def test_an_inexact_network_says_so_in_its_masks():
    from rfcalc.network import without_global

    network = without_global(
        net("input: [9, 9]\nlayers: [{kernel: 3}, {squeeze_excite: {name: g}}]")
    )
    for found in (
        mask(network),
        mask(network, at=(0, 0)),
        paths(network),
        paths(network, at=(0, 0)),
    ):
        assert not found.exact
        assert "'g'" in found.assumed[0]


STRIDED = (
    "input: [16, 16]\nlayers: [{kernel: 3, stride: 2, name: a}, {kernel: 3, from: input, name: b}]"
)


@pytest.mark.parametrize("ask", [mask, paths], ids=["mask", "paths"])
@pytest.mark.parametrize(
    ("wanted", "text", "question"),
    [
        ("RF401", STRIDED, {"layer": "c"}),
        ("RF401", STRIDED, {"source": "c"}),
        ("RF402", STRIDED, {"layer": "a", "at": (8, 0)}),
        ("RF402", STRIDED, {"layer": "a", "at": (0, -1)}),
        ("RF402", STRIDED, {"layer": "a", "phase": (0, 1)}),
        ("RF403", "layers: [{kernel: 3}]", {"at": (0, 0)}),
        ("RF404", "layers: [{kernel: 3}, linear]", {}),
        ("RF405", STRIDED, {"layer": "b", "source": "a"}),
        ("RF405", STRIDED, {"layer": "input", "source": "a"}),
        ("RF406", STRIDED, {"layer": "a", "at": (0,)}),
        ("RF406", STRIDED, {"layer": "a", "phase": (0, 0, 0)}),
        ("RF406", STRIDED, {"layer": "a", "at": (0, 0), "phase": (0, 0)}),
    ],
)
def test_a_question_without_an_answer_is_refused(ask, wanted, text, question):
    assert code(lambda: ask(net(text), **question)) == wanted


def test_an_array_beyond_the_limit_is_refused_and_the_mask_is_not():
    network = net(
        "layers: [{stack: {kernel: 3, dilations: [1, 3, 9, 27, 81, 243, 729, 2187, 6561]}}]"
    )
    found = mask(network)
    assert found.rf == (19683, 19683)
    assert found.cells == 19683**2 > PIXEL_LIMIT
    assert code(found.array) == "RF409"
    assert code(lambda: paths(network)) == "RF409"


def test_twelve_layers_of_powers_of_three_are_answered_at_once():
    """Issue 2: RF 531,441 per axis, below 10 ms and 100 MB; here the bounds are generous."""
    import time
    import tracemalloc

    rates = [3**i for i in range(12)]
    network = net(f"layers: [{{stack: {{kernel: 3, dilations: {rates}}}}}]")
    begun = time.perf_counter()
    row = growth(network).rows[-1]
    assert time.perf_counter() - begun < 1
    assert (row.rf, row.cells, row.holes) == ((531441,) * 2, 531441**2, False)
    tracemalloc.start()
    mask(network)
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()

"""Are outputs counted by the taps that they read inside their input, as brute force counts them?"""

from collections import Counter
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.gridding.valid_taps import dilated_taps, valid_taps
from rfcalc.network import Draft, Input, build
from rfcalc.report import analyze
from rfcalc.spec import read_inline, read_text
from tests.layers import layers, sizes


def counted(layer, size, outputs):
    """Outputs by their taps inside, one by one."""
    found, used = Counter(), set()
    for output in product(*(range(n) for n in outputs)):
        inside = 0
        for tap in product(*(range(k) for k in layer.kernel)):
            read = [
                layer.step(a) * o - layer.pads(size[a], a)[0] + layer.spacing(a) * t
                for a, (o, t) in enumerate(zip(output, tap, strict=True))
            ]
            if all(0 <= index < n for index, n in zip(read, size, strict=True)):
                inside += 1
                used.add(tap)
        found[inside] += 1
    return found, [len({tap[a] for tap in used}) for a in range(len(size))]


@settings(deadline=None)
@given(st.data())
def test_outputs_are_counted_as_one_by_one(data):
    size = data.draw(sizes(None))
    layer = data.draw(layers(data.draw(st.sampled_from(["conv", "maxpool", "avgpool"])), size))
    try:
        network = build("one", len(size), [Draft("x", Input()), Draft("y", layer, (0,))], [size])
    except RfcalcError:
        return
    outputs = network.nodes[1].size
    if prod(outputs) * prod(layer.kernel) > 20_000:
        return
    found = valid_taps(network, 1)
    if layer.border != "zeros":
        assert found is None
        return
    counts, used = counted(layer, size, outputs)
    assert dict(found.counts) == counts
    assert list(found.counts) == sorted(counts.items(), reverse=True)
    assert sum(found.shares.values()) == 1
    if prod(used):
        assert list(found.used) == used
    assert found.pointwise == (prod(layer.kernel) > 1 and prod(found.used) == 1)


@pytest.mark.parametrize("rate", [*range(1, 97)])
def test_the_figure_of_deeplab_is_that_of_ones_convolved(rate):
    """A 3x3 over a map of 65 x 65 of ones counts the taps inside."""
    ones = np.pad(np.ones((65, 65), int), rate)
    total = sum(
        ones[i : i + 65, j : j + 65] for i, j in product(range(0, 2 * rate + 1, rate), repeat=2)
    )
    found = valid_taps(read_inline(f"k3d{rate}", (65, 65)), 1)
    values, counts = np.unique(total, return_counts=True)
    assert dict(found.counts) == dict(zip(values.tolist(), counts.tolist(), strict=True))


def test_the_ends_of_the_figure_of_deeplab():
    first, last, before = (
        valid_taps(read_inline(f"k3d{rate}", (65, 65)), 1) for rate in (1, 96, 64)
    )
    assert first.shares[9] == Fraction(63, 65) ** 2
    assert last.shares == {1: 1}
    assert last.pointwise
    assert not before.pointwise
    assert before.shares[1] == Fraction(63, 65) ** 2


@pytest.mark.parametrize(("side", "alike"), [(18, True), (19, False), (32, False), (36, False)])
def test_a_rate_of_18_is_a_1x1_on_a_map_of_18_and_not_on_one_of_32(side, alike):
    network = read_inline("k3d18", (side, side))
    found = valid_taps(network, 1)
    assert found.pointwise is alike
    told = [f.message for f in analyze(network).findings if f.code == "RG113"]
    assert ("has become a 1x1" in told[0]) is alike
    if side == 32:
        assert told[0].endswith("the others read padding, 1.6% of all a single tap")


def test_part_of_a_kernel_may_be_out_of_reach():
    found = valid_taps(read_inline("k5d10", (18,)), 1)
    assert found.used == (3,)
    assert not found.pointwise


def test_dilated_layers_have_a_row_each_and_others_none():
    text = "input: [16, 16]\nlayers: [{kernel: 3}, {kernel: 3, dilation: 6, name: a}, relu]"
    assert [one.layer for one in dilated_taps(read_text(text, "net.yaml"))] == ["a"]
    mirrored = text.replace("dilation: 6", "dilation: 6, padding_mode: reflect")
    assert not list(dilated_taps(read_text(mirrored, "net.yaml")))


def test_kernels_of_many_unlike_outputs_end_in_bounded_time():
    found = valid_taps(read_inline("k4001d2", (9000, 9000)), 1)
    assert found.counts is None
    assert found.shares == {}

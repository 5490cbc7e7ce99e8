"""What do rows say of axes, unbounded layers, merges and limits?"""

from fractions import Fraction
from itertools import permutations

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.footprint import Unbounded
from rfcalc.interior import growth
from tests.brute import net


def rows(text, source=None, **options):
    return {row.name: row for row in growth(net(text, **options), source).rows}


def codes(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return [d.code for d in caught.value.diagnostics]


def test_misalignment_names_both_branches_and_their_centres():
    network = net(
        """
layers:
  - {kernel: 3, padding: 0, name: a}
  - {kernel: 3, padding: 2, from: input, name: b}
  - add: {from: [a, b], name: out}
"""
    )
    (found,) = growth(network).misaligned
    assert (found.layer, found.first, found.second) == ("out", "a", "b")
    assert found.centers == ((Fraction(1), Fraction(-1)),) * 2


def test_axes_are_independent():
    found = rows("layers: [{kernel: [1, 3, 5], stride: [1, 2, 3], dilation: [1, 1, 2]}]\ndims: 3")
    row = found["conv1"]
    assert (row.rf, row.jump, row.start) == ((1, 3, 9), (1, 2, 3), (0, -1, -4))
    assert (row.cells, row.volume, row.holes) == (15, 27, True)
    assert row.largest_hole == (0, 0, 1)


def test_a_layers_own_stride_does_not_enter_its_field():
    assert rows("layers: [{kernel: 3, stride: 7}]")["conv1"].rf == (3, 3)


def test_an_unbounded_layer_is_named_in_every_row_after_it():
    found = rows(
        "layers: [{kernel: 3}, {squeeze_excite: {name: gate}}, {kernel: 3}, global_pool, linear]"
    )
    assert found["conv1"].unbounded is None
    for name in ("gate", "conv2", "global_pool1", "linear1"):
        row = found[name]
        assert row.unbounded == (Unbounded("gate", "both"),) * 2
        assert row.rf == row.center == row.start == row.end == (None, None)
        assert row.cells is row.density is row.holes is row.largest_hole is None


def test_a_global_branch_is_spread_over_the_others():
    found = rows(
        """
input: [16, 16]
layers:
  - parallel:
      name: both
      branches:
        - [{kernel: 3, name: local}]
        - [{global_pool: {name: pool}}, {kernel: 1}]
"""
    )
    assert found["both"].unbounded == (Unbounded("pool", "both"),) * 2
    assert found["both"].jump == (1, 1)
    assert found["both"].node.size == (16, 16)


def test_seen_from_a_lone_cell_a_merge_reads_that_cell_alone():
    """A dilated layer after the merge reads the one cell of the global branch, once."""
    text = """
input: [16, 16]
layers:
  - {kernel: 3, name: local}
  - {global_pool: {from: input, name: pool}}
  - concat: {from: [local, pool], name: both}
  - {kernel: 3, dilation: 2, name: late}
"""
    assert rows(text, source="pool")["late"].cells == 1


def test_seen_from_behind_the_global_layer_the_field_is_bounded():
    network = net("layers: [{squeeze_excite: {name: gate}}, {kernel: 3}]")
    row = growth(network, "gate").rows[-1]
    assert (row.unbounded, row.rf) == (None, (3, 3))


def test_branches_with_different_jumps_are_refused():
    text = """
layers:
  - {kernel: 3, stride: 2, name: a}
  - {kernel: 3, from: input, name: b}
  - add: {from: [a, b]}
"""
    assert codes(lambda: net(text)) == ["RF303"]
    assert codes(lambda: net("input: [32, 32]\n" + text)) == ["RF302"]


def test_branches_of_one_size_that_were_resampled_to_it_may_meet():
    found = rows(
        """
input: [30, 30]
layers:
  - {kernel: 3, stride: 4, name: a}
  - upsample: {size: [30, 30], name: up}
  - {kernel: 3, from: input, name: b}
  - add: {from: [up, b], name: out}
"""
    )
    assert found["out"].jump == (1, 1)
    assert found["out"].node.size == (30, 30)


def test_a_layer_that_needs_the_size_says_so_with_its_place():
    assert codes(lambda: net("layers: [{kernel: 3, stride: 2, padding: same}]")) == ["RF304"]
    assert rows("input: [9, 9]\nlayers: [{kernel: 3, stride: 2, padding: same}]")["conv1"].rf


def test_a_mask_beyond_the_limits_is_refused_and_named():
    text = "layers: [{kernel: 2, dilation: 4194304}, {kernel: 9, dilation: 4194303, name: wide}]"
    with pytest.raises(RfcalcError) as caught:
        growth(net(text))
    (fault,) = caught.value.diagnostics
    assert fault.code == "RF305"
    assert "wide" in fault.message


def test_memory_follows_the_width_of_the_graph_and_not_its_depth():
    """Each mask takes 25 kB; were all of them kept, they would take 10 MB."""
    import tracemalloc

    network = net(
        "dims: 1\nlayers: [{kernel: 2, dilation: 200000}, "
        "{repeat: {times: 400, layers: [{kernel: 3}]}}]"
    )
    tracemalloc.start()
    last = growth(network).rows[-1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert last.rf == (200801,)
    assert peak < 3e6


@pytest.mark.parametrize("order", list(permutations("agc")))
def test_branches_that_see_everything_hide_no_misalignment(order):
    text = (
        "layers:\n  - {kernel: 3, name: a, from: input}\n"
        "  - {op: squeeze_excite, name: g, from: input}\n"
        "  - {kernel: 2, padding: [[0, 1], [0, 1]], name: c, from: input}\n"
        f"  - {{op: concat, from: [{', '.join(order)}]}}\n"
    )
    (found,) = growth(net(text)).misaligned
    assert {found.first, found.second} == {"a", "c"}


@pytest.mark.parametrize("size", ["", "input: [32]\n"])
def test_a_shift_and_its_return_cancel_whatever_the_size(size):
    """A Swin block: windows of the rolled map, rolled back."""
    found = growth(
        net(
            f"dims: 1\n{size}layers: [{{residual: [{{roll: {{shift: -2}}}}, "
            "{window_attention: {window: 4}}, {roll: {shift: 2}}]}]"
        )
    ).rows[-1]
    assert (found.rf, found.holes) == ((4,), False)

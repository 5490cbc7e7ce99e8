"""Does every row of growth say what following the layers cell by cell says?"""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.growth import growth
from rfcalc.layers import LAYERS
from tests.brute import field, gap, net, spans
from tests.graphs import built, graphs

CHAINS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 4), st.integers(0, 4)),
    min_size=1,
    max_size=7,
)


def rows(text, source=None, **options):
    return {row.name: row for row in growth(net(text, **options), source).rows}


def codes(call):
    with pytest.raises(RfcalcError) as caught:
        call()
    return [d.code for d in caught.value.diagnostics]


@given(CHAINS)
def test_a_chain_grows_by_the_textbook_recursion(chain):
    """RF += (k-1) * d * jump; start -= p * jump; jump *= s (THEORY 1; Araujo et al. 2019)."""
    conv = LAYERS["conv"]
    network = built(
        1,
        [conv(kernel=(k,), stride=(s,), dilation=(d,), padding=((p, p),)) for k, s, d, p in chain],
        (4000,),
    )
    rf, start, jump, size = 1, 0, 1, 4000
    for row, (k, s, d, p) in zip(growth(network).rows[1:], chain, strict=True):
        rf += (k - 1) * d * jump
        start -= p * jump
        jump *= s
        size = (size + 2 * p - d * (k - 1) - 1) // s + 1
        assert (row.rf, row.start, row.jump) == ((rf,), (start,), (Fraction(jump),))
        assert row.node.size == (size,)
        assert row.center == (start + Fraction(rf - 1, 2),)
        assert row.density == row.cells / rf
        assert row.phases == (1,)
        assert row.unbounded is None


def agrees(row, network, position, source=0):
    points = field(network, position, row.phase, source)
    if not points:
        assert row.cells == 0
        assert row.rf is None
        return
    found = spans(points)
    assert row.rf == tuple(high - low + 1 for low, high in found)
    assert row.start == tuple(low for low, _ in found)
    assert row.cells == len(points)
    assert row.holes == (len(points) < row.volume)
    assert row.largest_hole == tuple(gap(points, axis) for axis in range(network.dims))


def extents(network, position, phases):
    """The extent of the field on each axis for every phase."""
    widths = {}
    for output in product(*map(range, phases)):
        points = field(network, position, output)
        widths[output] = [high - low + 1 for low, high in spans(points)] if points else []
    return widths


@settings(max_examples=200)
@given(graphs(1))
def test_rows_of_random_graphs_are_those_of_brute_force(network):
    positions = {node.name: i for i, node in enumerate(network.nodes)}
    for row in growth(network).rows:
        position = positions[row.name]
        agrees(row, network, position)
        widths = extents(network, position, row.phases)
        widest = max((w[0] for w in widths.values() if w), default=0)
        assert (row.rf or (0,))[0] == widest


@settings(max_examples=60)
@given(graphs(2))
def test_rows_of_random_graphs_in_two_dimensions_are_those_of_brute_force(network):
    for row in growth(network).rows:
        agrees(row, network, next(i for i, n in enumerate(network.nodes) if n.name == row.name))


@settings(max_examples=100)
@given(graphs(1), st.data())
def test_rows_against_any_source_are_those_of_brute_force(network, data):
    source = data.draw(st.integers(0, len(network.nodes) - 1))
    positions = {node.name: i for i, node in enumerate(network.nodes)}
    found = growth(network, network.nodes[source].name).rows
    for row in found:
        agrees(row, network, positions[row.name], source)
    # What does not depend on the source has no row.
    reached = {row.name for row in found}
    for name, position in positions.items():
        if position > source and name not in reached:
            assert all(not field(network, position, (o,), source) for o in range(4))


@settings(max_examples=100)
@given(graphs(1))
def test_phases_are_the_smallest_period_of_the_field(network):
    positions = {node.name: i for i, node in enumerate(network.nodes)}
    for row in growth(network).rows:
        period, position = row.phases[0], positions[row.name]
        move = row.jump[0] * period
        assert move.denominator == 1
        for o in range(period):
            here = field(network, position, (o,))
            there = field(network, position, (o + period,))
            assert there == {(i + int(move),) for (i,) in here}


@settings(max_examples=100)
@given(graphs(1))
def test_misaligned_branches_are_found_exactly_where_mean_centres_differ(network):
    expected = set()
    for node in network.nodes:
        if len(node.inputs) < 2:
            continue
        centres = []
        for i in node.inputs:
            parts, jump = [], node.jump[0]
            for o in range(48):
                points = field(network, i, (o,))
                if points:
                    low, high = spans(points)[0]
                    parts.append(Fraction(low + high, 2) - jump * o)
            centres.append(sum(parts) / len(parts) if parts else None)
        if None not in centres and centres[0] != centres[1]:
            expected.add(node.name)
    dead = any(not field(network, i, (o,)) for i in range(len(network.nodes)) for o in range(48))
    found = {m.layer for m in growth(network).misaligned}
    if not dead:
        assert found == expected


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
        assert found[name].unbounded == "gate"
        assert found[name].rf is found[name].cells is found[name].density is found[name].center is None


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
    assert found["both"].unbounded == "pool"
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
        "dims: 1\nlayers: [{kernel: 2, dilation: 200000}, {repeat: {times: 400, layers: [{kernel: 3}]}}]"
    )
    tracemalloc.start()
    last = growth(network).rows[-1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert last.rf == (200801,)
    assert peak < 3e6

"""Does every row of growth say what following the layers cell by cell says?"""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.interior import growth
from rfcalc.layers import LAYERS
from tests.brute import field, gap, spans
from tests.graphs import built, graphs

CHAINS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 4), st.integers(0, 4)),
    min_size=1,
    max_size=7,
)


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

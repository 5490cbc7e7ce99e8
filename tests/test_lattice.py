"""Are sublattices, overlap and unseen input those of outputs looked at one by one?"""

from fractions import Fraction
from itertools import product
from math import gcd

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.cells import Cells
from rfcalc.footprint import Footprint
from rfcalc.gridding import sublattices as sublattice_room
from rfcalc.gridding.lattice import core, overlap, read_share
from rfcalc.gridding.sublattices import Sublattices, sublattices
from rfcalc.interior import footprint
from rfcalc.network import BROADCAST
from rfcalc.region import Region
from rfcalc.taps import Taps
from tests.brute import field, net
from tests.graphs import graphs

pytestmark = pytest.mark.slow


class Classes:
    """Union-find over outputs."""

    def __init__(self):
        self.parent = {}

    def find(self, one):
        root = one
        while self.parent.setdefault(root, root) != root:
            root = self.parent[root]
        while self.parent[one] != root:
            self.parent[one], one = root, self.parent[one]
        return root

    def join(self, one, other):
        self.parent[self.find(other)] = self.find(one)


def classes(read, wide, middle):
    """Number of classes among the middle outputs when outputs that share a cell are joined."""
    found, owner = Classes(), {}
    for o in range(-wide, wide + 1):
        found.find(o)
        for cell in read(o):
            found.join(owner.setdefault(cell, o), o)
    return len({found.find(o) for o in range(middle)})


def reader(network, target, taps):
    """What output o reads on one axis, brute force over one period and shifted from there."""
    period, advance = taps.period, taps.advance
    phases = [{i for (i,) in field(network, target, (o,))} for o in range(period)]

    def read(o):
        turn, phase = divmod(o, period)
        return {i + turn * advance for i in phases[phase]}

    return read


@settings(max_examples=150)
@given(graphs(1))
def test_sublattices_on_one_axis_are_the_classes_of_outputs_that_share_cells(network):
    """THEORY T4, with strides, phases and unions: by union-find over many outputs."""
    target = len(network.nodes) - 1
    found = footprint(network, 0, target)
    (number,) = sublattices(found).orders
    taps = found.boxes[0][0]
    read = reader(network, target, taps)
    extent = max((max(c) - min(c) + 1 for c in map(read, range(taps.period)) if c), default=1)
    reach = int(extent / taps.jump) + taps.period + 1
    few, many = (classes(read, 8 * reach, turns * reach) for turns in (2, 4))
    assert number == (few if few == many else None)


@given(
    st.lists(st.tuples(st.integers(2, 4), st.integers(1, 9)), min_size=1, max_size=3),
    st.integers(1, 3),
)
def test_a_stride_1_chain_falls_into_as_many_networks_as_the_gcd_of_its_dilations(chain, dims):
    """THEORY T4: g per axis, g^n in n-D."""
    layers = ", ".join(f"{{kernel: {k}, dilation: {d}}}" for k, d in chain)
    network = net(f"dims: {dims}\nlayers: [{layers}]")
    expected = gcd(*(d for _, d in chain))
    found = sublattices(footprint(network, 0, network.output))
    assert (found.count, found.orders) == (expected**dims, (expected,) * dims)


CELLS = st.sets(st.integers(0, 3), min_size=1, max_size=3)


def joined(points, jumps, bound=16):
    """For each axis the least step along it that a path of outputs sharing cells makes."""
    differences = {tuple(a - b for a, b in zip(p, q, strict=True)) for p in points for q in points}
    steps = {
        tuple(d // j for d, j in zip(m, jumps, strict=True))
        for m in differences
        if all(d % j == 0 for d, j in zip(m, jumps, strict=True))
    }
    seen, todo = {(0, 0)}, [(0, 0)]
    while todo:
        here = todo.pop()
        for step in steps:
            there = tuple(a + b for a, b in zip(here, step, strict=True))
            if max(map(abs, there)) <= bound and there not in seen:
                seen.add(there)
                todo.append(there)
    units = ([(t, 0) for t in range(1, bound)], [(0, t) for t in range(1, bound)])
    return tuple(next((max(p) for p in unit if p in seen), None) for unit in units)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=3),
    st.tuples(st.integers(1, 2), st.integers(1, 2)),
)
def test_sublattices_of_unions_of_boxes_are_found_by_walking_from_output_to_output(boxes, jumps):
    found = Footprint(())
    for box in boxes:
        taps = tuple(Taps(j, (Cells.of(axis),)) for j, axis in zip(jumps, box, strict=True))
        found = found | Footprint((taps,))
    points = {p for box in boxes for p in product(*box)}
    assert sublattices(found).orders == joined(points, jumps)


def test_a_diagonal_of_cells_joins_outputs_on_the_diagonal_only():
    diagonal = Footprint(
        tuple((Taps(1, (Cells(i, 1),)), Taps(1, (Cells(i, 1),))) for i in range(2))
    )
    assert sublattices(diagonal) == Sublattices(None, (None, None))


def test_phases_that_read_nothing_are_joined_to_nothing():
    network = net("dims: 1\nlayers: [{conv_transpose: {kernel: 3, stride: 2, dilation: 2}}]")
    assert sublattices(footprint(network, 0, 1)).orders == (None,)


@settings(max_examples=150)
@given(st.integers(1, 2).flatmap(graphs), st.data())
def test_overlap_is_the_share_of_cells_that_the_next_output_reads_too(network, data):
    target = len(network.nodes) - 1
    found = footprint(network, 0, target)
    phase = tuple(data.draw(st.integers(-4, 4)) for _ in range(network.dims))
    here = field(network, target, phase)
    shares = []
    for axis in range(network.dims):
        there = field(network, target, [o + (a == axis) for a, o in enumerate(phase)])
        shares.append(len(here & there) / len(here) if here else 0.0)
    assert overlap(found, phase) == pytest.approx(tuple(shares), abs=1e-15)


def seen(network, target, turn):
    """Share of the cells of one block of the source that outputs near it read."""
    taps = list(footprint(network, 0, target).boxes)
    dims = network.dims
    block = set(product(*[range(turn)] * dims))
    jump = taps[0][0].jump
    wide = int((turn + 60) / jump) + 2
    outputs = (
        range(-wide, wide) if dims == 1 else range(-int(16 / jump) - 2, int((turn + 16) / jump) + 2)
    )
    left = set(block)
    for o in product(outputs, repeat=dims):
        if not left:
            break
        left -= field(network, target, o)
    return Fraction(len(block) - len(left), len(block))


@settings(max_examples=80)
@given(graphs(1))
def test_the_share_of_the_input_that_is_read_is_that_of_all_outputs_together(network):
    """THEORY T8."""
    target = len(network.nodes) - 1
    found = footprint(network, 0, target)
    turn = 1
    for box in found.boxes:
        turn = turn * box[0].advance // gcd(turn, box[0].advance)
    assert read_share(found) == seen(network, target, turn)


@pytest.mark.parametrize(
    ("layers", "share"),
    [
        ("{kernel: 1, stride: 2}", Fraction(1, 4)),
        ("{kernel: 3, stride: 2, dilation: 2}", Fraction(1, 4)),
        ("{kernel: 3, stride: 2}", Fraction(1)),
        ("{kernel: 2, stride: 3}", Fraction(4, 9)),
        ("{kernel: [1, 3], stride: 2}", Fraction(1, 2)),
        ("{kernel: 3, stride: 2}, {kernel: 1, stride: 2}", Fraction(9, 16)),
        ("{upsample: {scale: 2}}, {kernel: 1, stride: 2}", Fraction(1)),
        ("{slice: {step: 3}}", Fraction(1, 9)),
    ],
)
def test_named_shares_of_the_input_in_two_dimensions(layers, share):
    network = net(f"layers: [{layers}]")
    found = read_share(footprint(network, 0, network.output))
    assert found == share
    assert found == seen(network, network.output, 12)


def test_shares_of_a_union_are_counted_once():
    """Two 1x1 branches of stride 2 that read different residues: half the pixels together."""
    network = net(
        """
layers:
  - {kernel: 1, stride: 2, padding: 0, name: a}
  - {kernel: 1, stride: 2, padding: [1, 1], from: input, name: b}
  - add: {from: [a, b]}
"""
    )
    assert read_share(footprint(network, 0, network.output)) == Fraction(1, 2)


SIDES = st.sets(st.integers(-9, 9), min_size=1, max_size=14)


@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=3))
def test_the_core_is_the_largest_solid_box_grown_from_the_middle(boxes):
    region = Region.of(tuple(Cells.of(axis) for axis in box) for box in boxes)
    cells = {p for box in boxes for p in product(*box)}
    ends = [(min(axis), max(axis)) for axis in zip(*cells, strict=True)]
    wanted = [(0, 0), (0, 0)]
    for steps in range(20):
        box = [(max(a, (a + b) // 2 - steps), min(b, (a + b + 1) // 2 + steps)) for a, b in ends]
        if not all(p in cells for p in product(*(range(a, b + 1) for a, b in box))):
            break
        wanted = [(a, b - a + 1) for a, b in box]
    assert [(run.start, run.extent) for run in core(region)] == wanted


@given(st.sets(st.integers(0, 60), min_size=1, max_size=9), st.integers(1, 6))
def test_residues_are_split_alike_one_by_one_and_all_at_once(cells, jump):
    """The classes of a sparse set with large common factors, with both ways of splitting it."""
    taps = Taps(jump, (Cells.of(7 * c for c in cells),))
    found = sublattices(Footprint(((taps,),)))
    steps = [(a - b) * 7 // jump for a in cells for b in cells if a > b and not (a - b) * 7 % jump]
    assert found.orders == (gcd(*steps) or None,)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sublattice_room, "FEW_RESIDUES", 0)
        assert sublattices(Footprint(((taps,),))) == found


@given(st.sets(st.integers(-60, 60), min_size=1, max_size=30), st.integers(1, 9))
def test_the_read_share_of_one_set_is_that_of_its_residues(cells, jump):
    taps = Taps(jump, (Cells.of(cells),))
    expected = Fraction(len({c % jump for c in cells}), jump)
    assert read_share(Footprint(((taps,),))) == expected


def test_a_footprint_of_nothing_has_no_lattice_and_reads_nothing():
    assert sublattices(Footprint(())) == Sublattices(None, ())
    assert read_share(Footprint(())) == 0


def test_outputs_that_all_read_one_place_do_not_move_and_have_no_lattice():
    assert sublattices(Footprint(((BROADCAST,),))).orders == (None,)


def test_phases_beyond_the_limit_are_not_followed():
    found = footprint(net("dims: 1\nlayers: [{upsample: {scale: 64.0}}, {kernel: 3}]"), 0, 2)
    assert len(found.boxes[0][0].phases) == 64 > sublattice_room.PHASE_LIMIT
    assert sublattices(found).orders == (None,)


def test_residues_beyond_the_limit_are_not_followed():
    """Each output shares one cell with the next, whatever the jump."""
    for jump, found in (
        (sublattice_room.RESIDUE_LIMIT, 1),
        (sublattice_room.RESIDUE_LIMIT + 1, None),
    ):
        assert sublattices(Footprint(((Taps(jump, (Cells.run(0, jump + 1),)),),))).orders == (
            found,
        )

"""Does a footprint read what following the layers one by one reads?"""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.cells import Cells
from rfcalc.footprint import WHOLE, Footprint, Unbounded
from rfcalc.taps import IDENTITY, relation, window


@st.composite
def axes(draw, jump=None):
    """A relation of one axis and the function that it stands for."""
    step = jump or draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2)]))
    period = step.denominator
    sets = st.sets(st.integers(-3, 3), min_size=1, max_size=3)
    phases = draw(st.lists(sets, min_size=period, max_size=period))
    taps = relation(step.numerator, [Cells.of(p) for p in phases])
    return taps, lambda o: {i + o // period * step.numerator for i in phases[o % period]}


@st.composite
def layers(draw, dims, jumps=None):
    return [draw(axes(jumps[a] if jumps else None)) for a in range(dims)]


def reads(layer, points):
    """Follow one layer: every point of the grid it reads."""
    return {q for p in points for q in product(*(f(o) for (_, f), o in zip(layer, p, strict=True)))}


def points(region):
    return {p for box in region.boxes for p in product(*box)}


def taps(layer):
    return tuple(t for t, _ in layer)


OUTPUTS = [(0, 0), (1, 0), (3, -2), (-5, 4)]


@given(layers(2), layers(2), layers(2))
def test_a_chain_reads_what_its_layers_read_one_after_the_other(first, second, third):
    found = Footprint.source(2)
    for number, layer in enumerate((first, second, third)):
        found = found.through(taps(layer), f"c{number}")
    assert found.unbounded is None
    for output in OUTPUTS:
        expected = reads(first, reads(second, reads(third, {output})))
        assert points(found.read(output)) == expected


@given(st.data())
def test_a_merge_reads_what_any_branch_reads_and_what_follows_distributes(data):
    jumps = [data.draw(st.sampled_from([Fraction(1), Fraction(2)])) for _ in range(2)]
    branches = [data.draw(layers(2, jumps)) for _ in range(data.draw(st.integers(2, 4)))]
    after = data.draw(layers(2))
    parts = [Footprint.source(2).through(taps(b), "b") for b in branches]
    total = parts[0]
    for part in parts[1:]:
        total = total | part
    found = total.through(taps(after), "after")
    for output in OUTPUTS:
        expected = set().union(*(reads(b, reads(after, {output})) for b in branches))
        assert points(found.read(output)) == expected


@given(layers(3), layers(3))
def test_three_axes_are_followed_each_on_its_own(first, second):
    found = Footprint.source(3).through(taps(first), "a").through(taps(second), "b")
    output = (2, -1, 3)
    assert points(found.read(output)) == reads(first, reads(second, {output}))


def test_the_source_reads_itself():
    assert points(Footprint.source(2).read((4, -7))) == {(4, -7)}


def test_contained_boxes_are_dropped():
    small = Footprint.source(2)
    large = small.through((window(3, before=1),) * 2, "c")
    assert small | large == large == large | small
    assert len((small | large).boxes) == 1


def test_boxes_that_differ_on_one_axis_become_one():
    found = Footprint(((window(3), IDENTITY),)) | Footprint(((window(3, dilation=5), IDENTITY),))
    assert len(found.boxes) == 1
    assert points(found.read((0, 0))) == {(i, 0) for i in (0, 1, 2, 5, 10)}


def test_the_whole_axis_absorbs_and_the_first_cause_is_kept():
    seen = Footprint.source(2).through((WHOLE, IDENTITY), "pool")
    assert seen.unbounded == (Unbounded("pool", "both"), None)
    later = seen.through((window(3), window(3)), "conv").through((WHOLE, WHOLE), "dense")
    assert later.unbounded == (Unbounded("pool", "both"), Unbounded("dense", "both"))
    with pytest.raises(ValueError, match="pool"):
        seen.read((0, 0))


def test_a_bounded_branch_beside_an_unbounded_one_is_swallowed():
    bounded = Footprint.source(2).through((window(3),) * 2, "c")
    whole = Footprint.source(2).through((WHOLE, WHOLE), "pool")
    assert (bounded | whole).unbounded == (Unbounded("pool", "both"),) * 2
    assert len((bounded | whole).boxes) == 1


def test_what_does_not_depend_on_the_source_has_no_box():
    nothing = Footprint(())
    assert nothing.through((window(3),) * 2, "c") == nothing
    assert nothing | Footprint.source(2) == Footprint.source(2) == Footprint.source(2) | nothing
    assert nothing.read((0, 0)).count == 0

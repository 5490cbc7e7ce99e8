"""Do relations compose and unite as the sets of pairs do that they stand for?"""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rfcalc.cells import EMPTY, Cells
from rfcalc.errors import LimitExceeded
from rfcalc.taps import IDENTITY, PERIOD_LIMIT, Misaligned, Taps, affine, relation, window

OUTPUTS = range(-13, 14)

PHASES = st.lists(st.sets(st.integers(-6, 6), max_size=5), min_size=1, max_size=4)


class Plain:
    """The oracle: a periodic relation as a function from an integer to a Python set."""

    def __init__(self, advance, phases):
        self.advance, self.phases = advance, phases

    def __call__(self, output):
        turn, phase = divmod(output, len(self.phases))
        return {i + turn * self.advance for i in self.phases[phase]}

    @property
    def taps(self):
        return relation(self.advance, [Cells.of(p) for p in self.phases])


def plains(low=-3, high=6):
    return st.builds(Plain, st.integers(low, high), PHASES)


@st.composite
def alike(draw, number=2):
    """Relations of one jump, in periods of their own."""
    jump = draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3, 2)]))
    found = []
    for _ in range(number):
        period = jump.denominator * draw(st.integers(1, 3))
        sets = st.sets(st.integers(-6, 6), max_size=4)
        phases = draw(st.lists(sets, min_size=period, max_size=period))
        found.append(Plain(int(jump * period), phases))
    return found


def agrees(taps, function):
    for o in OUTPUTS:
        assert set(taps.read(o)) == function(o)


@given(plains())
def test_a_relation_reads_what_its_phases_say_at_every_integer(a):
    agrees(a.taps, a)
    assert a.taps.jump == Fraction(a.advance, len(a.phases))


@given(plains(), st.integers(1, 4))
def test_the_period_is_the_smallest_so_that_equal_values_are_equal_relations(a, times):
    taps = a.taps
    longer = [a(o) for o in range(times * len(a.phases))]
    again = relation(times * a.advance, [Cells.of(p) for p in longer])
    assert again == taps
    for shorter in range(1, taps.period):
        moved = taps.jump * shorter
        if moved.denominator == 1:
            assert any(a(o + shorter) != {i + moved for i in a(o)} for o in range(2 * taps.period))


@given(plains(), plains())
def test_composition_reads_the_inner_relation_at_all_that_the_outer_reads(a, b):
    composed = a.taps @ b.taps
    agrees(composed, lambda o: set().union(*(b(m) for m in a(o))))
    assert composed.jump == a.taps.jump * b.taps.jump


@given(plains(), plains(), plains())
def test_composition_is_associative(a, b, c):
    a, b, c = a.taps, b.taps, c.taps
    assert (a @ b) @ c == a @ (b @ c)


@given(plains())
def test_the_identity_is_neutral_on_both_sides(a):
    assert IDENTITY @ a.taps == a.taps == a.taps @ IDENTITY
    again = relation(1, [Cells.run(0, 1)])
    assert again == IDENTITY
    assert again @ a.taps == a.taps == a.taps @ again


@given(alike())
def test_union_reads_what_either_reads(pair):
    a, b = pair
    agrees(a.taps | b.taps, lambda o: a(o) | b(o))


@given(alike(3), plains())
def test_union_is_a_semilattice_over_which_composition_distributes(three, other):
    a, b, c = (t.taps for t in three)
    other = other.taps
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert a | a == a
    assert (a | b) @ other == (a @ other) | (b @ other)
    assert other @ (a | b) == (other @ a) | (other @ b)


@given(plains(), plains())
def test_branches_of_different_jumps_do_not_unite(a, b):
    assume(a.taps.jump != b.taps.jump)
    with pytest.raises(Misaligned):
        _ = a.taps | b.taps


@given(alike())
def test_inclusion_is_inclusion_at_every_output(pair):
    a, b = pair
    assert (a.taps <= b.taps) == all(a(o) <= b(o) for o in OUTPUTS)
    assert a.taps <= a.taps | b.taps


@given(plains(), st.sets(st.integers(-12, 12), max_size=8))
def test_the_image_of_a_set_is_the_union_over_it(a, outputs):
    found = a.taps.image(Cells.of(outputs))
    assert set(found) == set().union(*(a(o) for o in outputs))


@given(plains(1, 6), st.integers(-9, 9), st.integers(1, 12))
def test_the_image_of_a_run_is_the_union_over_it(a, start, extent):
    found = a.taps.image(Cells.run(start, extent))
    assert set(found) == set().union(*(a(o) for o in range(start, start + extent)))


@given(plains(), st.integers(1, 8), st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2)]))
def test_a_tabulated_relation_agrees_where_there_are_outputs_and_has_the_jump_asked_for(a, n, jump):
    found = a.taps.tabulated(n, jump)
    assert found.jump == jump
    for o in range(n):
        assert set(found.read(o)) == a(o)


@given(plains())
def test_the_centre_is_the_mean_of_the_phases_centres(a):
    middles = [
        Fraction(min(a(o)) + max(a(o)), 2) - a.taps.jump * o for o in range(len(a.phases)) if a(o)
    ]
    expected = sum(middles, Fraction(0)) / len(middles) if middles else 0
    assert a.taps.centre == expected


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(0, 6))
def test_a_window_reads_by_its_formula(kernel, stride, dilation, before):
    taps = window(kernel, stride, dilation, before)
    agrees(taps, lambda o: {stride * o - before + dilation * t for t in range(kernel)})


@given(st.integers(-4, 4), st.integers(-9, 9))
def test_an_affine_relation_reads_one_index(step, start):
    agrees(affine(step, start), lambda o: {step * o + start})


def test_the_order_of_the_layers_of_a_chain_does_not_matter():
    one, two, five = (window(3, dilation=d) for d in (1, 2, 5))
    assert one @ two @ five == five @ one @ two == two @ five @ one
    assert (one @ two @ five).read(0) == Cells.run(0, 17)


def test_a_relation_that_reads_nothing_stays_empty_whatever_follows():
    nothing = relation(2, [EMPTY])
    assert (nothing @ window(3)).read(4) == EMPTY
    assert (window(3) @ nothing).read(4) == EMPTY


def test_a_period_beyond_the_limit_is_refused():
    with pytest.raises(LimitExceeded, match="phases"):
        relation(1, [EMPTY] * (PERIOD_LIMIT + 1))
    up = [relation(1, [Cells(0, 1)] * r) for r in (127, 128, 129)]
    with pytest.raises(LimitExceeded, match="phases"):
        _ = up[0] @ up[1] @ up[2]


def test_a_relation_with_another_kind_of_value_is_no_union():
    with pytest.raises(TypeError):
        _ = IDENTITY | 3
    with pytest.raises(TypeError):
        _ = IDENTITY <= 3
    assert isinstance(IDENTITY, Taps)


def test_a_relation_is_within_itself():
    taps = window(3, 1, 2, 0)
    assert taps <= taps
    assert not taps <= window(3, 1, 1, 0)


def test_a_grid_of_more_outputs_than_phases_allow_keeps_the_whole_period():
    """For 2^20 outputs no table is made: the relation repeats, and says so."""
    outer = relation(1, [Cells(0, 1), Cells(0, 2)])
    inner = relation(1, [Cells(0, 1), Cells(0, 1), Cells(0, 2)])
    assert outer.over(inner, PERIOD_LIMIT * 2) == outer.over(inner)

"""Is `Cells` the set that it stands for? Every operation against Python's own sets."""

from itertools import pairwise, product
from math import gcd

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rfcalc.cells import BITS_LIMIT, EMPTY, Cells
from rfcalc.errors import LimitExceeded

pytestmark = pytest.mark.slow

SETS = st.sets(st.integers(-40, 40), max_size=14)
RUNS = st.builds(lambda a, n: set(range(a, a + n)), st.integers(-40, 40), st.integers(0, 30))
PROGRESSIONS = st.builds(
    lambda a, s, n: set(range(a, a + s * n, s)),
    st.integers(-20, 20),
    st.integers(1, 7),
    st.integers(0, 9),
)
SPACED = st.builds(
    lambda indices, by, a: {by * i + a for i in indices},
    st.sets(st.integers(0, 12), max_size=9),
    st.integers(2, 6),
    st.integers(-20, 20),
)
ANY = st.one_of(SETS, RUNS, PROGRESSIONS, SPACED)
SMALL = [{i for i in range(6) if bits >> i & 1} for bits in range(64)]


def holds(found, expected):
    """The set is right, and in the one representation that a set has."""
    assert set(found) == expected
    assert list(found) == sorted(expected)
    ordered = sorted(expected)
    assert found.start == (ordered[0] if ordered else 0)
    assert found.extent == (ordered[-1] - ordered[0] + 1 if ordered else 0)
    assert found.pitch == (gcd(*[i - ordered[0] for i in ordered]) or 1)
    slots = set(range(found.start, found.stop, found.pitch))
    if expected == slots:
        assert found.pattern is None
    else:
        assert found.pattern == sum(1 << (i - found.start) // found.pitch for i in expected)
    assert found == Cells.of(expected)
    assert hash(found) == hash(Cells.of(expected))


def longest_gap(indices):
    ordered = sorted(indices)
    return max((b - a - 1 for a, b in pairwise(ordered)), default=0)


@given(ANY)
def test_a_set_survives_the_journey_through_its_representation(a):
    holds(Cells.of(a), a)
    holds(Cells.of(list(a) * 2), a)


@given(ANY, st.integers(1, 5), st.integers(-9, 9))
def test_a_set_of_bits_at_a_step_is_in_its_one_representation(a, step, start):
    first = min(a, default=0)
    bits = sum(1 << i - first for i in a)
    holds(Cells.of_bits(start, bits, step), {start + step * (i - first) for i in a})


@given(ANY, ANY)
def test_equal_values_are_equal_sets(a, b):
    assert (Cells.of(a) == Cells.of(b)) == (a == b)


@given(ANY)
def test_what_is_read_off_a_set_is_what_the_set_has(a):
    cells = Cells.of(a)
    assert cells.count == len(a)
    assert bool(cells) == bool(a)
    assert cells.largest_hole == longest_gap(a)
    assert all((i in cells) == (i in a) for i in range(-60, 60))
    assert "1" not in cells
    if a:
        assert (cells.start, cells.stop, cells.extent) == (min(a), max(a) + 1, max(a) - min(a) + 1)
        assert {cells.start + i for i in range(cells.extent) if cells.mask >> i & 1} == a
    assert cells.solid == (not longest_gap(a))
    assert cells.spacing == gcd(*[i - cells.start for i in a])
    assert cells.slots == len(range(cells.start, cells.stop, cells.pitch))
    assert cells.weight == (0 if cells.pattern is None else cells.slots)


@pytest.mark.parametrize("by", range(-7, 8))
def test_union_intersection_and_inclusion_of_all_small_sets(by):
    for a, b in product(SMALL, SMALL):
        moved = {i + by for i in b}
        one, two = Cells.of(a), Cells.of(moved)
        assert one | two == Cells.of(a | moved)
        assert one & two == Cells.of(a & moved)
        assert (one <= two) == (a <= moved)


@given(ANY, ANY)
def test_union_intersection_and_inclusion(a, b):
    one, two = Cells.of(a), Cells.of(b)
    holds(one | two, a | b)
    holds(one & two, a & b)
    assert (one <= two) == (a <= b)
    assert one & two <= one <= one | two


@given(ANY, ANY, ANY)
def test_the_laws_of_a_distributive_lattice(a, b, c):
    a, b, c = map(Cells.of, (a, b, c))
    assert a | (b | c) == (a | b) | c
    assert a & (b & c) == (a & b) & c
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)
    assert a | (a & b) == a == a & (a | b)
    assert a | EMPTY == a
    assert a & EMPTY == EMPTY


@given(ANY, st.integers(-50, 50))
def test_shift_moves_every_index(a, by):
    holds(Cells.of(a).shift(by), {i + by for i in a})


@given(ANY, st.integers(-6, 6))
def test_scale_multiplies_every_index(a, by):
    holds(Cells.of(a).scale(by), {by * i for i in a})


@given(ANY, st.integers(-9, 9), st.integers(0, 7))
def test_spread_unites_equally_spaced_copies(a, step, count):
    holds(Cells.of(a).spread(step, count), {i + step * t for i in a for t in range(count)})


@given(ANY, ANY)
def test_plus_is_the_minkowski_sum(a, b):
    holds(Cells.of(a).plus(Cells.of(b)), {i + j for i in a for j in b})


@given(ANY, ANY, ANY)
def test_plus_is_commutative_associative_and_distributes_over_union(a, b, c):
    a, b, c = map(Cells.of, (a, b, c))
    assert a.plus(b) == b.plus(a)
    assert a.plus(b.plus(c)) == a.plus(b).plus(c)
    assert a.plus(b | c) == a.plus(b) | a.plus(c)
    assert a.plus(Cells(0, 1)) == a


@given(ANY, st.integers(0, 50))
def test_clip_keeps_what_lies_on_the_grid(a, size):
    holds(Cells.of(a).clip(size), {i for i in a if 0 <= i < size})


@given(ANY, st.integers(1, 9), st.data())
def test_residue_takes_every_so_manieth_index(a, modulus, data):
    rest = data.draw(st.integers(0, modulus - 1))
    expected = {j for j in range(-60, 60) if modulus * j + rest in a}
    holds(Cells.of(a).residue(modulus, rest), expected)


@given(ANY, st.integers(1, 9))
def test_residues_put_together_are_the_set(a, modulus):
    total = EMPTY
    for rest in range(modulus):
        total |= Cells.of(a).residue(modulus, rest).scale(modulus).shift(rest)
    assert total == Cells.of(a)


@given(ANY)
def test_reflection_turns_every_index_round_and_is_its_own_inverse(a):
    cells = Cells.of(a)
    holds(cells.reflect(), {-i for i in a})
    assert cells.reflect().reflect() == cells


@given(st.integers(-40, 40), st.integers(-9, 9), st.integers(0, 12))
def test_a_progression_is_what_a_kernel_samples(start, step, count):
    holds(Cells.progression(start, step, count), {start + step * t for t in range(count)})


@given(st.integers(-40, 40), st.integers(-3, 12))
def test_a_run_has_no_holes_and_may_be_empty(start, extent):
    holds(Cells.run(start, extent), set(range(start, start + extent)))


def test_a_set_without_holes_costs_nothing_however_large():
    huge = Cells.run(-(10**30), 2 * 10**30)
    assert huge.count == 2 * 10**30
    assert huge | huge.shift(1) == Cells.run(-(10**30), 2 * 10**30 + 1)
    assert huge & Cells.of([0, 5]) == Cells.of([0, 5])
    assert huge.spread(10**30, 3).count == 4 * 10**30
    assert huge.reflect() == huge.shift(1)
    assert huge.clip(7) == Cells.run(0, 7)
    assert huge.residue(10, 0).count == 2 * 10**29
    assert huge.plus(huge).count == 4 * 10**30 - 1
    assert 10**29 in huge


@pytest.mark.parametrize(
    "cells",
    [
        Cells.of([0, 20_000, 20_001]),
        Cells.run(10**5000, 10**6000),
        Cells(-(10**5000), 4, 1, 0b1011),
        Cells.progression(-(10**5000), 10**4999, 10**5000),
        Cells.of([-7, 3]),
        EMPTY,
    ],
    ids=["wide", "far", "far below", "far apart", "small", "empty"],
)
def test_a_set_is_shown_as_python_however_long_its_numbers(cells):
    assert eval(repr(cells)) == cells


def test_a_small_set_is_shown_in_base_ten():
    assert repr(Cells.of([-7, -5, 3])) == "Cells(start=-7, extent=11, pitch=2, pattern=35)"
    assert repr(Cells.of([-7, -5, -3])) == "Cells(start=-7, extent=5, pitch=2)"
    assert repr(Cells.of([-7, -6])) == "Cells(start=-7, extent=2)"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Cells.of([0, 1, BITS_LIMIT]),
        lambda: Cells.of([0, 1, 3]).spread(BITS_LIMIT - 1, 2),
        lambda: Cells(0, 2) | Cells(BITS_LIMIT + 5, 1),
        lambda: Cells.progression(0, 2, BITS_LIMIT) | Cells(1, 1),
        lambda: Cells.progression(0, 2, BITS_LIMIT).plus(Cells.of([0, 2 * BITS_LIMIT + 1])),
        lambda: Cells.run(0, BITS_LIMIT + 1).mask,
        lambda: Cells.progression(0, 2, BITS_LIMIT).mask,
    ],
    ids=["of", "spread", "union", "union of progressions", "plus", "mask", "mask of a progression"],
)
def test_a_pattern_beyond_the_limit_is_refused_before_it_takes_memory(make):
    with pytest.raises(LimitExceeded, match=str(BITS_LIMIT)):
        make()


@given(ANY)
def test_runs_are_the_maximal_rows_of_neighbouring_slots(indices):
    cells = Cells.of(indices)
    found = list(cells.runs())
    pitch = cells.pitch
    assert set().union(*found) == indices
    assert [run.start for run in found] == sorted(run.start for run in found)
    for run in found:
        assert set(run) == set(range(run.start, run.stop, pitch))
        assert not run or not {run.start - pitch, run.stop - 1 + pitch} & indices


WIDE = 10**40
"""Slots of a progression that no computer could write out."""


@pytest.mark.parametrize("step", [1, 2, 7, 10**20])
def test_a_progression_costs_nothing_however_long(step):
    one = Cells.progression(3, step, WIDE)
    last = 3 + step * (WIDE - 1)
    assert (one.count, one.slots, one.largest_hole) == (WIDE, WIDE, step - 1)
    assert (one.pitch, one.spacing, one.weight) == (step, step, 0)
    assert one.shift(4) == Cells.progression(7, step, WIDE)
    assert one.scale(-5) == Cells.progression(-5 * last, 5 * step, WIDE)
    assert one.reflect() == Cells.progression(-last, step, WIDE)
    assert one.clip(step * 100) == Cells.progression(3, step, 100 if step > 3 else 100 - 3 // step)
    assert list(one.runs()) == [one]
    assert last in one
    assert last + step not in one
    assert one | one.shift(step) == Cells.progression(3, step, WIDE + 1)
    assert one | one.shift(step * WIDE) == Cells.progression(3, step, 2 * WIDE)
    assert one | Cells(last, 1) == one == one | one.residue(3, 1).scale(3).shift(1)
    assert one & one.shift(step) == Cells.progression(3 + step, step, WIDE - 1)
    assert (one & one.shift(1)).count == (WIDE - 1 if step == 1 else 0)
    assert one.residue(step, 3 % step) == Cells.run(3 // step, WIDE)
    assert one.spread(step * WIDE, 5) == Cells.progression(3, step, 5 * WIDE)
    assert one.plus(one) == Cells.progression(6, step, 2 * WIDE - 1)
    assert one.plus(Cells.progression(0, step * WIDE, WIDE)).count == WIDE**2
    assert one.shift(step) <= Cells.progression(3, step, WIDE + 1)
    assert not one <= one.shift(step)
    assert one.scale(3) <= one.scale(3).spread(step, 3) <= Cells.run(9, 4 * last)


def test_progressions_that_fill_each_other_are_one():
    halves = [Cells.progression(start, 2, WIDE) for start in (0, 1)]
    assert Cells.union(halves) == Cells.run(0, 2 * WIDE)
    assert Cells.run(0, WIDE) | Cells.progression(WIDE - 9, 3, 4) == Cells.run(0, WIDE + 1)
    thirds = [Cells.progression(start, 6, WIDE) for start in (4, 1)]
    assert Cells.union(thirds) == Cells.progression(1, 3, 2 * WIDE)


@given(PROGRESSIONS, PROGRESSIONS, st.integers(1, 7), st.integers(0, 9))
@example(set(range(0, 12, 3)), set(range(1, 13, 3)), 1, 3)
@example(set(range(0, 12, 2)), set(range(1, 13, 2)), 5, 4)
@example(set(range(40)), set(range(31, 42, 5)), 3, 8)
def test_no_bits_are_made_where_progressions_give_a_progression(a, b, step, count):
    one, two = Cells.of(a), Cells.of(b)
    for make, expected in (
        (lambda: one | two, a | b),
        (lambda: one & two, a & b),
        (lambda: one.spread(step, count), {i + step * t for i in a for t in range(count)}),
        (lambda: one.plus(two), {i + j for i in a for j in b}),
        (lambda: one.residue(step, 0), {i // step for i in a if not i % step}),
    ):
        if Cells.of(expected).pattern is not None:
            continue
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Cells, "bits_at", None)
            patch.setattr(Cells, "of_bits", None)
            found = make()
        holds(found, expected)


def test_copies_that_leave_no_gap_are_a_run_however_wide():
    step = 3 * BITS_LIMIT // 4
    wide, spaced = Cells.run(5, step), Cells.progression(-3, step, 2)
    assert wide.plus(spaced) == spaced.plus(wide) == Cells.run(2, 2 * step)
    with pytest.raises(LimitExceeded):
        Cells.run(5, step - 1).plus(spaced)


def test_a_wide_run_holds_what_begins_with_it_in_either_order():
    wide, few = Cells.run(0, 2 * BITS_LIMIT), Cells.of([0, 2])
    assert wide | few == few | wide == wide

"""Does hdc-check say what is published, and why it differs from what is exact (T3)?"""

from collections import defaultdict
from itertools import combinations, combinations_with_replacement, pairwise, product
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.hdc import LAYER_LIMIT, hdc_check, published_gaps
from rfcalc.hdc.factors import PAIR_LIMIT, sharing
from tests.hdc.chains import first_zero, mask, multisets


def m2(rates):
    """Wang et al. 2018, equation 2, down to M_2."""
    gap = rates[-1]
    for r in rates[-2:0:-1]:
        gap = max(gap - 2 * r, gap - 2 * (gap - r), r)
    return gap


@given(st.lists(st.integers(1, 40), min_size=2, max_size=7))
def test_t3_m2_is_that_of_equation_2(rates):
    assert published_gaps(rates)[1] == m2(rates)
    assert published_gaps(rates)[-1] == rates[-1]
    assert len(published_gaps(rates)) == len(rates)


def test_t3_the_published_rule_against_the_truth_on_every_schedule():
    """THEORY T3: K = 3, d <= 12, 2 to 5 layers: 271,440 ordered schedules."""
    free = {
        tuple(d for d, _ in moves): first_zero(bits) is None
        for moves, bits in multisets([(d, 3) for d in range(1, 13)], 5)
    }
    counts = defaultdict(int)
    for layers in range(2, 6):
        for rates in product(range(1, 13), repeat=layers):
            passes = published_gaps(rates)[1] <= 3
            counts[passes, free[tuple(sorted(rates))]] += 1
    assert sum(counts.values()) == 271_440
    assert counts[True, True] + counts[False, True] == 50_378
    assert counts[True, False] == 17_289
    assert counts[False, True] == 39_707


def test_t3_the_verdict_of_every_multiset_of_those_schedules():
    for moves, bits in multisets([(d, 3) for d in range(1, 13)], 5):
        rates = tuple(d for d, _ in moves)
        found = hdc_check(rates)
        assert found.hole_free == (first_zero(bits) is None)
        assert found.whole.gaps == published_gaps(rates)


def test_t3_ascending_from_1_at_k_3_the_published_rule_is_t1():
    for layers in range(2, 6):
        for rest in combinations_with_replacement(range(1, 13), layers - 1):
            rates = (1, *rest)
            assert (m2(rates) <= 3) == (first_zero(mask(rates, [3] * layers)) is None), rates


@pytest.mark.parametrize("rates", [[2, 2], [2, 3], [4, 1], [2, 3, 5]])
def test_t3_schedules_that_pass_the_published_rule_and_have_holes(rates):
    found = hdc_check(rates)
    assert found.whole.gap_holds
    assert not found.hole_free


@pytest.mark.parametrize("rates", [[1, 3, 1], [1, 4, 1], [1, 2, 5, 1, 2, 5]])
def test_t3_schedules_that_fail_the_published_rule_and_have_no_holes(rates):
    found = hdc_check(rates)
    assert not found.whole.gap_holds
    assert found.hole_free


def test_t3_hdcs_own_schedules():
    """Wang et al. 2018: [1,2,5] has M_2 = 2, [1,2,9] has M_2 = 5 > 3."""
    good, bad = hdc_check([1, 2, 5]), hdc_check([1, 2, 9])
    assert (good.whole.m2, good.ok, good.reasons) == (2, True, ())
    assert (bad.whole.m2, bad.ok, bad.hole_free) == (5, False, False)
    assert (bad.largest_hole, bad.first_missing, bad.failing) == (2, 7, 9)
    assert set(range(25)) - set(bad.sampled) == {7, 8, 16, 17}


def test_t3_the_rule_is_applied_group_by_group():
    found = hdc_check([1, 2, 5, 1, 2, 5])
    assert [group.dilations for group in found.groups] == [(1, 2, 5), (1, 2, 5)]
    assert found.gap_holds
    assert not found.whole.gap_holds
    assert found.ok


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_t3_groups_split_at_each_descent(rates):
    found = hdc_check(rates)
    joined = [d for group in found.groups for d in group.dilations]
    assert joined == rates
    for group in found.groups:
        assert list(group.dilations) == sorted(group.dilations)
        assert group.common_factor == gcd(*group.dilations)
        assert group.gaps == published_gaps(group.dilations)
    assert all(a.dilations[-1] > b.dilations[0] for a, b in pairwise(found.groups))
    rising = [g.dilations[0] < g.dilations[-1] for g in found.groups]
    flat = [len(g.dilations) > 1 and g.dilations[0] == g.dilations[-1] for g in found.groups]
    assert found.sawtooth == (any(rising) and not any(flat))
    assert found.factor_holds == all(
        len(g.dilations) < 2 or gcd(*g.dilations) == 1 for g in found.groups
    )
    assert found.gap_holds == all(
        len(g.dilations) < 2 or m2(g.dilations) <= 3 for g in found.groups
    )
    assert found.published == (found.sawtooth and found.factor_holds and found.gap_holds)
    assert found.ok == (found.published and found.hole_free)
    assert found.published_pairwise == (found.sawtooth and found.pairs_hold and found.gap_holds)
    assert found.strict == (found.published_pairwise and found.hole_free)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_t3_read_pairwise_no_two_dilations_above_1_of_a_group_share_a_factor(rates):
    found = hdc_check(rates)
    for group in (*found.groups, found.whole):
        shared = {
            tuple(sorted(pair))
            for pair in combinations(group.dilations, 2)
            if min(pair) > 1 and gcd(*pair) > 1
        }
        assert set(group.pairs) <= shared
        assert len(group.pairs) == min(len(shared), PAIR_LIMIT)
        # What the gcd of a group rejects, the paper's words reject too.
        assert group.factor_holds or not group.pairs_hold
    assert found.pairs_hold == (not any(group.pairs for group in found.groups))
    told = any("share a factor" in text for text in found.warnings)
    assert told == any(group.factor_holds and group.pairs for group in found.groups)


def test_t3_the_two_readings_of_the_common_factor():
    """[2,2,2] breaks both; [1,2,4], of Yu and Koltun and of WaveNet, is solid and breaks one."""
    flat, doubling, coprime = (hdc_check(rates) for rates in ([2, 2, 2], [1, 2, 4], [1, 2, 5]))
    assert (flat.factor_holds, flat.pairs_hold) == (False, False)
    assert (flat.whole.common_factor, flat.whole.pairs) == (2, ((2, 2),))
    assert (doubling.factor_holds, doubling.pairs_hold) == (True, False)
    assert (doubling.whole.common_factor, doubling.whole.pairs) == (1, ((2, 4),))
    assert (doubling.ok, doubling.strict, doubling.hole_free) == (True, False, True)
    assert any("2 and 4" in warning for warning in doubling.warnings)
    assert (coprime.ok, coprime.strict, coprime.warnings) == (True, True, ())


def test_dilations_of_thousands_of_primes_are_held_against_each_other_at_once():
    """All primes below 2^16 are coprime; one more that shares a factor is found."""
    sieve = bytearray([1]) * (1 << 16)
    for n in range(2, 1 << 8):
        sieve[n * n :: n] = bytes(len(range(n * n, 1 << 16, n)))
    primes = [n for n in range(2, 1 << 16) if sieve[n]]
    assert hdc_check(primes).pairs_hold
    assert sharing([*primes, 3 * 65_521]) == ((3, 196_563), (65_521, 196_563))


def test_t3_the_corrected_rule_takes_each_layers_own_kernel():
    """Kernel 5: the gap that a step of 5 leaves is closed by (5 - 1) * 1."""
    assert hdc_check([1, 5], 5).corrected == (1, 5)
    assert hdc_check([1, 5], [3, 3]).corrected == (3, 5)
    assert hdc_check([1, 5], [3, 3]).largest_hole == 2


def test_reasons_stand_exactly_where_the_published_rules_and_the_truth_disagree():
    seen = defaultdict(int)
    for kernel in (2, 3, 4, 5):
        for layers in (1, 2, 3, 4):
            for rates in product((1, 2, 3, 4, 7), repeat=layers):
                found = hdc_check(rates, kernel)
                assert bool(found.reasons) == (found.published != found.hole_free), rates
                said = " ".join(found.reasons)
                for word, true in (
                    ("smallest step", found.published and min(rates) > 1),
                    ("here K differs", found.published and kernel != 3),
                    ("sawtooth", not found.published and not found.sawtooth),
                    ("common factor", not found.published and not found.factor_holds),
                    ("the order of the layers", not found.published and not found.gap_holds),
                ):
                    assert (word in said) == (bool(found.reasons) and true), (rates, word)
                    seen[word] += word in said
    assert all(seen.values())


@pytest.mark.parametrize(
    ("dilations", "options"),
    [
        ([], {}),
        ([0, 1], {}),
        ([-1], {}),
        ([1 << 23], {}),
        ([1, 2], {"kernel": [3]}),
        ([1, 2], {"kernel": 0}),
        ([1, 2], {"stride": [1, 2, 3]}),
        ([1, 2], {"stride": 0}),
        ([1] * (LAYER_LIMIT + 1), {}),
    ],
)
def test_a_schedule_that_does_not_read_is_refused(dilations, options):
    with pytest.raises(RfcalcError) as caught:
        hdc_check(dilations, **options)
    assert {d.code for d in caught.value.diagnostics} == {"RF410"}


def test_every_fault_of_a_schedule_is_told_at_once():
    with pytest.raises(RfcalcError) as caught:
        hdc_check([0, 1], kernel=[3], stride=0)
    assert len(caught.value.diagnostics) == 3

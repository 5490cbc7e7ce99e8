"""Are T1 to T6 true, and does hdc-check say what is published and what is exact?"""

from collections import defaultdict
from functools import reduce
from itertools import combinations_with_replacement, pairwise, permutations, product
from math import ceil, gcd, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.hdc import chain_cells, criterion, hdc_check, largest_gap, published_gaps

# The oracle: a mask as the bits of a Python integer, one shift and or per kernel element.


def spread(bits, step, kernel):
    return reduce(lambda total, t: total | bits << (step * t), range(kernel), 0)


def mask(steps, kernels):
    return reduce(lambda bits, move: spread(bits, *move), zip(steps, kernels, strict=True), 1)


def hole(bits):
    """Longest run of zeros between two ones."""
    return max(map(len, bin(bits)[2:].split("1")))


def first_zero(bits):
    """The lowest bit that is not set, None where all are."""
    low = (~bits & (bits + 1)).bit_length() - 1
    return low if low < bits.bit_length() else None


def multisets(types, layers):
    """Every multiset of layers with its mask, built layer upon layer."""

    def extend(chosen, bits, begin, left):
        for number in range(begin, len(types)):
            step, kernel = types[number]
            here = chosen + (types[number],)
            made = spread(bits, step, kernel)
            yield here, made
            if left > 1:
                yield from extend(here, made, number, left - 1)

    return extend((), 1, 0, layers)


TYPES = sorted((d, k) for k in range(2, 6) for d in range(1, 10))


def test_t1_and_t2_on_every_chain_of_stride_1():
    """Kernels 2..5 mixed (1 adds nothing), dilations 1..9, 1 to 5 layers: 749,397 chains.

    T1: hole-free iff no step exceeds the field of the smaller ones. T2: the largest hole run and
    the first missing offset. T3: M'_1 of the corrected rule is the largest gap.
    """
    count = 0
    for moves, bits in multisets(TYPES, 5):
        count += 1
        field, largest, first, failing = criterion(moves)
        missing = first_zero(bits)
        assert field == bits.bit_length()
        assert (failing is None) == (missing is None), moves
        assert first == missing, moves
        assert largest == hole(bits), moves
        assert largest_gap(moves)[0] == largest + 1, moves
    assert count == 749_397


def test_the_verdict_on_every_chain_of_up_to_three_layers_in_every_order():
    types = [(d, k) for k in range(1, 6) for d in (1, 2, 3, 5, 9)]
    for layers in (1, 2, 3):
        for moves in product(types, repeat=layers):
            rates, kernels = zip(*moves, strict=True)
            bits = mask(rates, kernels)
            found = hdc_check(rates, kernels)
            assert found.hole_free == (first_zero(bits) is None), moves
            assert found.largest_hole == hole(bits)
            assert found.first_missing == first_zero(bits)
            assert (found.rf, found.cells) == (bits.bit_length(), bits.bit_count())
            assert found.corrected[:1] in ((), (hole(bits) + 1,))
            assert sum(1 << i for i in found.sampled) == bits


def strided_chains(types, layers):
    """Every ordered chain and the cells that output 0 reads, pulled back layer by layer."""

    def extend(chosen, cells, left):
        for d, k, s in types:
            read = frozenset(s * o + d * t for o in cells for t in range(k))
            here = ((d, k, s), *chosen)
            yield here, read
            if left > 1:
                yield from extend(here, read, left - 1)

    return extend((), frozenset({0}), layers)


def test_t1_and_t2_on_every_strided_chain_of_up_to_three_layers():
    """Kernels 1..4, strides 1..3, dilations 1..4: 112,944 ordered chains."""
    types = list(product(range(1, 5), range(1, 5), range(1, 4)))
    count = 0
    for chain, cells in strided_chains(types, 3):
        count += 1
        jump, moves = 1, []
        for d, k, s in chain:
            if k > 1:
                moves.append((d * jump, k))
            jump *= s
        field, largest, first, failing = criterion(sorted(moves))
        bits = sum(1 << i for i in cells)
        assert field == max(cells) + 1
        assert (failing is None) == (len(cells) == field), chain
        assert largest == hole(bits), chain
        assert first == first_zero(bits), chain
    assert count == 112_944


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=5
    )
)
def test_the_verdict_on_strided_chains(chain):
    rates, kernels, strides = zip(*chain, strict=True)
    cells = {0}
    for d, k, s in reversed(chain):
        cells = {s * o + d * t for o in cells for t in range(k)}
    jump = reduce(lambda a, b: a * b, strides)
    found = hdc_check(rates, kernels, strides)
    assert found.rf == max(cells) + 1
    assert found.hole_free == (len(cells) == found.rf)
    assert found.cells == len(cells)
    assert found.largest_hole == hole(sum(1 << i for i in cells))
    # T4: gcd of the m for which m*J is a difference of two sampled cells.
    ms = {abs(a - b) // jump for a in cells for b in cells if a != b and (a - b) % jump == 0}
    assert found.sublattices == (gcd(*ms) if ms else None)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6)), min_size=1, max_size=5), st.data())
def test_the_order_of_the_layers_does_not_matter_to_the_mask(chain, data):
    other = data.draw(st.permutations(chain))
    one, two = (hdc_check(*zip(*layers, strict=True)) for layers in (chain, other))
    assert (one.hole_free, one.largest_hole, one.rf, one.cells, one.corrected) == (
        two.hole_free,
        two.largest_hole,
        two.rf,
        two.cells,
        two.corrected,
    )
    assert one.sampled == two.sampled


# T3: the rules as published, in the paper's own recursion, written out once more.


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
    assert found.gap_holds == all(len(g.dilations) < 2 or m2(g.dilations) <= 3 for g in found.groups)
    assert found.published == (found.sawtooth and found.factor_holds and found.gap_holds)
    assert found.ok == (found.published and found.hole_free)


def test_t3_a_pairwise_factor_is_a_warning_and_never_a_verdict():
    assert not hdc_check([2, 2, 2]).factor_holds
    found = hdc_check([1, 2, 4])
    assert found.factor_holds
    assert found.ok
    assert any("2 and 4" in warning for warning in found.warnings)
    assert hdc_check([1, 2, 5]).warnings == ()


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


# T4 and the edges of the verdict.


def test_t4_the_gcd_of_the_dilations_counts_the_sublattices_of_every_stride_1_chain():
    for moves, bits in multisets([(d, k) for k in (2, 3, 4) for d in range(1, 9)], 3):
        rates, kernels = zip(*moves, strict=True)
        expected = gcd(*rates)
        cells = [i for i in range(bits.bit_length()) if bits >> i & 1]
        assert gcd(*(b - cells[0] for b in cells)) == expected
        assert hdc_check(rates, kernels).sublattices == expected


def test_t4_a_gcd_of_1_does_not_make_neighbours_overlap():
    """THEORY T4: [2, 7] at K = 3 has no cell in common with its neighbour."""
    found = hdc_check([2, 7])
    assert found.sublattices == 1
    cells = set(found.sampled)
    assert not cells & {i + 1 for i in cells}


# T6: the largest field, and every field between.


@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
def test_t6_no_hole_free_chain_exceeds_the_product_of_its_kernels(kernel):
    for layers in range(1, 6 if kernel < 4 else 5):
        largest = tuple(kernel**i for i in range(layers))
        bits = mask(largest, [kernel] * layers)
        assert hdc_check(largest, kernel).hole_free
        assert bits == (1 << kernel**layers) - 1
        # One step more than the field is one too many, at whatever place it stands.
        for place in range(layers):
            wider = [d + (i == place) for i, d in enumerate(largest)]
            assert not hdc_check(wider, kernel).hole_free


def test_t6_no_hole_free_multiset_is_wider_than_the_product():
    for moves, bits in multisets([(d, 3) for d in range(1, 31)], 4):
        if first_zero(bits) is None:
            assert bits.bit_length() <= 3 ** len(moves)


@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_t6_every_field_up_to_the_product_is_reached_by_the_construction(kernel):
    """RF = 1 + (K-1) T with n <= T <= (K^n - 1)/(K - 1), d_j = min(field, T - used - (n - j))."""
    for n in range(1, 6):
        for total in range(n, (kernel**n - 1) // (kernel - 1) + 1):
            rates, field, used = [], 1, 0
            for j in range(1, n + 1):
                rates.append(min(field, total - used - (n - j)))
                used += rates[-1]
                field += (kernel - 1) * rates[-1]
            found = hdc_check(rates, kernel)
            assert (sum(rates), found.rf) == (total, 1 + (kernel - 1) * total)
            assert found.hole_free, rates


def test_t6_the_least_number_of_layers_is_a_logarithm():
    reached = defaultdict(lambda: 99)
    for moves, bits in multisets([(d, 3) for d in range(1, 28)], 4):
        if first_zero(bits) is None:
            reached[bits.bit_length()] = min(reached[bits.bit_length()], len(moves))
    assert all(least == ceil(log(rf, 3) - 1e-9) for rf, least in reached.items())
    assert sorted(reached) == list(range(3, 82, 2))


# What is asked wrongly.


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
        ([1] * 5000, {}),
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


def test_a_schedule_too_wide_to_write_out_is_judged_all_the_same():
    found = hdc_check([1, 1 << 22], 1 << 16)
    assert not found.hole_free
    assert found.largest_hole == (1 << 22) - (1 << 16)
    assert found.sampled is found.cells is None
    deep = hdc_check([3**i for i in range(12)])
    assert (deep.rf, deep.hole_free, deep.cells) == (3**12, True, 3**12)


def test_layers_with_kernel_1_change_nothing():
    found = hdc_check([7, 1, 9, 2], [1, 3, 1, 3])
    assert (found.hole_free, found.rf, found.corrected) == (True, 7, (1, 2))
    alone = hdc_check([4], 1)
    assert (alone.hole_free, alone.rf, alone.corrected, alone.largest_hole) == (True, 1, (), 0)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4)), min_size=1, max_size=4))
def test_chain_cells_are_the_sums_of_steps(moves):
    steps, kernels = zip(*moves, strict=True)
    sums = {
        sum(c * e for c, e in zip(counts, steps, strict=True))
        for counts in product(*map(range, kernels))
    }
    assert set(chain_cells(steps, kernels)) == sums
    for order in list(permutations(range(len(moves))))[:4]:
        again = chain_cells([steps[i] for i in order], [kernels[i] for i in order])
        assert set(again) == sums

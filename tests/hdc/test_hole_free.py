"""Are T1 and T2 true of every chain, and is the exact verdict theirs?"""

from functools import reduce
from itertools import permutations, product
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.hdc import chain_cells, criterion, hdc_check, largest_gap
from tests.hdc.chains import first_zero, hole, mask, multisets

pytestmark = pytest.mark.slow

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


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6)), min_size=1, max_size=5), st.data()
)
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

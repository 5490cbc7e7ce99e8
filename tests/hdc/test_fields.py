"""How many sublattices has a chain (T4), and which fields can it reach (T6)?"""

from collections import defaultdict
from math import ceil, gcd, log

import pytest

from rfcalc.hdc import hdc_check
from tests.hdc.chains import first_zero, mask, multisets


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

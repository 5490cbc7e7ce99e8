"""Is the evenness of a chain's path counts what counting the paths gives (T12)?"""

from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.hdc import evenness, hdc_check
from rfcalc.hdc.evenness import WORK_LIMIT, counting_work, meetings


def counts(moves):
    """Paths to each cell, one loop over cells and taps per layer."""
    found = [1]
    for step, kernel in moves:
        longer = [0] * (len(found) + (kernel - 1) * step)
        for at, paths in enumerate(found):
            for tap in range(kernel):
                longer[at + tap * step] += paths
        found = longer
    return found


def coefficient(values):
    mean = sum(values) / len(values)
    return (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5 / mean


LAYERS = st.lists(st.tuples(st.integers(1, 12), st.integers(2, 6), st.integers(1, 4)), max_size=3)
MOVES = LAYERS.map(lambda found: sorted((e, k) for e, k, times in found for _ in range(times)))


@given(MOVES)
def test_evenness_is_that_of_the_paths_counted_one_by_one(moves):
    paths, found = counts(moves), evenness(moves)
    assert meetings(moves) == sum(n * n for n in paths)
    assert (found.least, found.most) == (min(paths), max(paths))
    assert found.cv == pytest.approx(coefficient(paths), abs=1e-9)
    assert found.even == (min(paths) == max(paths))


def test_t12_a_chain_is_even_if_and_only_if_its_steps_are_a_mixed_radix():
    """Every chain of up to 3 layers with steps up to 12 and kernels 2 to 4."""
    types = list(product(range(1, 13), (2, 3, 4)))
    even = []
    for layers in range(1, 4):
        for moves in combinations_with_replacement(types, layers):
            paths = counts(moves)
            if min(paths) == max(paths):
                even.append(moves)
            assert evenness(moves).even == (min(paths) == max(paths)), moves
    radix = {(1, k) for k in (2, 3, 4)}
    assert {moves for moves in even if len(moves) == 1} == {(one,) for one in radix}
    for moves in even:
        cells = 1
        for step, kernel in moves:
            assert step == cells
            cells *= kernel
    # Of 3 kernels 3, of two 9; of three the last step may be 16 and is then beyond 12.
    assert [sum(len(m) == n for m in even) for n in (1, 2, 3)] == [3, 9, 24]


TABLE = {
    (1, 1, 1): (1, 7, 0.595),
    (2, 2, 2): (0, 7, 1.231),
    (1, 2, 3): (1, 3, 0.399),
    (1, 2, 5): (1, 2, 0.310),
    (1, 2, 9): (0, 2, 0.581),
    (1, 3, 9): (1, 1, 0.0),
    (2, 4, 8): (0, 3, 1.161),
    (3, 4, 5): (0, 2, 0.581),
    (1, 2, 5, 9): (1, 4, 0.423),
}


@pytest.mark.parametrize("rates", TABLE)
def test_evenness_of_known_schedules(rates):
    found = hdc_check(rates).evenness
    assert (found.least, found.most, round(found.cv, 3)) == TABLE[rates]


def test_evenness_says_nothing_of_factors_and_factors_nothing_of_evenness():
    """1,3,9 shares a factor and is perfectly even; 1,2,5 shares none and is not."""
    even, uneven = hdc_check([1, 3, 9]), hdc_check([1, 2, 5])
    assert even.evenness.even
    assert not even.pairs_hold
    assert not uneven.evenness.even
    assert uneven.pairs_hold
    assert not any("uneven" in text for text in (*even.warnings, *uneven.warnings))


def test_a_perfectly_even_chain_is_known_whatever_its_length():
    found = hdc_check([3**n for n in range(13)]).evenness
    assert (found.even, found.cv, found.least, found.most) == (True, 0.0, 1, 1)


@pytest.mark.parametrize(
    ("rates", "kernel", "least"), [([1] * 2000, 3, 1), ([2] * 2000, 3, 0), ([1, 2] * 70, 99, 1)]
)
def test_what_takes_too_long_is_not_counted(rates, kernel, least):
    verdict = hdc_check(rates, kernel)
    assert counting_work(sorted((rate, kernel) for rate in rates)) > WORK_LIMIT
    found = verdict.evenness
    assert (found.even, found.cv, found.least, found.most) == (False, None, least, None)


def test_a_long_field_is_counted_without_writing_out_its_cells():
    """Of 200,043 cells the squares are known, the largest count is not; a factor changes no cv."""
    rates = [1, 2, 5, 16, 50, 150, 455, 1300, 4000, 12000, 30000, 52042]
    found = hdc_check(rates).evenness
    assert found.most is None
    assert found.cv == pytest.approx(coefficient(counts([(rate, 3) for rate in rates])))

"""Counts of any size: words that never overflow, and the integers that come out of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.tally import Tally


@given(st.lists(st.integers(1, 1 << 30), max_size=12), st.integers(1, 5))
def test_sums_of_any_number_of_terms_are_those_of_python_integers(terms, cells):
    tally, expected = Tally.one((0,)), 1
    tally = tally.along(0, 0, tally.words.repeat(cells, 1), 1)
    for number in terms:
        tally = tally.roomy(number)
        tally = tally.along(0, 0, tally.words * number, number)
        expected *= number
        assert int(tally.words.max()) <= tally.most < 1 << 63
    found = tally.array()
    assert found.tolist() == [expected] * cells
    assert (found.dtype == object) == (expected >= 1 << 62)


@given(st.lists(st.integers(0, 1 << 200), min_size=1, max_size=6))
def test_every_cell_keeps_its_own_count(values):
    import numpy as np

    words = [[value >> 32 * j & 0xFFFFFFFF for value in values] for j in range(7)]
    tally = Tally((0,), np.array(words, dtype=np.int64), 0xFFFFFFFF)
    assert tally.array().tolist() == values
    assert tally.carried().array().tolist() == values


def test_no_counts_are_an_empty_array():
    assert Tally.none(2).array().shape == (0, 0)


def test_more_terms_than_any_word_holds_are_refused():
    with pytest.raises(OverflowError, match="cannot be added up"):
        Tally.one((0,)).roomy(1 << 63)

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.hdc import hdc_check
from rfcalc.schedules import design, largest_of, largest_schedule, suggest
from tests.whole import sample


def offsets(rates, kernels, strides=None):
    """All sums of steps, by brute force: what a chain samples."""
    found, jump = {0}, 1
    for rate, kernel, stride in zip(rates, kernels, strides or [1] * len(rates), strict=True):
        found = {o + rate * jump * t for o in found for t in range(kernel)}
        jump *= stride
    return found


def solid(rates, kernels, strides=None):
    found = offsets(rates, kernels, strides)
    return found == set(range(max(found) + 1))


def solid_field(schedule, kernel):
    field = 1
    for rate in sorted(schedule.dilations):
        assert rate <= field
        field += (kernel - 1) * rate
    return field


@pytest.mark.parametrize("kernel", [2, 3, 5])
@pytest.mark.parametrize("layers", [1, 2, 3, 4, 5])
def test_every_field_of_t6_is_designed_without_holes(kernel, layers, monkeypatch):
    """T6: RF = 1 + (K-1) T for n <= T <= (K^n - 1) / (K - 1)."""
    # Where more than a few schedules exist, some are searched: each field is still reached.
    monkeypatch.setattr("rfcalc.schedules.ranking.ENUMERATION_LIMIT", 20)
    monkeypatch.setattr("rfcalc.schedules.ranking.SEARCH_LIMIT", 40)
    for total in sample(range(layers, (kernel**layers - 1) // (kernel - 1) + 1), 150):
        rf = 1 + (kernel - 1) * total
        found = design(layers, rf, kernel=kernel, count=2)
        assert found.schedules, (kernel, layers, rf)
        for schedule in found.schedules:
            assert solid_field(schedule, kernel) == rf == schedule.rf
            assert len(schedule.dilations) == layers


def test_a_field_with_thousands_of_schedules_is_ranked_whole():
    found = design(6, 201, count=5000)
    assert found.complete
    assert len(found.schedules) == len({s.dilations for s in found.schedules}) > 3000
    assert all(solid_field(schedule, 3) == 201 for schedule in found.schedules)


@pytest.mark.parametrize(("layers", "kernel"), [(2, 3), (3, 3), (3, 2), (2, 5)])
def test_design_lists_exactly_the_schedules_that_brute_force_finds(layers, kernel):
    by_field: dict[int, set[tuple[int, ...]]] = {}
    for rates in product(range(1, kernel**layers), repeat=layers):
        if list(rates) == sorted(rates) and solid(rates, [kernel] * layers):
            field = 1 + (kernel - 1) * sum(rates)
            by_field.setdefault(field, set()).add(rates)
    for field, wanted in by_field.items():
        found = design(layers, field, kernel=kernel, count=1000)
        assert found.complete
        assert {schedule.dilations for schedule in found.schedules} == wanted


@pytest.mark.parametrize("max_dilation", [1, 2, 5])
def test_design_keeps_to_the_largest_dilation(max_dilation):
    for rf in range(9, 40, 2):
        for schedule in design(4, rf, max_dilation=max_dilation).schedules:
            assert max(schedule.dilations) <= max_dilation
            assert solid(schedule.dilations, [3] * 4)


def test_the_variation_of_a_design_is_that_of_its_path_counts():
    for schedule in design(5, 65, count=20).schedules:
        counts = [1]
        for rate in schedule.dilations:
            longer = [0] * (len(counts) + 2 * rate)
            for at, paths in enumerate(counts):
                for tap in range(3):
                    longer[at + tap * rate] += paths
            counts = longer
        mean = sum(counts) / len(counts)
        spread = (sum((c - mean) ** 2 for c in counts) / len(counts)) ** 0.5
        assert schedule.cv == pytest.approx(spread / mean, rel=1e-12)
        assert schedule.cells == len(counts) == schedule.rf


def test_ranking_follows_the_stated_objective():
    even = design(5, 65, prefer="even", count=50).schedules
    assert [s.cv for s in even] == sorted(s.cv for s in even)
    small = design(5, 65, prefer="small-dilations", count=50).schedules
    assert [max(s.dilations) for s in small] == sorted(max(s.dilations) for s in small)
    few = design(rf=65, prefer="few-layers", count=50).schedules
    assert len(few[0].dilations) == 4 + (65 > 81)
    assert [len(s.dilations) for s in few] == sorted(len(s.dilations) for s in few)


@pytest.mark.parametrize(
    ("layers", "rf", "below", "above"),
    [(2, 1000, 9, None), (6, 200, 199, 201), (3, 5, None, 7), (3, 4, None, 7), (2, 10, 9, None)],
)
def test_an_impossible_wish_names_the_nearest_fields_on_both_sides(layers, rf, below, above):
    found = design(layers, rf)
    assert not found.schedules
    assert found.reason
    for schedule, field in ((found.below, below), (found.above, above)):
        assert (schedule and schedule.rf) == field
        assert schedule is None or solid(schedule.dilations, [3] * layers)


def test_a_field_in_input_cells_is_counted_in_cells_of_the_map():
    found = design(rf=64, jump=8, kernel=2)
    assert found.rf == 9
    assert found.schedules[0].rf == 9


def test_the_largest_field_is_the_product_of_the_kernels():
    assert largest_schedule(4, 3) == (1, 3, 9, 27)
    for kernels in product([1, 2, 3], repeat=3):
        best = largest_of(hdc_check([1, 1, 1], list(kernels)))
        assert best.rf == kernels[0] * kernels[1] * kernels[2]
        assert solid(best.dilations, kernels)


@pytest.mark.parametrize("wish", [{}, {"layers": 0}, {"layers": 65}, {"rf": 0}])
def test_a_wish_that_is_none_is_refused(wish):
    with pytest.raises(RfcalcError, match="RF410"):
        design(**wish)


def least_change(rates, kernels, strides=None):
    """The least total change to a hole-free schedule, by trying everything near."""
    reach = range(1, max(rates) + 4)
    return min(
        sum(abs(a - b) for a, b in zip(rates, other, strict=True))
        for other in product(reach, repeat=len(rates))
        if solid(other, kernels, strides)
    )


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_suggestions_never_change_more_than_needed(layers):
    for rates in product(range(1, 8), repeat=layers):
        found = suggest(rates)
        assert found[0].change == least_change(rates, [3] * layers), rates
        for one in found:
            assert solid(one.dilations, [3] * layers)
            changes = [abs(a - b) for a, b in zip(rates, one.dilations, strict=True)]
            assert one.change == sum(changes)
            assert one.rf == 1 + 2 * sum(one.dilations)


@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=3),
    st.lists(st.integers(2, 4), min_size=3, max_size=3),
    st.lists(st.integers(1, 2), min_size=3, max_size=3),
)
def test_suggestions_for_mixed_kernels_and_strides_change_no_more_than_needed(
    rates, kernels, strides
):
    kernels, strides = kernels[: len(rates)], strides[: len(rates)]
    reach = range(1, 10)
    possible = [
        sum(abs(a - b) for a, b in zip(rates, other, strict=True))
        for other in product(reach, repeat=len(rates))
        if solid(other, kernels, strides)
    ]
    found = suggest(rates, kernels, strides)
    assert bool(found) == bool(possible)
    if found:
        assert found[0].change == min(possible)
        assert solid(found[0].dilations, kernels, strides)


@pytest.mark.parametrize(("layers", "kernel"), [(1, 3), (3, 3), (4, 2)])
def test_without_a_field_the_largest_is_designed(layers, kernel):
    found = design(layers, kernel=kernel)
    (schedule,) = found.schedules
    assert solid_field(schedule, kernel) == schedule.rf == kernel**layers
    assert found.rf is None
    assert "largest field without holes" in found.reason


def test_more_layers_than_the_limit_are_no_design():
    found = design(rf=1001, max_dilation=1)
    assert not found.schedules
    assert found.reason == "more than 64 layers would be needed"


def test_large_fields_come_first_where_they_are_preferred():
    found = design(rf=15, count=50, prefer="large", at_least=True)
    fields = [s.rf for s in found.schedules]
    assert fields == sorted(fields, reverse=True)
    assert fields[0] == 3**3
    assert min(fields) >= 15
    assert {len(s.dilations) for s in found.schedules} == {3}


def test_a_layer_of_kernel_1_keeps_its_dilation_in_suggestions():
    """It samples one cell whatever its dilation: only 3,9 beside it has to change."""
    found = suggest([7, 3, 9], [1, 3, 3])
    assert found[0].dilations == (7, 1, 3)
    assert all(one.dilations[0] == 7 for one in found)
    assert all(solid(one.dilations, [1, 3, 3]) for one in found)


def test_a_schedule_beyond_every_small_change_has_no_suggestion():
    assert suggest([1000, 1000]) == ()


def test_no_more_suggestions_than_wanted():
    every = suggest([2, 4, 8], count=3)
    assert len(every) > 1
    assert suggest([2, 4, 8], count=1) == every[:1]


@pytest.mark.parametrize(
    ("kernels", "strides"), [([1, 2], [2, 1]), ([2, 3, 3], [4, 1, 1]), ([1, 1, 3], [1, 3, 1])]
)
def test_where_a_stride_leaves_cells_out_no_schedule_is_the_largest(kernels, strides):
    rates = range(1, 9)
    assert not any(solid(some, kernels, strides) for some in product(rates, repeat=len(kernels)))
    given = [4] * len(kernels)
    assert largest_of(hdc_check(given, kernels, strides)) is None
    assert suggest(given, kernels, strides) == ()


def test_layers_too_unlike_to_try_every_order_are_refused_at_once():
    with pytest.raises(RfcalcError, match="RF410 layers of 20 kernels and jumps"):
        suggest([2] * 20, 3, 2)
    with pytest.raises(RfcalcError, match="RF410"):
        largest_of(hdc_check([2] * 20, list(range(2, 22))))


@pytest.mark.parametrize("value", [1.5, "1", None, True])
def test_a_schedule_holds_integers(value):
    if value is True:
        assert hdc_check([value]).hole_free
        return
    with pytest.raises(RfcalcError, match="RF410"):
        hdc_check([value, 2])

"""Are schedules counted, made and ranked as trying all of them does (T6, T12)?"""

import json
import random
from itertools import combinations_with_replacement, pairwise, product

import pytest

from rfcalc.costs import per_cell
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.schedules import design, ranking
from rfcalc.schedules.counting import count, schedules
from rfcalc.schedules.searching import search, variation_of
from rfcalc.schedules.space import Space
from rfcalc.spec import read_text
from tests.hdc.chains import mask

SPACES = [
    Space(kernel, max_dilation, per_level, stacks, powers)
    for kernel, max_dilation, per_level, stacks, powers in product(
        (2, 3), (None, 1, 4), (1, 2), (1, 2), (None, 2, 3)
    )
]


def layers_of(space, levels):
    """The dilations in order: every level's in a row, all levels once per stack."""
    found = []
    for _ in range(space.stacks):
        for rate in levels:
            found += [rate] * space.per_level
    return tuple(found)


def every(space, number):
    """All levels without holes, by their sum: those whose mask has no zero between its ends."""
    unit = (space.kernel - 1) * space.per_level * space.stacks
    rates = range(1, (1 + unit) ** (number - 1) + 1)
    if space.powers is not None:
        rates = [rate for rate in rates if rate in {space.powers**n for n in range(20)}]
    if space.max_dilation is not None:
        rates = [rate for rate in rates if rate <= space.max_dilation]
    found = {}
    for levels in combinations_with_replacement(rates, number):
        dilations = layers_of(space, levels)
        bits = mask(dilations, [space.kernel] * len(dilations))
        if bits & (bits + 1) == 0:
            found.setdefault(sum(levels), set()).add(levels)
    return found


@pytest.mark.parametrize("number", [1, 2, 3])
def test_schedules_are_counted_and_made_as_trying_all_of_them_does(number):
    for space in SPACES[:: 3 if number == 3 else 1]:
        if (1 + space.unit) ** (number - 1) > 40 and space.max_dilation is space.powers is None:
            continue
        by_sum = every(space, number)
        assert space.reach(number) == max(by_sum), space
        for total in range(1, max(by_sum) + 3):
            wanted = by_sum.get(total, set())
            assert count(space, number, total, 1000) == len(wanted), (space, total)
            assert set(schedules(space, number, total)) == wanted, (space, total)
            below, above = space.below(number, total), space.above(number, total)
            assert below == max((s for s in by_sum if s <= total), default=None), (space, total)
            assert above == min((s for s in by_sum if s >= total), default=None), (space, total)


@pytest.mark.parametrize(
    ("kernel", "powers", "levels"), [(3, 2, 20), (2, 2, 30), (11, 10, 8), (4, 2, 40), (5, 3, 24)]
)
def test_the_nearest_sums_of_many_powers_are_the_nearest(kernel, powers, levels):
    """Sums between are counted: none has a schedule. Gaps may hold millions; some are looked at."""
    space = Space(kernel, powers=powers)
    draw = random.Random(levels)
    reach = min(space.reach(levels), 10**9)
    for total in [*(draw.randint(levels, reach) for _ in range(8)), reach, reach - 1]:
        below, above = space.below(levels, total), space.above(levels, total)
        assert below is not None
        assert below <= total
        assert above is None or above >= total
        for found in {below, above} - {None}:
            assert count(space, levels, found, 1) >= 1
        between = range(below + 1, total + 1 if above is None else above)
        for other in between if len(between) < 40 else draw.sample(between, 40):
            assert count(space, levels, other, 1) == 0, (total, below, above, other)


def test_a_count_stops_at_its_bound():
    every_one = count(Space(3), 5, 32, 1000)
    assert every_one == len(list(schedules(Space(3), 5, 32))) == 108
    assert [count(Space(3), 5, 32, most) for most in (0, 50, 107, 108)] == [1, 51, 108, 108]


@pytest.mark.parametrize(
    "options",
    [
        {"per_level": 2},
        {"stacks": 3},
        {"powers": 2},
        {"per_level": 2, "stacks": 2, "powers": 2},
        {"powers": 3, "kernel": 2, "stacks": 2},
        {"per_level": 2, "max_dilation": 2},
    ],
)
def test_levels_stacks_and_powers_are_those_of_every_schedule_that_there_is(options):
    space = Space(**{"kernel": 3, **options})
    for total, wanted in every(space, 2).items():
        layers, rf = 2 * space.times, 1 + space.unit * total
        found = design(layers, rf, count=1000, **options)
        assert found.complete
        assert found.total == len(wanted)
        assert {s.dilations for s in found.schedules} == {layers_of(space, one) for one in wanted}
        for schedule in found.schedules:
            bits = mask(schedule.dilations, [space.kernel] * layers)
            assert bits.bit_length() == bits.bit_count() == schedule.rf == rf


@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_a_field_alone_takes_the_fewest_layers(kernel):
    """T6: the logarithm of the field to the base of the kernel, rounded up."""
    for total in range(1, 60):
        rf = 1 + (kernel - 1) * total
        layers = next(n for n in range(1, 9) if kernel**n >= rf)
        found = design(rf=rf, kernel=kernel)
        assert {len(schedule.dilations) for schedule in found.schedules} == {layers}


@pytest.mark.parametrize("options", [{}, {"powers": 2}, {"per_level": 2}, {"stacks": 2}])
def test_at_least_a_field_takes_what_an_exact_wish_leaves_out(options):
    space = Space(
        3, None, options.get("per_level", 1), options.get("stacks", 1), options.get("powers")
    )
    by_sum = every(space, 3)
    for rf in range(1 + 3 * space.unit, 1 + space.unit * max(by_sum), 5):
        found = design(3 * space.times, rf, at_least=True, count=1000, **options)
        wanted = {
            layers_of(space, one)
            for total, some in by_sum.items()
            for one in some
            if 1 + space.unit * total >= rf
        }
        if found.complete and found.total <= 1000:
            assert {schedule.dilations for schedule in found.schedules} == wanted
        assert all(schedule.rf >= rf for schedule in found.schedules)
    over = design(3 * space.times, 10**6, at_least=True, **options)
    assert not over.schedules
    assert over.below.rf == 1 + space.unit * max(by_sum)


@pytest.mark.parametrize("prefer", ["even", "few-layers", "small-dilations", "large"])
@pytest.mark.parametrize("at_least", [False, True])
def test_the_best_few_are_the_first_of_all(prefer, at_least):
    """What is left unmade, of large dilations or small fields, would not have been told."""
    wish = {"layers": 4, "rf": 51, "prefer": prefer, "at_least": at_least}
    whole = design(**wish, count=1000)
    assert whole.complete
    assert whole.total == len(whole.schedules)
    for number in (1, 3, 7):
        some = design(**wish, count=number)
        assert some.complete
        assert some.schedules == whole.schedules[:number]
        assert some.total == whole.total


def test_small_dilations_may_take_two_more_layers():
    found = design(rf=65, prefer="small-dilations", count=1000)
    assert {len(schedule.dilations) for schedule in found.schedules} == {4, 5, 6}
    largest = [max(schedule.dilations) for schedule in found.schedules]
    assert largest == sorted(largest)
    # 6 layers, none above 7: 1 + 2 * (1 + 3 + 4 * 7) = 65.
    assert found.schedules[0].dilations == (1, 3, 7, 7, 7, 7)


@pytest.mark.parametrize(
    ("levels", "total"), [(4, 25), (5, 32), (5, 50), (6, 50), (6, 150), (6, 300)]
)
def test_a_search_finds_the_most_even_schedule_where_all_can_be_made(levels, total):
    space = Space(3)
    best = min(variation_of(space, one) for one in schedules(space, levels, total))
    tried = search(space, levels, total, 600)
    assert min(tried.values()) == best
    for one in tried:
        bits = mask(one, [3] * levels)
        assert bits & (bits + 1) == 0
        assert sum(one) == total


@pytest.mark.parametrize("powers", [None, 2])
def test_a_search_tries_no_more_than_it_may(powers):
    for most in (1, 7, 50):
        assert 1 <= len(search(Space(3, powers=powers), 9, 400, most)) <= most


def test_what_a_design_costs_does_not_rise_with_the_field(monkeypatch):
    """The schedules whose path counts are told: once all of a field, in a longer one none."""
    told = []
    kept = ranking.variation_of
    for module in ("ranking", "searching"):
        name = f"rfcalc.schedules.{module}.variation_of"
        monkeypatch.setattr(name, lambda space, one: told.append(one) or kept(space, one))
    for rf in (1001, 10_001, 100_001, 10**9 + 1, 10**12 + 1):
        told.clear()
        found = design(rf=rf)
        assert found.total is None
        assert not found.complete
        assert {schedule.rf for schedule in found.schedules} == {rf}
        assert len(told) <= ranking.SEARCH_LIMIT // 9 + len(found.schedules), rf


def test_more_even_is_found_than_each_dilation_as_large_as_can_be():
    """1,3,9,27,81,243,729,1720,2187 has the field of 10,001 cells and a variation of 0.41."""
    assert variation_of(Space(3), (1, 3, 9, 27, 81, 243, 729, 1720, 2187)) > 0.4
    assert design(rf=10_001).schedules[0].cv < 0.14


@pytest.mark.parametrize(
    "wish", [{"layers": 3, "rf": 27}, {"rf": 70, "at_least": True}, {"layers": 4}]
)
def test_perfectly_even_is_said_of_counts_that_are_all_1(wish):
    found = design(**wish, count=1000)
    assert found.schedules[0].even
    for schedule in found.schedules:
        paths = {0: 1}
        for rate in schedule.dilations:
            reached = [(at + tap * rate, n) for at, n in paths.items() for tap in range(3)]
            paths = {}
            for at, n in reached:
                paths[at] = paths.get(at, 0) + n
        assert schedule.even == ({*paths.values()} == {1})
        assert (schedule.cv == 0) == schedule.even


def test_the_most_even_of_many_larger_fields_is_judged_though_not_all_are_made():
    found = design(7, 201, at_least=True)
    assert found.total is None
    assert found.schedules[0].dilations == (1, 3, 9, 27, 81, 243, 729)


@pytest.mark.parametrize(
    ("wish", "sides", "reason"),
    [
        (
            {"rf": 500, "per_level": 2},
            (497, 501),
            "kernel 3, 2 layers a dilation, are 1 plus a mul",
        ),
        ({"layers": 6, "rf": 99, "stacks": 2}, (97, 101), "are 1 plus a multiple of 4"),
        ({"layers": 4, "rf": 27, "powers": 3}, (21, 29), "4 layers of kernel 3 and powers of 3"),
        (
            {"layers": 4, "rf": 999, "powers": 2},
            (31, None),
            "powers of 2 as dilations can reach at",
        ),
        ({"rf": 1}, (None, 3), "1 layer of kernel 3 can see at least 3"),
        ({"rf": 66, "kernel": 8, "powers": 7}, (64, 71), "are 1 plus a multiple of 7"),
    ],
)
def test_the_nearest_fields_of_an_impossible_wish_can_be_had(wish, sides, reason):
    found = design(**wish)
    assert not found.schedules
    assert found.total == 0
    assert reason in found.reason
    for schedule, rf in zip((found.below, found.above), sides, strict=True):
        assert (schedule and schedule.rf) == rf
        if rf is not None:
            again = design(**{**wish, "rf": rf, "layers": len(schedule.dilations)}, count=1000)
            assert schedule in again.schedules


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"layers": 4, "at_least": True}, "'at-least' needs a field"),
        ({"layers": 5, "per_level": 2}, "'layers' is 5, and levels of 2 layers in 1 stack come to"),
        ({"layers": 1, "stacks": 2}, "'layers' is 1, and levels of 1 layer in 2 stacks"),
        ({"rf": 65, "per_level": 9, "stacks": 9}, "81 layers, and at most 64"),
        ({"rf": 65, "powers": 1}, "'powers' is 1"),
        ({"rf": 65, "per_level": 0}, "'per-level' is 0"),
        ({"rf": 65, "stacks": 65}, "'stacks' is 65"),
    ],
)
def test_a_wish_that_contradicts_itself_is_refused(wish, words):
    with pytest.raises(RfcalcError) as caught:
        design(**wish)
    (fault,) = caught.value.diagnostics
    assert fault.code == "RF410"
    assert words in fault.message


@pytest.mark.parametrize(("layers", "times"), [(5, 2), (1, 2), (64, 3), (7, 6)])
def test_the_numbers_of_layers_that_are_offered_instead_can_be_had(layers, times):
    with pytest.raises(RfcalcError) as caught:
        design(layers, per_level=times)
    words = caught.value.diagnostics[0].help.split()
    offered = [int(word) for word in words if word.isdigit()]
    assert offered
    for number in offered:
        assert len(design(number, per_level=times).schedules[0].dilations) == number


@pytest.mark.parametrize(("kernel", "stacks", "per_level"), [(3, 1, 1), (2, 2, 1), (3, 1, 2)])
def test_the_multiply_adds_of_a_schedule_are_those_of_its_network(kernel, stacks, per_level):
    wish = {"kernel": kernel, "stacks": stacks, "per_level": per_level}
    for schedule in design(rf=21, at_least=True, **wish).schedules:
        layers = [{"kernel": kernel, "dilation": rate} for rate in schedule.dilations]
        network = read_text(json.dumps({"dims": 1, "layers": layers}), "net.json")
        assert schedule.macs == per_cell(network)
        assert schedule.field_per_mac == growth(network).rows[-1].rf[0] / schedule.macs


def test_what_a_preference_holds_equal_is_ranked_by_field_for_a_multiply_add():
    ties = 0
    for wish in ({"layers": 2, "rf": 3}, {"layers": 3, "rf": 9, "kernel": 2}, {"rf": 30}):
        found = design(**{"kernel": 3, "at_least": True, "count": 1000} | wish)
        assert found.complete
        for before, after in pairwise(found.schedules):
            assert before.cv <= after.cv
            if before.cv == after.cv:
                ties += before.rf != after.rf
                assert before.field_per_mac >= after.field_per_mac
    assert ties

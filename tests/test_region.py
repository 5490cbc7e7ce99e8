"""Is a union of boxes the set of points that it stands for, in one to three dimensions?"""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfcalc import overlaps
from rfcalc.cells import Cells
from rfcalc.errors import LimitExceeded
from rfcalc.region import BOX_LIMIT, Region, simplified

pytestmark = pytest.mark.slow

AXIS = st.sets(st.integers(-4, 6), max_size=5)


@st.composite
def boxes(draw, most=5):
    dims = draw(st.integers(1, 3))
    return draw(st.lists(st.tuples(*[AXIS] * dims), max_size=most)), dims


def region(sets):
    return Region.of(tuple(Cells.of(axis) for axis in box) for box in sets)


def points(sets):
    return {point for box in sets for point in product(*box)}


def of(found, dims):
    return {point for box in found.boxes for point in product(*box)}


def bounds(cells, dims):
    return [(min(p[a] for p in cells), max(p[a] for p in cells) + 1) for a in range(dims)]


def longest_hole(cells, axis):
    """Longest run of absent points between two present ones on a line along an axis."""
    lines = {}
    for point in cells:
        rest = point[:axis] + point[axis + 1 :]
        lines.setdefault(rest, []).append(point[axis])
    longest = 0
    for line in lines.values():
        line.sort()
        longest = max([longest, *(b - a - 1 for a, b in pairwise(line))])
    return longest


@given(boxes())
def test_a_region_holds_the_points_of_its_boxes(given_boxes):
    sets, dims = given_boxes
    expected, found = points(sets), region(sets)
    assert of(found, dims) == expected
    for point in product(*[range(-5, 8)] * dims):
        assert (point in found) == (point in expected)
    assert 3 not in found


@given(boxes(most=7))
def test_counts_bounds_and_holes_are_those_of_the_points(given_boxes):
    sets, dims = given_boxes
    expected, found = points(sets), region(sets)
    assert found.count == len(expected)
    if not expected:
        assert found.bounds is None
        assert found.volume == 0
        assert not found.holes
        return
    spans = bounds(expected, dims)
    assert [(s.start, s.stop) for s in found.bounds] == spans
    volume = 1
    for low, high in spans:
        volume *= high - low
    assert found.volume == volume
    assert found.holes == (len(expected) < volume)
    for axis in range(dims):
        assert found.largest_hole(axis) == longest_hole(expected, axis)


@given(st.data())
def test_union_of_regions_is_union_of_points(data):
    dims = data.draw(st.integers(1, 3))
    some = st.lists(st.tuples(*[AXIS] * dims), max_size=4)
    a, b = data.draw(some), data.draw(some)
    assert of(region(a) | region(b), dims) == points(a) | points(b)


@given(boxes(), st.tuples(*[st.integers(-9, 9)] * 3))
def test_shift_moves_every_point(given_boxes, by):
    sets, dims = given_boxes
    moved = {tuple(i + b for i, b in zip(p, by, strict=False)) for p in points(sets)}
    assert of(region(sets).shift(by[:dims]), dims) == moved


@given(boxes(), st.tuples(*[st.integers(1, 7)] * 3))
def test_clip_keeps_the_points_on_the_grid(given_boxes, size):
    sets, dims = given_boxes
    kept = {p for p in points(sets) if all(0 <= i < n for i, n in zip(p, size, strict=False))}
    assert of(region(sets).clip(size[:dims]), dims) == kept


@given(boxes(most=7))
def test_no_box_of_a_region_is_empty_or_contained_in_another(given_boxes):
    sets, _ = given_boxes
    found = [set(product(*box)) for box in region(sets).boxes]
    assert all(found)
    for i, one in enumerate(found):
        assert not any(one <= other for j, other in enumerate(found) if j != i)


def test_a_line_without_a_point_in_it_has_no_hole():
    """Two corners: no line along either axis holds more than one of them."""
    corners = region([({0}, {0}), ({5}, {5})])
    assert corners.holes
    assert (corners.largest_hole(0), corners.largest_hole(1)) == (0, 0)
    assert corners.count == 2


def test_the_parallel_dilations_of_an_esp_module_form_a_star():
    """Mehta et al. 2018: 3x3 with dilations 1, 2, 4, 8, 16: 41 cells of 33 x 33."""
    star = region([({-d, 0, d}, {-d, 0, d}) for d in (1, 2, 4, 8, 16)])
    assert (star.count, star.volume) == (41, 33 * 33)
    assert star.largest_hole(0) == longest_hole(
        points([({-d, 0, d}, {-d, 0, d}) for d in (1, 2, 4, 8, 16)]), 0
    )


def test_more_boxes_than_the_limit_are_refused():
    many = [(Cells(i, 1), Cells(i, 1)) for i in range(BOX_LIMIT + 1)]
    with pytest.raises(LimitExceeded, match=str(BOX_LIMIT)):
        simplified(many)
    assert len(simplified(many[:BOX_LIMIT])) == BOX_LIMIT


@given(boxes(most=4), boxes(most=4))
def test_shared_cells_are_those_of_both_regions(first, second):
    (one, dims), (other, others) = first, second
    if dims == others:
        assert region(one).shared(region(other)) == len(points(one) & points(other))


def test_boxes_that_overlap_in_too_many_ways_are_refused(monkeypatch):
    monkeypatch.setattr(overlaps, "WORK_LIMIT", 100)
    star = region([({-d, 0, d}, {-d, 0, d}) for d in range(1, 30)])
    with pytest.raises(LimitExceeded, match="overlap"):
        _ = star.count
    with pytest.raises(LimitExceeded, match="overlap"):
        star.largest_hole(0)


def test_boxes_far_apart_are_counted_without_the_cells_between_them():
    far = [(Cells.run(i << 40, 3), Cells.run(i, 3)) for i in range(20)]
    region = Region.of([*far, (Cells.run(0, 1 << 45), Cells.run(7, 1))])
    assert region.count == 20 * 9 + (1 << 45) - 3 * 3

"""A row is made of its field, which element-wise layers share, and both are shown in one line."""

import pytest

from rfcalc.gridding.measures import measures
from rfcalc.gridding.summaries import summarise_field
from rfcalc.interior import Field, field_of, footprint, growth
from tests.brute import net

TEXT = """
dims: 2
layers:
  - {op: conv, kernel: 3, name: a}
  - {op: relu, name: same}
  - {op: conv, kernel: 3, dilation: 2, name: b}
  - {op: sequence, side: before, over: [true, false], name: past}
"""


def test_element_wise_layers_have_the_field_of_their_input():
    rows = {row.name: row for row in growth(net(TEXT)).rows}
    assert rows["same"].field is rows["a"].field
    assert rows["b"].field == Field(
        phases=(1, 1), phase=(0, 0), rf=(7, 7), start=(-3, -3), end=(3, 3), cells=49,
        holes=False, largest_hole=(0, 0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("b", "Row('b', Field(7 x 7, cells=49, start=(-3, -3)))"),
        ("past", "Row('past', Field(all x 7, cells=7, start=(None, -3)))"),
    ],
)
def test_a_row_is_shown_in_one_line(name, shown):
    assert repr(next(row for row in growth(net(TEXT)).rows if row.name == name)) == shown


def test_a_row_hands_on_its_field():
    for row in growth(net(TEXT)).rows:
        for name in ("rf", "start", "end", "center", "cells", "density", "volume", "holes"):
            assert getattr(row, name) == getattr(row.field, name)
        for name in ("largest_hole", "phases", "phase", "unbounded", "bounded", "sides", "reason"):
            assert getattr(row, name) == getattr(row.field, name)


PHASES = """
dims: 2
layers:
  - {op: conv, kernel: 3, stride: 2, name: down}
  - {op: deconv, kernel: 3, stride: 2, dilation: 2, name: up}
  - {op: conv, kernel: [3, 1], dilation: 3, name: last}
"""


@pytest.mark.parametrize("text", [TEXT, PHASES])
def test_rows_summaries_and_measures_hold_one_value(text):
    network = net(text)
    for position, row in enumerate(growth(network).rows):
        found = footprint(network, 0, position)
        assert row.field == field_of(2, found) == summarise_field(network, 0, position).field
        if row.bounded:
            assert measures(network, 0, position).field == row.field


def test_a_field_is_that_of_the_phase_that_is_asked_for():
    network = net(PHASES)
    found = footprint(network, 0, 3)
    fields = [field_of(2, found, (a, b)) for a in range(2) for b in range(2)]
    assert len({field.cells for field in fields}) > 1
    for field in fields:
        region = found.read(field.phase)
        assert (field.cells, field.start) == (
            region.count,
            tuple(span.start for span in region.bounds) if region.bounds else None,
        )
        assert measures(network, 0, 3, phase=field.phase).field == field
    worse = summarise_field(network, 0, 3, worse=True).field
    shares = [field.density for field in fields if field.rf is not None]
    assert worse.density == min(shares)

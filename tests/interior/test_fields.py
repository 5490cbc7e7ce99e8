"""A row is made of its field, which element-wise layers share, and both are shown in one line."""

import pytest

from rfcalc.interior import Field, growth
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


def test_a_row_speaks_for_its_field():
    for row in growth(net(TEXT)).rows:
        for name in ("rf", "start", "end", "center", "cells", "density", "volume", "holes"):
            assert getattr(row, name) == getattr(row.field, name)
        for name in ("largest_hole", "phases", "phase", "unbounded", "bounded", "sides", "reason"):
            assert getattr(row, name) == getattr(row.field, name)

"""Does a field turn round with a reversed axis, and back with the second reversal?"""

import numpy as np
import pytest

from rfcalc.footprint import Unbounded
from rfcalc.interior import growth
from rfcalc.masks import mask
from tests.brute import net

CHAIN = "conv: {{kernel: 3, dilation: {rate}, name: c{rate}}}"


def field(text):
    return growth(net(text)).rows[-1]


def layers(*given):
    return "input: [12, 15]\nlayers:\n" + "".join(f"  - {layer}\n" for layer in given)


@pytest.mark.parametrize("inside", ["{kernel: 3}", "{kernel: 4, stride: 3, padding: 0}"])
def test_two_reversals_are_none(inside):
    turned = field(layers("flip", inside, "flip"))
    plain = field(layers(inside))
    assert (turned.rf, turned.jump, turned.unbounded) == (plain.rf, plain.jump, None)


def test_one_reversal_steps_backwards():
    row = field(layers("flip: {over: [false, true]}", "{kernel: 3, stride: 2}"))
    assert row.rf == (3, 3)
    assert row.jump == (2, -2)
    assert row.start == (-1, 13)


def test_a_branch_that_is_turned_and_turned_back_meets_the_other_on_its_cells():
    branches = "parallel: {merge: add, branches: [[{kernel: 3}], [flip, {kernel: 3}, flip]]}"
    row = field(layers(branches))
    assert (row.rf, row.cells, row.unbounded) == ((3, 3), 9, None)


def test_what_reads_a_place_and_its_mirror_image_has_no_field_that_moves_along():
    text = layers("parallel: {merge: add, branches: [[identity], [flip]]}", "{kernel: 3}")
    assert field(text).unbounded == (Unbounded("add1", "both"),) * 2
    seen = mask(net(text), at=(2, 3)).array()
    wanted = np.zeros((12, 15), bool)
    wanted[1:4, 2:5] = True
    assert (seen == (wanted | wanted[::-1, ::-1])).all()


def test_a_turned_schedule_grids_as_it_did():
    rates = [CHAIN.format(rate=rate) for rate in (2, 4)]
    turned = field(layers("flip", *rates, "flip"))
    plain = field(layers(*rates))
    assert turned.holes
    assert (turned.rf, turned.cells, turned.largest_hole) == (
        plain.rf,
        plain.cells,
        plain.largest_hole,
    )

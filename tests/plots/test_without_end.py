"""Is a field that has no end on some axes drawn on those on which it has two?"""

from fractions import Fraction

import numpy as np
import pytest
from matplotlib.text import Text
from msgspec import structs

from rfcalc import plots
from rfcalc.errors import RfcalcError
from rfcalc.library.every_output import each
from rfcalc.loading import load
from rfcalc.masks import bounded_mask, mask
from rfcalc.network.naming import axis_names
from rfcalc.plots.fields import field


def mean_over(over, body, size=(9, 40)):
    """A network whose output is the mean of ``body`` over some of the axes."""
    layers = [*body, {"op": "global_pool", "over": over, "name": "mean"}]
    return load({"dims": len(size), "input": list(size), "layers": layers})


BODY = [{"kernel": [3, 5]}, {"kernel": 3, "dilation": [1, 4]}]


@pytest.mark.parametrize(("over", "axis"), [([True, False], 1), ([False, True], 0)])
def test_an_axis_with_two_ends_is_drawn_where_the_other_has_none(over, axis):
    network = mean_over(over, BODY)
    found = bounded_mask(network)
    whole = mask(load({"dims": 2, "layers": BODY})).array()
    np.testing.assert_array_equal(found.array(), whole.any(axis=1 - axis))
    assert found.axes == (axis,)
    drawn = field(found)
    assert [span.extent for span in drawn.frame] == [whole.shape[axis]]
    figure = plots.heatmap(found)
    said = [text.get_text().replace("\xa0", " ") for text in figure.findobj(Text)]
    said = [" ".join(said)]
    assert any(("row", "column")[axis] in word for word in said), said
    assert any(f"on axis {1 - axis} through 'mean'" in word for word in said), said


def test_two_axes_of_a_volume_are_drawn_where_the_third_has_no_end():
    body = [{"kernel": 3, "dilation": [1, 2, 3]}]
    network = mean_over([True, False, False], body, (8, 20, 20))
    found = bounded_mask(network)
    np.testing.assert_array_equal(
        found.array(), mask(load({"dims": 3, "layers": body})).array().any(axis=0)
    )
    assert len(field(found).frame) == 2
    plots.heatmap(found)


def test_counts_and_fields_without_an_end_name_what_answers():
    network = mean_over([True, False], BODY)
    for what in ("paths", "erf"):
        with pytest.raises(RfcalcError, match="`at=` and an input size"):
            plots.fields.ASKED[what](network)
    gate = load({"input": [9, 9], "layers": [{"kernel": 3}, "squeeze_excite"]})
    with pytest.raises(RfcalcError) as caught:
        bounded_mask(gate)
    assert "`ignore_global=True`" in str(caught.value.diagnostics[0].help)


def test_a_position_and_a_bounded_output_are_the_mask_itself():
    network = load("k3,k3d2", input=(9, 9))
    assert bounded_mask(network) == mask(network)
    assert bounded_mask(network, at=(2, 3)) == mask(network, at=(2, 3))


def test_of_several_outputs_the_whole_fields_share_the_figure():
    layers = [{"kernel": 3, "name": "a"}, {"kernel": 1, "from": ["a"], "name": "head"}]
    mean = {"op": "global_pool", "over": [True, False], "from": ["a"], "name": "mean"}
    network = load({"input": [9, 9], "layers": [*layers, mean]})
    found, left = each(network, "mask", ["mean", "head"], None, None, None)
    assert ([one.question.layer for one in found], left) == (["head"], ["mean"])
    assert each(network, "mask", ["mean"], None, None, None)[0][0].axes == (1,)


def test_the_cells_of_a_signal_are_times_also_where_a_model_calls_them_columns():
    network = structs.replace(load("k3,k3d2,k3d4", dims=1), layouts=("NCW",))
    assert axis_names(network) == ("position",)
    assert plots.heatmap(mask(network), rate=Fraction(16000))

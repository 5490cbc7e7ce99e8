"""Are layers that are known by a bound alone taken for it, and is that said?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.masks import mask

N = 17


def network(word, **parameters):
    return load({"input": [N], "dims": 1, "layers": [{word: {**parameters, "name": "c"}}]})


def taps(kernel, stride, dilation, before, furthest, at):
    """Cells of a convolution's taps, each with so many around it, borders cut."""
    places = {stride * at - before + dilation * t for t in range(kernel)}
    near = {place + far for place in places for far in range(-furthest, furthest + 1)}
    return [cell in near for cell in range(N)]


@pytest.mark.parametrize("furthest", [0, 1, 3])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "padding", "before"),
    [(3, 1, 1, None, 1), (3, 2, 1, 1, 1), (5, 1, 2, 0, 0), (3, 1, 3, "same", 3), (1, 1, 1, 2, 2)],
)
def test_taps_of_a_deformable_convolution_reach_further(
    kernel, stride, dilation, padding, before, furthest
):
    given = {"kernel": kernel, "stride": stride, "dilation": dilation, "max_offset": furthest}
    found = network("deform_conv", **given, **({} if padding is None else {"padding": padding}))
    assert found.assumed == (f"c: offsets are taken to reach at most {furthest} cells",)
    size = found.nodes[found.output].size[0]
    plain = load({"input": [N], "dims": 1, "layers": [{"conv": _plain(given, padding)}]})
    assert size == plain.nodes[1].size[0]
    for at in range(size):
        wanted = taps(kernel, stride, dilation, before, furthest, at)
        np.testing.assert_array_equal(mask(found, at=(at,)).array(), wanted)


def _plain(given, padding):
    rest = {name: value for name, value in given.items() if name != "max_offset"}
    return rest if padding is None else {**rest, "padding": padding}


def test_a_submanifold_convolution_is_its_dense_bound():
    found = network("submanifold_conv", kernel=3, dilation=2)
    assert found.assumed == ("c: every cell is taken to be active",)
    dense = load({"input": [N], "dims": 1, "layers": [{"kernel": 3, "dilation": 2}]})
    assert found.nodes[1].layer == dense.nodes[1].layer


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"kernel": 3}, "needs 'max_offset'"),
        ({"max_offset": 2}, "needs 'kernel'"),
        ({"kernel": 3, "max_offset": -1}, "'max_offset' is -1"),
        ({"kernel": 3, "max_offset": 2, "padding": "same", "stride": 2}, "'same' beside a stride"),
        ({"kernel": 3, "max_offset": 2, "padding_mode": "reflect"}, "is reflected"),
    ],
)
def test_a_bound_that_is_missing_or_does_not_hold_is_told(parameters, word):
    with pytest.raises(RfcalcError, match=word):
        network("deform_conv", **parameters)


def test_expressions_and_blocks_give_the_bound():
    found = load(
        {
            "vars": {"far": 1},
            "dims": 1,
            "blocks": {"b": {"layers": [{"deform_conv": {"kernel": 3, "max_offset": "2*far"}}]}},
            "layers": ["b"],
        },
        set={"far": 2},
    )
    assert mask(found).array().shape == (11,)
    assert found.assumed == ("deform_conv1: offsets are taken to reach at most 4 cells",)

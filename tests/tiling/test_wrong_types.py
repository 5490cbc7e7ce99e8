"""Does an error of running on tiles name the parameter whose type is wrong?"""

import numpy as np
import pytest

import rfcalc

WHOLE = np.zeros((10, 10))
PLAN = rfcalc.tile("k3p0", tile=4, input=(10, 10)).plan


def inner(window):
    return window[1:-1, 1:-1]


def kind(value):
    """The name of a value's type, the same in every process."""
    return type(value).__name__


@pytest.mark.parametrize("wrong", [3, b"x", {1}, 1.5, object()], ids=kind)
@pytest.mark.parametrize(
    "name", ["predict", "array", "plan", "out", "axes", "out_axes", "client", "progress"]
)
def test_run_names_the_parameter(name: str, wrong: object):
    given = {"predict": inner, "array": WHOLE, "plan": PLAN, name: wrong}
    with pytest.raises((TypeError, rfcalc.RfcalcError)) as caught:
        rfcalc.tiling.run(**given)
    assert name in str(caught.value)


@pytest.mark.parametrize("wrong", [None, b"x", {1}, 1.5, object()], ids=kind)
def test_a_tile_and_a_halo_name_theirs(wrong: object):
    with pytest.raises(TypeError, match="size is of type"):
        rfcalc.tiling.tile("k3", wrong)
    with pytest.raises(TypeError, match="grids is of type"):
        rfcalc.tiling.halo(wrong)
    with pytest.raises(TypeError, match="figure is of type"):
        rfcalc.figures.save(wrong, "figure.png")


def test_a_plan_of_what_stands_for_a_network_is_that_of_the_network():
    read = rfcalc.tiling.tile(rfcalc.chain("k3,k3d2", input=(32, 32)), 16)
    held = {"input": [32, 32], "layers": [{"kernel": 3}, {"kernel": 3, "dilation": 2}]}
    assert rfcalc.tiling.tile(held, 16).halo == read.halo
    assert rfcalc.tiling.halo(read.grids) == read.halo


@pytest.mark.parametrize("wrong", [3, None, "x", b"x", 1.5], ids=kind)
def test_an_example_input_is_tensors_or_shapes(wrong: object):
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match="example_input is of type"):
        rfcalc.from_torch(torch.nn.Conv2d(3, 4, 3), wrong)

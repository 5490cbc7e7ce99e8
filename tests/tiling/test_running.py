"""Does a function run by tiles give what it gives on the whole, wherever the array lives?"""

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.numpy_backend import forward
from rfcalc.tiling import run, tile
from rfcalc.tiling.one_channel import runner
from tests.tiling.test_outputs import HEADS

CHAINS = {
    "one size": ("k3,k5d2", (40, 36), (12, 9)),
    "strided": ("k3s2,k3", (40, 36), (12, 8)),
    "upsampled": ("k3,up2,k3", (20, 18), (8, 6)),
    "unpadded": ("k3p0,k5p0", (40, 36), (12, 9)),
    "wider than the array": ("k3", (8, 8), (64, 64)),
}


def predicted(plan):
    """Return the network of a plan, run by the NumPy backend."""
    return runner(plan.grids, np.random.default_rng(3))


@pytest.fixture(params=CHAINS.values(), ids=list(CHAINS))
def case(request):
    chain, size, tiles = request.param
    plan = tile(load(chain, input=size), tiles)
    network = predicted(plan)
    array = np.random.default_rng(0).integers(0, 999, (1, *size)) / 65536
    return plan, lambda x: network([x]), array


def test_tiles_of_the_numpy_backend_equal_the_whole_bit_for_bit(case):
    plan, predict, array = case
    seen = []
    found = run(predict, array, plan, progress=lambda done, total: seen.append((done, total)))
    np.testing.assert_array_equal(found, predict(array))
    assert seen == [(n, plan.count) for n in range(1, plan.count + 1)]


def test_results_are_written_to_the_array_that_is_given(case):
    plan, predict, array = case
    whole = predict(array)
    out = np.full_like(whole, np.nan)
    assert run(predict, array, plan, out=out) is out
    np.testing.assert_array_equal(out, whole)


def test_a_network_of_two_outputs_gives_two_arrays():
    from rfcalc.spec import read_text

    plan = tile(read_text(HEADS, "net.yaml"), 20)
    both = [predicted(one) for one in plan.each]
    array = np.random.default_rng(0).integers(0, 999, (1, 60, 72)) / 65536
    found = run(lambda x: tuple(one([x]) for one in both), array, plan)
    assert len(found) == 2
    for part, one in zip(found, both, strict=True):
        np.testing.assert_array_equal(part, one([array]))


def test_axes_may_be_any_dimensions():
    conv = load("k3", input=(20, 24))
    layer = conv.nodes[1].layer
    weights = {"weight": np.arange(9.0).reshape(1, 1, 3, 3)}
    array = np.random.default_rng(0).integers(0, 99, (20, 1, 24)).astype(float)

    def predict(x):
        return forward(layer, [x.swapaxes(0, 1)[None]], weights)[0].transpose(1, 2, 0)

    found = run(predict, array, tile(conv, 7), axes=(0, 2), out_axes=(0, 1))
    np.testing.assert_array_equal(found, predict(array))


@pytest.mark.parametrize("wrong", ["one cell less", "too many results", "no axes"])
def test_a_function_that_does_not_fit_the_plan_is_refused(wrong):
    plan = tile(load("k3", input=(20, 24)), 10)
    predict = {
        "one cell less": lambda x: x[:-1],
        "too many results": lambda x: (x, x),
        "no axes": lambda x: x.sum(0),
    }[wrong]
    with pytest.raises(RfcalcError, match="RF466"):
        run(predict, np.zeros((20, 24)), plan)


def test_arrays_that_do_not_fit_the_plan_are_refused():
    plan = tile(load("k3", input=(20, 24)), 10)
    for array, more, code in (
        (np.zeros((20, 20)), {}, "RF466"),
        (np.zeros((20, 24)), {"out": np.zeros((20, 20))}, "RF466"),
        (np.zeros((20, 24)), {"out": (np.zeros((20, 24)),) * 2}, "RF466"),
        (np.zeros((20, 24)), {"axes": (0,)}, "RF466"),
        (np.zeros((20, 24)), {"axes": (0, 0)}, "RF466"),
    ):
        with pytest.raises(RfcalcError, match=code):
            run(lambda x: x, array, plan, **more)
    with pytest.raises(RfcalcError, match="RF403"):
        run(lambda x: x, np.zeros((20, 24)), tile(load("k3"), 10))


def test_without_zarr_the_line_that_installs_it_is_told(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("rfcalc.packages.import_module", missing)
    plan = tile(load("k3", input=(20, 24)), 10)
    with pytest.raises(RfcalcError, match=r"rfcalc\[zarr\]"):
        run(lambda x: x, np.zeros((20, 24)), plan, out=tmp_path / "out.zarr")
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_refused_before_the_first_tile(tmp_path):
    plan = tile(load("k3", input=(20, 24)), 10)
    (tmp_path / "taken").touch()
    for path in (tmp_path / "taken", tmp_path / "missing" / "out.zarr"):
        with pytest.raises(RfcalcError, match="RF407"):
            run(lambda x: pytest.fail("it was run"), np.zeros((20, 24)), plan, out=path)


@pytest.mark.parametrize("terminal", [False, True])
def test_a_bar_is_shown_on_a_terminal_alone(monkeypatch, capsys, terminal):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    plan = tile(load("k1", input=(20, 24)), 10)
    array = np.arange(480.0).reshape(20, 24)
    np.testing.assert_array_equal(run(lambda x: x + 1, array, plan, progress=True), array + 1)
    assert terminal or capsys.readouterr().err == ""

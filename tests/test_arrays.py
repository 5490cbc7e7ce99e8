"""Does an exported file hold the numbers that plain convolutions of ones give, in every format?"""

import csv
import json
from io import BytesIO, StringIO

import numpy as np
import pytest
from typer.testing import CliRunner

from rfcalc.arrays import export
from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from tests.brute import net

ROW = np.convolve(np.ones(3, int), np.ones(3, int))
"""Paths through two layers of three taps: 1, 2, 3, 2, 1."""


def chain(dims):
    return net(f"dims: {dims}\nlayers: [{{kernel: 3}}, {{kernel: 3}}]")


def counted(dims):
    """Paths through two such layers, of as many axes."""
    found = ROW
    for _ in range(dims - 1):
        found = np.multiply.outer(found, ROW)
    return found


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("what", ["mask", "paths", "erf"])
def test_every_format_holds_the_same_numbers(dims, what):
    paths = counted(dims)
    expected = {"mask": paths > 0, "paths": paths, "erf": paths / 9**dims}[what]
    found = export(chain(dims), what)
    assert found.start == (-2,) * dims
    same = np.testing.assert_allclose if what == "erf" else np.testing.assert_array_equal
    same(np.load(BytesIO(found.encoded(".npy"))), expected)
    with np.load(BytesIO(found.encoded(".npz"))) as archive:
        same(archive[what], expected)
        assert archive["start"].tolist() == [-2] * dims
    data = json.loads(found.encoded(".json"))
    same(np.array(data[what]), expected)
    same(table(found, dims, what), expected.astype(float))


def table(found, dims, what):
    """Return what a table holds: rows as they are, or, of three axes, cells by their place."""
    lines = list(csv.reader(StringIO(found.encoded(".csv").decode())))
    if dims < 3:
        return np.array(lines, float).reshape((-1,) if dims == 1 else (5, 5))
    assert lines[0] == ["axis0", "axis1", "axis2", what]
    values = np.zeros((5,) * dims)
    for *place, value in lines[1:]:
        values[tuple(int(i) + 2 for i in place)] = float(value)
    return values


def test_a_table_of_three_axes_tells_of_no_cell_that_is_not_read():
    network = net("dims: 3\ninput: [4, 4, 4]\nlayers: [{kernel: [1, 2, 1], dilation: [1, 3, 1]}]")
    lines = export(network, "paths", at=(0, 0, 3)).encoded(".csv").decode().splitlines()
    # The padding of a layer that is centred has one cell before, so taps lie at -1 and 2.
    assert lines == ["axis0,axis1,axis2,paths", "0,2,3,1"]


def test_shares_of_counts_beyond_64_bits_are_those_of_the_counts():
    deep = net("dims: 1\nlayers: [{repeat: {times: 60, layers: [{kernel: 3}]}}]")
    found = export(deep, "erf")
    exact = np.array([1], object)
    for _ in range(60):
        exact = np.convolve(exact, np.ones(3, object))
    np.testing.assert_allclose(found.values, [n / 3**60 for n in exact], rtol=1e-12)
    assert found.values.dtype == float
    assert found.notes(".npy") == []


HEADS = "layers: [{kernel: 3, name: near}, {kernel: 5, name: far}, "
HEADS += "{op: identity, from: near, name: edge}]"


def test_every_output_is_written_where_no_layer_is_named(tmp_path):
    (tmp_path / "net.yaml").write_text(HEADS)
    net = str(tmp_path / "net.yaml")
    for suffix in (".npy", ".csv"):
        result = CliRunner().invoke(app, ["export", net, "-o", str(tmp_path / f"m{suffix}")])
        assert isinstance(result.exception, RfcalcError)
        assert all(word in str(result.exception) for word in ("'far'", "'edge'", "--layer"))
    for suffix in (".npz", ".json"):
        done = CliRunner().invoke(app, ["export", net, "-o", str(tmp_path / f"m{suffix}")])
        assert done.exit_code == 0
    with np.load(tmp_path / "m.npz") as arrays:
        shapes = {name: arrays[name].shape for name in ("far.mask", "edge.mask")}
    assert shapes == {"far.mask": (7, 7), "edge.mask": (3, 3)}
    held = json.loads((tmp_path / "m.json").read_text())["outputs"]
    assert [(one["layer"], one["shape"]) for one in held] == [("far", [7, 7]), ("edge", [3, 3])]

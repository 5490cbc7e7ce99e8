"""Does `where` tell boxes, centres and closed forms, and what a pixel reaches?"""

import json
import re
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import rfcalc
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.locations import locate, project
from tests import brute


def data(run, *words):
    status, out, err = run("where", *words, "-f", "json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_closed_forms_are_those_of_every_cell():
    """Against sets of points, for a stride, a dilation, phases, and cells before the origin."""
    text = (
        "dims: 1\nlayers: [{kernel: 4, stride: 3}, {kernel: 3, dilation: 2}, "
        "{upsample: {scale: 2, mode: linear}}, {deconv: {kernel: 3, stride: 2}}]"
    )
    network = brute.net(text)
    for position, place in enumerate(locate(network), start=1):
        (forms,) = place.forms
        step = place.jump[0] * len(forms)
        for cell in range(-9, 10):
            (span,) = brute.spans(brute.field(network, position, (cell,)))
            turn, phase = divmod(cell, len(forms))
            form = forms[phase]
            assert (form.first + step * turn, form.last + step * turn) == span
            (one,) = locate(network, place.layer, at=(cell,))
            assert one.box == (span,)
            assert one.center == (sum(span) / 2,)


def test_a_cell_is_told_with_and_without_the_border(run):
    (place,) = data(run, "k3,k3s2", "--input", "32,32", "--at", "0,5")["layers"]
    assert place == {
        "layer": "conv2",
        "source": "input",
        "at": [0, 5],
        "box": [[-2, 2], [8, 12]],
        "center": [0, 10],
        "jump": [2, 2],
        "start": [-2, -2],
        "phases": [1, 1],
        "forms": [[[-2, 2]], [[-2, 2]]],
        "inside": [[0, 2], [8, 12]],
        "cells": 15,
        "unbounded": None,
    }
    (place,) = data(run, "k3,k3s2", "--at", "-1,5")["layers"]
    assert (place["box"][0], place["inside"]) == ([-4, 0], None)


def test_a_side_without_end_is_null_and_a_fraction_is_text(run, tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(
        "dims: 1\nlayers: [{kernel: 3}, {op: sequence, side: before}, {upsample: {scale: 2}}]"
    )
    *_, last = data(run, net)["layers"]
    assert last["jump"] == ["1/2"]
    assert last["forms"] == [[[None, 1], [None, 1]]]
    assert last["center"] == [None]
    assert last["unbounded"] == [{"by": "sequence1", "side": "before"}]
    assert ".. .. n+1, n=i//2" in run("where", net)[1]


def test_phases_that_read_alike_are_one_formula_and_it_is_true(run):
    """Against the boxes of single cells, borders far away."""
    lines = run("where", "zoo:unet")[1].splitlines()
    (row,) = [line for line in lines if line.startswith("dec4 ")]
    step, last, period = map(int, re.search(r"(\d+)n .. \d+n[+](\d+), n=i//(\d+) ", row).groups())
    for cell in range(20, 24):
        words = ["--layer", "dec4", "--at", f"{cell},20", "--json"]
        (place,) = json.loads(run("where", "zoo:unet", *words)[1])["layers"]
        first = step * (cell // period)
        assert place["box"][0] == [first, first + last]


def test_an_anchor_lies_at_the_centre_of_its_cell(run):
    """Araujo et al. 2019: ResNet-50 has a field of 483 and a stride of 32."""
    (*_, place) = data(run, "zoo:resnet-v1-50-slim")["layers"]
    (low, high), *_ = place["forms"][0]
    assert (place["jump"], high - low + 1) == ([32, 32], 483)
    (place,) = data(run, "zoo:resnet-v1-50-slim", "--layer", place["layer"], "--at", "2,3")[
        "layers"
    ]
    assert place["center"] == [64 + (low + high) / 2, 96 + (low + high) / 2]


def test_every_output_answers_and_every_layer_has_its_form(run, tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(
        "dims: 1\nlayers: [{kernel: 3, name: near}, {kernel: 9, name: far, from: input}]"
    )
    for words in ([], ["--at", "3"]):
        assert [one["layer"] for one in data(run, net, *words)["layers"]] == ["near", "far"]
    assert data(run, net, "--layer", "near", "--at", "3")["layers"][0]["box"] == [[2, 4]]


def test_a_pixel_is_told_as_table_data_and_picture(run, tmp_path):
    words = ["k3,k3s2,k3d2", "--input", "16,16", "--pixel", "7,9", "--what", "paths"]
    found = data(run, *words)
    assert found["reaches"][1] == {
        "layer": "conv2",
        "size": [8, 8],
        "box": [[3, 4], [4, 5]],
        "cells": 4,
        "holes": False,
        "paths": 16,
    }
    assert "conv3" in run("where", *words)[1]
    assert run("where", *words, "-o", tmp_path / "a.npy")[0] == 0
    array = np.load(tmp_path / "a.npy")
    expected = np.zeros((8, 8), np.int64)
    network = load("k3,k3s2,k3d2", input=(16, 16))
    for cell in product(range(8), range(8)):
        expected[cell] = brute.weights(network, 3, cell).get((7, 9), 0)
    assert_array_equal(array, expected)
    for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".npz", b"PK")):
        path = tmp_path / f"b{suffix}"
        assert run("where", *words, "-o", path)[0] == 0
        assert path.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["k3", "--pixel", "1,1"], "RF403"),
        (["k3", "--input", "8,8", "--pixel", "1"], "RF406 --pixel has 1 value for"),
        (["k3", "--input", "8,8", "--pixel", "8,1"], "RF402 --pixel is 8 on axis 0"),
        (["k3", "--input", "8,8", "--at", "8,1"], "RF402 --at is 8"),
        (["k3", "--at", "8"], "RF406 --at has 1 value for"),
        (["k3", "--at", "1,1", "--pixel", "1,1"], "RF406 --at and --pixel"),
        (["k3", "--what", "paths"], "RF406 --what is of a pixel"),
        (["k3", "-o", "a.npy"], "RF406 a.npy would hold what a pixel reaches"),
        (["k3", "--layer", "none"], "RF401"),
        (["k3,k3", "--source", "conv2", "--layer", "conv1"], "RF405"),
    ],
)
def test_what_cannot_be_answered_is_refused(run, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("where", *words)
    assert (status, out) == (2, "")
    assert err.startswith(code)
    assert not [*tmp_path.iterdir()]


def test_python_gives_the_projective_field_as_cells_and_counts():
    found = rfcalc.where("k3,k3s2,k3d2", pixel=(7, 9), what="paths", input=(16, 16))
    network = load("k3,k3s2,k3d2", input=(16, 16))
    for cell in product(range(8), range(8)):
        assert found.array()[cell] == brute.weights(network, 3, cell).get((7, 9), 0)
    assert found["conv2"].box == ((3, 4), (4, 5))
    with pytest.raises(KeyError, match="conv9"):
        found["conv9"]
    for asked in ({"at": 1, "pixel": 1}, {"what": "paths"}, {"pixel": 1, "what": "erf"}):
        with pytest.raises(RfcalcError, match="RF406"):
            rfcalc.where(network, **asked)


def test_a_picture_of_several_outputs_asks_which(run, tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text("input: [8, 8]\nlayers: [{kernel: 3, name: a}, {kernel: 5, from: input}]")
    words = ["where", net, "--pixel", "1,1", "-o", tmp_path / "a.png"]
    assert "name one with --layer" in run(*words)[2]
    assert run(*words, "--layer", "a")[0] == 0


@pytest.mark.parametrize("what", ["mask", "paths"])
@pytest.mark.parametrize("size", [(9,), (6000,), (9, 7), (8, 7, 6)])
def test_a_projection_is_drawn_on_every_number_of_axes(what, size):
    """A section of a volume goes through the cells that are reached."""
    from rfcalc.plots.projection import projection

    network = load("k3,k3s2", input=size)
    found = project(network, (1,) * len(size), "conv2", what=what)
    figure = projection(found)
    titles = [axes.get_title() for axes in figure.axes]
    assert len([axes for axes in figure.axes if axes.images]) >= (3 if len(size) == 3 else 1)
    assert titles


def test_a_projection_beyond_a_limit_is_refused():
    with pytest.raises(RfcalcError, match="RF409"):
        project(load("k3", input=(1 << 14, 1 << 14)), (1, 1), what="paths")

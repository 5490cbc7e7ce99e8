"""Law: every public result is short to look at, equal to its copies, and the command's JSON."""

import copy
import json
import pickle

import numpy as np
import pytest
from typer.testing import CliRunner

import rfcalc
from rfcalc.cli import app

RESULTS = {
    "analyze": (lambda: rfcalc.analyze("k3,k3d2,k3d9"), "analyze k3,k3d2,k3d9"),
    "analyze of a module path": (
        lambda: rfcalc.analyze("zoo:deeplabv3-resnet50"),
        "analyze zoo:deeplabv3-resnet50",
    ),
    "hdc_check": (lambda: rfcalc.hdc_check([1, 2, 9]), "hdc-check 1,2,9"),
    "design": (lambda: rfcalc.design(5, 65), "design --layers 5 --rf 65"),
    "design of nothing": (lambda: rfcalc.design(2, 999), "design --layers 2 --rf 999"),
    "where": (lambda: rfcalc.where("k3,k3s2"), "where k3,k3s2"),
    "where of a cell": (
        lambda: rfcalc.where("k3,k3s2", at=(1, 2), input=(9, 9)),
        "where k3,k3s2 --at 1,2 --input 9,9",
    ),
    "sizes": (lambda: rfcalc.sizes("zoo:unet-same"), "sizes zoo:unet-same"),
    "sizes at a size": (
        lambda: rfcalc.sizes("k3,k3s2,k3d2", input=(33, 35)),
        "sizes k3,k3s2,k3d2 --input 33,35",
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_public_result_keeps_the_laws(name: str):
    asked, words = RESULTS[name]
    found = asked()
    assert len(repr(found)) < 200
    assert "\n" not in repr(found)
    assert found == asked()
    assert copy.copy(found) == copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found
    printed = CliRunner().invoke(app, [*words.split(), "--format", "json"])
    assert found.to_dict() == json.loads(printed.stdout)
    assert "<table" in found._repr_html_()


def test_a_result_of_layers_is_read_by_name():
    assert rfcalc.analyze("k3,k3d2")["conv2"].rf == (7, 7)
    assert rfcalc.where("k3,k3s2")["conv2"].jump == (2, 2)
    with pytest.raises(KeyError, match="conv3"):
        rfcalc.analyze("k3,k3d2")["conv3"]


ARRAYS = {
    "mask": lambda **asked: rfcalc.mask("k3,k3d2,k3d9", **asked),
    "paths": lambda **asked: rfcalc.paths("k3,k3d2,k3d9", **asked),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("asked", [{}, {"at": 3, "input": (12, 9)}])
def test_masks_and_counts_are_arrays_to_numpy(name: str, asked: dict[str, object]):
    found = ARRAYS[name](**asked)
    np.testing.assert_array_equal(np.asarray(found), found.array())
    assert np.asarray(found).dtype == found.array().dtype != object
    assert np.asarray(found, dtype=float).dtype == float
    np.testing.assert_array_equal(np.asarray(found, dtype=float), found.array().astype(float))
    held = found.array()
    np.array(found)[:] = 0
    np.testing.assert_array_equal(found.array(), held)
    assert held.any()


@pytest.mark.parametrize("name", ARRAYS)
def test_masks_and_counts_are_equal_to_their_copies_and_short(name: str):
    found = ARRAYS[name]()
    assert found == ARRAYS[name]() == copy.copy(found)
    assert copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found
    assert found != ARRAYS[name](at=3, input=(12, 9))
    assert found != 3
    assert len(repr(found)) < 200


def test_counts_beyond_the_words_of_numpy_stay_integers():
    found = rfcalc.paths(",".join(["k9"] * 24), at=40, input=(96, 96))
    assert np.asarray(found).dtype == object
    assert np.asarray(found).sum() == found.total

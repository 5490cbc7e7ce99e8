"""Does `rfcalc erf` say what Python says, and refuse what it cannot measure?"""

import json

import numpy as np
import pytest

from tests.effective.models import NET, measured, saved, trained
from tests.effective.models import fixture as _models

__all__ = ["_models"]
INPUT = ("--input", "1,3,24,24")


def test_the_command_says_what_python_says(run):
    status, out, _ = run(
        "erf",
        NET,
        *INPUT,
        "--weights",
        saved("n.pt", trained().state_dict()),
        "--samples",
        "3",
        "--format",
        "json",
    )
    assert status == 0
    assert json.loads(out) == json.loads(json.dumps(measured(weights="n.pt", samples=3).to_dict()))


def test_the_command_compares_networks(run, tmp_path):
    saved("n.pt", trained().state_dict())
    status, out, _ = run("erf", NET, "zoo:srcnn", NET, *INPUT, "--samples", "2")
    assert status == 0
    assert out.count("Net ") == 8
    assert out.count("srcnn ") == 2
    status, out, _ = run("erf", NET, "k3", *INPUT, "--samples", "2", "--format", "json")
    assert [one["how"] for one in json.loads(out)["networks"]] == ["gradients", None]
    for name in ("a.png", "a.svg", "a.pdf", "a.npz"):
        status, _, err = run("erf", NET, "k3", *INPUT, "--samples", "2", "-o", name)
        assert (status, (tmp_path / name).stat().st_size > 500) == (0, True), err
    with np.load("a.npz") as held:
        assert {"Net.measured", "Net.start", "k3.expected"} <= set(held)
    status, _, err = run("erf", NET, "k3", *INPUT, "--samples", "2", "-o", "a.npy")
    assert (status, "RF406" in err) == (2, True)
    status, *_ = run("erf", NET, *INPUT, "--samples", "2", "-o", "a.npy")
    assert np.load("a.npy").shape == (7, 7)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((NET, "--weights", "none.pt", *INPUT), "RF454"),
        ((NET, "--images", "none", *INPUT), "RF455"),
        ((NET, "--input", "1,3,6,24"), "RF450"),
        (("erf_models:Log", *INPUT), "RF451"),
        (("erf_models:zero", *INPUT), "RF452"),
        ((NET, "k3", "--weights", "a", *INPUT), "RF406"),
        ((NET, "k3", "--resume", "a.npz", *INPUT), "RF406"),
        ((NET, "--mean", "a,b", *INPUT), "RF406"),
        ((NET, "--std", "nan", *INPUT), "RF406"),
        ((NET, "--ignore-global", *INPUT), "RF406"),
        ((NET, "--set", "a=1", *INPUT), "RF406"),
        ((NET,), "RF512"),
        (("k3,k3", "--weights", "a.pt"), "RF406"),
    ],
)
def test_the_command_refuses_with_status_2(run, tmp_path, words, code):
    status, out, err = run("erf", *words)
    assert (status, out) == (2, "")
    assert code in err
    assert "Traceback" not in err
    assert {path.name for path in tmp_path.iterdir()} <= {"erf_models.py", "__pycache__"}


def test_thresholds_are_numbers_and_columns(run):
    """Typer's newer releases leave reading the words of a list to us."""
    status, out, err = run("erf", "k3,k3d2", "--threshold", "60", "--threshold", "0.5")
    assert (status, err) == (0, "")
    assert "cells > 60 %  cells > 0.5 %" in out
    status, out, _ = run("erf", "k3,k3d2", "--threshold", "60", "--format", "json")
    areas = json.loads(out)["layers"][0]["expected"]["area"]
    assert list(areas) == ["60"]
    for word in ("x", "-1", "101", "nan"):
        status, _, err = run("erf", "k3,k3d2", "--threshold", word)
        assert (status, "--threshold" in err) == (2, True)

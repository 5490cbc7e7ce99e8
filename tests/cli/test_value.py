"""Is ``--value`` taken as it is typed, and met with the form that works?"""

import json

import pytest

from tests.importers.test_onnx_values import model as model


@pytest.mark.parametrize(("typed", "kernel"), [("sr=16000", 9), ("sr=8e3", 5)])
def test_a_value_chooses_a_branch(run, model, typed, kernel):
    status, out, err = run("analyze", model, "--value", typed, "--format", "json")
    assert (status, err) == (0, "")
    assert json.loads(out)["layers"][-1]["rf"] == [kernel]


@pytest.mark.parametrize("typed", ["sr", "=1", "sr=", "sr=fast", "sr=1,,2"])
def test_a_value_without_a_number_is_met_with_the_form(run, model, typed):
    status, _, err = run("analyze", model, "--value", typed)
    assert status == 2
    assert "--value sr=16000" in err

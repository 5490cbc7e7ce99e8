"""Does the docstring of every public function say what a caller needs?"""

import inspect
import re

import pytest

import rfcalc

FUNCTIONS = {
    name: found for name in rfcalc.__all__ if inspect.isfunction(found := getattr(rfcalc, name))
} | {
    f"{family}.{name}": found
    for family in ("figures", "tiling")
    for name in getattr(rfcalc, family).__all__
    if inspect.isfunction(found := getattr(getattr(rfcalc, family), name))
}
SOURCED = {"analyze", "design", "erf", "fit", "hdc_check", "mask", "paths", "where"}
"""Functions whose answer has a name in the literature."""
CELLS = {"at", "halo", "input", "phase", "pixel", "size", "tile", "whole"}
"""Parameters that are given per axis, whose entry says of what."""


def entries(text: str) -> dict[str, str]:
    """Return what is said of each parameter."""
    part = text.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    found = re.split(r"^(?=\w[\w, ]* : )", part, flags=re.MULTILINE)
    pairs = (one.partition(" : ") for one in found if one)
    return {name.strip(): said for names, _, said in pairs for name in names.split(",")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_is_described_and_none_that_there_is_not(name: str):
    function = FUNCTIONS[name]
    said = entries(inspect.getdoc(function) or "")
    assert set(said) == set(inspect.signature(function).parameters)
    for parameter, words in said.items():
        assert len(words.split()) > 2, parameter


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_given_per_axis_says_of_what(name: str):
    for parameter, words in entries(inspect.getdoc(FUNCTIONS[name]) or "").items():
        if parameter in CELLS and not name.startswith("figures") and name not in PICTURES:
            assert re.search(r"cell|shape|size|index|``load``|phase|axis|axes", words), parameter


PICTURES = {"graph", "growth", "heatmap"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_faults_are_named_with_their_codes(name: str):
    raised = (inspect.getdoc(FUNCTIONS[name]) or "").partition("Raises\n------\n")[2]
    assert "RfcalcError" in raised
    assert re.search(r"RF\d{3}|[Ee]very fault", raised)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_there_is_one_example_that_runs(name: str):
    text = inspect.getdoc(FUNCTIONS[name]) or ""
    assert text.count("Examples\n--------\n") == 1
    assert ">>> " in text.partition("Examples\n--------\n")[2]


@pytest.mark.parametrize("name", sorted(SOURCED))
def test_what_the_literature_has_says_where(name: str):
    assert "Source:" in (inspect.getdoc(FUNCTIONS[name]) or "")


def test_the_first_line_says_what_is_returned():
    for name, function in FUNCTIONS.items():
        first = (inspect.getdoc(function) or "").split("\n")[0]
        assert re.match(r"(Return|Run|Write)\b", first), name
        assert first.endswith("."), name

"""Does the reference name everything that there is? What is made from the code, and by hand."""

import json
import re

import pytest

from rfcalc.codes import CODES
from rfcalc.layers import LAYERS
from tests.readme import PAGES, ROOT, folder, output

griffe = pytest.importorskip("griffe", reason="the documentation is built with griffe")

from docs.made import MADE, PLACE, expanded  # noqa: E402
from docs.made.theorem_tests import LINK, linked, source  # noqa: E402

DOCS = ROOT / "docs"


def page(name):
    return expanded((DOCS / name).read_text(encoding="utf-8"))


def test_every_part_that_is_made_has_its_place():
    named = [found for path in PAGES for found in PLACE.findall(path.read_text(encoding="utf-8"))]
    assert sorted(named) == sorted(MADE)


def test_every_option_of_every_command_is_told():
    import typer

    from rfcalc.cli import COMMANDS, app

    sections = re.split(r"^## ", page("reference/commands.md"), flags=re.MULTILINE)
    told = {section.partition("\n")[0]: section for section in sections[1:]}
    assert list(told) == list(COMMANDS)
    group = typer.main.get_command(app)
    for name, section in told.items():
        for parameter in group.get_command(None, name).params:
            words = parameter.opts if parameter.param_type_name == "option" else []
            assert all(f"`{word}`" in section for word in words), (name, words)
            meaning = re.split(r"\||\[default", parameter.help or "")[0]
            assert meaning in section, (name, parameter.name)


def test_every_code_is_told_where_its_anchor_is():
    told = page("reference/errors.md") + page("reference/findings.md")
    assert sorted(re.findall(r"\{ #(r[fg]\d{3}) \}", told)) == [code.lower() for code in CODES]


def test_every_op_is_told_with_its_parameters():
    from rfcalc.spec.parameters import parameters

    told = page("reference/network-file.md")
    for op, layer in LAYERS.items():
        assert f"`{op}`" in told
        assert all(f"`{name}`" in told for name in parameters(layer))


def test_every_public_name_is_told():
    import rfcalc

    told = page("reference/python.md")
    anchors = re.findall(r"^### `(\w+)` \{ #\w+ \}$", told, re.MULTILINE)
    assert sorted(anchors) == sorted(set(rfcalc.__all__) - {"__version__", "figures", "tiling"})
    for name in ("figures.animation", "figures.effective", "tiling.run", "tiling.Plan"):
        assert f"#### `{name}`" in told


@pytest.mark.parametrize("framework", ["torch", "onnx", "keras"])
def test_every_operator_is_told_and_every_kind_explained(framework):
    from rfcalc.importers.tables import table

    told = page("reference/operators.md")
    kinds = set(re.findall(r"^\| ([a-z-]+) \|", told, re.MULTILINE))
    for row in table(framework):
        assert f"`{row.name}`" in told
        assert row.kind in kinds


def test_every_gate_is_told():
    from rfcalc.gates import GATES

    text = (DOCS / "how-to" / "ci.md").read_text(encoding="utf-8")
    table = text[text.index("| gate | asks |") :].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", table)) == set(GATES)


def test_every_theorem_is_linked_to_tests_that_there_are():
    text = (DOCS / "theory.md").read_text(encoding="utf-8")
    theorems = re.split(r"^### (T\d+): .* \{ #t\d+ \}$", text, flags=re.MULTILINE)[1:]
    assert theorems[::2] == [f"T{number}" for number in range(1, 13)]
    assert all(LINK.search(body) for body in theorems[1::2])
    for name in linked():
        path, body = source(name)
        assert (ROOT / path).is_file()
        assert f"def {name}(" in body


RESULTS = (DOCS / "reference" / "results.md").read_text(encoding="utf-8")
KEYS = re.findall(r"<!-- keys: (.*) -->\n((?:\|.*\n)+)", RESULTS)


def flattened(data, start=""):
    """Every key of a document, with what leads to it."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{start}{key}"
            yield from flattened(value, f"{start}{key}.")
    elif isinstance(data, list):
        for value in data:
            yield from flattened(value, f"{start.removesuffix('.')}[].")


def test_results_are_told_of_some_commands():
    assert len(KEYS) >= 5


@pytest.mark.parametrize(("command", "table"), KEYS, ids=[command for command, _ in KEYS])
def test_the_keys_of_a_result_are_those_that_are_told(command, table):
    with folder():
        _, out = output(f"rfcalc {command} --format json")
    found = set(flattened(json.loads(out)))
    named = {
        key for row in table.splitlines() for key in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    assert named <= found

    def covered(key):
        """A key is told, or what it is part of is, or every part of it."""
        whole = [key[: end.start()] for end in re.finditer(r"\[\]\.|\.|\[\]$", key)]
        parts = [other for other in found if re.match(rf"{re.escape(key)}(\[\])?\.", other)]
        return (
            key in named or any(w in named for w in whole) or (parts and all(map(covered, parts)))
        )

    # Told as a list alone, as `layers`, does not tell what an entry holds.
    lists = {key for key in named if any(other.startswith(f"{key}[]") for other in named)}
    named -= lists
    assert [key for key in sorted(found - lists) if not covered(key)] == []

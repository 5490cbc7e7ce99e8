"""Is docs/audit.md what the zoo says today, and does each of its commands show the same?"""

import json
import re

import pytest
from typer.testing import CliRunner

from benchmarks.audit import FILE, audit
from rfcalc.cli import app
from rfcalc.zoo import zoo_names
from tests.whole import sample

TEXT = FILE.read_text() if FILE.exists() else ""


def tables(text):
    """Return the rows of every Markdown table as dictionaries, by the title above it."""
    found = {}
    for part in text.split("\n## ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("| ")]
        cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
        if cells:
            heads, _, *rows = cells
            found[part.splitlines()[0]] = [dict(zip(heads, row, strict=True)) for row in rows]
    return found


def rows(title):
    return [pytest.param(row, id=row["command"].strip("`")) for row in tables(TEXT)[title]]


def asked(row):
    words = row["command"].strip("`").split()
    assert words[0] == "rfcalc"
    result = CliRunner().invoke(app, [*words[1:], "--format", "json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    name = words[words.index("--layer") + 1] if "--layer" in words else row["output"]
    return next(layer for layer in data["layers"] if layer["name"] == name)


def short(values):
    return str(values[0]) if len(set(values)) == 1 else "x".join(map(str, values))


def lines_of(text, names):
    """Return the rows of all tables that begin with one of the names."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [line for line in lines if line[2:].partition(" | ")[0] in names]


@pytest.mark.slow
def test_the_document_is_what_the_zoo_says_today():
    names = sample(zoo_names(), 16)
    made, anew = audit(names), "python -m benchmarks.audit writes it anew"
    assert lines_of(made, names)
    assert lines_of(made, names) == lines_of(TEXT, names), anew
    assert made == TEXT or names != zoo_names(), anew


@pytest.mark.parametrize("row", rows("Stages that sample their own input with holes"))
def test_the_command_of_a_stage_shows_its_numbers(row):
    layer = asked(row)
    assert layer["holes"]
    assert short(layer["rf"]) == row["field"]
    assert f"{layer['density']:.1%}" == row["density"]
    assert short(layer["largest_hole"]) == row["largest hole"]


@pytest.mark.parametrize("row", rows("Stages without holes"))
def test_the_command_of_a_stage_without_holes_shows_none(row):
    layer = asked(row)
    assert not layer["holes"]
    assert short(layer["rf"]) == row["field"]


@pytest.mark.parametrize("row", rows("Outputs that leave cells of the input box unread"))
def test_the_command_of_an_output_shows_its_holes(row):
    layer = asked(row)
    assert f"{layer['density']:.1%}" == row["density"]
    assert short(layer["rf"]) == row["field"]


def test_every_network_stands_in_one_place():
    found = tables(TEXT)
    dilated = {
        row["network"] for title in found for row in found[title] if title.startswith("Stages")
    }
    rest = set(re.split(r", ", TEXT.rpartition("## No dilation above 1\n\n")[2].strip()))
    assert dilated | rest == set(zoo_names())
    assert not dilated & rest


def test_the_known_cases_are_in_it():
    """DeepLabV3 grids (THEORY 3, T11); HDC and the last layers of DRN-C are there to prevent it."""
    holed = {r["network"] for r in tables(TEXT)["Stages that sample their own input with holes"]}
    assert "deeplabv3-resnet50" in holed
    assert "tusimple-duc-hdc" not in holed
    assert "drn-c-26" not in holed

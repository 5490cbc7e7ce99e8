"""Is docs/audit.md what the zoo says today, and does each of its commands show the same?"""

import json
import re

import pytest
from typer.testing import CliRunner

from benchmarks.audit import FILE, audit
from rfcalc.architectures import zoo_names
from rfcalc.cli import app
from tests.whole import sample

pytestmark = pytest.mark.slow

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
    found = sample(tables(TEXT)[title], 8)
    return [pytest.param(row, id=row["command"].strip("`")) for row in found]


def asked(row):
    words = row["command"].strip("`").split()
    assert words[0] == "rfcalc"
    result = CliRunner().invoke(app, [*words[1:], "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def layer(row):
    """What the command says of the layer that the row is about."""
    data = asked(row)
    for key in ("stage", "run"):
        if " to " in row.get(key, ""):
            name = row[key].rpartition(" to ")[2]
            break
    else:
        name = row["output"]
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


@pytest.mark.parametrize("row", rows("Stages with holes"))
def test_the_command_of_a_stage_shows_its_numbers(row):
    found = layer(row)
    assert found["holes"]
    assert short(found["rf"]) == row["field"]
    assert f"{found['density']:.1%}" == row["density"]
    assert short(found["largest_hole"]) == row["largest hole"]


@pytest.mark.parametrize("row", rows("Stages without holes"))
def test_the_command_of_a_stage_without_holes_shows_none(row):
    found = layer(row)
    assert not found["holes"]
    assert short(found["rf"]) == row["field"]


@pytest.mark.parametrize("row", rows("Lattice runs"))
def test_the_command_of_a_run_shows_its_density_alone(row):
    found = layer(row)
    assert found["holes"]
    assert f"{found['density']:.1%}" == row["density alone"]


@pytest.mark.parametrize("row", rows("Outputs with holes in the pixels of the image"))
def test_the_command_of_an_output_shows_its_holes(row):
    found = layer(row)
    assert f"{found['density']:.1%}" == row["density"]
    assert short(found["rf"]) == row["field"]


@pytest.mark.parametrize("row", tables(TEXT)["Published claims, by number"][:8])
def test_the_command_of_a_claim_shows_the_cells_that_are_counted(row):
    data, cells = asked(row), re.search(r"([\d,]+) of (\d+) x \2 cells", row["counted"])
    number = int(cells[1].replace(",", ""))
    assert number in {layer["cells"] for layer in data["layers"]}
    if share := re.search(r"; ([\d.]+)% of the energy", row["counted"]):
        assert f"{data['measures']['evenness']['leak'][0]['1/2']:.1%}" == f"{share[1]}%"


@pytest.mark.parametrize("row", tables(TEXT)["Published claims, by number"][8:])
def test_the_share_of_valid_taps_is_that_of_the_finding(row):
    share = re.search(r"for ([\d.]+)% of the outputs", row["counted"])[1]
    told = [f["message"] for f in asked(row)["findings"] if f["code"] == "RG113"]
    wanted = "for none of" if share == "0.0" else f"for {share}% of"
    assert not told if float(share) >= 25 else wanted in told[0]


def test_every_network_stands_in_one_place():
    found = tables(TEXT)
    dilated = {
        row["network"] for title in found for row in found[title] if title.startswith("Stages")
    }
    rest = set(re.split(r", ", TEXT.rpartition("## No dilation above 1\n\n")[2].strip()))
    assert dilated | rest == set(zoo_names())
    assert not dilated & rest


def test_the_known_cases_are_in_it():
    """No ResNet of DeepLab has a hole from where its resolution begins; all contain a run."""
    found = tables(TEXT)
    holed = {row["network"] for row in found["Stages with holes"]}
    runs = {row["network"] for row in found["Lattice runs"]}
    for name in ("deeplabv3-resnet50", "deeplabv2-resnet101", "pspnet", "drn-c-26"):
        assert name not in holed
        assert name in runs
    assert {"espnet", "deeplab-aspp-l", "aspp-module"} <= holed

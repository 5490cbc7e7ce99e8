"""Do reports for other programs keep to their published schemas, whatever a network is called?

The schema of JUnit reports is that of Jenkins' xUnit plugin, which lies in the source distribution
of pytest; ``RFCALC_JUNIT_XSD`` says where. That of SARIF is of OASIS, as the models that
pydantic-sarif has made of it.
"""

import json
import os
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app

ODD = [
    "plain",
    "a<b>&\"c'",
    "]]>",
    "<![CDATA[",
    "-->",
    "&amp;&#0;",
    "\x1b[31mred",
    "\x07\x7f\x85",
    "a\ttab\nand\rlines",
    "  spaces  ",
    "\u202eturned\u2028\ufeff",
    "\ufffe\uffff\U0010ffff",
    "fox \U0001f98a \u00e9 \u4e2d",
    "caf\udce9",
    "![x](http://a.b)",
    "=cmd|' /C calc'!A0",
    "%0A::error::%25",
    "\\x1b",
    "x" * 240,
]
GATES = ("--no-holes", "--max-rf", 3, "--no-gridding", "--min-density", 0.99)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Report on files with odd names, on layers of those names, and on faults that quote them."""
    place = tmp_path_factory.mktemp("odd")
    files = []
    for number, name in enumerate(ODD):
        text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        layers = [{"kernel": 3, "name": text}, {"kernel": 3, "dilation": 9, "name": f"{text}2"}]
        files += [place / f"{name.replace('/', '_')}.yaml", place / f"{number}.yaml"]
        files[-2].write_text(json.dumps({"name": text, "layers": layers}))
        files[-1].write_text(json.dumps({"layers": [{"kernel": 3, text: 1, "op": text}]}))
    asked = ["check", *map(str, GATES), "--no-config", "-f"]

    def report(format):
        return CliRunner().invoke(app, [*asked, format, "--", *map(str, files), "k3d2"]).stdout

    return files, report


@pytest.fixture(scope="module")
def junit(reports):
    return reports[1]("junit")


@pytest.fixture(scope="module")
def sarif(reports):
    return json.loads(reports[1]("sarif"))


def test_a_junit_report_keeps_to_the_schema_of_jenkins(junit):
    xmlschema = pytest.importorskip("xmlschema")
    place = os.environ.get("RFCALC_JUNIT_XSD")
    if not place:
        pytest.skip("RFCALC_JUNIT_XSD names no schema")
    schema = xmlschema.XMLSchema(place)
    assert [str(fault.reason) for fault in schema.iter_errors(junit)] == []
    wrong = junit.replace("<failure ", "<failed ").replace("</failure>", "</failed>")
    assert not schema.is_valid(wrong)


def test_a_sarif_log_keeps_to_the_schema_of_oasis(sarif):
    model = pytest.importorskip("pydantic_sarif.model")
    log = model.StaticAnalysisResultsFormatSarifVersion210JsonSchema
    log.model_validate(sarif)
    for wrong in ({"level": "fatal"}, {"no such key": 1}, {"message": "a text"}):
        changed = json.loads(json.dumps(sarif))
        changed["runs"][0]["results"][0] |= wrong
        with pytest.raises(ValueError, match="results"):
            log.model_validate(changed)


def test_no_two_networks_share_a_name_and_no_layer_loses_its_own(reports, junit, sarif):
    files, _ = reports
    suites = ElementTree.fromstring(junit)
    assert len({suite.get("name") for suite in suites}) == len(suites) == len(files) + 1
    (run,) = sarif["runs"]
    layers = {result["locations"][0]["logicalLocations"][0]["name"] for result in run["results"]}
    whole = [name for name in ODD if name.isascii()]
    assert {f"{name}2" for name in whole} <= layers

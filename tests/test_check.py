"""Does `rfcalc check` say what fails, to people and to machines?"""

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner

from rfcalc.cli import COMMANDS, app
from rfcalc.errors import LimitExceeded, RfcalcError
from rfcalc.gates import GATES, check

ROOT = Path(__file__).parent.parent


def run(*words):
    return CliRunner().invoke(app, ["check", *map(str, words)])


def fault(result):
    """Return the error that the command ended in; ``main`` prints it and exits with 2."""
    assert isinstance(result.exception, RfcalcError)
    return result.exception.diagnostics[0]


def test_exit_status_is_0_1_or_2(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("layers: [{kernel: 3, strid: 2}]\n")
    good, gridded = "k3,k3d2", "k3d2"
    assert run(good, "--no-holes").exit_code == 0
    assert run(good, gridded, "--no-holes").exit_code == 1
    assert run(good, gridded, bad, "--no-holes").exit_code == 2


def test_one_line_per_failure_with_file_and_layer(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("layers:\n  - {kernel: 3, dilation: 2, name: first}\n")
    result = run(path, "k3d4", "k3", "--no-holes", "--no-unseen", "--max-jump", 2)
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{path}:2:5: RG204 no-holes: 'first' samples 36.0% ")
    assert lines[1].startswith("k3d4: RG204 no-holes: 'conv1' ")
    assert lines[2:] == ["2 failures in 2 of 3 networks (no-holes, no-unseen, max-jump 2)"]


def test_a_bad_file_does_not_hide_the_others(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("layers: [{kernel: 3, strid: 2}]\n")
    result = run(bad, "k3d2", "zoo:resnet51", "--no-holes")
    assert "k3d2: RG204" in result.stdout
    assert "2 of 3 networks could not be judged" in result.stdout
    assert "did you mean 'stride'?" in result.stderr
    assert "did you mean 'resnet50'?" in result.stderr


def test_a_network_beyond_the_limits_does_not_hide_the_others(monkeypatch):
    def limited(network, *arguments, **options):
        if network.name == "k5":
            raise LimitExceeded("too many boxes")
        return check(network, *arguments, **options)

    monkeypatch.setattr("rfcalc.library.limits.missed", limited)
    result = run("k5", "k3d2", "--no-holes")
    assert result.exit_code == 2
    assert "RF305 too many boxes" in result.stderr
    assert "k3d2: RG204" in result.stdout
    assert "1 of 2 networks could not be judged" in result.stdout


def test_quiet_prints_nothing_and_a_file_takes_the_report(tmp_path):
    result = run("k3d2", "--no-holes", "--quiet")
    assert (result.stdout, result.exit_code) == ("", 1)
    path = tmp_path / "out.xml"
    result = run("k3d2", "--no-holes", "-f", "junit", "-o", path, "--quiet")
    assert (result.stdout, result.exit_code) == ("", 1)
    assert ElementTree.parse(path).getroot().tag == "testsuites"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["k3"], "no gate is set"),
        (["k3", "--min-rf", "100", "--max-rf", "50"], "no field satisfies both"),
        (["k3", "--min-rf", "9,100", "--max-rf", "50"], "no field satisfies both"),
        (["k3", "--min-rf", "9,9", "--max-rf", "9,9,9"], "min-rf has 2 axes and max-rf has 3"),
        (["k3", "--min-rf", "0"], "--min-rf is out of range: 0"),
        (["k3", "--min-rf", "a"], "'a' is not an integer"),
        (["k3", "--min-density", "1.5"], "--min-density is out of range"),
        (["k3", "--min-density", "nan"], "--min-density is out of range"),
        (["k3", "--max-jump", "-1"], "--max-jump is out of range"),
    ],
)
def test_gates_that_cannot_be_asked_are_refused(words, said):
    found = fault(run(*words))
    assert found.code == "RF406"
    assert said in found.message
    assert found.help


def test_no_gate_names_those_there_are():
    help = fault(run("k3")).help
    assert all(f"--{name}" in help for name in GATES)


# What machines read.

NETS = ["k3d2", "zoo:enet", "zoo:vgg16", "no such file.yaml"]
FLAGS = ["--no-holes", "--no-checkerboard"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a b,c.yaml").write_text("layers:\n  - {kernel: 3, dilation: 2, name: 'x:y%'}\n")
    return ["a b,c.yaml", *NETS]


def output(folder, format):
    result = run(*folder, *FLAGS, "--format", format)
    assert result.exit_code == 2
    return result.stdout


def test_json_holds_every_failure_and_error(folder):
    data = json.loads(output(folder, "json"))
    assert data["gates"] == {"no-holes": True, "no-checkerboard": True}
    assert (data["passed"], data["failed"], data["errors"]) == (1, 3, 1)
    assert [n["net"] for n in data["networks"]] == folder
    assert [len(n["failures"]) for n in data["networks"]] == [1, 1, 2, 0, 0]
    first = data["networks"][0]["failures"][0]
    assert (first["gate"], first["layer"]) == ("no-holes", "x:y%")
    assert first["at"] == {"file": "a b,c.yaml", "line": 2, "column": 5}
    assert data["networks"][-1]["errors"][0]["code"] == "RF112"


def test_github_commands_read_back(folder):
    """GitHub Docs, workflow commands: `::error key=value,..::message` with percent escapes."""
    lines = output(folder, "github").splitlines()
    parsed = [re.fullmatch(r"::error ([^:]*)::(.*)", line) for line in lines]
    assert all(parsed)
    assert len(parsed) == 5
    values = [dict(pair.split("=", 1) for pair in found[1].split(",")) for found in parsed]
    assert unquote(values[0]["file"]) == "a b,c.yaml"
    assert (values[0]["line"], values[0]["col"]) == ("2", "5")
    assert unquote(values[0]["title"]) == "RG204 no-holes"
    assert unquote(parsed[0][2]).startswith("'x:y%' samples 36.0% of its field")
    assert "file" not in values[1]
    assert values[-1]["file"] == "no such file.yaml"
    assert "line" not in values[-1]


@pytest.mark.parametrize("below", ["", "sub", "sub/deep"])
def test_github_is_told_files_from_the_root_of_the_repository(tmp_path, monkeypatch, below):
    """Its annotations and code scanning know no other root, wherever the step runs."""
    home = tmp_path / "repo" / below
    home.mkdir(parents=True)
    (home / "a.yaml").write_text("layers:\n  - {kernel: 3, dilation: 2}\n")
    (tmp_path / "out.yaml").write_text("layers:\n  - {kernel: 3, dilation: 2}\n")
    monkeypatch.chdir(home)
    outside = os.path.relpath(tmp_path / "out.yaml", home)
    for root, first in ((str(tmp_path / "repo"), f"{below}/a.yaml".lstrip("/")), ("", "a.yaml")):
        monkeypatch.setenv("GITHUB_WORKSPACE", root)
        asked = ("a.yaml", outside, str(home / "a.yaml"), "--no-holes", "-f")
        told = [unquote(one) for one in re.findall(r"file=([^,]*),", run(*asked, "github").stdout)]
        assert told == [first, outside, str(home / "a.yaml")]
        results = json.loads(run(*asked, "sarif").stdout)["runs"][0]["results"]
        places = [one["locations"][0]["physicalLocation"] for one in results]
        uris = [unquote(place["artifactLocation"]["uri"]) for place in places]
        assert uris == [first, outside, (home / "a.yaml").as_uri()]


def test_junit_keeps_to_the_schema_of_ant(folder):
    """Windy Road's schema of Ant's reports: order of children, required attributes, one verdict."""
    text = output(folder, "junit")
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    assert root.attrib == {}
    suites = list(root)
    required = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors"}
    for number, suite in enumerate(suites):
        assert set(suite.attrib) == required | {"time"}
        assert suite.get("id") == str(number)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        tags = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert int(suite.get("tests")) == len(cases) == len(FLAGS)
        for kind in ("failure", "error"):
            assert int(suite.get(f"{kind}s")) == sum(c.find(kind) is not None for c in cases)
        for case in cases:
            assert set(case.attrib) == {"name", "classname", "time"}
            assert len(case) <= 1
            for verdict in case:
                assert verdict.tag in ("failure", "error")
                assert set(verdict.attrib) == {"type", "message"}
    assert [s.get("failures") for s in suites] == ["1", "1", "1", "0", "0"]
    assert [s.get("errors") for s in suites] == ["0", "0", "0", "0", "2"]
    assert suites[2].find("testcase/failure").text.count("help:") == 2


def test_junit_writes_out_what_xml_cannot_hold():
    """Names that differ in it alone stay different."""
    result = run("k3\x0b.yaml", "k3\x0c.yaml", "--no-holes", "-f", "junit")
    suites = ElementTree.fromstring(result.stdout)
    assert [suite.get("name") for suite in suites] == ["k3\\x0b.yaml", "k3\\x0c.yaml"]


def test_sarif_keeps_to_the_standard(folder):
    """OASIS SARIF 2.1.0: required properties, enumerations, indices, places, URIs."""
    log = json.loads(output(folder, "sarif"))
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run_,) = log["runs"]
    assert set(run_) <= {"tool", "invocations", "columnKind", "results"}
    assert run_["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run_["tool"]["driver"]
    assert driver["name"] == "rfcalc"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids)) == len(FLAGS)
    for rule in driver["rules"]:
        assert {"id", "shortDescription", "fullDescription", "help"} <= set(rule)
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    (invocation,) = run_["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [note["descriptor"]["id"] for note in notes] == ["RF112"]
    assert len(run_["results"]) == 4
    for result in [*run_["results"], *notes]:
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        if "ruleId" in result:
            assert ids[result["ruleIndex"]] == result["ruleId"]
        for place in result["locations"]:
            assert set(place) <= {"physicalLocation", "logicalLocations"}
            for logical in place["logicalLocations"]:
                assert set(logical) == {"name", "fullyQualifiedName"}
            region = place.get("physicalLocation", {}).get("region")
            if region is not None:
                assert region["startLine"] >= 1
                assert 1 <= region["startColumn"] < region["endColumn"]
    physical = [r["locations"][0].get("physicalLocation") for r in run_["results"]]
    assert physical[0]["artifactLocation"]["uri"] == "a%20b%2Cc.yaml"
    assert physical[1:] == [None, None, None]


def test_the_hook_of_pre_commit_runs_the_command():
    """pre-commit's documentation: id, name, entry and language are required."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language"} <= set(hook)
    words = hook["entry"].split()
    assert words[0] == "rfcalc"
    assert words[1] in COMMANDS
    assert re.search(hook["files"], "models/trunk.net.yaml")
    assert not re.search(hook["files"], ".github/workflows/ci.yaml")


def test_python_code_is_no_file_to_point_at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    target = "models.there:net"
    told = run(target, "--no-holes", "-f", "github").stdout
    assert "file=" not in told
    assert f"{target}: " in told
    log = json.loads(run(target, "--no-holes", "-f", "sarif").stdout)
    (note,) = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert "physicalLocation" not in note["locations"][0]

"""How do other programs read a check? As a JUnit report, as a SARIF log."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as XML

from rfcalc import __version__
from rfcalc.codes import CODES
from rfcalc.errors import Location
from rfcalc.gates import GATES
from rfcalc.render.checks import Checks, is_file

__all__ = ["as_junit", "as_sarif"]


def as_junit(checks: Checks) -> str:
    """Return a JUnit report: a suite per network, a case per gate.

    It keeps to the stricter of the schemas in use, that of Ant: one failure to a case, no
    attributes on the root.
    """
    root = XML.Element("testsuites")
    for number, net in enumerate(checks.nets):
        missed = {failure.gate for failure in net.failures}
        head = {
            "name": _clean(net.net),
            "package": "rfcalc",
            "id": str(number),
            "timestamp": checks.time,
            "hostname": "localhost",
            "tests": str(len(checks.gates)),
            "failures": str(len(missed)),
            "errors": str(len(checks.gates) if net.faults else 0),
            "time": "0",
        }
        suite = XML.SubElement(root, "testsuite", head)
        XML.SubElement(suite, "properties")
        for gate in checks.gates:
            case = XML.SubElement(suite, "testcase", name=gate, classname=_clean(net.net), time="0")
            told = [f for f in net.failures if f.gate == gate]
            if net.faults:
                first = net.faults[0]
                found = XML.SubElement(case, "error", type=first.code, message=_clean(first.message))
                found.text = _clean("\n".join(map(str, net.faults)))
            elif told:
                first_told = told[0]
                found = XML.SubElement(
                    case, "failure", type=first_told.code, message=_clean(first_told.message)
                )
                found.text = _clean("\n".join(f"{f.message}\nhelp: {f.help}" for f in told))
        XML.SubElement(suite, "system-out")
        XML.SubElement(suite, "system-err")
    XML.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + XML.tostring(root, "unicode") + "\n"


def as_sarif(checks: Checks) -> str:
    """Return a SARIF 2.1.0 log, which code scanning services read. Source: OASIS SARIF 2.1.0."""
    rules = [gate for gate in GATES if gate in checks.gates]
    results = [
        {
            "ruleId": failure.code,
            "ruleIndex": rules.index(failure.gate),
            "level": "error",
            "message": {"text": failure.message},
            "locations": [_sarif_place(net.net, failure.at, failure.layer)],
        }
        for net in checks.nets
        for failure in net.failures
    ]
    notes = [
        {
            "descriptor": {"id": fault.code},
            "level": "error",
            "message": {"text": fault.message},
            "locations": [_sarif_place(net.net, fault.at)],
        }
        for net in checks.nets
        for fault in net.faults
    ]
    driver = {
        "name": "rfcalc",
        "version": __version__,
        "rules": [_rule(name, GATES[name].code) for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not notes, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _clean(text: str) -> str:
    """Drop what XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32 and c not in "\ufffe\uffff")


def _rule(name: str, code: str) -> dict[str, Any]:
    entry = CODES[code]
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.meaning},
        "help": {"text": entry.cure},
        "defaultConfiguration": {"level": "error"},
    }


def _sarif_place(net: str, at: Location | None, layer: str | None = None) -> dict[str, Any]:
    file = at.file if at else net
    place: dict[str, Any] = {}
    if is_file(file):
        path = Path(file)
        uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
        place["physicalLocation"] = {"artifactLocation": {"uri": uri}}
        if at:
            place["physicalLocation"]["region"] = {
                "startLine": at.line,
                "startColumn": at.column,
                "endColumn": at.column + max(1, at.length),
            }
    name = f"{net}::{layer}" if layer else net
    place["logicalLocations"] = [{"name": layer or net, "fullyQualifiedName": name}]
    return place

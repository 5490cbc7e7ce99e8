"""How do other programs read a check? As a JUnit report, as a SARIF log."""

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from rfcalc import __version__
from rfcalc.codes import CODES
from rfcalc.documents import Data
from rfcalc.errors import Diagnostic, Location
from rfcalc.gates import GATES, Failure
from rfcalc.render.checks import Checks, is_file

if TYPE_CHECKING:
    from xml.etree import ElementTree

__all__ = ["as_junit", "as_sarif", "in_repository"]

_UNHELD = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def in_repository(file: str) -> str:
    """Return the path of a file as GitHub looks for it: from the root of the repository.

    A workflow may run in a folder of it. Elsewhere, and for files outside, the path is as given.
    Source: GitHub Docs, *Default environment variables*.
    """
    root = os.environ.get("GITHUB_WORKSPACE")
    path = Path(os.path.normpath(os.path.realpath(".") + os.sep + file))
    if not root or Path(file).is_absolute() or not path.is_relative_to(os.path.realpath(root)):
        return file
    return path.relative_to(os.path.realpath(root)).as_posix()


def as_junit(checks: Checks) -> str:
    """Return a JUnit report: a suite per network, a case per gate.

    It keeps to the stricter of the schemas in use, that of Ant: one failure to a case, no
    attributes on the root.
    """
    from xml.etree import ElementTree

    root = ElementTree.Element("testsuites")
    for number, net in enumerate(checks.nets):
        missed = {failure.gate for failure in net.failures}
        head = {
            "name": _clean(net.net),
            "package": "rfcalc",
            "id": str(number),
            "timestamp": checks.time,
            "hostname": "localhost",
            "tests": str(len(net.gates)),
            "failures": str(len(missed)),
            "errors": str(len(net.gates) if net.faults else 0),
            "time": "0",
        }
        suite = ElementTree.SubElement(root, "testsuite", head)
        ElementTree.SubElement(suite, "properties")
        for gate in net.gates:
            case = ElementTree.SubElement(
                suite, "testcase", name=gate, classname=_clean(net.net), time="0"
            )
            told = [f for f in net.failures if f.gate == gate]
            if net.faults:
                _add(case, "error", net.faults[0], "\n".join(map(str, net.faults)))
            elif told:
                words = "\n".join(f"{f.message}\nhelp: {f.help}" for f in told)
                _add(case, "failure", told[0], words)
        ElementTree.SubElement(suite, "system-out")
        ElementTree.SubElement(suite, "system-err")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


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
    schema = (
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    )
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _add(case: "ElementTree.Element", kind: str, first: Failure | Diagnostic, text: str) -> None:
    """Say why a case failed: the first reason in short, all of them as its text."""
    from xml.etree import ElementTree

    message = _clean(first.message)
    ElementTree.SubElement(case, kind, type=first.code, message=message).text = _clean(text)


def _clean(text: str) -> str:
    r"""Write out what XML 1.0 cannot hold, and the bytes of a file's name that are no text.

    >>> print(_clean("a\x0bb \ufffe caf\udce9"))
    a\x0bb \ufffe caf\xe9
    """
    return _UNHELD.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _rule(name: str, code: str) -> dict[str, Data]:
    entry = CODES[code]
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": entry.title},
        "fullDescription": {"text": entry.meaning},
        "help": {"text": entry.cure},
        "defaultConfiguration": {"level": "error"},
    }


def _sarif_place(net: str, at: Location | None, layer: str | None = None) -> dict[str, Data]:
    file = at.file if at else net
    place: dict[str, Data] = {}
    if is_file(file):
        path = Path(in_repository(file))
        uri = path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
        physical: dict[str, Data] = {"artifactLocation": {"uri": uri}}
        if at:
            physical["region"] = {
                "startLine": at.line,
                "startColumn": at.column,
                "endColumn": at.column + max(1, at.length),
            }
        place["physicalLocation"] = physical
    name = f"{net}::{layer}" if layer else net
    place["logicalLocations"] = [{"name": layer or net, "fullyQualifiedName": name}]
    return place

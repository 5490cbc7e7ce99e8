"""How are missed gates told to people, scripts and continuous integration?"""

from collections.abc import Callable

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.errors import Location, many
from rfcalc.gates.judges import Limit
from rfcalc.render.checks import Checks, is_file
from rfcalc.render.document import as_json_text
from rfcalc.render.exchange import as_junit, as_sarif, in_repository
from rfcalc.shown import visible

__all__ = ["CHECKS", "checks_data", "lines"]


def lines(checks: Checks) -> tuple[tuple[str, str], ...]:
    """Return one line per failure with file and layer, and one that counts; each with its style.

    What was taken for granted of a network stands before the count.
    """
    told: list[tuple[str, str]] = []
    for net in checks.nets:
        for failure in net.failures:
            at = failure.at
            place = f"{at.file}:{at.line}:{at.column}" if at and is_file(at.file) else net.net
            told.append(("", f"{place}: {failure.code} {failure.gate}: {failure.message}"))
    failures = len(told)
    told += [
        ("warning", f"{net.net}: assumed: {note}") for net in checks.nets for note in net.assumed
    ]
    told += [("warning", note) for note in checks.notes]
    total = many(len(checks.nets), "network")
    gates = ", ".join(_set(name, to) for name, to in checks.gates.items())
    counts = [f"{many(failures, 'failure')} in {checks.missed} of {total}"] if failures else []
    if checks.unread:
        counts.append(f"{checks.unread} of {total} could not be judged")
    style = "bad" if counts else "good"
    counts = counts or [f"{total} passed"]
    if checks.accepted:
        counts.append(f"{many(checks.accepted, 'failure')} ignored or in the baseline")
    return (*told, (style, f"{'; '.join(counts)} ({gates})"))


def as_json(checks: Checks) -> str:
    """Return the gates and, per network, the failures and the errors, as JSON."""
    return as_json_text(checks_data(checks))


def checks_data(checks: Checks) -> dict[str, Data]:
    """Return the gates and, per network, the failures and the errors."""
    nets = [
        {
            "net": net.net,
            "passed": not net.failures and not net.faults,
            "failures": [
                {
                    "gate": failure.gate,
                    "code": failure.code,
                    "layer": failure.layer,
                    "message": failure.message,
                    "help": failure.help,
                    "at": _position(failure.at),
                }
                for failure in net.failures
            ],
            "errors": [
                {
                    "code": fault.code,
                    "message": fault.message,
                    "help": fault.help,
                    "at": _position(fault.at),
                }
                for fault in net.faults
            ],
            "exact": net.exact,
            "assumed": net.assumed,
            "gates": net.gates,
            "accepted": net.accepted,
        }
        for net in checks.nets
    ]
    return {
        "rfcalc": __version__,
        "gates": checks.gates,
        "passed": len(checks.nets) - sum(bool(n.failures or n.faults) for n in checks.nets),
        "failed": checks.missed,
        "errors": checks.unread,
        "networks": nets,
    }


def as_github(checks: Checks) -> str:
    """Return workflow commands, which GitHub shows beside the lines of the files.

    Source: GitHub Docs, *Workflow commands for GitHub Actions*.
    """
    lines: list[str] = []
    for net in checks.nets:
        for failure in net.failures:
            text = f"{failure.message} (help: {failure.help})"
            lines.append(_command(net.net, failure.at, f"{failure.code} {failure.gate}", text))
        lines += [
            _command(net.net, fault.at, fault.code, f"{fault.message} ({fault.help})")
            for fault in net.faults
        ]
    return "".join(line + "\n" for line in lines)


CHECKS: dict[str, Callable[[Checks], str]] = {
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
    "junit": as_junit,
}
"""Formats of ``rfcalc check`` beside its lines for people."""


def _set(name: str, to: Limit) -> str:
    if isinstance(to, bool):
        return name
    if isinstance(to, int | str):
        return f"{name} {to}"
    return f"{name} {','.join(map(str, to)) if isinstance(to, tuple) else f'{to:g}'}"


def _position(at: Location | None) -> dict[str, Data] | None:
    return None if at is None else {"file": at.file, "line": at.line, "column": at.column}


def _command(net: str, at: Location | None, title: str, text: str) -> str:
    file = at.file if at else net
    words = [("file", in_repository(file))] if is_file(file) else []
    if at and words:
        words += [("line", str(at.line)), ("col", str(at.column))]
    shown = text if words else f"{net}: {text}"
    pairs = ",".join(f"{key}={_escaped(value, True)}" for key, value in [*words, ("title", title)])
    return f"::error {pairs}::{_escaped(shown)}"


def _escaped(text: str, value: bool = False) -> str:
    signs = [("%", "%25"), ("\r", "%0D"), ("\n", "%0A")]
    for sign, code in signs + ([(":", "%3A"), (",", "%2C")] if value else []):
        text = text.replace(sign, code)
    return visible(text)

"""How is a repair shown? The changed lines, and every stage before and after."""

from typing import Any

from rfcalc import __version__
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.render.stages import NAME, SEEN, TITLE, named, seen, stage_data
from rfcalc.repair import Repair
from rfcalc.report import Report

__all__ = ["repair_document"]


def repair_document(found: Repair, text: str, file: str) -> Document:
    """Return the document of a repair of the given text."""
    parts: list[Table | Lines] = []
    if found.changes and found.text is not None:
        lines: list[tuple[str, str]] = []
        pairs = zip(text.splitlines(), found.text.splitlines(), strict=True)
        for number, (old, new) in enumerate(pairs, start=1):
            if old != new:
                lines += [("bad", f"{number:>4} - {old}"), ("good", f"{number:>4} + {new}")]
        title = f"{file}: total change {found.change}"
        parts.append(Lines(title, tuple(lines)))
    columns = (NAME, Column("", "left", 99), *SEEN)
    rows = _rows(found.before, "before")
    if found.after is not None and found.changes:
        after = _rows(found.after, "after")
        rows = [row for pair in zip(rows, after, strict=False) for row in pair]
    parts.append(Table(TITLE, columns, tuple(rows)))
    parts.append(Lines("", (("good" if found.text else "bad", found.reason),)))
    return Document(tuple(parts), _data(found))


def _rows(report: Report, word: str) -> list[tuple[str, ...]]:
    return [(named(stage), word, *seen(stage)) for stage in report.stages]


def _data(found: Repair) -> dict[str, Any]:
    return {
        "rfcalc": __version__,
        "repaired": found.text is not None,
        "change": found.change if found.text is not None else None,
        "complete_up_to": found.complete,
        "reason": found.reason,
        "changes": [
            {
                "name": change.name,
                "line": change.line,
                "column": change.column,
                "from": change.before,
                "to": change.after,
            }
            for change in found.changes
        ],
        "before": [stage_data(stage) for stage in found.before.stages],
        "after": None
        if found.after is None
        else [stage_data(stage) for stage in found.after.stages],
    }

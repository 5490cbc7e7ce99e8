"""How is a repair shown? The changed lines, and every stage before and after."""

from typing import Any

from rfcalc.render.document import Column, Document, Lines, Table, by_axis
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
    columns = (
        Column("stage", "left", 100),
        Column("", "left", 99),
        Column("dilations", "left", 30),
        Column("rf", keep=90),
        Column("density", keep=85),
        Column("hole", keep=84),
        Column("sublattices", keep=60),
    )
    rows = _rows(found.before, "before")
    if found.after is not None and found.changes:
        after = _rows(found.after, "after")
        rows = [row for pair in zip(rows, after, strict=False) for row in pair]
    parts.append(Table("dilated stages, each against its own input", columns, tuple(rows)))
    if found.reason:
        parts.append(Lines("", (("good" if found.text else "bad", found.reason),)))
    return Document(tuple(parts), _data(found))


def _rows(report: Report, word: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for stage in report.stages:
        measured = stage.measures
        rates = ",".join(by_axis(r) if isinstance(r, tuple) else str(r) for r in stage.dilations)
        rows.append(
            (
                f"{measured.source} -> {measured.layer}",
                word,
                rates if len(rates) <= 40 else f"{rates[:37]}..",
                by_axis(measured.rf),
                f"{measured.density:.3f}",
                by_axis(measured.largest_hole),
                by_axis(measured.sublattices),
            )
        )
    return rows


def _data(found: Repair) -> dict[str, Any]:
    return {
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
        "before": _stages(found.before),
        "after": None if found.after is None else _stages(found.after),
    }


def _stages(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "source": stage.measures.source,
            "target": stage.measures.layer,
            "dilations": [list(r) if isinstance(r, tuple) else r for r in stage.dilations],
            "rf": list(stage.measures.rf),
            "density": stage.measures.density,
            "holes": stage.measures.holes,
        }
        for stage in report.stages
    ]

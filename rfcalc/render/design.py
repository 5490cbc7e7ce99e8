"""How are designed and suggested schedules shown?"""

from collections.abc import Sequence
from typing import Any

from rfcalc import __version__
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.schedules import Design, Schedule, Suggestion

__all__ = ["design_document", "suggestion_data", "suggestion_table"]


def design_document(design: Design) -> Document:
    """Return the document of a design."""
    parts: list[Table | Lines] = []
    notes: list[tuple[str, str]] = []
    if design.schedules:
        shown = [("", schedule) for schedule in design.schedules]
        parts.append(_table(_title(design), shown, design))
        notes.append(("good", "every schedule is hole-free: no step exceeds the field before it"))
        if design.reason:
            notes.append(("info", design.reason))
        if not design.complete:
            notes.append(("warning", "too many schedules to rank: one was constructed instead"))
    else:
        notes.append(("bad", f"impossible: {design.reason}"))
        sides = (("below", design.below), ("above", design.above))
        near = [(word, schedule) for word, schedule in sides if schedule is not None]
        if near:
            parts.append(_table("nearest fields that can be had", near, design))
    if design.wanted is not None and design.jump > 1:
        notes.append(
            (
                "info",
                f"{design.wanted} input cells at jump {design.jump} are {design.rf} cells here",
            )
        )
    parts.append(Lines("", tuple(notes)))
    return Document(tuple(parts), _data(design))


def _title(design: Design) -> str:
    lengths = sorted({len(schedule.dilations) for schedule in design.schedules})
    layers = " or ".join(map(str, lengths))
    field = "the largest field" if design.rf is None else f"a field of {design.rf}"
    return f"{layers} layers of kernel {design.kernel} for {field}, by '{design.prefer}'"


def _table(title: str, rows: Sequence[tuple[str, Schedule]], design: Design) -> Table:
    columns = [
        Column("dilations", "left", 100),
        Column("rf", keep=99),
        Column("cells", keep=80),
        Column("variation", keep=90),
        Column("leak", keep=70),
    ]
    if rows and rows[0][0]:
        columns.insert(0, Column("side", "left", 95))
    if design.causal:
        columns.append(Column("look-back", keep=85))
    if design.jump > 1:
        columns.append(Column("input cells", keep=84))
    lines: list[tuple[str, ...]] = []
    for word, schedule in rows:
        line = [
            ",".join(map(str, schedule.dilations)),
            str(schedule.rf),
            str(schedule.cells),
            "-" if schedule.cv is None else f"{schedule.cv:.3f}",
            f"{schedule.leak:.3f}",
        ]
        if word:
            line.insert(0, word)
        if design.causal:
            line.append(str((schedule.rf - 1) * design.jump))
        if design.jump > 1:
            line.append(str((schedule.rf - 1) * design.jump + 1))
        lines.append(tuple(line))
    return Table(title, tuple(columns), tuple(lines))


def _data(design: Design) -> dict[str, Any]:
    return {
        "rfcalc": __version__,
        "kernel": design.kernel,
        "layers": design.layers,
        "rf": design.wanted,
        "jump": design.jump,
        "max_dilation": design.max_dilation,
        "causal": design.causal,
        "prefer": design.prefer,
        "possible": bool(design.schedules),
        "complete": design.complete,
        "reason": design.reason,
        "schedules": [_schedule(schedule) for schedule in design.schedules],
        "below": None if design.below is None else _schedule(design.below),
        "above": None if design.above is None else _schedule(design.above),
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "dilations": list(schedule.dilations),
        "rf": schedule.rf,
        "cells": schedule.cells,
        "cv": schedule.cv,
        "leak": schedule.leak,
    }


def suggestion_table(found: Sequence[Suggestion], largest: Suggestion | None) -> Table:
    """Return the nearest hole-free schedules, and the one of the largest field."""
    columns = (
        Column("hole-free schedule", "left", 100),
        Column("change", keep=90),
        Column("rf", keep=95),
        Column("", "left", 50),
    )
    rows: list[tuple[str, ...]] = [
        (
            ",".join(map(str, one.dilations)),
            str(one.change),
            str(one.rf),
            "nearest" if not n else "",
        )
        for n, one in enumerate(found)
    ]
    if largest is None:
        rows.append(("none: a stride leaves cells out", "-", "-", ""))
    elif largest in found:
        at = found.index(largest)
        *row, word = rows[at]
        rows[at] = (*row, f"{word}, largest field".removeprefix(", "))
    else:
        shown = ",".join(map(str, largest.dilations))
        rows.append((shown, str(largest.change), str(largest.rf), "largest field"))
    return Table("suggestions", columns, tuple(rows))


def suggestion_data(found: Sequence[Suggestion], largest: Suggestion | None) -> dict[str, Any]:
    """Return suggestions as data."""
    return {
        "nearest": [_suggestion(one) for one in found],
        "largest": None if largest is None else _suggestion(largest),
    }


def _suggestion(one: Suggestion) -> dict[str, Any]:
    return {"dilations": list(one.dilations), "change": one.change, "rf": one.rf}

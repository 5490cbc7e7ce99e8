"""How are designed and suggested schedules shown?"""

from collections.abc import Sequence

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.schedules import Design, Schedule

__all__ = ["design_document"]


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
        notes.append(_counted(design))
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


def _counted(design: Design) -> tuple[str, str]:
    """Say how many schedules there are, and whether these are the best of all."""
    shown = len(design.schedules)
    if design.total is None:
        made = "none is better" if design.complete else "these are the best that a search found"
        return ("info" if design.complete else "warning", f"too many to rank them all: {made}")
    if design.total > shown:
        text = f"{shown} of {design.total} schedules"
        return "info", text if design.complete else f"{text}, the best that a search found"
    return "info", "the only schedule" if shown == 1 else f"all {shown} schedules"


def _title(design: Design) -> str:
    lengths = sorted({len(schedule.dilations) for schedule in design.schedules})
    layers = " or ".join(map(str, lengths))
    made = [f"{layers} layer{'s' * (lengths != [1])} of kernel {design.kernel}"]
    made += [f"{design.per_level} a dilation"] * (design.per_level > 1)
    made += [f"{design.stacks} stacks"] * (design.stacks > 1)
    made += [] if design.powers is None else [f"powers of {design.powers}"]
    least = "at least " if design.at_least else ""
    field = "the largest field" if design.rf is None else f"a field of {least}{design.rf}"
    return f"{', '.join(made)} for {field}, by '{design.prefer}'"


def _table(title: str, rows: Sequence[tuple[str, Schedule]], design: Design) -> Table:
    columns = [
        Column("dilations", "left", 100),
        Column("rf", keep=99),
        Column("cells", keep=80),
        Column("variation", keep=90),
        Column("even", "left", 85),
        Column("leak", keep=70),
        Column("rf/mac", keep=75),
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
            "perfectly" if schedule.even else "-",
            f"{schedule.leak:.3f}",
            f"{schedule.field_per_mac:.3g}",
        ]
        if word:
            line.insert(0, word)
        if design.causal:
            line.append(str((schedule.rf - 1) * design.jump))
        if design.jump > 1:
            line.append(str((schedule.rf - 1) * design.jump + 1))
        lines.append(tuple(line))
    return Table(title, tuple(columns), tuple(lines))


def _data(design: Design) -> dict[str, Data]:
    return {
        "rfcalc": __version__,
        "kernel": design.kernel,
        "layers": design.layers,
        "rf": design.wanted,
        "at_least": design.at_least,
        "jump": design.jump,
        "max_dilation": design.max_dilation,
        "per_level": design.per_level,
        "powers": design.powers,
        "stacks": design.stacks,
        "causal": design.causal,
        "prefer": design.prefer,
        "possible": bool(design.schedules),
        "total": design.total,
        "complete": design.complete,
        "reason": design.reason,
        "schedules": [_schedule(schedule) for schedule in design.schedules],
        "below": None if design.below is None else _schedule(design.below),
        "above": None if design.above is None else _schedule(design.above),
    }


def _schedule(schedule: Schedule) -> dict[str, Data]:
    return {
        "dilations": list(schedule.dilations),
        "rf": schedule.rf,
        "cells": schedule.cells,
        "cv": schedule.cv,
        "even": schedule.even,
        "leak": schedule.leak,
        "macs": schedule.macs,
        "field_per_mac": schedule.field_per_mac,
    }

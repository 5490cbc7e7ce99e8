"""How is the verdict on a schedule shown? The published rules, the exact answer, the holes."""

from collections.abc import Sequence
from typing import Any

from rfcalc import __version__
from rfcalc.cells import Cells
from rfcalc.errors import many
from rfcalc.hdc import Group, HdcVerdict
from rfcalc.render.design import suggestion_data, suggestion_table
from rfcalc.render.document import Column, Document, Lines, Table
from rfcalc.schedules import Suggestion

__all__ = ["hdc_data", "hdc_document", "with_suggestions"]

MISSING_LIMIT = 1000
"""Most missing offsets that are listed one by one."""
SHOWN = 64
"""Most values of a list in one cell of a table, which widens every row."""


def hdc_document(verdict: HdcVerdict, width: int, colour: bool, unicode: bool) -> Document:
    """Return the document of a verdict, the sampled offsets drawn to the width."""
    from rfcalc.render.terminal import draw_cells

    title = f"schedule {', '.join(map(str, verdict.dilations))}   {_layers(verdict)}"
    columns = (Column("published rule", "left"), Column("value", "left"), Column("", "left"))
    rules = [
        (f"M_2 <= K{_of(verdict, number)}", _gaps(group), _yes(group.gap_holds))
        for number, group in enumerate(verdict.groups)
    ]
    if len(verdict.groups) > 1:
        rules.append(
            ("M_2 <= K, over all layers", _gaps(verdict.whole), _yes(verdict.whole.gap_holds))
        )
    rules += [
        (
            f"no common factor{_of(verdict, number)}",
            f"gcd {group.common_factor}",
            _yes(group.factor_holds),
        )
        for number, group in enumerate(verdict.groups)
        if len(group.dilations) > 1
    ]
    shown = _listed([",".join(map(str, group.dilations)) for group in verdict.groups], " | ")
    rules.append(("sawtooth", shown, _yes(verdict.sawtooth)))
    corrected = _listed(list(map(str, verdict.corrected)), ", ") or "-"
    exact = [
        ("M'_1 <= 1", f"M' = {corrected}", _yes(verdict.hole_free)),
        ("field", f"{many(verdict.rf, 'cell')}, {_cells(verdict)} sampled", ""),
        ("largest hole run", str(verdict.largest_hole), ""),
        (
            "sublattices",
            "none joined" if verdict.sublattices is None else str(verdict.sublattices),
            "",
        ),
    ]
    if verdict.failing is not None:
        fact = (
            f"{verdict.failing} exceeds the field of {verdict.first_missing} built by the smaller"
        )
        exact.append(("step that fails", fact, ""))
        exact.append(("first missing offset", str(verdict.first_missing), ""))
    parts: list[Table | Lines] = [
        Table(title, columns, tuple(rules)),
        Table(
            "",
            (Column("exactly", "left"), Column("value", "left"), Column("", "left")),
            tuple(exact),
        ),
    ]
    sampled = verdict.sampled
    if sampled is not None:
        drawn = tuple(("", line) for line in draw_cells(sampled, width, colour, unicode))
        parts.append(Lines("sampled offsets", drawn))
    notes = [("info", f"they differ: {reason}") for reason in verdict.reasons]
    notes += [("warning", f"warning: {text}") for text in verdict.warnings]
    notes.append(
        (
            "good" if verdict.ok else "bad",
            f"verdict: {'hole-free' if verdict.hole_free else 'gridded'}; the published rules "
            f"{'hold' if verdict.published else 'are broken'}",
        )
    )
    parts.append(Lines("", tuple(notes)))
    return Document(tuple(parts), {"rfcalc": __version__, **hdc_data(verdict)})


def hdc_data(verdict: HdcVerdict) -> dict[str, Any]:
    """Return a verdict as data."""
    sampled = verdict.sampled
    return {
        "dilations": list(verdict.dilations),
        "kernels": list(verdict.kernels),
        "strides": list(verdict.strides),
        "steps": list(verdict.steps),
        "ok": verdict.ok,
        "published": {
            "ok": verdict.published,
            "gap_rule": verdict.gap_holds,
            "no_common_factor": verdict.factor_holds,
            "sawtooth": verdict.sawtooth,
            "groups": [_group(group) for group in verdict.groups],
            "whole": _group(verdict.whole),
        },
        "exact": {
            "hole_free": verdict.hole_free,
            "rf": verdict.rf,
            "cells": verdict.cells,
            "largest_hole": verdict.largest_hole,
            "first_missing": verdict.first_missing,
            "failing": verdict.failing,
            "missing": None if sampled is None else _missing(sampled),
            "sublattices": verdict.sublattices,
            "corrected": list(verdict.corrected),
        },
        "reasons": list(verdict.reasons),
        "warnings": list(verdict.warnings),
    }


def _missing(sampled: Cells) -> list[int] | None:
    """Return the missing offsets, ``None`` when they are too many to list."""
    if sampled.extent - sampled.count > MISSING_LIMIT or sampled.extent > 1 << 20:
        return [] if sampled.bits is None else None
    present = set(sampled)
    return [i for i in range(sampled.start, sampled.stop) if i not in present]


def _group(group: Group) -> dict[str, Any]:
    return {
        "dilations": list(group.dilations),
        "M": list(group.gaps),
        "m2": group.m2,
        "kernel": group.kernel,
        "gap_rule": group.gap_holds,
        "common_factor": group.common_factor,
    }


def _layers(verdict: HdcVerdict) -> str:
    kernels = sorted(set(verdict.kernels))
    text = f"kernel {','.join(map(str, verdict.kernels if len(kernels) > 1 else kernels))}"
    if any(stride > 1 for stride in verdict.strides):
        text += f"   stride {','.join(map(str, verdict.strides))}"
    return text


def _of(verdict: HdcVerdict, number: int) -> str:
    return f", group {number + 1}" if len(verdict.groups) > 1 else ""


def _gaps(group: Group) -> str:
    gaps = _listed(list(map(str, group.gaps)), ", ", 12)
    if group.m2 is None:
        return f"M = {gaps}; one layer"
    return f"M_2 = {group.m2}, K = {group.kernel} (M = {gaps})"


def _listed(values: Sequence[str], between: str, most: int = SHOWN) -> str:
    """Return values in a row, of a long one the first."""
    return between.join([*values[:most], ".."] if len(values) > most else values)


def _yes(holds: bool) -> str:
    return "holds" if holds else "broken"


def _cells(verdict: HdcVerdict) -> str:
    return "too many to count" if verdict.cells is None else f"{verdict.cells:,}"


def with_suggestions(
    document: Document, found: Sequence[Suggestion], largest: Suggestion | None
) -> Document:
    """Return the document of a verdict with nearby hole-free schedules before its last lines."""
    *parts, last = document.parts
    data = {**document.data, "suggestions": suggestion_data(found, largest)}
    return Document((*parts, suggestion_table(found, largest), last), data)

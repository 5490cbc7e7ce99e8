"""How are suggested schedules shown beside a verdict?"""

from collections.abc import Sequence

from rfcalc.documents import Data
from rfcalc.render.document import Column, Document, Table
from rfcalc.render.hdc import rules
from rfcalc.schedules import Suggestion

__all__ = ["with_suggestions"]


def with_suggestions(
    document: Document, found: Sequence[Suggestion], largest: Suggestion | None
) -> Document:
    """Return the document of a verdict with nearby hole-free schedules before its last lines."""
    *parts, last = document.parts
    data = {**document.data, "suggestions": _data(found, largest)}
    return Document((*parts, _table(found, largest), last), data)


def _table(found: Sequence[Suggestion], largest: Suggestion | None) -> Table:
    """Return the nearest hole-free schedules, and the one of the largest field."""
    columns = (
        Column("hole-free schedule", "left", 100),
        Column("change", keep=90),
        Column("rf", keep=95),
        Column("variation", keep=80),
        Column("HDC", "left", 85),
        Column("", "left", 50),
    )
    shown = list(found) if largest is None or largest in found else [*found, largest]
    rows: list[tuple[str, ...]] = []
    for one in shown:
        why = [("nearest", one in found[:1]), ("largest field", one == largest)]
        rows.append((*_row(one), ", ".join(word for word, true in why if true)))
    if largest is None:
        rows.append(("none: a stride leaves cells out", "-", "-", "-", "-", ""))
    return Table("suggestions", columns, tuple(rows))


def _row(one: Suggestion) -> tuple[str, ...]:
    spread = one.verdict.evenness.cv
    variation = "-" if spread is None else f"{spread:.3f}"
    changed = (",".join(map(str, one.dilations)), str(one.change), str(one.rf))
    return (*changed, variation, rules(one.verdict))


def _data(found: Sequence[Suggestion], largest: Suggestion | None) -> dict[str, Data]:
    """Return suggestions as data."""
    return {
        "nearest": [_suggestion(one) for one in found],
        "largest": None if largest is None else _suggestion(largest),
    }


def _suggestion(one: Suggestion) -> dict[str, Data]:
    evenness = one.verdict.evenness
    return {
        "dilations": list(one.dilations),
        "change": one.change,
        "rf": one.rf,
        "ok": one.verdict.ok,
        "strict": one.verdict.strict,
        "even": evenness.even,
        "cv": evenness.cv,
    }

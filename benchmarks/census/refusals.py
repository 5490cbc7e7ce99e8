"""Which models are not read, and why? Counted by cause and by operator."""

import re
from collections.abc import Sequence

from benchmarks.census.rows import Row
from benchmarks.census.tables import table

__all__ = ["cause", "refusals"]

OPERATOR = re.compile(r"\b(?:aten|torchvision|prims|onnx)[.:]+[\w.]+")


def cause(row: Row) -> tuple[str, str]:
    """Return what a model's reason has in common with those of others: its code, the operator.

    >>> made = dict(package="p", family="f", task="t", name="n", line="l", status="refused")
    >>> cause(Row(**made, reason="RF501 the operator 'aten.foo' is not handled"))
    ('RF501', 'aten.foo')
    """
    code = row.reason.partition(" ")[0] if row.status == "refused" else row.status
    found = OPERATOR.search(row.reason)
    return code, found.group() if found else ""


def refusals(rows: Sequence[Row]) -> str:
    """Return the table of those that are not read."""
    causes: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if not row.answered:
            causes.setdefault(cause(row), []).append(row)
    if not causes:
        return "None: every model that was run is read.\n"
    order = sorted(causes.items(), key=lambda one: (-len(one[1]), one[0]))
    return table(
        ("cause", "operator", "models", "as in", "reason"),
        [
            (code, operator, len(who), f"{who[0].package} {who[0].name}", who[0].reason)
            for (code, operator), who in order
        ],
    )

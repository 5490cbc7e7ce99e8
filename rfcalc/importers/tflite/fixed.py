"""Which sizes do the stored tensors of a TFLite operator fix, as a learned table of positions?"""

from collections.abc import Collection, Mapping

from rfcalc.importers.axes import Value, live
from rfcalc.importers.fixing import fix_by_broadcast, fix_by_labels, matrix_labels
from rfcalc.importers.graph import Graph
from rfcalc.importers.operation import Held
from rfcalc.importers.tflite.program import Step

__all__ = ["fix_sizes"]

_BROADCAST = frozenset(
    (
        *("ADD", "ADD_N", "ATAN2", "DIV", "EQUAL", "FLOOR_DIV", "FLOOR_MOD", "GREATER"),
        *("GREATER_EQUAL", "LESS", "LESS_EQUAL", "LOGICAL_AND", "LOGICAL_OR", "MAXIMUM"),
        *("MINIMUM", "MUL", "NOT_EQUAL", "POW", "PRELU", "SELECT", "SELECT_V2"),
        *("SQUARED_DIFFERENCE", "SUB"),
    )
)
"""Operators whose stored operands lie along the last dimensions."""


def fix_sizes(
    graph: Graph, step: Step, values: Mapping[str, Held], stored: Collection[str]
) -> None:
    """Note the axes of which a stored operand of an operator has a number for each cell."""
    found: list[tuple[str, Value]] = []
    for name in step.refs:
        value = values.get(name)
        if value is not None and not isinstance(value, list):
            found.append((name, value))
    held = [value for name, value in found if name in stored and not live(value)]
    read = [value for _, value in found if live(value)]
    if not held or not read:
        return
    if step.op in _BROADCAST:
        fix_by_broadcast(graph, read, held)
    elif step.op == "BATCH_MATMUL" and len(found) == 2:
        one, two = (value for _, value in found)
        labels = matrix_labels(one, two)
        if step.attrs.get("AdjX"):
            labels[0] = [*labels[0][:-2], *reversed(labels[0][-2:])]
        if step.attrs.get("AdjY"):
            labels[1] = [*labels[1][:-2], *reversed(labels[1][-2:])]
        places = {at for at, value in enumerate((one, two)) if any(value is v for v in held)}
        fix_by_labels(graph, list(zip((one, two), labels, strict=True)), places)

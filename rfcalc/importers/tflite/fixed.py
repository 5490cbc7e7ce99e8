"""Which sizes do the stored tensors of a TFLite operator fix, as a learned table of positions?"""

from collections.abc import Collection, Mapping

from rfcalc.importers.fixing import (
    fix_by_broadcast,
    fix_by_labels,
    matrix_labels,
    operands_of,
)
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
    operands, places = operands_of(step.refs, values, stored)
    if not places:
        return
    if step.op in _BROADCAST:
        fix_by_broadcast(graph, operands, places)
    elif step.op == "BATCH_MATMUL" and len(operands) == 2:
        labels = matrix_labels(*operands)
        for word, place in (("AdjX", 0), ("AdjY", 1)):
            if step.attrs.get(word):
                labels[place] = [*labels[place][:-2], *reversed(labels[place][-2:])]
        fix_by_labels(graph, list(zip(operands, labels, strict=True)), places)

"""Which sizes do the stored tensors of an ONNX node fix, as a learned table of positions?"""

from collections.abc import Collection, Mapping

from rfcalc.importers.fixing import (
    fix_by_broadcast,
    fix_by_channels,
    fix_by_labels,
    matrix_labels,
    operands_of,
)
from rfcalc.importers.graph import Graph
from rfcalc.importers.onnx.program import Step
from rfcalc.importers.operation import Held
from rfcalc.importers.products import letters

__all__ = ["fix_sizes"]

_BROADCAST = frozenset(
    (
        *("Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Mean", "Sum", "Where", "PRelu"),
        *("LayerNormalization", "RMSNormalization", "com.microsoft.SimplifiedLayerNormalization"),
        *("SimplifiedLayerNormalization", "com.microsoft.SkipLayerNormalization"),
    )
)
"""Operators whose stored operands lie along the last dimensions."""

_CHANNELS = frozenset(("BatchNormalization", "InstanceNormalization", "GroupNormalization"))
"""Operators whose stored operands have a number per index of the second dimension."""

_FIXING = _BROADCAST | _CHANNELS | {"MatMul", "Einsum"}


def fix_sizes(
    graph: Graph, step: Step, values: Mapping[str, Held], stored: Collection[str]
) -> None:
    """Note the axes of which a stored operand of a node has a number for each cell."""
    if step.op not in _FIXING:
        return
    operands, places = operands_of(step.inputs, values, stored)
    if not places:
        return
    if step.op in _BROADCAST:
        fix_by_broadcast(graph, operands, places)
    elif step.op in _CHANNELS:
        fix_by_channels(graph, operands, places)
    else:
        if step.op == "MatMul":
            labels = matrix_labels(*operands)
        else:
            equation = step.attrs["equation"]
            text = equation.decode() if isinstance(equation, bytes) else str(equation)
            terms = text.replace(" ", "").partition("->")[0].split(",")
            labels = [letters(term, len(v.shape)) for term, v in zip(terms, operands, strict=True)]
        fix_by_labels(graph, list(zip(operands, labels, strict=True)), places)

"""Which sizes do the stored tensors of an ONNX node fix, as a learned table of positions?"""

from collections.abc import Collection, Mapping

from rfcalc.importers.axes import Value, live
from rfcalc.importers.fixing import fix, fix_by_broadcast, fix_by_labels, matrix_labels
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


def fix_sizes(
    graph: Graph, step: Step, values: Mapping[str, Held], stored: Collection[str]
) -> None:
    """Note the axes of which a stored operand of a node has a number for each cell."""
    found: list[tuple[str, Value]] = []
    for name in step.inputs:
        value = values.get(name)
        if value is not None and not isinstance(value, list):
            found.append((name, value))
    held = [value for name, value in found if name in stored and not live(value)]
    read = [value for _, value in found if live(value)]
    if not held or not read:
        return
    if step.op in _BROADCAST:
        fix_by_broadcast(graph, read, held)
    elif step.op in _CHANNELS:
        if len(read[0].shape) > 1 and any(max(one.shape, default=1) > 1 for one in held):
            fix(graph, read[0], [1])
    elif step.op in ("MatMul", "Einsum"):
        given = [value for _, value in found]
        if step.op == "MatMul":
            labels = matrix_labels(*given)
        else:
            equation = step.attrs["equation"]
            text = equation.decode() if isinstance(equation, bytes) else str(equation)
            terms = text.replace(" ", "").partition("->")[0].split(",")
            labels = [letters(term, len(v.shape)) for term, v in zip(terms, given, strict=True)]
        places = {at for at, value in enumerate(given) if any(value is one for one in held)}
        fix_by_labels(graph, list(zip(given, labels, strict=True)), places)

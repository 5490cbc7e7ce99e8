"""Which sizes do the stored tensors of a PyTorch step fix, as a learned table of positions?"""

from collections.abc import Collection, Mapping
from typing import Any

from rfcalc.importers.fixing import (
    fix_by_broadcast,
    fix_by_channels,
    fix_by_labels,
    matrix_labels,
    operands_of,
)
from rfcalc.importers.graph import Graph
from rfcalc.importers.products import letters
from rfcalc.importers.torch.program import Call

__all__ = ["fix_sizes"]

_BROADCAST = frozenset(
    (
        *("add", "sub", "rsub", "mul", "div", "true_divide", "multiply", "subtract", "divide"),
        *("maximum", "minimum", "fmax", "fmin", "pow", "atan2", "fmod", "where", "masked_fill"),
        *("lerp", "addcmul", "addcdiv", "complex", "polar"),
        *("layer_norm", "native_layer_norm", "rms_norm", "_fused_rms_norm"),
    )
)
"""Operators whose stored operands lie along the last dimensions."""

_CHANNELS = frozenset(
    (
        *("batch_norm", "native_batch_norm", "_native_batch_norm_legit_no_training"),
        *("_native_batch_norm_legit", "cudnn_batch_norm", "instance_norm", "prelu"),
        *("group_norm", "native_group_norm"),
    )
)
"""Operators whose stored operands have a number per index of the second dimension."""

_PRODUCTS = frozenset(("matmul", "bmm", "mm", "mv", "linalg_matmul"))


def fix_sizes(graph: Graph, call: Call, values: Mapping[str, Any], stored: Collection[str]) -> None:
    """Note the axes of which a stored operand of a call has a number for each cell."""
    operands, places = operands_of(call.refs, values, stored)
    if not places:
        return
    if call.op in _BROADCAST:
        fix_by_broadcast(graph, operands, places)
    elif call.op in _CHANNELS:
        fix_by_channels(graph, operands, places)
    elif call.op in _PRODUCTS and len(operands) == 2:
        labels = matrix_labels(*operands)
        fix_by_labels(graph, list(zip(operands, labels, strict=True)), places)
    elif call.op == "einsum":
        terms = str(call.args["equation"]).replace(" ", "").partition("->")[0].split(",")
        if len(terms) == len(operands):
            labels = [letters(term, len(v.shape)) for term, v in zip(terms, operands, strict=True)]
            fix_by_labels(graph, list(zip(operands, labels, strict=True)), places)

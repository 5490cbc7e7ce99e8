"""Which sizes do the stored tensors of a PyTorch step fix, as a learned table of positions?"""

from collections.abc import Collection, Mapping
from typing import Any

from rfcalc.importers.axes import Value, live
from rfcalc.importers.fixing import fix, fix_by_broadcast, fix_by_labels, matrix_labels
from rfcalc.importers.graph import Graph
from rfcalc.importers.products import letters
from rfcalc.importers.torch.program import Call, Ref

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
    names = [name for name in call.refs if isinstance(values.get(name), Value)]
    held = [name for name in names if name in stored and not live(values[name])]
    read = [name for name in names if live(values[name])]
    if not held or not read:
        return
    if call.op in _BROADCAST:
        fix_by_broadcast(graph, [values[n] for n in read], [values[n] for n in held])
    elif call.op in _CHANNELS:
        x: Value = values[read[0]]
        if len(x.shape) > 1 and any(max(values[n].shape, default=1) > 1 for n in held):
            fix(graph, x, [1])
    elif call.op in _PRODUCTS and len(names) == 2:
        given = [values[name] for name in names]
        places = {at for at, name in enumerate(names) if name in held}
        fix_by_labels(graph, list(zip(given, matrix_labels(*given), strict=True)), places)
    elif call.op == "einsum":
        terms = str(call.args["equation"]).replace(" ", "").partition("->")[0].split(",")
        given = [item.name for item in call.args["tensors"] if isinstance(item, Ref)]
        if len(terms) == len(given):
            operands = [
                (values[n], letters(term, len(values[n].shape)))
                for n, term in zip(given, terms, strict=True)
            ]
            fix_by_labels(graph, operands, {at for at, n in enumerate(given) if n in held})

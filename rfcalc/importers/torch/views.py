"""What does a value of a PyTorch program hold once a view of it has been written?"""

from rfcalc.importers import cutting, layout
from rfcalc.importers.axes import Tensor, Value, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.torch.operators import Op
from rfcalc.importers.torch.program import Call

__all__ = ["VIEWS", "overwritten"]

VIEWS = frozenset(
    f"aten.{op}"
    for op in (
        *("alias", "detach", "view", "reshape", "flatten", "unflatten", "permute", "transpose"),
        *("squeeze", "unsqueeze", "expand", "slice", "select", "narrow", "chunk", "split"),
        *("split_with_sizes", "unbind", "contiguous", "to", "view_as", "expand_as"),
    )
)
"""Operators whose result shares the memory of their first argument."""


def overwritten(
    graph: Graph,
    call: Call,
    child: str,
    base: Value,
    value: Value,
    shapes: dict[str, tuple[int, ...]],
) -> Value:
    """Return a base whose view ``child``, made by ``call``, now holds another value.

    Raises
    ------
    RfcalcError
        RF502: the view is of a kind, or has a step, through which writes are not followed.
    """
    if value.shape == base.shape:
        return value
    op = Op(graph, call, {}, shapes, {"dim": 0, "step": 1})
    d = (op["dim"] or 0) % len(base.shape)
    if call.op == "select":
        start = op["index"] % base.shape[d]
        value = layout.unsqueeze(graph, value, d)
    elif call.op in ("slice", "narrow"):
        start = range(base.shape[d])[op["start"] or 0 :].start
    elif call.op in ("chunk", "split", "split_with_sizes", "unbind"):
        at = call.outputs.index(child)
        if call.op == "unbind":
            value = layout.unsqueeze(graph, value, d)
        before = [shapes[name or child] for name in call.outputs[:at]]
        start = at if call.op == "unbind" else sum(shape[d] for shape in before)
    elif call.op in ("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze"):
        return layout.reshape(graph, value, base.shape)
    elif call.op in ("permute", "transpose"):
        order = list(range(len(base.shape)))
        if call.op == "permute":
            order = [d % len(order) for d in op["dims"]]
        else:
            one, two = op["dim0"], op["dim1"]
            order[one], order[two] = order[two], order[one]
        return layout.permute(graph, value, [order.index(i) for i in range(len(order))])
    else:
        raise lost(graph.here, f"it writes through a view ({call.op}) of another value")
    if op["step"] != 1:
        return _strewn(graph, base, value, d)
    return layout.overlaid(graph, base, value, d, start)


def _strewn(graph: Graph, base: Value, value: Value, d: int) -> Value:
    """Return a base of which every so many channels were overwritten."""
    flat = [isinstance(v, Tensor) and not spatial(v.dims[d]) for v in (base, value)]
    if not all(flat):
        raise lost(graph.here, "it writes to every so many cells of another value")
    one = cutting.narrow(graph, value, d, 0, 1)
    labels = range(len(base.shape))
    return combine(graph, plain("concat"), [(base, labels), (one, labels)], labels)

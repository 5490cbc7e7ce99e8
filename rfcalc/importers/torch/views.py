"""What does a value of a PyTorch program hold once a view of it has been written?"""

from itertools import accumulate, pairwise
from typing import cast

from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, Tensor, Value, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.cutting import narrow
from rfcalc.importers.graph import Graph, lost, plain
from rfcalc.importers.pieces import only
from rfcalc.importers.torch.operators import Op
from rfcalc.importers.torch.program import Call, Ref
from rfcalc.importers.torch.shapes import split_along, turned
from rfcalc.importers.uneven import alike, marked

__all__ = ["overwritten", "sources"]

_SAME = frozenset(
    (
        *("alias", "detach", "lift_fresh", "requires_grad_", "contiguous", "to", "type_as"),
        *("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"),
        *("_autocast_to_full_precision", "_autocast_to_reduced_precision"),
    )
)

_IN_ORDER = frozenset(
    (
        *("view", "view_as", "_reshape_alias", "reshape", "reshape_as", "flatten", "unflatten"),
        *("ravel", "squeeze", "unsqueeze", "atleast_1d", "atleast_2d", "atleast_3d"),
    )
)

_TURNED = frozenset(
    (
        *("permute", "transpose", "swapaxes", "swapdims", "t", "numpy_T", "mT", "mH"),
        *("adjoint", "matrix_H", "movedim", "moveaxis"),
    )
)

_SPLIT = frozenset(
    ("chunk", "split", "split_with_sizes", "tensor_split", "hsplit", "vsplit", "dsplit")
)


def sources(call: Call) -> list[tuple[str, str]]:
    """Return each output of a call and the argument whose memory it may share."""
    given = call.args.get("self", call.args.get("input", call.args.get("tensors")))
    several = isinstance(given, list)
    listed = cast("list[object]", given) if several else [given] * len(call.outputs)
    return [
        (name, ref.name)
        for name, ref in zip(call.outputs, listed, strict=False)
        if name and isinstance(ref, Ref)
    ]


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
    op = Op(graph, call, {}, shapes)
    op.defaults = {"dim": 0, "start": 0, "step": 1}
    rank = len(base.shape)
    if call.shares and call.op in _SAME:
        return value
    if call.shares and call.op in _IN_ORDER:
        return layout.reshape(graph, value, base.shape)
    if call.op in _TURNED:
        order = turned(op, rank)
        return layout.permute(graph, value, [order.index(i) for i in range(rank)])
    if call.op in _SPLIT:
        d = split_along(op, rank)
        at = call.outputs.index(child)
        start = sum(shapes[name or ""][d] for name in call.outputs[:at])
        return layout.overlaid(graph, base, value, d, start)
    if call.op not in ("select", "unbind", "slice", "narrow"):
        raise lost(graph.here, f"it writes through a view ({call.op}) of another value")
    d = op.number("dim") % rank
    if call.op in ("select", "unbind"):
        index = op.number("index") if call.op == "select" else call.outputs.index(child)
        value = layout.unsqueeze(graph, value, d)
        return layout.overlaid(graph, base, value, d, index % base.shape[d])
    if op.number("step") != 1 and value.shape[d] != base.shape[d]:
        return _strewn(graph, base, value, d)
    start = range(base.shape[d])[op.number("start") :].start
    return layout.overlaid(graph, base, value, d, start)


def _strewn(graph: Graph, base: Value, value: Value, d: int) -> Value:
    """Return a base of which every so many channels were overwritten."""
    for one in (base, value):
        if isinstance(one, Pieces):
            return _strewn_in_pieces(graph, base, value, d, one.dim)
    assert isinstance(base, Tensor)
    assert isinstance(value, Tensor)
    if spatial(base.dims[d]) or spatial(value.dims[d]):
        raise lost(graph.here, "it writes to every so many cells of another value")
    # The channels that are left of the base are not distinguished from those that are gone.
    alike(graph, base, [d])
    labels = range(len(base.shape))
    every = Tensor(value.node, (*value.dims[:d], (), *value.dims[d + 1 :]))
    done = only(combine(graph, plain("concat"), [(base, labels), (every, labels)], labels))
    known = all(one.uneven is None or one.uneven.dim == d for one in (base, value))
    return marked(done, d if known else None)


def _strewn_in_pieces(graph: Graph, base: Value, value: Value, d: int, other: int) -> Value:
    """Return such a base where it or what is written has pieces along another dimension."""
    if other == d:
        raise lost(graph.here, "it writes to every so many cells of another value")
    pieces = [one for one in (base, value) if isinstance(one, Pieces) and one.dim == other]
    ends = {end for one in pieces for end in accumulate(i.shape[other] for i in one.items)}
    done: list[Tensor] = []
    for low, high in pairwise((0, *sorted(ends))):
        kept, written = (narrow(graph, one, other, low, high - low) for one in (base, value))
        done.append(only(_strewn(graph, kept, written, d)))
    return Pieces(other, tuple(done))

"""What do Keras' attention layers read? Every key's cell, unless windows keep them apart."""

from rfcalc.importers import layout
from rfcalc.importers.axes import Value, live
from rfcalc.importers.channels import linear
from rfcalc.importers.combining import Labelled, combine
from rfcalc.importers.hiding import low
from rfcalc.importers.keras.masking import given_at, hidden_by, note_masks, numbers_of
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.pairing import unhide
from rfcalc.importers.products import attention, broadcast
from rfcalc.layers.pointwise import Add


@keras_layer("Attention", "AdditiveAttention", kind="sum")
def _attention(op: Op) -> Result:
    """Attention of the first tensor's rows over those of the second."""
    given = op.first(len(op.listed("inputs") or op.args[0]))
    query, value = given[:2]
    key = given[2] if len(given) > 2 else value
    causal = bool(op.kwargs.get("use_causal_mask") or op.config.get("causal"))
    note_masks(op, op.kwargs.get("mask"))
    done = attention(op.graph, query, key, value, None, causal=causal)
    if op.kwargs.get("return_attention_scores"):
        return [done, _scores(op, query, key)]
    return done


def _scores(op: Op, query: Value, key: Value) -> Value:
    batch = list(range(len(query.shape) - 2))
    rows = [(query, [*batch, "i", "c"]), (key, [*batch, "j", "c"])]
    return combine(op.graph, Add(), rows, [*batch, "i", "j"])


@keras_layer("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention", kind="sum")
def _multi_head(op: Op) -> Result:
    """Attention over the dimensions between batch and channels, or those asked for."""
    query, value = op.tensor("query", 0), op.tensor("value", 1)
    assert query is not None
    assert value is not None
    key = op.tensor("key", 2) or value
    mask = op.tensor("attention_mask", 6)
    rank = len(query.shape)
    given = op["attention_axes"]
    over = list(range(1, rank - 1)) if given is None else op.dims("attention_axes", rank)
    causal = bool(op.kwargs.get("use_causal_mask"))
    hidden = hidden_by(given_at(op, "attention_mask", 6))
    mask = None if mask is not None and not live(mask) else mask
    note_masks(op, *(op.kwargs.get(f"{word}_mask") for word in ("query", "key", "value")))
    if op["sliding_window"] is not None:
        op.graph.assume(f"{op.graph.here}: attention in a sliding window taken to read all rows")
    shape = op["output_shape"]
    width = query.shape[-1] if shape is None else op.each("output_shape", 1)[0]
    projected = linear(op.graph, value, width)
    if op.kwargs.get("return_attention_scores"):
        raise op.lost("its scores are an output, which is not followed")
    if rank == 3 and over == [1] and mask is None:
        query, key = linear(op.graph, query, width), linear(op.graph, key, width)
        if hidden is not None and hidden.ndim == 4:
            hidden = hidden.all(1)  # what no head reads
        return attention(op.graph, query, key, projected, None, causal=causal, hidden=hidden)
    if causal:
        op.graph.assume(f"{op.graph.here}: causal attention taken to read both ways")
    if hidden is not None and hidden.any():
        unhide(op.graph)
    rows: list[Labelled] = [
        (query, [*_labels(over, rank, "i"), "c"]),
        (key, [*_labels(over, rank, "j"), "k"]),
        (projected, [*_labels(over, rank, "j"), "v"]),
    ]
    if mask is not None:
        if len(over) != 1 or len(mask.shape) not in (3, 4):
            raise op.lost("a mask over several axes is not followed")
        head = ["heads"] if len(mask.shape) == 4 else []
        rows.append((mask, [0, *head, ("i", over[0]), ("j", over[0])]))
    return combine(op.graph, Add(), rows, [*_labels(over, rank, "i"), "v"])


def _labels(over: list[int], rank: int, letter: str) -> list[object]:
    return [(letter, d) if d in over else d for d in range(rank - 1)]


@keras_layer("ops.DotProductAttention", kind="sum")
def _dot_product(op: Op) -> Result:
    """Attention over the second dimension of batch, rows, heads, channels."""
    order = [0, 2, 1, 3]
    query, key, value = (layout.permute(op.graph, one, order) for one in op.first(3))
    added = [one for one in (op.tensor("bias", 3), op.tensor("mask", 4)) if one is not None]
    scores = broadcast(op.graph, added, Add()) if added else None
    hidden = hidden_by(given_at(op, "mask", 4))
    bias = numbers_of(given_at(op, "bias", 3))
    if bias is not None:
        hidden = low(bias) if hidden is None else hidden | low(bias)
    causal = bool(op["is_causal"])
    done = attention(op.graph, query, key, value, scores, causal=causal, hidden=hidden)
    return layout.permute(op.graph, done, order)

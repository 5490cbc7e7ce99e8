"""Which PyTorch operators sum or compare over dimensions, and what do they then read?"""

from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, live
from rfcalc.importers.channels import channels, linear
from rfcalc.importers.combining import combine
from rfcalc.importers.functions import refill
from rfcalc.importers.graph import plain
from rfcalc.importers.mixing import mix, reduce, scan
from rfcalc.importers.products import attention, einsum, product
from rfcalc.importers.recurring import Recurrence, split_ways
from rfcalc.importers.sampling import first_ranks
from rfcalc.importers.torch.elementwise import broadcast
from rfcalc.importers.torch.masking import (
    masked,
    masks_of,
    note_zero_weights,
    note_zero_weights_by_letters,
)
from rfcalc.importers.torch.operators import Op, Result, operator
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import GroupNorm, InstanceNorm, SpatialNorm


@operator(
    *("mean", "sum", "prod", "amax", "amin", "var", "std", "logsumexp", "nansum", "nanmean"),
    *("all", "any", "argmax", "argmin", "norm", "linalg_vector_norm", "median", "var_mean"),
    *("std_mean", "aminmax", "count_nonzero", "nanmedian"),
    kind="sum",
    keepdim=False,
)  # fmt: skip
def _reduced(op: Op) -> Result:
    """One value per place left: over space, the whole of it."""
    x = op.tensors[0]
    given = op["dim"] if op["dim"] is not None else op["dims"]
    rank = len(x.shape)
    listed = [given] if isinstance(given, int) else given
    dims = sorted(d % rank for d in listed) if listed else list(range(rank))
    done = reduce(op.graph, x, dims, op["keepdim"])
    return [done] * len(op.shapes)


@operator("mode", "kthvalue", kind="sum", dim=-1, keepdim=False)
def _one_of(op: Op) -> Result:
    """One of the values of a dimension: over space, it reads the whole of it."""
    return _reduced(op)


@operator("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", kind="sum", reduction=1)
def _loss(op: Op) -> Result:
    """The distance of two values; unless asked for cell by cell, over all of them."""
    apart = broadcast(op, op.tensors, Add())
    if not op["reduction"]:
        return apart
    return reduce(op.graph, apart, list(range(len(apart.shape))), False)


@operator("max", "min", kind="sum", keepdim=False)
def _extreme(op: Op) -> Result:
    """The larger of two values, or the largest over a dimension."""
    if op.has("other"):
        return broadcast(op, refill(op.graph, op.tensors, op.call.op), Mul())
    return _reduced(op)


@operator(
    *("softmax", "log_softmax", "_softmax", "_log_softmax", "aten.special_softmax"),
    *("aten.special_log_softmax", "_safe_softmax"),
    kind="norm",
)  # fmt: skip
def _softmax(op: Op) -> Result:
    """Values over the sum along a dimension: over space, the whole of it."""
    x = op.tensors[0]
    done = mix(op.graph, x, op.dims("dim", len(x.shape)), plain("softmax"), SpatialNorm)
    return refill(op.graph, [done], "log")[0] if "log_" in op.call.op else done


@operator("cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", kind="norm")
def _running(op: Op) -> Result:
    """A running sum; along space it reads all that came before."""
    x = op.value("self")
    done = scan(op.graph, x, op.dims("dim", len(x.shape)), op.call.op)
    return [done] * len(op.shapes)


@operator("sort", "argsort", "topk", "msort", kind="norm", dim=-1)
def _sorted(op: Op) -> Result:
    """Sorted along a dimension: each place reads all of it."""
    x = op.value("self")
    d = 0 if op.call.op == "msort" else op.number("dim") % len(x.shape)
    return [first_ranks(op.graph, x, d, op.shape[d])] * len(op.shapes)


@operator("layer_norm", "rms_norm", "native_layer_norm", "_fused_rms_norm", kind="norm")
def _layer_norm(op: Op) -> Result:
    """Normalised over the last dimensions: over space, the whole of it."""
    x = op.value("input")
    rank = len(x.shape)
    dims = list(range(rank - len(op["normalized_shape"]), rank))
    return mix(op.graph, x, dims, plain("layernorm"), SpatialNorm)


@operator("group_norm", "native_group_norm", kind="norm")
def _group_norm(op: Op) -> Result:
    """Normalised over groups of channels and all cells."""
    x = op.value("input")
    return mix(op.graph, x, range(1, len(x.shape)), plain("layernorm"), GroupNorm)


@operator("instance_norm", kind="norm", use_input_stats=True)
def _instance_norm(op: Op) -> Result:
    """Normalised over all cells, unless statistics are stored."""
    x = op.value("input")
    if op["use_input_stats"] is False:
        return broadcast(op, [x], plain("batchnorm"))
    return mix(op.graph, x, range(2, len(x.shape)), plain("layernorm"), InstanceNorm)


@operator("linear", kind="sum")
def _linear(op: Op) -> Result:
    """A dense layer over the last dimension."""
    x, weight = op.value("input"), op.value("weight")
    if not live(weight):
        return linear(op.graph, x, weight.shape[0] if len(weight.shape) > 1 else None)
    return product(op.graph, x, layout.permute(op.graph, weight, (1, 0)))


@operator("matmul", "bmm", "mm", "mv", "dot", "linalg_matmul", kind="sum")
def _matmul(op: Op) -> Result:
    """Sums over the inner dimension of a product; attention when that is space."""
    one, two = op.tensors[:2]
    note_zero_weights(op, one, two)
    return product(op.graph, one, two)


@operator("addmm", "baddbmm", "addmv", kind="sum")
def _addmm(op: Op) -> Result:
    """A product, added to a value."""
    added, one, two = op.tensors[:3]
    done = product(op.graph, one, two)
    if not live(added):
        return masked(op, done, "self")
    return broadcast(op, [added, done], Add())


@operator("einsum", kind="sum")
def _einsum(op: Op) -> Result:
    """Sums over the letters that are missing in the result."""
    note_zero_weights_by_letters(op, str(op["equation"]), op.values("tensors"))
    return einsum(op.graph, str(op["equation"]), op.values("tensors"))


@operator(
    *("scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu"),
    kind="sum",
)
def _attention(op: Op) -> Result:
    """Attention: over space, the whole of it or of its windows, or up to each row (causal)."""
    if op["enable_gqa"]:
        raise op.lost("grouped queries are not followed")
    query, key, value = (op.value(name) for name in ("query", "key", "value"))
    mask = op.value("attn_mask") if op.has("attn_mask") else None
    hidden, causal = masks_of(op, "attn_mask"), bool(op["is_causal"])
    return attention(op.graph, query, key, value, mask, causal=causal, hidden=hidden)


@operator(
    *("lstm", "gru", "rnn_tanh", "rnn_relu"),
    kind="norm",
    batch_first=False,
    bidirectional=False,
    num_layers=1,
)
def _recurrent(op: Op) -> Result:
    """A recurrence along a dimension; along space it reads what came before, or all of it."""
    x = op.value("input")
    d = 1 if op["batch_first"] else 0
    # Its weights are made for so many features: space among them is read by a dense layer.
    x = channels(op.graph, x, len(x.shape) - 1, 1)
    both = bool(op["bidirectional"])
    given = op.values("hx") if isinstance(op["hx"], list) else [op.value("hx")]
    recurrence = Recurrence(x, d, op.call.op, given)
    done = recurrence.run(op.graph, "both" if both else "before")
    if isinstance(done, Pieces):
        raise op.lost("a recurrence over values of several grids")
    rest = [reduce(op.graph, done, [d], keep=False) for _ in op.shapes[1:]]
    wide = layout.expand(op.graph, done, op.shape)
    if both and op["num_layers"] == 1:
        # A further layer reads both halves of the one before.
        wide = split_ways(op.graph, wide, len(op.shape) - 1, recurrence)
    return [
        wide,
        *(
            layout.expand(op.graph, layout.unsqueeze(op.graph, r, 0), s)
            for r, s in zip(rest, op.shapes[1:], strict=True)
        ),
    ]


@operator("gru_cell", "lstm_cell", "rnn_tanh_cell", "rnn_relu_cell", kind="sum")
def _one_step(op: Op) -> Result:
    """One step of a recurrence: it reads all channels of its input and of its state."""
    state = op.values("hx") if op.call.op == "lstm_cell" else [op.value("hx")]
    rows = [linear(op.graph, x, op.shape[-1]) for x in (op.value("input"), *state)]
    return [broadcast(op, rows, Add())] * len(op.shapes)


@operator("bilinear", kind="sum")
def _bilinear(op: Op) -> Result:
    """Products of the channels of two values, summed with weights."""
    rows = [linear(op.graph, op.value(name), op.shape[-1]) for name in ("input1", "input2")]
    return broadcast(op, rows, Mul())


@operator("cosine_similarity", kind="sum", dim=1)
def _cosine(op: Op) -> Result:
    """Compared along a dimension."""
    one, two = op.value("x1"), op.value("x2")
    rank = max(len(one.shape), len(two.shape))
    gone = op.number("dim") % rank - rank
    labelled = [(v, range(-len(v.shape), 0)) for v in (one, two)]
    out = [d for d in range(-rank, 0) if d != gone]
    return combine(op.graph, Mul(), labelled, out)

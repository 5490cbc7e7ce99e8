"""What do the ONNX operators read that multiply tensors: matrices, einsum, attention?"""

from math import prod

from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, Tensor, Value
from rfcalc.importers.graph import plain
from rfcalc.importers.mixing import mix
from rfcalc.importers.onnx.masking import masks_of
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.products import attention, broadcast, einsum, product, scaled
from rfcalc.layers.pointwise import Add
from rfcalc.layers.whole import SpatialNorm

_COMPUTED = {"MatMulInteger": (2,), "MatMulIntegerToFloat": (2, 4)}
"""Inputs that are the scale and zero point of the first, which dynamic quantisation computes."""


@operator(
    *("MatMul", "MatMulInteger", "QLinearMatMul", "com.microsoft.FusedMatMul"),
    *("com.microsoft.MatMulIntegerToFloat", "com.microsoft.DynamicQuantizeMatMul"),
    kind="sum",
)  # fmt: skip
def _matmul(op: Op) -> Result:
    """Sums over the inner dimension of a product; attention when that is space."""
    one, two = op.value(), op.value(3 if op.kind == "QLinearMatMul" else 1)
    if op.kind == "DynamicQuantizeMatMul":
        one = mix(op.graph, one, list(range(len(one.shape))), plain("identity"), SpatialNorm)
    if op.attr("transBatchA", 0) or op.attr("transBatchB", 0):
        raise op.lost("it moves the batch")
    one = _turned(op, one, op.attr("transA", 0))
    two = _turned(op, two, op.attr("transB", 0))
    if one.shape[-1] != two.shape[-2 if len(two.shape) > 1 else -1]:
        raise op.lost(f"shapes {list(one.shape)} and {list(two.shape)} do not multiply")
    done = product(op.graph, one, two)
    for i in _COMPUTED.get(op.kind, ()):
        if op.has(i) and prod(op.shape(i)) == 1:
            done = scaled(op.graph, done, op.value(i))
    return done


def _turned(op: Op, x: Value, turn: int) -> Value:
    if not turn:
        return x
    order = list(range(len(x.shape)))
    return layout.permute(op.graph, x, [*order[:-2], order[-1], order[-2]])


@operator("Gemm", "com.microsoft.FusedGemm", kind="sum")
def _gemm(op: Op) -> Result:
    """A product of matrices, with one added."""
    done = _matmul(op)
    assert isinstance(done, Tensor | Pieces)
    return broadcast(op.graph, [done, op.value(2)], Add()) if op.live(2) else done


@operator("Einsum", kind="sum")
def _einsum(op: Op) -> Result:
    """Sums over the letters that are missing in the result."""
    return einsum(op.graph, op.attr("equation"), op.values)


@operator("Attention", kind="sum")
def _attention(op: Op) -> Result:
    """Attention: over space, the whole of it or of its windows."""
    query, key, value = (op.value(i) for i in range(3))
    if any(op.has(i) for i in (4, 5)) or op.outputs > 1:
        raise op.lost("keys and values of earlier calls are not followed")
    flat = len(query.shape) == 3
    if flat:
        heads = int(op.attr("q_num_heads"))
        kinds = (heads, *[int(op.attr("kv_num_heads"))] * 2)
        query, key, value = (
            _headed(op, v, n) for v, n in zip((query, key, value), kinds, strict=True)
        )
    if query.shape[1] != key.shape[1]:
        raise op.lost("grouped queries are not followed")
    mask = op.value(3) if op.has(3) else None
    causal = bool(op.attr("is_causal", 0))
    hidden = masks_of(op, 3)
    done = attention(op.graph, query, key, value, mask, causal=causal, hidden=hidden)
    if not flat:
        return done
    moved = layout.permute(op.graph, done, [0, 2, 1, 3])
    return layout.reshape(op.graph, moved, [*moved.shape[:2], moved.shape[2] * moved.shape[3]])


def _headed(op: Op, x: Value, heads: int) -> Value:
    n, rows, width = x.shape
    cut = layout.reshape(op.graph, x, [n, rows, heads, width // heads])
    return layout.permute(op.graph, cut, [0, 2, 1, 3])

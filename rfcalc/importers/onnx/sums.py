"""Which ONNX operators sum, sort or normalise over dimensions, and what do they then read?"""

from rfcalc.footprint import Side
from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, Value, spatial
from rfcalc.importers.channels import channels
from rfcalc.importers.combining import combine
from rfcalc.importers.cumulating import cumulate
from rfcalc.importers.cutting import narrow
from rfcalc.importers.functions import refill
from rfcalc.importers.graph import plain
from rfcalc.importers.mixing import mix, reduce
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.products import broadcast
from rfcalc.importers.recurring import Recurrence, split_ways
from rfcalc.importers.sampling import first_ranks
from rfcalc.layers.pointwise import Add, Mul
from rfcalc.layers.whole import GroupNorm, InstanceNorm, Sequence, SpatialNorm


@operator(
    *("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"),
    *("ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "com.microsoft.QLinearReduceMean"),
    kind="sum",
)  # fmt: skip
def _reduced(op: Op) -> Result:
    """One value per place left: over space, the whole of it."""
    x = op.value()
    rank = len(x.shape)
    axes = op.attr("axes") if op.kind == "QLinearReduceMean" else op.given("axes", 1)
    if not axes:
        if op.attr("noop_with_empty_axes", 0):
            return x
        axes = list(range(rank))
    return reduce(op.graph, x, _dims(op, axes, rank), keep=bool(op.attr("keepdims", 1)))


@operator("ArgMax", "ArgMin", kind="sum")
def _extreme(op: Op) -> Result:
    """Where the largest value is: over space, the whole of it is read."""
    x = op.value()
    return reduce(op.graph, x, [op.axis(0, len(x.shape))], keep=bool(op.attr("keepdims", 1)))


@operator("Softmax", "LogSoftmax", "Hardmax", "com.microsoft.QLinearSoftmax", kind="norm")
def _softmax(op: Op) -> Result:
    """Values over the sum along a dimension: over space, the whole of it."""
    x = op.value()
    rank = len(x.shape)
    version = int(op.attr("opset", 13)) if op.kind == "QLinearSoftmax" else op.opset
    d = op.axis(-1 if version >= 13 else 1, rank)
    dims = [d] if version >= 13 else list(range(d, rank))
    done = mix(op.graph, x, dims, plain("softmax"), SpatialNorm)
    return refill(op.graph, [done], "log")[0] if op.kind == "LogSoftmax" else done


@operator(
    *("LayerNormalization", "RMSNormalization", "com.microsoft.SimplifiedLayerNormalization"),
    *("SimplifiedLayerNormalization",),
    kind="norm",
)  # fmt: skip
def _layer_norm(op: Op) -> Result:
    """Normalised over the last dimensions: over space, the whole of it."""
    x = op.value()
    rank = len(x.shape)
    dims = list(range(op.axis(-1, rank), rank))
    done = mix(op.graph, x, dims, plain("layernorm"), SpatialNorm)
    if op.outputs == 1:
        return done
    told = reduce(op.graph, x, dims, keep=True)
    return (done, *[told] * (op.outputs - 1))


@operator("com.microsoft.SkipLayerNormalization", kind="norm")
def _skip_norm(op: Op) -> Result:
    """Two tensors added, and normalised over the last dimension."""
    both = broadcast(op.graph, [op.value(0), op.value(1)], Add())
    last = len(both.shape) - 1
    done = mix(op.graph, both, [last], plain("layernorm"), SpatialNorm)
    told = reduce(op.graph, both, [last], keep=True)
    return (done, told, told, both)[: op.outputs]


@operator("InstanceNormalization", "GroupNormalization", kind="norm")
def _instance_norm(op: Op) -> Result:
    """Normalised over all cells, of one channel or of a group of channels."""
    x = op.value()
    rank = len(x.shape)
    if op.kind == "GroupNormalization":
        return mix(op.graph, x, list(range(1, rank)), plain("layernorm"), GroupNorm)
    return mix(op.graph, x, list(range(2, rank)), plain("layernorm"), InstanceNorm)


@operator("MeanVarianceNormalization", "LpNormalization", kind="norm")
def _variance_norm(op: Op) -> Result:
    """Normalised over dimensions: over space, the whole of it."""
    x = op.value()
    rank = len(x.shape)
    if op.kind == "LpNormalization":
        return mix(op.graph, x, [op.axis(-1, rank)], plain("layernorm"), SpatialNorm)
    dims = _dims(op, op.attr("axes") or [0, 2, 3], rank)
    return mix(op.graph, x, dims, plain("layernorm"), InstanceNorm)


@operator("LRN", kind="norm")
def _response_norm(op: Op) -> Result:
    """Normalised over neighbouring channels."""
    x = op.tensor()
    if spatial(x.dims[1]):
        raise op.lost("it normalises over channels among which there are cells")
    return mix(op.graph, x, [1], plain("layernorm"), SpatialNorm)


_SIDES: dict[str, Side] = {"forward": "before", "reverse": "after", "bidirectional": "both"}


@operator("LSTM", "GRU", "RNN", "com.microsoft.DynamicQuantizeLSTM", kind="norm")
def _recurrent(op: Op) -> Result:
    """A recurrence along a dimension; along space it reads what came before, after, or all."""
    x = op.value()
    hidden = int(op.attr("hidden_size") or op.shape(2)[-1])
    ways = op.shape(1)[0]
    d = 1 if op.attr("layout", 0) else 0
    if op.kind == "DynamicQuantizeLSTM":
        # What it is scaled by is a value of the whole input.
        x = mix(op.graph, x, list(range(len(x.shape))), plain("identity"), SpatialNorm)
    # Its weights are made for so many features: space among them is read by a dense layer.
    x = channels(op.graph, x, 2, 1)
    way = op.attr("direction", "forward")
    way = way.decode() if isinstance(way, bytes) else way
    states = [op.value(i) for i in (5, 6) if op.live(i)]
    recurrence = Recurrence(x, d, op.kind, states, ways=2 if d else 1)
    row = recurrence.run(op.graph, _SIDES.get(way))
    if isinstance(row, Pieces):
        raise op.lost("a recurrence over values of several grids")
    length, batch = x.shape[d], x.shape[1 - d]
    whole = [batch, length, ways, hidden] if d else [length, ways, batch, hidden]
    last = reduce(op.graph, row, [1 if d else 0], keep=False)
    state = layout.expand(op.graph, last, [batch, ways, hidden] if d else [ways, batch, hidden])
    wide = layout.expand(op.graph, row, whole)
    if way == "bidirectional":
        wide = split_ways(op.graph, wide, 2 if d else 1, recurrence)
    return (wide, state, state)[: op.outputs]


@operator("CumSum", "CumProd", kind="norm")
def _running(op: Op) -> Result:
    """A running sum; along space it reads all that came before, or that comes after."""
    x = op.value()
    axes = op.integers(1, "axis") or [0]
    side: Side = "after" if op.attr("reverse", 0) else "before"
    exclusive = bool(op.attr("exclusive", 0))
    return cumulate(op.graph, x, axes[0] % len(x.shape), op.kind, side, exclusive)


@operator("DFT", kind="norm")
def _fourier(op: Op) -> Result:
    """A Fourier transform: along space, the whole of it."""
    x = op.value()
    rank = len(x.shape)
    given = op.integers(2, "axis")
    d = (given[0] if given else int(op.attr("axis", 1 if op.opset < 20 else -2))) % rank
    half, back = bool(op.attr("onesided", 0)), bool(op.attr("inverse", 0))
    length = op.integers(1, "length")
    size = length[0] if length else 2 * (x.shape[d] - 1) if half and back else x.shape[d]
    bins = size // 2 + 1 if half and not back else size
    # It is cut to its length, or filled up with zeros.
    kept = size // 2 + 1 if half and back else size
    if kept < x.shape[d]:
        x = narrow(op.graph, x, d, 0, kept)
    parts = 1 if half and back else 2
    read = reduce(op.graph, x, [rank - 1], keep=True)
    if isinstance(read, Pieces) or spatial(read.dims[d]):
        if bins > read.shape[d]:
            read = reduce(op.graph, read, [d], keep=True)
        else:
            read = narrow(op.graph, mix(op.graph, read, [d], plain("identity"), Sequence),
                          d, 0, bins)  # fmt: skip
    else:
        read = channels(op.graph, read, d, bins)
    whole = [*x.shape[:-1], parts]
    whole[d] = bins
    return layout.expand(op.graph, read, whole)


@operator("TopK", kind="norm")
def _sorted(op: Op) -> Result:
    """The largest along a dimension: each reads all of it."""
    x = op.value()
    count = op.given("k", 1) or [1]
    done = first_ranks(op.graph, x, op.axis(-1, len(x.shape)), count[0])
    return done, done


@operator("Det", kind="sum")
def _determinant(op: Op) -> Result:
    """Summed over the last two dimensions."""
    x = op.value()
    return reduce(op.graph, x, [len(x.shape) - 2, len(x.shape) - 1], keep=False)


@operator("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", kind="sum")
def _loss(op: Op) -> Result:
    """A loss over channels: one value per cell, or one for all."""
    values = [op.value(0), op.value(1)]
    if op.kind == "NegativeLogLikelihoodLoss" and _among_cells(values[0]):
        raise op.lost("which cells it reads depends on the values of the target")
    one = reduce(op.graph, values[0], [1], keep=False)
    both = combine(op.graph, Mul(), [(v, range(len(v.shape))) for v in (one, values[1])],
                   range(len(one.shape)))  # fmt: skip
    log = mix(op.graph, values[0], [1], plain("softmax"), SpatialNorm)
    if op.attr("reduction", "mean") != "none":
        both = reduce(op.graph, both, list(range(len(both.shape))), keep=False)
    return (both, log)[: op.outputs]


def _among_cells(x: Value) -> bool:
    """Whether the classes of a loss are cells."""
    return isinstance(x, Pieces) or bool(spatial(x.dims[1]))


def _dims(op: Op, axes: list[int], rank: int) -> list[int]:
    if any(not -rank <= axis < rank for axis in axes):
        raise op.lost(f"its axes {axes} are not among {rank} dimensions")
    return sorted({int(axis) % rank for axis in axes})

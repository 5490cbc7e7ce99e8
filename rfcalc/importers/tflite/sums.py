"""Which TFLite operators sum, sort or normalise over dimensions, and what do they then read?"""

from rfcalc.footprint import Side
from rfcalc.importers import layout
from rfcalc.importers.axes import Pieces, Value, spatial
from rfcalc.importers.channels import channels, linear
from rfcalc.importers.cumulating import cumulate
from rfcalc.importers.functions import refill
from rfcalc.importers.graph import plain
from rfcalc.importers.mixing import mix, reduce, scan
from rfcalc.importers.products import broadcast, product
from rfcalc.importers.ranges import unusable
from rfcalc.importers.sampling import first_ranks
from rfcalc.importers.tflite.operators import Op, Result, operator
from rfcalc.layers.pointwise import Add
from rfcalc.layers.whole import SpatialNorm


@operator(
    *("MEAN", "REDUCE_ALL", "REDUCE_ANY", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "SUM"),
    kind="sum",
)
def _reduced(op: Op) -> Result:
    """One value per place left: over space, the whole of it."""
    x = op.value()
    dims = op.dims(op.listed(1, "axes"), len(x.shape))
    return reduce(op.graph, x, dims, keep=bool(op.setting("KeepDims")))


@operator("ARG_MAX", "ARG_MIN", kind="sum")
def _extreme(op: Op) -> Result:
    """Where the largest value is: over space, the whole of it is read."""
    x = op.value()
    return reduce(op.graph, x, [op.dim(op.one(1, "axis"), len(x.shape))], keep=False)


@operator("SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION", kind="norm")
def _softmax(op: Op) -> Result:
    """Values over a sum along the last dimension: over space, the whole of it."""
    x = op.value()
    word = "layernorm" if op.kind == "L2_NORMALIZATION" else "softmax"
    done = mix(op.graph, x, [len(x.shape) - 1], plain(word), SpatialNorm)
    return refill(op.graph, [done], "log")[0] if op.kind == "LOG_SOFTMAX" else done


@operator("LOCAL_RESPONSE_NORMALIZATION", kind="norm")
def _response(op: Op) -> Result:
    """Normalised over neighbouring channels."""
    x = op.tensor()
    if spatial(x.dims[-1]):
        raise op.lost("it normalises over channels among which there are cells")
    return mix(op.graph, x, [len(x.shape) - 1], plain("layernorm"), SpatialNorm)


@operator("CUMSUM", kind="norm")
def _running(op: Op) -> Result:
    """A running sum; along space it reads all that came before, or that comes after."""
    x = op.value()
    side: Side = "after" if op.setting("Reverse") else "before"
    d = op.dim(op.one(1, "axis"), len(x.shape))
    return cumulate(op.graph, x, d, op.kind, side, bool(op.setting("Exclusive")))


@operator("UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN", kind="norm")
def _recurrent(op: Op) -> Result:
    """A recurrence along a dimension; along space it reads all that came before."""
    x = op.value()
    d = 0 if op.setting("TimeMajor") else 1
    if len(x.shape) != 3:
        raise op.lost("a recurrence over values that are no rows of features")
    # Its weights are made for so many features: space among them is read by a dense layer.
    x = channels(op.graph, x, 2, 1)
    done = scan(op.graph, x, [d], op.kind, "before")
    if isinstance(done, Pieces):
        raise op.lost("a recurrence over values of several grids")
    # The weights of an LSTM's cell, or of its projection, where there is one; a recurrence's own.
    at = 1 if op.kind.endswith("RNN") else 16 if op.has(16) else 3
    width = op.shape(at)[0]
    return layout.expand(op.graph, done, [*x.shape[:2], width])


@operator("TOPK_V2", kind="norm")
def _sorted(op: Op) -> Result:
    """The largest along the last dimension: each reads all of it."""
    x = op.value()
    done = first_ranks(op.graph, x, len(x.shape) - 1, op.one(1, "k"))
    return done, done


@operator("FULLY_CONNECTED", kind="sum")
def _dense(op: Op) -> Result:
    """A dense layer over the last dimension; of a map without one of its size, over all."""
    x, weight = op.value(), op.value(1)
    if len(weight.shape) != 2:
        raise unusable(op.graph.here, f"its weight has the shape {list(weight.shape)}")
    out, width = weight.shape
    if x.shape[-1] != width or not (op.setting("KeepNumDims") or len(x.shape) == 2):
        x = _rows(op, x, width)
    if op.live(1):
        turned = layout.permute(op.graph, weight, [1, 0])
        done = product(op.graph, x, turned)
    else:
        done = linear(op.graph, x, out)
    return broadcast(op.graph, [done, op.value(2)], Add()) if op.live(2) else done


def _rows(op: Op, x: Value, width: int) -> Value:
    """Return a value as rows of so many numbers."""
    count = 1
    for n in x.shape:
        count *= n
    if not width or count % width:
        fact = f"its weight takes {width} values, its input has the shape {list(x.shape)}"
        raise unusable(op.graph.here, fact)
    return layout.reshape(op.graph, x, [count // width, width])


@operator("BATCH_MATMUL", kind="sum")
def _matmul(op: Op) -> Result:
    """Sums over the inner dimension of a product; attention when that is space."""
    one, two = op.value(0), op.value(1)
    one = _turned(op, one) if op.setting("AdjX") else one
    two = _turned(op, two) if op.setting("AdjY") else two
    if min(len(one.shape), len(two.shape)) < 2 or one.shape[-1] != two.shape[-2]:
        fact = f"shapes {list(one.shape)} and {list(two.shape)} do not multiply"
        raise unusable(op.graph.here, fact)
    return product(op.graph, one, two)


def _turned(op: Op, x: Value) -> Value:
    order = list(range(len(x.shape)))
    return layout.permute(op.graph, x, [*order[:-2], order[-1], order[-2]])

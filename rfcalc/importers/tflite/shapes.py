"""What do the TFLite operators on shapes move and join?"""

from math import prod

from rfcalc.importers import layout, sampling
from rfcalc.importers.axes import live
from rfcalc.importers.copies import tile
from rfcalc.importers.cutting import narrow, select
from rfcalc.importers.mixing import reduce
from rfcalc.importers.ranges import unusable
from rfcalc.importers.reversing import reversed_along
from rfcalc.importers.tflite.operators import Op, Result, operator


@operator("RESHAPE", kind="layout")
def _reshape(op: Op) -> Result:
    """The same cells, in order, under another shape."""
    x = op.value()
    wanted = op.integers(1, "shape") if op.has(1) else None
    if wanted is None:
        wanted = list(op.attr("NewShape") or op.written[0])
    if wanted.count(-1) == 1:
        rest = prod(n for n in wanted if n != -1)
        wanted[wanted.index(-1)] = prod(x.shape) // rest if rest else 0
    if prod(wanted) != prod(x.shape) or min(wanted, default=0) < 0:
        raise op.lost(f"a tensor of shape {list(x.shape)} is reshaped to {wanted}")
    return layout.reshape(op.graph, x, wanted)


@operator("SQUEEZE", kind="layout")
def _squeeze(op: Op) -> Result:
    """Without dimensions of size 1."""
    return layout.squeeze(op.graph, op.value(), op.attr("SqueezeDims") or None)


@operator("EXPAND_DIMS", kind="layout")
def _unsqueeze(op: Op) -> Result:
    """With one more dimension of size 1."""
    x = op.value()
    return layout.unsqueeze(op.graph, x, op.dim(op.one(1, "axis"), len(x.shape) + 1))


@operator("TRANSPOSE", kind="layout")
def _transpose(op: Op) -> Result:
    """Dimensions in another order."""
    x, order = op.value(), op.listed(1, "order")
    if sorted(order) != list(range(len(x.shape))):
        raise unusable(op.graph.here, f"its order {order} is not one of {len(x.shape)} dimensions")
    return layout.permute(op.graph, x, order)


@operator("BROADCAST_TO", kind="layout")
def _expand(op: Op) -> Result:
    """Dimensions of size 1 repeated."""
    x, wanted = op.value(), op.listed(1, "shape")
    added = len(wanted) - len(x.shape)
    if added < 0 or any(n not in (1, m) for n, m in zip(x.shape, wanted[added:], strict=True)):
        raise unusable(op.graph.here, f"{list(x.shape)} does not broadcast to {wanted}")
    return layout.expand(op.graph, x, wanted)


@operator("TILE", kind="layout")
def _tile(op: Op) -> Result:
    """Copies side by side along dimensions."""
    x = op.value()
    times = op.listed(1, "repeats", len(x.shape))
    if min(times, default=1) < 0:
        raise unusable(op.graph.here, f"it repeats {times} times")
    return tile(op.graph, x, times)


@operator("CONCATENATION", kind="layout")
def _concat(op: Op) -> Result:
    """Tensors side by side."""
    values = op.values
    first = values[0].shape
    d = op.dim(op.setting("Axis"), len(first))
    kept = [value for value in values if len(value.shape) != len(first) or value.shape[d]]
    if any(v.shape[:d] + v.shape[d + 1 :] != first[:d] + first[d + 1 :] for v in kept):
        shapes = [list(v.shape) for v in values]
        raise unusable(op.graph.here, f"shapes {shapes} do not fit side by side")
    return layout.cat(op.graph, kept, d) if kept else values[0]


@operator("PACK", kind="layout")
def _pack(op: Op) -> Result:
    """Tensors side by side along a new dimension."""
    values = op.values
    if len({v.shape for v in values}) != 1:
        raise unusable(op.graph.here, "the tensors that it stacks differ in shape")
    return layout.stack(op.graph, values, op.dim(op.setting("Axis"), len(values[0].shape) + 1))


@operator("UNPACK", kind="layout")
def _unpack(op: Op) -> Result:
    """Each index of a dimension by itself."""
    x = op.value()
    d = op.dim(op.setting("Axis"), len(x.shape))
    if op.outputs != x.shape[d]:
        fact = f"it gives {op.outputs} tensors of {x.shape[d]} indices"
        raise unusable(op.graph.here, fact)
    return tuple(select(op.graph, x, d, i) for i in range(op.outputs))


@operator("SPLIT", "SPLIT_V", kind="layout")
def _split(op: Op) -> Result:
    """A dimension in consecutive pieces."""
    at = 1 if op.kind == "SPLIT" else 0
    x = op.value(at)
    d = op.dim(op.one(0 if at else 2, "axis"), len(x.shape))
    n, count = x.shape[d], op.outputs
    sizes = [n // count] * count if at else op.listed(1, "sizes", count)
    if -1 in sizes:
        sizes[sizes.index(-1)] = n - sum(sizes) - 1
    if sum(sizes) != n or min(sizes) < 0:
        raise unusable(op.graph.here, f"pieces of {sizes} do not add up to {n}")
    starts = [sum(sizes[:i]) for i in range(count)]
    return tuple(narrow(op.graph, x, d, s, m) for s, m in zip(starts, sizes, strict=True))


@operator("GATHER", kind="layout")
def _gather(op: Op) -> Result:
    """Indices of a dimension, where they are not known any; a row of a table for each index."""
    x, index = op.value(0), op.value(1)
    d = op.dim(op.setting("Axis"), len(x.shape))
    if op.setting("BatchDims"):
        raise op.lost("its indices differ along the batch")
    return sampling.take(op.graph, x, index, d, None if live(index) else op.array(1))


@operator("GATHER_ND", kind="layout")
def _at_places(op: Op) -> Result:
    """Values at a table of places: any of those along their dimensions."""
    x, index = op.value(0), op.value(1)
    last = len(index.shape) - 1
    rows = reduce(op.graph, index, [last], keep=False)
    return sampling.take_at(op.graph, x, range(index.shape[last]), [rows])


@operator("REVERSE_V2", kind="frame")
def _reversed(op: Op) -> Result:
    """Dimensions reversed."""
    x = op.value()
    return reversed_along(op.graph, x, op.dims(op.listed(1, "axes"), len(x.shape)))

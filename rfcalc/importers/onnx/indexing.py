"""What do the ONNX operators read that take or write cells at a table of indices?"""

from collections.abc import Sequence
from itertools import product
from math import prod

from rfcalc.importers import layout, sampling
from rfcalc.importers.axes import Value, constant
from rfcalc.importers.cutting import narrow
from rfcalc.importers.graph import lost
from rfcalc.importers.mixing import reduce
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.picking import picked, runs_of


@operator("GridSample", "com.microsoft.GridSample", kind="resize")
def _sample(op: Op) -> Result:
    """A map at computed places: with ``max_offset`` those around its own, else any cell."""
    beyond = int(str(op.attr("mode", "")).endswith("cubic"))
    return sampling.sample(op.graph, op.value(0), op.value(1), beyond)


@operator("RoiAlign", "MaxRoiPool", "com.microsoft.CropAndResize", kind="resize")
def _pool(op: Op) -> Result:
    """What is pooled of a map in regions: of any cell."""
    size = [int(op.attr(f"output_{word}", 1)) for word in ("height", "width")]
    if op.kind == "MaxRoiPool":
        size = op.given("pooled_shape", -1) or size
    elif op.kind == "CropAndResize":
        size = op.integers(3, "crop_size") or size
    regions = [op.value(i) for i in range(1, 3) if op.has(i)]
    return sampling.pool_regions(op.graph, op.value(), regions, size)


@operator("Gather", kind="layout")
def _gather(op: Op) -> Result:
    """Indices of a dimension, where they are not known any; a row of a table for each index."""
    x = op.value()
    numbers = None if op.live(1) else op.array(1)
    return sampling.take(op.graph, x, op.value(1), op.axis(0, len(x.shape)), numbers)


@operator("GatherElements", "GatherND", "Compress", kind="layout")
def _table(op: Op) -> Result:
    """Values at a table of indices: any of those along their dimensions."""
    if op.kind == "Compress":
        return _compressed(op)
    x, index = op.value(), op.value(1)
    batch = int(op.attr("batch_dims", 0))
    if op.kind == "GatherElements":
        return sampling.take_along(op.graph, x, index, op.axis(0, len(x.shape)))
    last = len(index.shape) - 1
    if batch + index.shape[last] > len(x.shape):
        fact = f"its indices have {index.shape[last]} parts, for {len(x.shape) - batch} dimensions"
        raise lost(op.graph.here, fact)
    rows = reduce(op.graph, index, [last], keep=False)
    dims = range(batch, batch + index.shape[last])
    return sampling.take_at(op.graph, x, dims, [rows], batch)


def _compressed(op: Op) -> Value:
    x, kept = op.value(), op.integers(1, "condition") or []
    if op.attr("axis") is None:
        x = layout.reshape(op.graph, x, [prod(x.shape)])
    d = op.axis(0, len(x.shape))
    return picked(op.graph, x, d, [i for i, keep in enumerate(kept) if keep])


@operator("Scatter", "ScatterElements", "ScatterND", "TensorScatter", kind="frame")
def _scattered(op: Op) -> Result:
    """A block at constant places overwritten; at other places any cell may hold what is written."""
    x, index, new = op.value(0), op.value(1), op.value(2)
    if not any(op.live(i) for i in range(len(op.step.inputs))):
        return constant(x.shape)
    array = op.array(1)
    if op.live(1) or array is None or op.kind != "ScatterND":
        moved = op.kind in ("Scatter", "ScatterElements")
        d = op.axis(0, len(x.shape)) if moved else None
        return sampling.place(op.graph, x, [index, new], d)
    depth = index.shape[-1]
    rows = array.reshape(-1, depth)
    box = [sorted({int(v) % x.shape[d] for v in rows[:, d]}) for d in range(depth)]
    runs = [runs_of(values) for values in box]
    full = len(rows) == prod(len(values) for values in box)
    ordered = full and [tuple(int(v) for v in row) for row in rows] == list(product(*box))
    alone = op.attr("reduction", "none") == "none" and all(
        len(run) == 1 and (run[0].step == 1 or len(run[0]) == n)
        for run, n in zip(runs, x.shape, strict=False)
    )
    if not ordered or not alone:
        return sampling.place(op.graph, x, [new])
    shape = [len(values) for values in box] + list(x.shape[depth:])
    new = layout.reshape(op.graph, new, shape)
    return _written(op, x, new, [run[0] for run in runs])


def _written(op: Op, x: Value, new: Value, runs: Sequence[range]) -> Value:
    """Return a tensor in which the block at the given runs of indices is another."""
    for d, run in enumerate(runs):
        n = x.shape[d]
        if len(run) == n:
            continue
        inside = narrow(op.graph, x, d, run.start, len(run))
        inner = _written(op, inside, new, [range(inside.shape[e]) if e <= d else r
                                           for e, r in enumerate(runs)])  # fmt: skip
        return layout.overlaid(op.graph, x, inner, d, run.start)
    return new

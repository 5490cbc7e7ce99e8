"""What do the ONNX operators read that take or write cells at a table of indices?"""

from collections.abc import Sequence
from itertools import product
from math import prod

from rfcalc.importers import layout
from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, live, normal, spatial
from rfcalc.importers.cutting import narrow, select
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.picking import picked, runs_of
from rfcalc.importers.pieces import resized
from rfcalc.importers.uneven import alike, blurred


@operator("Gather", kind="layout")
def _gather(op: Op) -> Result:
    """Constant indices into a dimension; a row of a constant table for each index."""
    x = op.value()
    d = op.axis(0, len(x.shape))
    index = op.value(1)
    shape = [*x.shape[:d], *index.shape, *x.shape[d + 1 :]]
    if op.live(1):
        if op.live(0):
            raise op.lost("which cells it reads depends on the values")
        grown = layout.reshape(op.graph, index, [*index.shape, *[1] * (len(x.shape) - d - 1)])
        return layout.expand(op.graph, grown, shape)
    if not live(x):
        return constant(shape)
    array = op.array(1)
    if array is None:
        if isinstance(x, Pieces) or spatial(x.dims[d]):
            raise op.lost("it takes cells by a table of indices that is not read")
        flat: Value = blurred(resized(x, d, prod(index.shape)), alike(op.graph, x, [d]))
    else:
        listed = [int(i) % x.shape[d] for i in array.reshape(-1)]
        if not index.shape:
            return select(op.graph, x, d, listed[0])
        flat = picked(op.graph, x, d, listed)
    return flat if flat.shape == tuple(shape) else layout.reshape(op.graph, flat, shape)


@operator("GatherElements", "GatherND", "Compress", kind="layout")
def _table(op: Op) -> Result:
    """Values of a constant table; along channels, constant indices; other indices are refused."""
    x, index = op.value(), op.value(1)
    if op.kind == "Compress":
        return _compressed(op)
    batch = int(op.attr("batch_dims", 0))
    if op.kind == "GatherElements":
        shape, dims = list(index.shape), [op.axis(0, len(x.shape))]
    else:
        shape = [*index.shape[:-1], *x.shape[batch + index.shape[-1] :]]
        dims = list(range(batch, batch + index.shape[-1]))
    if not op.live(0) and not op.live(1):
        return constant(shape)
    if op.live(1) or isinstance(x, Pieces):
        raise op.lost("which cells it reads depends on the values")
    if any(spatial(x.dims[d]) for d in dims):
        raise op.lost("it takes cells by a table of indices")
    if op.kind == "GatherElements":
        if any(x.shape[d] != n for d, n in enumerate(shape) if d not in dims and x.dims[d]):
            raise op.lost("it takes cells by a table of indices")
        return blurred(resized(x, dims[0], shape[dims[0]]), alike(op.graph, x, dims))
    if batch:
        raise op.lost("it takes cells by a table of indices")
    head = [normal([Factor(n)]) for n in index.shape[:-1]]
    done = Tensor(x.node, (*head, *x.dims[len(dims) :]))
    return blurred(done, alike(op.graph, x, dims))


def _compressed(op: Op) -> Value:
    x, kept = op.value(), op.integers(1, "condition") or []
    if op.attr("axis") is None:
        x = layout.reshape(op.graph, x, [prod(x.shape)])
    d = op.axis(0, len(x.shape))
    return picked(op.graph, x, d, [i for i, keep in enumerate(kept) if keep])


@operator("Scatter", "ScatterElements", "ScatterND", "TensorScatter", kind="frame")
def _scattered(op: Op) -> Result:
    """A block at constant places overwritten; other places are refused."""
    x, index, new = op.value(0), op.value(1), op.value(2)
    if not any(op.live(i) for i in range(len(op.step.inputs))):
        return constant(x.shape)
    array = op.array(1)
    if op.live(1) or array is None or op.kind != "ScatterND":
        raise op.lost("where it writes depends on the values")
    depth = index.shape[-1]
    rows = array.reshape(-1, depth)
    box = [sorted({int(v) % x.shape[d] for v in rows[:, d]}) for d in range(depth)]
    runs = [runs_of(values) for values in box]
    full = len(rows) == prod(len(values) for values in box)
    ordered = full and [tuple(int(v) for v in row) for row in rows] == list(product(*box))
    if not ordered or any(len(run) != 1 for run in runs):
        raise op.lost("it writes to a scattered set of places")
    if op.attr("reduction", "none") != "none":
        raise op.lost("it adds to values in place")
    shape = [len(values) for values in box] + list(x.shape[depth:])
    new = layout.reshape(op.graph, new, shape)
    return _written(op, x, new, [run[0] for run in runs])


def _written(op: Op, x: Value, new: Value, runs: Sequence[range]) -> Value:
    """Return a tensor in which the block at the given runs of indices is another."""
    for d, run in enumerate(runs):
        n = x.shape[d]
        if len(run) == n and run.step == 1:
            continue
        if run.step != 1:
            raise op.lost("it writes to every so many places")
        inside = narrow(op.graph, x, d, run.start, len(run))
        inner = _written(op, inside, new, [range(inside.shape[e]) if e <= d else r
                                           for e, r in enumerate(runs)])  # fmt: skip
        return layout.overlaid(op.graph, x, inner, d, run.start)
    return new

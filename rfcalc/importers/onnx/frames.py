"""What do the ONNX operators keep that cut, pad and pick along dimensions?"""

from collections.abc import Sequence

from rfcalc.importers import layout
from rfcalc.importers.axes import Factor, Pieces, Tensor, Value, constant, normal, spatial
from rfcalc.importers.cutting import narrow, select, strided
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.padding import padded
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Flip
from rfcalc.layers.resample import PixelShuffle

__all__ = ["picked"]

RUNS_LIMIT = 256
"""Most runs into which a table of indices falls."""

_MODES = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@operator("Slice", kind="frame")
def _slice(op: Op) -> Result:
    """A slice as in Python."""
    x = op.value()
    rank = len(x.shape)
    starts, ends = op.given("starts", 1) or [], op.given("ends", 2) or []
    axes = op.given("axes", 3) or list(range(len(starts)))
    steps = op.given("steps", 4) or [1] * len(starts)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        n = x.shape[axis % rank]
        if step < 0 and end < -n:
            end = None
        x = _ranged(op, x, axis % rank, range(n)[start:end:step])
    return x


def _ranged(op: Op, x: Value, d: int, kept: range) -> Value:
    """Return a dimension's indices in a range, which may run backwards."""
    if not kept:
        return constant([*x.shape[:d], 0, *x.shape[d + 1 :]])
    if kept.step > 0:
        return strided(op.graph, x, d, kept.start, kept[-1] + 1, kept.step)
    turned = strided(op.graph, x, d, kept[-1], kept[0] + 1, -kept.step)
    if len(kept) == 1 or (isinstance(turned, Tensor) and not spatial(turned.dims[d])):
        return turned
    return slide(op.graph, turned, Flip(over=(True,)), [d])


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
    if isinstance(x, Tensor) and x.node is None:
        return constant(shape)
    array = op.array(1)
    if array is None:
        if isinstance(x, Pieces) or spatial(x.dims[d]):
            raise op.lost("it takes cells by a table of indices that is not read")
        flat: Value = Tensor(
            x.node, (*x.dims[:d], normal([Factor(_count(index))]), *x.dims[d + 1 :])
        )
    else:
        listed = [int(i) % x.shape[d] for i in array.reshape(-1)]
        if not index.shape:
            return select(op.graph, x, d, listed[0])
        flat = picked(op, x, d, listed)
    return flat if flat.shape == tuple(shape) else layout.reshape(op.graph, flat, shape)


def _count(x: Value) -> int:
    total = 1
    for size in x.shape:
        total *= size
    return total


def picked(op: Op, x: Value, d: int, indices: Sequence[int]) -> Value:
    """Return the given indices of a dimension: along space, run by run."""
    n = x.shape[d]
    if list(indices) == list(range(n)):
        return x
    if isinstance(x, Tensor) and not spatial(x.dims[d]):
        runs = _runs(indices)
        if len(runs) == 1 and runs[0].step > 0:
            return _ranged(op, x, d, runs[0])
        return Tensor(x.node, (*x.dims[:d], normal([Factor(len(indices))]), *x.dims[d + 1 :]))
    times = len(indices) // n
    if times > 1 and list(indices) == [i // times for i in range(n * times)]:
        return slide(op.graph, x, PixelShuffle(factor=(times,)), [d])
    runs = _runs(indices)
    if len(runs) > RUNS_LIMIT:
        raise op.lost(f"it takes cells by a table of {len(runs)} runs of indices")
    return layout.cat(op.graph, [_ranged(op, x, d, run) for run in runs], d)


def _runs(indices: Sequence[int]) -> list[range]:
    """Return indices as ranges, each as long as it can be."""
    found: list[range] = []
    at = 0
    while at < len(indices):
        first, stop = indices[at], at + 1
        step = indices[stop] - first if stop < len(indices) else 0
        while step and stop < len(indices) and indices[stop] - indices[stop - 1] == step:
            stop += 1
        found.append(range(first, first + (step or 1) * (stop - at), step or 1))
        at = stop
    return found


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
        return Tensor(
            x.node,
            tuple(normal([Factor(shape[d])]) if d in dims else dim for d, dim in enumerate(x.dims)),
        )
    if batch:
        raise op.lost("it takes cells by a table of indices")
    head = [normal([Factor(n)]) for n in index.shape[:-1]]
    return Tensor(x.node, (*head, *x.dims[len(dims) :]))


def _compressed(op: Op) -> Value:
    x, kept = op.value(), op.integers(1, "condition") or []
    if op.attr("axis") is None:
        x = layout.reshape(op.graph, x, [_count(x)])
    d = op.axis(0, len(x.shape))
    return picked(op, x, d, [i for i, keep in enumerate(kept) if keep])


@operator("Pad", kind="frame")
def _pad(op: Op) -> Result:
    """Cells before and after, or, where negative, cells cut away."""
    x = op.value()
    rank = len(x.shape)
    pads = op.given("pads", 1) or []
    axes = op.integers(3, "axes") or list(range(rank))
    count = len(axes)
    mode = _MODES[op.attr("mode", "constant")]
    dims = [axis % rank for axis in axes]
    return padded(op.graph, x, dims, pads[:count], pads[count:], mode)  # pyright: ignore[reportArgumentType]


@operator("CenterCropPad", kind="frame")
def _centred(op: Op) -> Result:
    """Cut or padded about the middle to a size."""
    x = op.value()
    rank = len(x.shape)
    sizes = op.integers(1, "shape") or []
    axes = [int(a) % rank for a in op.attr("axes") or range(len(sizes))]
    for d, size in zip(axes, sizes, strict=True):
        n = x.shape[d]
        if size < n:
            x = narrow(op.graph, x, d, (n - size) // 2, size)
        else:
            spare = size - n
            x = padded(op.graph, x, [d], [spare // 2], [spare - spare // 2])
    return x


@operator("ReverseSequence", kind="frame")
def _reversed(op: Op) -> Result:
    """Rows reversed up to constant lengths; along space, only the whole of it."""
    x = op.tensor()
    d = int(op.attr("time_axis", 0))
    if not spatial(x.dims[d]):
        return x
    if any(n != x.shape[d] for n in op.integers(1, "sequence lengths") or []):
        raise op.lost("it reverses a part of an axis")
    return slide(op.graph, x, Flip(over=(True,)), [d])


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
    runs = [_runs(values) for values in box]
    full = len(rows) == _product([len(values) for values in box])
    ordered = full and [tuple(int(v) for v in row) for row in rows] == _grid(box)
    if not ordered or any(len(run) != 1 for run in runs):
        raise op.lost("it writes to a scattered set of places")
    if op.attr("reduction", "none") != "none":
        raise op.lost("it adds to values in place")
    shape = [len(values) for values in box] + list(x.shape[depth:])
    new = layout.reshape(op.graph, new, shape)
    return _written(op, x, new, [run[0] for run in runs])


def _product(sizes: Sequence[int]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _grid(box: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for values in box:
        found = [(*head, value) for head in found for value in values]
    return found


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
        row = [
            narrow(op.graph, x, d, 0, run.start) if run.start else None,
            inner,
            narrow(op.graph, x, d, run.stop, n - run.stop) if run.stop < n else None,
        ]
        return layout.cat(op.graph, [part for part in row if part is not None], d)
    return new

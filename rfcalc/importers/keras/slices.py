"""What do the operations of ``keras.ops`` keep that slice, split and repeat?"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

from rfcalc.importers import cutting, layout
from rfcalc.importers.axes import Pieces, Tensor, Value, constant
from rfcalc.importers.copies import tile
from rfcalc.importers.keras.model import Array
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.reversing import reversed_along
from rfcalc.importers.sampling import take, take_along
from rfcalc.importers.windows import slide
from rfcalc.layers.resample import Upsample


@keras_layer("ops.GetItem", kind="frame")
def _get_item(op: Op) -> Result:
    """Slices, indices and new dimensions, as in Python."""
    key: Any = op.args[1] if len(op.args) > 1 else op.kwargs["key"]
    listed = list(key) if isinstance(key, list | tuple) else [key]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return sliced(op, op.x, cast("list[Any]", listed))


def sliced(op: Op, x: Value, key: Sequence[Any]) -> Value:
    """Return ``x[key]``: slices, integers, ``None`` for a new dimension, an ellipsis."""
    rows = list(key)
    if Ellipsis not in rows:
        rows.append(Ellipsis)
    taken = sum(row is not None and row is not Ellipsis for row in rows)
    at = rows.index(Ellipsis)
    rows[at : at + 1] = [slice(None)] * (len(x.shape) - taken)
    d = 0
    for row in rows:
        if row is None:
            x = layout.unsqueeze(op.graph, x, d)
            d += 1
        elif isinstance(row, slice):
            x = stepped(op, x, d, cast("slice[Any, Any, Any]", row))
            d += 1
        elif type(row) is int and -x.shape[d] <= row < x.shape[d]:
            x = cutting.select(op.graph, x, d, row)
        else:
            raise op.lost(f"an index {row!r:.60} into {x.shape[d]} is not followed")
    return x


def stepped(op: Op, x: Value, d: int, row: "slice[Any, Any, Any]") -> Value:
    """Return a slice of one dimension; a negative step reverses it first."""
    kept = range(x.shape[d])[row]
    if not kept:
        raise op.lost(f"a slice of dimension {d} leaves nothing of {x.shape[d]}")
    if kept.step > 0:
        return cutting.strided(op.graph, x, d, row.start, row.stop, row.step)
    x = reversed_along(op.graph, x, [d])
    last = x.shape[d] - 1
    kept = range(last - kept.start, last - kept[-1] + 1, -kept.step)
    return cutting.strided(op.graph, x, d, kept.start, kept.stop, kept.step)


@keras_layer("ops.Slice", kind="frame")
def _slice(op: Op) -> Result:
    """A run of every dimension's indices."""
    x, start = op.x, op.args[1]
    for d, (first, size) in enumerate(zip(start, op["shape"], strict=True)):
        length = x.shape[d] - first if size in (-1, None) else size
        x = cutting.narrow(op.graph, x, d, first, length)
    return x


@keras_layer("ops.Split", "ops.ArraySplit", "ops.Hsplit", "ops.Vsplit", kind="frame", axis=0)
def _split(op: Op) -> Result:
    """Parts of a dimension."""
    x = op.x
    axis = {"ops.Hsplit": 1, "ops.Vsplit": 0}.get(op.key, op["axis"])
    d = op.dim("axis", axis, len(x.shape))
    given, n = op["indices_or_sections"], x.shape[d]
    if type(given) is int:
        if given < 1 or given > n or (n % given and op.key != "ops.ArraySplit"):
            raise op.lost(f"{n} indices do not divide into {given} parts")
        short, more = divmod(n, given)
        sizes = [short + (i < more) for i in range(given)]
        ends = [0]
        for size in sizes:
            ends.append(ends[-1] + size)
    else:
        ends = [0, *given, n]
    pairs = list(pairwise(ends))
    if any(low >= high for low, high in pairs):
        raise op.lost(f"a part of {n} indices is empty")
    return [cutting.narrow(op.graph, x, d, low, high - low) for low, high in pairs]


@keras_layer("ops.Unstack", kind="frame", axis=0)
def _unstack(op: Op) -> Result:
    """Every index of a dimension, one by one."""
    x = op.x
    d = op.dim("axis", op["axis"], len(x.shape))
    return [cutting.select(op.graph, x, d, i) for i in range(x.shape[d])]


@keras_layer("ops.Take", kind="frame")
def _take(op: Op) -> Result:
    """Indices of a dimension, where they are not known any of them."""
    x = op.x
    given: Any = op.args[1] if len(op.args) > 1 else op.kwargs["indices"]
    if op["axis"] is None:
        raise op.lost("it takes from all dimensions as one")
    d = op.dim("axis", op["axis"], len(x.shape))
    if isinstance(given, Tensor | Pieces):
        return take(op.graph, x, given, d)
    import numpy as np

    table = np.asarray(given.value if isinstance(given, Array) else given)
    return take(op.graph, x, constant(table.shape), d, table)


@keras_layer("ops.TakeAlongAxis", kind="layout", axis=-1)
def _take_along(op: Op) -> Result:
    """Values at a table of indices: any of those along the dimension."""
    if op["axis"] is None:
        raise op.lost("it takes from all dimensions as one")
    x, index = op.first(2)
    d = op.dim("axis", op["axis"], len(x.shape))
    return take_along(op.graph, x, index, d, spread=True)


@keras_layer("ops.Repeat", kind="resize")
def _repeat(op: Op) -> Result:
    """Each index of a dimension repeated."""
    x = op.x
    if op["axis"] is None or type(op["repeats"]) is not int:
        raise op.lost("only one number of repeats along one axis is followed")
    d, n = op.dim("axis", op["axis"], len(x.shape)), op.number("repeats", most=1 << 12)
    return slide(op.graph, x, Upsample(scale=(float(n),), mode="nearest"), [d])


@keras_layer("ops.Tile", kind="layout")
def _tile(op: Op) -> Result:
    """Dimensions repeated as a whole."""
    x = op.x
    given = op.each("repeats", len(op.listed("repeats")), most=1 << 12)
    while len(x.shape) < len(given):
        x = layout.unsqueeze(op.graph, x, 0)
    return tile(op.graph, x, [1] * (len(x.shape) - len(given)) + list(given))

"""What do PyTorch's operators on shapes move, cut and join?"""

from typing import TYPE_CHECKING

from rfcalc.importers import cutting, layout, sampling
from rfcalc.importers.axes import Pieces, Value, live, spatial
from rfcalc.importers.copies import tile
from rfcalc.importers.picking import picked
from rfcalc.importers.torch.operators import Op, Result, operator, unsized
from rfcalc.importers.windows import slide
from rfcalc.layers.resample import PixelShuffle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["split_along", "turned"]


@operator(
    *("view", "reshape", "_unsafe_view", "flatten", "unflatten", "reshape_as", "view_as", "ravel"),
    *("view_copy", "_reshape_alias", "squeeze", "unsqueeze", "squeeze_copy", "unsqueeze_copy"),
    *("atleast_1d", "atleast_2d", "atleast_3d"),
    kind="layout",
)  # fmt: skip
def _reshape(op: Op) -> Result:
    """The same cells, in order, under another shape."""
    return layout.reshape(op.graph, op.tensors[0], op.shape)


@operator(
    *("permute", "permute_copy", "movedim", "moveaxis", "transpose", "swapaxes", "swapdims"),
    *("t", "numpy_T", "mT", "mH", "adjoint", "matrix_H"),
    kind="layout",
)
def _permute(op: Op) -> Result:
    """Dimensions in another order."""
    x = op.value("self")
    return layout.permute(op.graph, x, turned(op, len(x.shape)))


def turned(op: Op, rank: int) -> list[int]:
    """Return which dimension of a tensor each one of the result is."""
    order = list(range(rank))
    if op["dims"] is not None:
        return [d % rank for d in op.numbers("dims")]
    if op["source"] is not None:
        source = [d % rank for d in op.numbers("source")]
        target = [d % rank for d in op.numbers("destination")]
        order = [d for d in order if d not in source]
        for at, d in sorted(zip(target, source, strict=True)):
            order.insert(at, d)
        return order
    if op.call.op == "numpy_T":
        return order[::-1]
    one, two = (-2, -1) if rank > 1 else (0, 0)
    for names in (("dim0", "dim1"), ("axis0", "axis1")):
        if op[names[0]] is not None:
            one, two = (op.number(name) for name in names)
    order[one], order[two] = order[two], order[one]
    return order


@operator("expand", "expand_as", "broadcast_to", "expand_copy", kind="layout")
def _expand(op: Op) -> Result:
    """Dimensions of size 1 repeated."""
    return layout.expand(op.graph, op.tensors[0], op.shape)


@operator("copy", kind="layout")
def _copy(op: Op) -> Result:
    """Another tensor written over this one, broadcast."""
    return layout.expand(op.graph, op.value("src"), op.shape)


@operator("broadcast_tensors", kind="layout")
def _broadcast(op: Op) -> Result:
    """Tensors repeated to one shape."""
    values = op.values("tensors")
    return [layout.expand(op.graph, v, s) for v, s in zip(values, op.shapes, strict=True)]


@operator("meshgrid", kind="layout")
def _meshgrid(op: Op) -> Result:
    """Each tensor along a dimension of its own."""
    found: list[Value] = []
    for d, (value, shape) in enumerate(zip(op.values("tensors"), op.shapes, strict=True)):
        at = 1 - d if op["indexing"] == "xy" and d < 2 else d
        ones = [1] * len(shape)
        ones[at] = shape[at]
        found.append(layout.expand(op.graph, layout.reshape(op.graph, value, ones), shape))
    return found


@operator("cat", "concat", "concatenate", kind="layout", dim=0)
def _cat(op: Op) -> Result:
    """Tensors side by side."""
    d = op["axis"] if op["axis"] is not None else op["dim"]
    return layout.cat(op.graph, op.values("tensors"), d)


@operator("stack", kind="layout", dim=0)
def _stack(op: Op) -> Result:
    """Tensors side by side along a new dimension."""
    return layout.stack(op.graph, op.values("tensors"), op.number("dim"))


@operator(
    *("chunk", "split", "split_with_sizes", "tensor_split", "hsplit", "vsplit", "dsplit"),
    kind="layout",
    dim=0,
)
def _split(op: Op) -> Result:
    """A dimension in consecutive pieces."""
    x = op.value("self")
    d = split_along(op, len(x.shape))
    start, found = 0, list[Value]()
    for shape in op.shapes:
        found.append(cutting.narrow(op.graph, x, d, start, shape[d]))
        start += shape[d]
    return found


def split_along(op: Op, rank: int) -> int:
    """Return the dimension that a tensor is split along."""
    fixed = {"hsplit": min(1, rank - 1), "vsplit": 0, "dsplit": 2}
    return fixed.get(op.call.op, op.number("dim") % rank)


@operator("unbind", kind="layout", dim=0)
def _unbind(op: Op) -> Result:
    """Every index of a dimension by itself."""
    x = op.value("self")
    return [cutting.select(op.graph, x, op["dim"], i) for i in range(x.shape[op.number("dim")])]


@operator("repeat", "tile", kind="layout")
def _repeat(op: Op) -> Result:
    """Copies side by side along dimensions."""
    x = op.value("self")
    times = list(op["repeats"] if op["repeats"] is not None else op["dims"])
    times = [1] * (len(x.shape) - len(times)) + times
    x = layout.reshape(op.graph, x, [1] * (len(times) - len(x.shape)) + list(x.shape))
    return tile(op.graph, x, times)


@operator("repeat_interleave", kind="resize")
def _repeat_interleave(op: Op) -> Result:
    """Every index of a dimension several times in a row."""
    x = op.value("self")
    if op["dim"] is None or not isinstance(op["repeats"], int) or isinstance(x, Pieces):
        raise op.lost("the number of repeats is not a constant")
    d = op.number("dim") % len(x.shape)
    if spatial(x.dims[d]):
        return slide(op.graph, x, PixelShuffle(factor=(op["repeats"],)), [d])
    apart = layout.unsqueeze(op.graph, x, d + 1)
    wide = [*x.shape[: d + 1], op["repeats"], *x.shape[d + 1 :]]
    return layout.reshape(op.graph, layout.expand(op.graph, apart, wide), op.shape)


@operator("index_select", "take_along_dim", "gather", "index", kind="layout")
def _index(op: Op) -> Result:
    """Indices of dimensions: run by run where they are known, else any of them."""
    x = op.value("self")
    if op.call.op == "index":
        return _taken_at(op, x)
    index = op.value("indices" if op.has("indices") else "index")
    if op["dim"] is None:
        raise op.lost("it takes from all dimensions as one")
    d = op.number("dim") % len(x.shape)
    if op.call.op == "index_select":
        return sampling.take(op.graph, x, index, d, _numbers(op, index, "index"))
    spread = op.call.op == "take_along_dim"
    return sampling.take_along(op.graph, x, index, d, spread=spread)


def _taken_at(op: Op, x: Value) -> Value:
    """Return what stands at indices that tables hold; how many a condition takes is not known."""
    given: list[object] = op["indices"]
    dims = [d for d, item in enumerate(given) if item is not None]
    tables = [v for v, item in zip(op.values("indices"), given, strict=True) if item is not None]
    numbers = _numbers(op, tables[0], "indices", dims[0]) if len(tables) == 1 else None
    if numbers is not None and numbers.dtype.kind == "b" and numbers.ndim == 1:
        return picked(op.graph, x, dims[0], numbers.nonzero()[0].tolist())
    if sampling.shape_at(x.shape, dims, [v.shape for v in tables]) != op.shape:
        raise unsized(op)
    if len(tables) == 1:
        return sampling.take(op.graph, x, tables[0], dims[0], numbers)
    return sampling.take_at(op.graph, x, dims, tables)


def _numbers(op: Op, table: Value, name: str, i: int | None = None) -> "Array | None":
    return None if live(table) else op.array(name, i)

"""What do the ONNX operators on shapes move and join?"""

from math import prod

from rfcalc.importers import layout
from rfcalc.importers.axes import Value
from rfcalc.importers.blocks import to_depth, to_space
from rfcalc.importers.copies import tile
from rfcalc.importers.cutting import narrow, select
from rfcalc.importers.onnx.elementwise import broadcast_shape
from rfcalc.importers.onnx.geometry import block
from rfcalc.importers.onnx.operators import Op, Result, operator


@operator("Reshape", kind="layout")
def _reshape(op: Op) -> Result:
    """The same cells, in order, under another shape."""
    x = op.value()
    wanted = op.given("shape", 1) or []
    if not op.attr("allowzero", 0):
        wanted = [x.shape[d] if n == 0 and d < len(x.shape) else n for d, n in enumerate(wanted)]
    if -1 in wanted:
        rest = prod(n for n in wanted if n != -1)
        at = wanted.index(-1)
        wanted[at] = prod(x.shape) // rest if rest else 0
    if prod(wanted) != prod(x.shape) or min(wanted, default=0) < 0:
        raise op.lost(f"a tensor of shape {list(x.shape)} is reshaped to {wanted}")
    return layout.reshape(op.graph, x, wanted)


@operator("Flatten", kind="layout")
def _flatten(op: Op) -> Result:
    """The dimensions before an axis as one, and those from it on as another."""
    x = op.value()
    axis = int(op.attr("axis", 1))
    axis = axis + len(x.shape) if axis < 0 else axis
    return layout.reshape(op.graph, x, [prod(x.shape[:axis]), prod(x.shape[axis:])])


@operator("Squeeze", kind="layout")
def _squeeze(op: Op) -> Result:
    """Without dimensions of size 1."""
    return layout.squeeze(op.graph, op.value(), op.given("axes", 1))


@operator("Unsqueeze", kind="layout")
def _unsqueeze(op: Op) -> Result:
    """With more dimensions of size 1."""
    x = op.value()
    axes = op.given("axes", 1) or []
    rank = len(x.shape) + len(axes)
    added = {axis % rank for axis in axes}
    rest = iter(x.shape)
    return layout.reshape(op.graph, x, [1 if d in added else next(rest) for d in range(rank)])


@operator("Transpose", kind="layout")
def _transpose(op: Op) -> Result:
    """Dimensions in another order."""
    x = op.value()
    order = op.attr("perm") or list(range(len(x.shape)))[::-1]
    if sorted(order) != list(range(len(x.shape))):
        raise op.lost(f"its order {order} is not one of {len(x.shape)} dimensions")
    return layout.permute(op.graph, x, order)


@operator("Expand", kind="layout")
def _expand(op: Op) -> Result:
    """Dimensions of size 1 repeated."""
    x = op.value()
    wanted = tuple(op.integers(1, "shape") or [])
    return layout.expand(op.graph, x, broadcast_shape(op, [x.shape, wanted]))


@operator("Tile", kind="layout")
def _tile(op: Op) -> Result:
    """Copies side by side along dimensions."""
    x = op.value()
    times = op.integers(1, "repeats") or []
    if len(times) != len(x.shape) or min(times, default=0) < 0:
        raise op.lost(f"a tensor of shape {list(x.shape)} is repeated {times} times")
    return tile(op.graph, x, times)


@operator("Concat", "com.microsoft.QLinearConcat", kind="layout")
def _concat(op: Op) -> Result:
    """Tensors side by side."""
    values = op.values
    if op.kind == "QLinearConcat":
        values = [op.value(i) for i in range(2, len(op.step.inputs), 3)]
    return _joined(op, values, op.axis(1, len(values[0].shape)))


def _joined(op: Op, values: list[Value], d: int) -> Value:
    kept = [value for value in values if value.shape[d]]
    first = values[0].shape
    for value in kept:
        other = value.shape
        if other[:d] + other[d + 1 :] != first[:d] + first[d + 1 :]:
            shapes = [list(v.shape) for v in values]
            raise op.lost(f"shapes {shapes} do not fit side by side")
    return layout.cat(op.graph, kept, d) if kept else values[0]


@operator("Split", kind="layout")
def _split(op: Op) -> Result:
    """A dimension in consecutive pieces."""
    x = op.value()
    d = op.axis(0, len(x.shape))
    sizes = op.given("split", 1)
    if sizes is None:
        count = int(op.attr("num_outputs", op.outputs))
        size = -(-x.shape[d] // count)
        sizes = [max(0, min(size, x.shape[d] - i * size)) for i in range(count)]
    if sum(sizes) != x.shape[d]:
        raise op.lost(f"{sizes} do not add up to {x.shape[d]}")
    return tuple(_parts(op, x, d, sizes))


def _parts(op: Op, x: Value, d: int, sizes: list[int]) -> list[Value]:
    found, start = list[Value](), 0
    for size in sizes:
        found.append(narrow(op.graph, x, d, start, size))
        start += size
    return found


@operator("DepthToSpace", kind="resize")
def _to_space(op: Op) -> Result:
    """Channels laid out as blocks of cells."""
    return to_space(op.graph, op.tensor(), block(op), op.attr("mode", "DCR") == "DCR")


@operator("SpaceToDepth", kind="resize")
def _to_depth(op: Op) -> Result:
    """Blocks of cells laid out as channels."""
    return to_depth(op.graph, op.tensor(), block(op))


@operator(
    *("SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceErase", "SequenceAt"),
    *("SplitToSequence", "ConcatFromSequence"),
    kind="layout",
)  # fmt: skip
def _sequence(op: Op) -> Result:
    """Tensors kept in a list, at constant places."""
    if op.kind == "SequenceConstruct":
        return op.values
    if op.kind == "SequenceEmpty":
        return []
    if op.kind == "SplitToSequence":
        return _split_to_sequence(op)
    listed = list(op.sequence(0))
    if op.kind == "ConcatFromSequence":
        rank = len(listed[0].shape)
        if op.attr("new_axis", 0):
            return layout.stack(op.graph, listed, op.axis(0, rank + 1))
        return _joined(op, listed, op.axis(0, rank))
    at = op.integers(2 if op.kind == "SequenceInsert" else 1, "position")
    if op.kind == "SequenceAt":
        return listed[(at or [0])[0]]
    if op.kind == "SequenceErase":
        del listed[at[0] if at else -1]
    else:
        listed.insert(at[0] if at else len(listed), op.value(1))
    return listed


def _split_to_sequence(op: Op) -> Result:
    x = op.value()
    d = op.axis(0, len(x.shape))
    given = op.integers(1, "split")
    if given is None:
        ones = [1] * x.shape[d]
        parts = _parts(op, x, d, ones)
        return parts if op.attr("keepdims", 1) else [select(op.graph, p, d, 0) for p in parts]
    array = op.array(1)
    if array is not None and array.ndim == 0:
        size = given[0]
        given = [min(size, x.shape[d] - at) for at in range(0, x.shape[d], size)]
    return _parts(op, x, d, given)

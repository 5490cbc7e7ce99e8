"""Which ONNX operators give what depends on no input, and in which shape?"""

from rfcalc.errors import fail
from rfcalc.importers.axes import constant
from rfcalc.importers.onnx.operators import Op, Result, operator


@operator("ConstantOfShape", "EyeLike", "Range", kind="constant")
def _filled(op: Op) -> Result:
    """Constants in a shape, or counted up."""
    if op.kind == "EyeLike":
        return constant(op.value().shape)
    if op.kind == "ConstantOfShape":
        return constant(op.integers(0, "shape") or [])
    start, stop, step = (op.array(i) for i in range(3))
    if start is None or stop is None or step is None:
        raise op.lost("its bounds depend on values")
    values = [float(a.reshape(-1)[0]) for a in (start, stop, step)]  # pyright: ignore[reportArgumentType]
    return constant([max(0, -int(-(values[1] - values[0]) // values[2]))])


@operator("HannWindow", "HammingWindow", "BlackmanWindow", kind="constant")
def _window(op: Op) -> Result:
    """A constant window of so many samples."""
    return constant(op.integers(0, "size") or [])


@operator("Constant", kind="constant")
def _constant(op: Op) -> Result:
    """Numbers that are written in the file."""
    tensor = op.attr("value", op.attr("sparse_value"))
    if tensor is None:
        fact = f"'{op.graph.here}' is a constant without a value"
        raise fail("RF504", fact, "save the model again")
    return constant(tensor.dims)


@operator("RandomNormalLike", "RandomUniformLike", kind="constant")
def _like(op: Op) -> Result:
    """A constant: it depends on no input."""
    return constant(op.value().shape)


@operator("RandomNormal", "RandomUniform", kind="constant")
def _drawn(op: Op) -> Result:
    """Random numbers, which depend on no input."""
    return constant([int(n) for n in op.attr("shape")])


@operator("AffineGrid", kind="constant")
def _grid(op: Op) -> Result:
    """Places on a grid moved by a constant matrix."""
    if op.live(0):
        raise op.lost("the places depend on the values")
    n, _, *space = op.integers(1, "size") or []
    return constant([n, *space, len(space)])


@operator("SequenceLength", "Shape", "Size", "OptionalHasElement", kind="constant")
def _counted(op: Op) -> Result:
    """A count or a shape, which depends on no value."""
    if op.kind != "Shape":
        return constant(())
    rank = len(op.value().shape)
    start, stop = op.attr("start", 0), op.attr("end", rank)
    return constant((len(range(rank)[start:stop]),))

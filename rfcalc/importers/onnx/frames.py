"""What do the ONNX operators keep that cut, pad and reverse dimensions?"""

from rfcalc.importers.axes import spatial
from rfcalc.importers.cutting import narrow, strided
from rfcalc.importers.onnx.operators import Op, Result, operator
from rfcalc.importers.padding import NAMED, padded
from rfcalc.importers.picking import taken_by
from rfcalc.importers.reversing import reversed_along
from rfcalc.importers.uneven import blurred


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
        kept = range(n)[start : None if step < 0 and end < -n else end : step]
        if step > 0 and kept:
            x = strided(op.graph, x, axis % rank, start, end, step)
        else:
            x = taken_by(op.graph, x, axis % rank, kept)
    return x


@operator("Pad", kind="frame")
def _pad(op: Op) -> Result:
    """Cells before and after, or, where negative, cells cut away."""
    x = op.value()
    rank = len(x.shape)
    pads = op.given("pads", 1) or []
    axes = op.integers(3, "axes") or list(range(rank))
    count = len(axes)
    mode = NAMED[op.attr("mode", "constant")]
    dims = [axis % rank for axis in axes]
    return padded(op.graph, x, dims, pads[:count], pads[count:], mode)


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
    lengths = op.integers(1, "sequence lengths") or []
    if all(n == x.shape[d] for n in lengths):
        return reversed_along(op.graph, x, [d])
    if spatial(x.dims[d]):
        raise op.lost("it reverses a part of an axis")
    return blurred(x, x)

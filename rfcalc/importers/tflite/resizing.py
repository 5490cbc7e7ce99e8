"""What do TFLite resizes read, and blocks of cells that become channels?"""

from fractions import Fraction

from rfcalc.importers.axes import Value
from rfcalc.importers.blocks import to_depth, to_space
from rfcalc.importers.pieces import merged
from rfcalc.importers.ranges import ranged, unusable
from rfcalc.importers.resizing import HALF, Line, Plan, resized
from rfcalc.importers.tflite.operators import Op, Result, operator
from rfcalc.importers.tflite.sliding import first, last


@operator("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", kind="resize")
def _resize(op: Op) -> Result:
    """A resize to a size, on half-pixel centres, on aligned corners, or from the first cell."""
    x, sizes = op.tensor(), op.listed(1, "size", 2)
    if len(x.shape) != 4:
        raise unusable(op.graph.here, f"its input has the shape {list(x.shape)}")
    sizes = [ranged(op.graph.here, "sizes", m) for m in sizes]
    nearest = op.kind == "RESIZE_NEAREST_NEIGHBOR"
    plans = [_plan(op, n, m, nearest) for n, m in zip(x.shape[1:3], sizes, strict=True)]
    mode, rounding = ("nearest", "floor") if nearest else ("linear", "floor")
    return resized(op.graph, x, [1, 2], plans, mode, rounding)


def _plan(op: Op, n: int, m: int, nearest: bool) -> Plan:
    """Return at which places of ``n`` cells the ``m`` cells lie; nearest ones rounded down."""
    step, scale = Fraction(n, m), Fraction(m, n)
    if op.setting("AlignCorners") and m > 1:
        step = Fraction(n - 1, m - 1)
        return Plan(n, m, scale, Line(step, HALF if nearest else Fraction(0)))
    if op.setting("HalfPixelCenters"):
        return Plan(n, m, scale, Line(step, step / 2 - (0 if nearest else HALF)))
    return Plan(n, m, scale, Line(step, Fraction(0)))


@operator("DEPTH_TO_SPACE", kind="resize")
def _to_space(op: Op) -> Result:
    """Channels laid out as blocks of cells."""
    return _blocks(op, channels=True)


@operator("SPACE_TO_DEPTH", kind="resize")
def _to_depth(op: Op) -> Result:
    """Blocks of cells laid out as channels."""
    return _blocks(op, channels=False)


def _blocks(op: Op, channels: bool) -> Value:
    x = op.tensor()
    r = ranged(op.graph.here, "blocksize", op.setting("BlockSize"))
    if len(x.shape) != 4:
        raise unusable(op.graph.here, f"its input has the shape {list(x.shape)}")
    _, h, w, c = x.shape
    if c % (r * r) if channels else h % r or w % r:
        fact = f"a shape of {list(x.shape)} does not divide into blocks of {r} x {r}"
        raise unusable(op.graph.here, fact)
    moved = merged(op.graph, first(op, x))
    return last(op, to_space(op.graph, moved, r) if channels else to_depth(op.graph, moved, r))

"""What do Keras' layers keep that pad, crop, shift and reverse?"""

from typing import Any, cast

from rfcalc.errors import fail
from rfcalc.importers.axes import Value
from rfcalc.importers.keras.model import wrong
from rfcalc.importers.keras.operators import Op, Result, keras_layer
from rfcalc.importers.padding import NAMED, padded
from rfcalc.importers.reversing import reversed_along
from rfcalc.importers.windows import slide
from rfcalc.layers.frame import Roll


@keras_layer("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", kind="frame", padding=1)
def _zero_padding(op: Op) -> Result:
    """Cells of zeros before and after."""
    return _framed(op, "padding", 1)


@keras_layer("Cropping1D", "Cropping2D", "Cropping3D", kind="frame", cropping=0)
def _cropping(op: Op) -> Result:
    """Cells cut away before and after."""
    return _framed(op, "cropping", -1)


def _framed(op: Op, setting: str, sign: int) -> Value:
    x = op.x
    dims, _ = op.space(op.rank, len(x.shape))
    before, after = _pairs(op, setting, op.rank)
    return padded(op.graph, x, dims, [sign * n for n in before], [sign * n for n in after])


def _pairs(op: Op, setting: str, rank: int) -> tuple[list[int], list[int]]:
    """Return the cells before and after: one number, one pair, or either for each dimension."""
    rows = op.listed(setting)
    flat = all(type(row) is int for row in rows)
    if len(rows) == 1:
        rows = rows * rank
    elif len(rows) == 2 and flat and (rank == 1 or op.key == "ops.Pad"):
        rows = [rows] * rank
    pairs = [cast("list[Any]", row) if isinstance(row, list) else [row, row] for row in rows]
    ends = [n for pair in pairs for n in pair]
    fine = all(type(n) is int and 0 <= n <= 1 << 22 for n in ends)
    if len(rows) != rank or any(len(pair) != 2 for pair in pairs) or not fine:
        fact = f"{setting} is {op[setting]!r:.60}, not the cells before and after each dimension"
        raise wrong(op.graph.here, fact)
    return ends[::2], ends[1::2]


@keras_layer("ops.Pad", kind="frame", mode="constant")
def _pad(op: Op) -> Result:
    """Cells before and after: zeros, or reflected, repeated or wrapped ones."""
    x = op.x
    rank = len(x.shape)
    before, after = _pairs(op, "pad_width", rank)
    mode = str(op["mode"])
    if mode not in NAMED:
        raise op.lost(f"padding with mode '{mode}' is not followed")
    return padded(op.graph, x, list(range(rank)), before, after, NAMED[mode])


@keras_layer("ops.PadImages", "ops.CropImages", kind="frame")
def _bounded(op: Op) -> Result:
    """Images padded with zeros, or cropped, to a size."""
    x = op.x
    crop = op.key == "ops.CropImages"
    word = "cropping" if crop else "padding"
    dims, _ = op.space(2, len(x.shape))
    before: list[int] = []
    after: list[int] = []
    sides = (("top", "bottom", "height"), ("left", "right", "width"))
    for d, (first, last, target) in zip(dims, sides, strict=True):
        low, high, size = (
            None if op[name] is None else op.number(name, least=0)
            for name in (f"{first}_{word}", f"{last}_{word}", f"target_{target}")
        )
        n = x.shape[d]
        spare = 0 if size is None else n - size if crop else size - n
        low = spare - (high or 0) if low is None else low
        high = spare - low if high is None else high
        if low < 0 or high < 0:
            raise fail(
                "RF512",
                f"'{op.graph.here}': a {target} of {n} cells and {word} to {size} do not fit",
                "the model is made for inputs of one size; omit `input=`, or give that size",
            )
        before.append(-low if crop else low)
        after.append(-high if crop else high)
    return padded(op.graph, x, dims, before, after)


@keras_layer("ops.Roll", kind="frame")
def _roll(op: Op) -> Result:
    """A cyclic shift."""
    x = op.x
    if op["axis"] is None:
        raise op.lost("it shifts all dimensions as one")
    dims = [op.dim("axis", axis, len(x.shape)) for axis in op.listed("axis")]
    shifts = op.each("shift", len(dims), least=-(1 << 22))
    return slide(op.graph, x, Roll(shift=shifts), dims)


@keras_layer("ops.Flip", "ops.Fliplr", "ops.Flipud", kind="frame")
def _flip(op: Op) -> Result:
    """Dimensions reversed."""
    x = op.x
    fixed = {"ops.Fliplr": [1], "ops.Flipud": [0]}
    return reversed_along(op.graph, x, fixed.get(op.key) or op.dims("axis", len(x.shape)))

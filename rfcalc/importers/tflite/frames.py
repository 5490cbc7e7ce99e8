"""What do the TFLite operators keep that cut and pad dimensions, or move blocks to the batch?"""

from rfcalc.importers.axes import Value
from rfcalc.importers.cutting import narrow, select
from rfcalc.importers.layout import permute, reshape, unsqueeze
from rfcalc.importers.padding import padded
from rfcalc.importers.picking import taken_by
from rfcalc.importers.ranges import ranged, unusable
from rfcalc.importers.tflite.operators import Op, Result, operator

_REFLECT, _SYMMETRIC = 0, 1
"""The words of ``MirrorPadMode`` in the schema."""


@operator("PAD", "PADV2", "MIRROR_PAD", kind="frame")
def _pad(op: Op) -> Result:
    """Cells before and after: of one value, or mirrored with or without the outermost."""
    x = op.value()
    flat = op.listed(1, "padding", 2 * len(x.shape))
    flat = [ranged(op.graph.here, "pads", n) for n in flat]
    before, after = flat[::2], flat[1::2]
    dims = list(range(len(x.shape)))
    if op.kind != "MIRROR_PAD":
        return padded(op.graph, x, dims, before, after)
    if op.setting("Mode") == _SYMMETRIC:
        return _mirrored(op, x, before, after)
    return padded(op.graph, x, dims, before, after, "reflect")


def _mirrored(op: Op, x: Value, before: list[int], after: list[int]) -> Value:
    """Return a value with its outermost cells repeated in reverse order, on each side."""
    from rfcalc.importers.layout import cat

    for d, (low, high) in enumerate(zip(before, after, strict=True)):
        n = x.shape[d]
        if max(low, high) > n:
            raise unusable(op.graph.here, f"it mirrors {max(low, high)} of {n} cells")
        ends = [
            taken_by(op.graph, x, d, range(low - 1, -1, -1)) if low else None,
            x,
            taken_by(op.graph, x, d, range(n - 1, n - 1 - high, -1)) if high else None,
        ]
        x = cat(op.graph, [end for end in ends if end is not None], d)
    return x


@operator("SLICE", kind="frame")
def _slice(op: Op) -> Result:
    """So many indices of each dimension, from one on."""
    x = op.value()
    rank = len(x.shape)
    starts, sizes = op.listed(1, "begin", rank), op.listed(2, "size", rank)
    for d, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        n = x.shape[d]
        size = n - start if size == -1 else size
        if not (0 <= start <= n and 0 <= size <= n - start):
            raise unusable(op.graph.here, f"it takes {size} of {n} indices from {start} on")
        x = narrow(op.graph, x, d, start, size)
    return x


@operator("STRIDED_SLICE", kind="frame")
def _strided_slice(op: Op) -> Result:
    """A slice as in NumPy, whose masks leave bounds away, add dimensions and drop others."""
    x = op.value()
    begin, end, steps = (op.listed(i, word) for i, word in enumerate(("begin", "end", "steps"), 1))
    if not len(begin) == len(end) == len(steps):
        raise unusable(op.graph.here, f"its bounds {begin}, {end}, {steps} differ in number")
    masks = {
        word: op.setting(f"{word}Mask")
        for word in ("Begin", "End", "Ellipsis", "NewAxis", "ShrinkAxis")
    }
    held = {word: [bool(mask >> i & 1) for i in range(len(begin))] for word, mask in masks.items()}
    fixed = sum(not (a or b) for a, b in zip(held["Ellipsis"], held["NewAxis"], strict=True))
    spare, d = len(x.shape) - fixed, 0
    for i, (first, stop, step) in enumerate(zip(begin, end, steps, strict=True)):
        if held["Ellipsis"][i]:
            d += spare
            continue
        if held["NewAxis"][i]:
            x = unsqueeze(op.graph, x, d)
            d += 1
            continue
        if d >= len(x.shape) or not step:
            raise unusable(op.graph.here, f"its bounds {begin}, {end}, {steps} fit no slice")
        n = x.shape[d]
        if held["ShrinkAxis"][i]:
            if not -n <= first < n:
                raise unusable(op.graph.here, f"it takes index {first} of {n}")
            x = select(op.graph, x, d, first)
            continue
        low = None if held["Begin"][i] else first
        high = None if held["End"][i] else (first + stop if op.setting("Offset") else stop)
        x = taken_by(op.graph, x, d, range(n)[low:high:step])
        d += 1
    return x


@operator("SPACE_TO_BATCH_ND", kind="layout")
def _to_batch(op: Op) -> Result:
    """The places of a block moved to the batch, as TensorFlow writes dilation."""
    x, block, margins = _blocks(op, "padding")
    count = len(block)
    x = padded(op.graph, x, list(range(1, count + 1)), margins[::2], margins[1::2])
    batch, *space = x.shape[: count + 1]
    if any(n % b for n, b in zip(space, block, strict=True)):
        raise unusable(op.graph.here, f"{space} cells do not divide into blocks of {block}")
    rest = list(x.shape[count + 1 :])
    cells = [n // b for n, b in zip(space, block, strict=True)]
    cut = [m for n, b in zip(cells, block, strict=True) for m in (n, b)]
    x = reshape(op.graph, x, [batch, *cut, *rest])
    outer, inner = list(range(1, 2 * count, 2)), list(range(2, 2 * count + 1, 2))
    behind = list(range(2 * count + 1, 2 * count + 1 + len(rest)))
    x = permute(op.graph, x, [*inner, 0, *outer, *behind])
    for b in block:
        batch *= b
    return reshape(op.graph, x, [batch, *cells, *rest])


@operator("BATCH_TO_SPACE_ND", kind="layout")
def _to_space(op: Op) -> Result:
    """The places of a block moved back from the batch."""
    x, block, margins = _blocks(op, "crops")
    count = len(block)
    batch, *cells = x.shape[: count + 1]
    rest = list(x.shape[count + 1 :])
    for b in block:
        if batch % b:
            raise unusable(op.graph.here, f"a batch of {x.shape[0]} holds no blocks of {block}")
        batch //= b
    x = reshape(op.graph, x, [*block, batch, *cells, *rest])
    places = [m for i in range(count) for m in (count + 1 + i, i)]
    behind = list(range(2 * count + 1, 2 * count + 1 + len(rest)))
    x = permute(op.graph, x, [count, *places, *behind])
    x = reshape(op.graph, x, [batch, *(n * b for n, b in zip(cells, block, strict=True)), *rest])
    for d, (low, high) in enumerate(zip(margins[::2], margins[1::2], strict=True), 1):
        if low + high >= x.shape[d]:
            raise unusable(op.graph.here, f"crops of {margins} leave nothing")
        x = narrow(op.graph, x, d, low, x.shape[d] - low - high)
    return x


def _blocks(op: Op, what: str) -> tuple[Value, list[int], list[int]]:
    """Return a value, the sizes of its blocks, and the margins before and after each axis."""
    x = op.value()
    block = [ranged(op.graph.here, "blocksize", b) for b in op.listed(1, "blocks")]
    margins = op.listed(2, what, 2 * len(block))
    if len(x.shape) <= len(block):
        raise unusable(op.graph.here, f"{len(block)} blocks for a shape of {list(x.shape)}")
    return x, block, [ranged(op.graph.here, "pads", n) for n in margins]

"""Where do the windows of an ONNX node lie? Its numbers, each in the range that it can have."""

from collections.abc import Sequence
from typing import Literal

from rfcalc.importers.axes import Value
from rfcalc.importers.onnx.operators import Op
from rfcalc.importers.ranges import fits, ranged, unusable

__all__ = [
    "Pairs",
    "block",
    "each",
    "groups_of",
    "kernel_of",
    "listed",
    "padding_of",
    "pads_of",
    "space",
]

Pairs = list[tuple[int, int]]


def each(op: Op, name: str, count: int | None, default: int | None = 1) -> list[int]:
    """Return an attribute with one integer per dimension.

    Parameters
    ----------
    count : how many belong, ``None`` for any number.
    default : what each is when the attribute is left out; ``None`` if it has to be there.

    Raises
    ------
    RfcalcError
        RF504: it is missing, has another number of entries, or one that no window can have.
    """
    given = op.attr(name)
    if not isinstance(given, list) or not given:
        if default is None or (given is not None and not isinstance(given, list)):
            raise unusable(op.graph.here, f"{op.step.op} has no list {name}")
        return [default] * (count or 0)
    return listed(op, name, given, count)  # pyright: ignore[reportUnknownArgumentType]


def listed(op: Op, name: str, given: Sequence[int], count: int | None) -> list[int]:
    """Return integers, be they an attribute or an input, each within its range.

    Raises
    ------
    RfcalcError
        RF504: as ``each``.
    """
    if count is not None:
        fits(op.graph.here, name, given, count)
    return [ranged(op.graph.here, name, item) for item in given]


def block(op: Op) -> int:
    """Return the size of a block of cells, on every side."""
    return ranged(op.graph.here, "blocksize", op.attr("blocksize"))


def groups_of(op: Op) -> int:
    """Return in how many groups the channels are."""
    return ranged(op.graph.here, "group", op.attr("group", 1))


def kernel_of(op: Op, x: Value, weight: Value) -> list[int]:
    """Return the kernel of a convolution, which its weight and its attribute both tell.

    Raises
    ------
    RfcalcError
        RF504: they differ, the weight has a size of 0, or the input another number of dimensions.
    """
    here, shape = op.graph.here, weight.shape
    if len(shape) < 3 or min(shape) < 1:
        raise unusable(here, f"its weight has the shape {list(shape)}")
    if len(x.shape) != len(shape):
        fact = f"its input has {len(x.shape)} dimensions, its weight of {list(shape)} is for "
        raise unusable(here, f"{fact}{len(shape)}")
    kernel = listed(op, "kernel_shape", shape[2:], None)
    said = each(op, "kernel_shape", len(kernel), default=1) if op.attr("kernel_shape") else kernel
    if said != kernel:
        raise unusable(here, f"kernel_shape is {said}, its weight has the shape {list(shape)}")
    return kernel


def pads_of(
    op: Op,
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Pairs:
    """Return the cells of padding before and after, by dimension. Source: ``auto_pad``."""
    rank = len(kernel)
    word = op.attr("auto_pad", "NOTSET")
    if word == "VALID":
        return [(0, 0)] * rank
    if word == "NOTSET":
        flat = each(op, "pads", 2 * rank, 0)
        return list(zip(flat[:rank], flat[rank:], strict=True))
    if word not in ("SAME_UPPER", "SAME_LOWER"):
        raise unusable(op.graph.here, f"auto_pad is {word!r:.60}")
    found: Pairs = []
    for n, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
        less, more = total // 2, total - total // 2
        found.append((less, more) if word == "SAME_UPPER" else (more, less))
    return found


def padding_of(
    op: Op,
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
) -> Pairs | Literal["same", "same_lower"]:
    """Return the cells of padding, or the word that makes them of the size."""
    found = pads_of(op, sizes, kernel, stride, dilation)
    word = op.attr("auto_pad", "NOTSET")
    if word == "SAME_UPPER":
        return "same"
    return "same_lower" if word == "SAME_LOWER" else found


def space(x: Value, rank: int) -> list[int]:
    """Return the sizes of the last dimensions."""
    return list(x.shape[len(x.shape) - rank :])

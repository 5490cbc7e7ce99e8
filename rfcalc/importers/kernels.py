"""What does a convolution read whose fixed kernel has zeros, as a masked one?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rfcalc.importers import windows
from rfcalc.importers.axes import Value
from rfcalc.importers.cutting import narrow
from rfcalc.importers.graph import Graph
from rfcalc.importers.products import broadcast
from rfcalc.layers.pointwise import Add
from rfcalc.layers.window import Conv

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Seen = NDArray[np.bool_]

__all__ = ["boxes", "convolved"]

BOXES_LIMIT = 16
"""Most boxes into which the cells of a kernel fall that are not zero."""

Box = tuple[tuple[int, int], ...]
"""A first index and the one after the last along each dimension."""


def convolved(
    graph: Graph,
    x: Value,
    weight: Sequence[int],
    seen: "Seen | None",
    stride: Sequence[int],
    padding: windows.Pairs | Literal["same", "same_lower"],
    dilation: Sequence[int],
    groups: int,
) -> Value:
    """Return a convolution that reads where its kernel is not zero: a sum of smaller ones.

    ``seen`` says where any channel's weight is not zero, ``None`` where that is not known; a
    kernel of zeros alone is taken for one that is still to be trained.
    """
    held = [] if seen is None or not seen.any() else boxes(seen)
    if len(held) > BOXES_LIMIT:
        graph.assume(f"{graph.here}: the zeros of its kernel are taken to be read")
        held = []
    if held in ([], [tuple((0, k) for k in weight[2:])]):
        return windows.conv(graph, x, weight, stride, padding, dilation, groups)
    parts: list[Value] = []
    if isinstance(padding, str):
        whole = Conv(
            kernel=tuple(weight[2:]),
            stride=tuple(stride),
            dilation=tuple(dilation),
            padding=padding,
        )
        sizes = x.shape[-len(whole.kernel) :]
        padding = [whole.pads(n, i) for i, n in enumerate(sizes)]
    for box in held:
        part, pads = x, list[tuple[int, int]]()
        for i, (low, high) in enumerate(box):
            before = padding[i][0] - dilation[i] * low
            after = padding[i][1] - dilation[i] * (weight[2 + i] - high)
            d = len(x.shape) - len(box) + i
            less = max(0, -before)
            size = part.shape[d] - less - max(0, -after)
            part = narrow(graph, part, d, less, size)
            pads.append((max(0, before), max(0, after)))
        shape = [*weight[:2], *(high - low for low, high in box)]
        parts.append(windows.conv(graph, part, shape, stride, pads, dilation, groups))
    return parts[0] if len(parts) == 1 else broadcast(graph, parts, Add())


def boxes(seen: "Seen") -> list[Box]:
    """Return boxes that hold the cells that are true, each once, and no others.

    >>> import numpy as np
    >>> boxes(np.array([[True, True, True], [True, False, False]]))
    [((0, 1), (0, 3)), ((1, 2), (0, 1))]
    """
    if not seen.ndim:
        return [()] if seen else []
    found: list[Box] = []
    start, was = 0, list[Box]()
    for i in range(len(seen) + 1):
        inner = boxes(seen[i]) if i < len(seen) else []
        if inner != was:
            found += [((start, i), *box) for box in was]
            start, was = i, inner
    return found

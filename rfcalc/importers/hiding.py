"""What does a constant mask hide? Entries for two cells: those after a row, or far from it."""

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from rfcalc.importers.axes import Tensor, Value, spatial
from rfcalc.importers.digits import Whole
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import Layer
from rfcalc.layers.whole import Attention
from rfcalc.layers.window import AvgPool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["LOW", "filled", "hide", "left_out", "low", "scaled_away", "sight", "triangle"]

LOW = -1e4
"""A score of which a softmax makes nothing: its exponential is 0 in single precision."""


def low(numbers: "Array") -> "Array":
    """Return where what is added to scores hides them: where it is false, or far below 0."""
    if numbers.dtype.kind == "b":
        return ~numbers  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    return numbers <= LOW  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def scaled_away(graph: Graph, x: Value, numbers: "Array") -> Value:
    """Return a value times constant numbers: those that are 0 hide what they meet.

    Beyond pairs of cells only masks of ones and zeros are named in ``assumed``, and zeros that
    meet some of the channels which read unlike cells, as those of frames do.
    """
    hidden: Any = numbers == 0
    if not isinstance(x, Tensor):
        return x
    if x.pairs is None and set(numbers.reshape(-1)[:999]) - {0, 1} and not _picks(x, hidden):
        return x
    return hide(graph, x, hidden, "zero")


def filled(graph: Graph, x: Value, hidden: "Array", by: "Array | None") -> Value:
    """Return a value without what is filled with a number far below 0, or with 0."""
    numbers: Any = by
    if numbers is not None and (numbers <= LOW).all():
        return hide(graph, x, hidden)
    if numbers is not None and not numbers.any():
        return hide(graph, x, hidden, "zero")
    return x


def triangle(graph: Graph, x: Value, diagonal: int, *, upper: bool) -> Value:
    """Return the upper or lower triangle of the last two dimensions, zeros elsewhere."""
    import numpy as np

    rows, keys = (np.arange(size) for size in x.shape[-2:])
    apart = keys[None, :] - rows[:, None]
    return hide(graph, x, apart < diagonal if upper else apart > diagonal, "zero")


def hide(
    graph: Graph, x: Value, hidden: "Array | None", fill: Literal["low", "zero"] = "low"
) -> Value:
    """Return a value without the entries that a constant hides, broadcast to its shape.

    Entries of pairs of cells are followed where those left lie in a band around each row, or all
    before or after it; where else cells are hidden the network is marked. ``hidden`` is ``None``
    where the numbers are not known.
    """
    import numpy as np

    if hidden is not None and not hidden.any():
        return x
    pairs = x.pairs if isinstance(x, Tensor) else None
    if pairs is not None and isinstance(x, Tensor) and hidden is not None:
        if pairs.again is None:
            return x
        every = np.moveaxis(np.broadcast_to(hidden, x.shape), (pairs.rows, pairs.keys), (-2, -1))
        others = [dim for d, dim in enumerate(x.dims) if d not in (pairs.rows, pairs.keys)]
        whole = sight(graph, pairs.axis, every, alike=any(spatial(dim) for dim in others))
        if whole is not None:
            again = pairs.again(whole)
            held = msgspec.structs.replace(pairs, again=None, whole=whole, fill=fill)
            return msgspec.structs.replace(again, pairs=held)
    if pairs is not None or (hidden is not None and (_varies(x, hidden) or _picks(x, hidden))):
        graph.assume(f"{graph.here}: a constant mask is taken to hide nothing")
    return x


def _varies(x: Value, hidden: "Array") -> bool:
    """Whether a mask hides some of the cells of a grid and not others."""
    if not isinstance(x, Tensor) or x.node is None:
        return False
    shape = (1,) * (len(x.shape) - hidden.ndim) + hidden.shape
    return any(size > 1 and spatial(dim) for size, dim in zip(shape, x.dims, strict=True))


def left_out(graph: Graph, x: Value, d: int, unread: "Array") -> None:
    """Mark a network in which a constant's zeros leave cells out of a sum over a dimension."""
    if not isinstance(x, Tensor) or x.node is None or not unread.any() or unread.all():
        return
    unlike = x.uneven is not None and x.uneven.dim in (None, d)
    if spatial(x.dims[d]) or unlike:
        graph.assume(f"{graph.here}: the zeros of a constant are taken to be read")


def _picks(x: Value, hidden: "Array") -> bool:
    """Whether a mask hides some of the channels that read unlike cells and not others."""
    if not isinstance(x, Tensor) or x.uneven is None:
        return False
    behind = len(x.shape) - hidden.ndim
    dims = range(len(x.shape)) if x.uneven.dim is None else [x.uneven.dim]
    return any(
        d >= behind and not spatial(x.dims[d]) and _differs(hidden, d - behind) for d in dims
    )


def _differs(hidden: Any, d: int) -> bool:
    return bool((hidden != hidden.take([0], axis=d)).any())


def sight(graph: Graph, axis: int, hidden: "Array", *, alike: bool = False) -> Whole | None:
    """Return the layer that reads the cells which a mask leaves to each row along an axis.

    Masks that differ along dimensions before the last two are united, or, where they have to be
    ``alike``, not followed. ``None`` stands for one that has no such layer.
    """
    import numpy as np

    held: Any = hidden
    every: Any = ~held.reshape(-1, *held.shape[-2:])
    if alike and (every != every[:1]).any():
        return None
    seen: Any = every.any(0)
    n = len(seen)
    apart = np.arange(n)[None, :] - np.arange(n)[:, None]
    if seen.shape != (n, n) or not seen.any(1).all():
        return None
    first, last = int(apart[seen].min()), int(apart[seen].max())
    if (seen != ((apart >= first) & (apart <= last))).any() or first > 0 or last < 0:
        return None
    if first <= 1 - n and last >= n - 1:
        return Attention
    if first <= 1 - n or last >= n - 1:
        side = "before" if first <= 1 - n else "after"
        return partial(Attention, side=side) if (last if side == "before" else first) == 0 else None
    return partial(_band, graph.dims, axis, -first, last)


def _band(dims: int, axis: int, before: int, after: int, **_: object) -> Layer:
    """Return a layer that reads so many cells before and after each along an axis."""
    kernel, padding = [1] * dims, [(0, 0)] * dims
    kernel[axis], padding[axis] = before + after + 1, (before, after)
    return AvgPool(kernel=tuple(kernel), stride=(1,) * dims, padding=tuple(padding))

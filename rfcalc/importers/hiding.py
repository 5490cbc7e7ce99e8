"""What does a constant mask hide? Entries for two cells: those after a row, or far from it."""

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from rfcalc.importers.axes import Pairs, Tensor, Value, spatial
from rfcalc.importers.combining import combine
from rfcalc.importers.digits import Whole
from rfcalc.importers.graph import Graph
from rfcalc.importers.pairing import unhide
from rfcalc.importers.pieces import only
from rfcalc.importers.sights import differing, sight
from rfcalc.importers.uneven import unlike_along

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["LOW", "add_constant", "filled", "hide", "low", "note_zeros", "scaled_away", "triangle"]

LOW = -1e4
"""A score of which a softmax makes nothing: its exponential is 0 in single precision."""


def low(numbers: "Array") -> "Array":
    """Return where what is added to scores hides them: where it is false, or far below 0."""
    if numbers.dtype.kind == "b":
        return ~numbers  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    return numbers <= LOW  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def add_constant(graph: Graph, x: Value, numbers: "Array") -> Value:
    """Return a value plus constant numbers: those far below 0 hide what they meet."""
    hidden: Any = low(numbers)
    pairs = x.pairs if isinstance(x, Tensor) else None
    if pairs is None or pairs.fill != "zero" or not numbers.any():
        return hide(graph, x, hidden)
    assert isinstance(x, Tensor)
    if sight(graph, x.dims[pairs.rows], _by_rows(x, pairs, hidden), alike=True) == pairs.whole:
        return msgspec.structs.replace(x, pairs=msgspec.structs.replace(pairs, fill="low"))
    if not numbers.all():
        unhide(graph)  # entries that are 0 may still be
    return hide(graph, msgspec.structs.replace(x, pairs=None), hidden)


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

    Entries of pairs of cells are followed where those left are of a form that a layer has
    (``sight``); where else cells are hidden the network is marked. ``hidden`` is ``None``
    where the numbers are not known.
    """
    if hidden is not None and not hidden.any():
        return x
    pairs = x.pairs if isinstance(x, Tensor) else None
    if pairs is not None and isinstance(x, Tensor) and hidden is not None:
        every = _by_rows(x, pairs, hidden)
        others = [d for d in range(len(x.dims)) if d not in (pairs.rows, pairs.keys)]
        alike = any(spatial(x.dims[d]) for d in others)
        whole = sight(graph, x.dims[pairs.rows], every, alike=alike)
        if pairs.product is None and pairs.fill and whole == pairs.whole:
            return x
        if pairs.product is not None and whole is not None:
            left = unlike_along(_make_again(graph, x, whole), [others[d] for d in differing(every)])
            held = msgspec.structs.replace(pairs, product=None, steps=(), whole=whole, fill=fill)
            return msgspec.structs.replace(left, pairs=held)
    if pairs is not None or (hidden is not None and (_varies(x, hidden) or _picks(x, hidden))):
        unhide(graph)
    return x


def _by_rows(x: Tensor, pairs: Pairs, hidden: "Array") -> "Array":
    """Return which entries are hidden, keys last, and rows before them."""
    import numpy as np

    return np.moveaxis(np.broadcast_to(hidden, x.shape), (pairs.rows, pairs.keys), (-2, -1))


def _make_again(graph: Graph, x: Value, whole: Whole) -> Tensor:
    """Return a tensor made anew with other layers in the place of attention."""
    x = only(x)
    if x.pairs is None or x.pairs.product is None:
        return x
    made = x.pairs.product
    operands = [(_make_again(graph, v, whole), labels) for v, labels in made.operands]
    done = combine(graph, made.layer, operands, made.out, whole)
    for step in x.pairs.steps:
        done = step.again(graph, [done])
    return only(done)


def _varies(x: Value, hidden: "Array") -> bool:
    """Whether a mask hides some of the cells of a grid and not others."""
    if not isinstance(x, Tensor) or x.node is None:
        return False
    shape = (1,) * (len(x.shape) - hidden.ndim) + hidden.shape
    return any(size > 1 and spatial(dim) for size, dim in zip(shape, x.dims, strict=True))


def note_zeros(graph: Graph, x: Value, d: int, unread: "Array") -> None:
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

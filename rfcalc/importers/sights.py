"""Which layers read the cells that a mask leaves to each row, along axes and in blocks?"""

from collections.abc import Sequence
from math import gcd
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.importers.axes import Dim
from rfcalc.importers.bands import Chain, band, one_sided, windows
from rfcalc.importers.digits import Whole
from rfcalc.importers.graph import Graph
from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Crop, Pad
from rfcalc.layers.resample import PixelShuffle, PixelUnshuffle
from rfcalc.layers.whole import BandedAttention

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]
    Seen = NDArray[np.bool_]

__all__ = ["differing", "sight"]


def sight(graph: Graph, rows: Dim, hidden: "Array", *, alike: bool = False) -> Whole | None:
    """Return what reads the cells which a mask leaves to each row, the cells of whole axes.

    A band around each row, which is cut at the border or shifts inside; all up to a cell so far
    from each row, or from it on; windows side by side, or cells so many apart; the same of
    blocks of cells instead of cells, and along each axis of several. ``None`` stands for a mask
    of none of these forms.

    Parameters
    ----------
    rows : the axes, flattened to one dimension.
    hidden : bool, shape (.., rows, keys). Masks that differ along dimensions before the last two
        are united, or, where they have to be ``alike``, not followed.
    """
    import numpy as np

    held: Any = hidden
    if alike and differing(hidden):
        return None
    seen: Any = (~held.reshape(-1, *held.shape[-2:])).any(0)
    if seen.shape[0] != seen.shape[1] or not seen.any():
        return None
    own = np.eye(len(seen), dtype=bool)
    if not seen.diagonal().any() and ((seen | own) == np.tri(len(seen), dtype=bool)).all():
        # A row's query reads its own cell, though its keys do not.
        graph.assume(f"{graph.here}: rows that see one cell or none are taken to read their own")
        seen = seen | own
    if not seen.diagonal().all():
        return None
    if len(rows) == 1:
        assert rows[0].axis is not None
        return _along(graph.dims, rows[0].axis, seen)
    return _apart(graph.dims, rows, seen)


def differing(hidden: "Array") -> list[int]:
    """Return the dimensions before rows and keys along which masks differ."""
    held: Any = hidden
    return [d for d in range(held.ndim - 2) if (held != held.take([0], axis=d)).any()]


def _along(dims: int, axis: int, seen: "Seen") -> Chain | None:
    """Return what reads the cells that are seen along an axis."""
    for form in (one_sided, windows, band, _blocks):
        found = form(dims, axis, seen)
        if found is not None:
            return found
    return None


def _apart(dims: int, rows: Dim, seen: "Seen") -> Chain | None:
    """Return what reads a cell where it is seen along each of several axes for itself."""
    import numpy as np

    sizes, count = [f.size for f in rows], len(rows)
    every: Any = seen.reshape(*sizes, *sizes)
    whole, found = np.ones_like(every), list[Layer]()
    for i, factor in enumerate(rows):
        beside = tuple(d for d in range(2 * count) if d not in (i, count + i))
        part = every.any(beside)
        whole &= np.expand_dims(part, beside)
        assert factor.axis is not None
        chain = () if (part == np.eye(len(part))).all() else _along(dims, factor.axis, part)
        if chain is None:
            return None
        own = tuple(axis == factor.axis for axis in range(dims))
        found += [
            msgspec.structs.replace(layer, over=own)
            if getattr(layer, "over", None) == ()
            else layer
            for layer in chain
        ]
    if not found or (whole != every).any():
        return None
    return _joined(dims, found)


def _joined(dims: int, chain: Sequence[Layer]) -> Chain:
    """Return layers, as one where all are bands along different axes with the same edge."""
    bands = [layer for layer in chain if isinstance(layer, BandedAttention)]
    if len(bands) < len(chain) or len({one.edge for one in bands}) > 1:
        return tuple(chain)
    window, step, after = [1] * dims, [1] * dims, [0] * dims
    for one in bands:
        axis = next(i for i, width in enumerate(one.window) if width > 1)
        window[axis], step[axis] = one.window[axis], one.step(axis)
        after[axis] = one.window[axis] - 1 - one.before(axis)
    middle = all(not one.after for one in bands)
    return (
        BandedAttention(
            window=tuple(window),
            dilation=tuple(step) if max(step) > 1 else (),
            after=() if middle else tuple(after),
            edge=bands[0].edge,
        ),
    )


def _blocks(dims: int, axis: int, seen: "Seen") -> Chain | None:
    """Return what reads whole blocks of cells, from every cell of a block the same ones."""
    n = len(seen)
    changes = [i for i in range(1, n) if (seen[i] != seen[i - 1]).any()]
    changes += [i for i in range(1, n) if (seen[:, i] != seen[:, i - 1]).any()]
    width = gcd(*changes)
    inner = _along(dims, axis, seen[::width, ::width]) if width > 1 else None
    if inner is None:
        return None
    factor, more = ([fill] * dims for fill in (1, 0))
    factor[axis], more[axis] = width, -n % width
    apart, nothing = tuple(factor), (0,) * dims
    blocks = (PixelUnshuffle(factor=apart), *inner, PixelShuffle(factor=apart))
    if not more[axis]:
        return blocks
    return (
        Pad(before=nothing, after=tuple(more)),
        *blocks,
        Crop(before=nothing, after=tuple(more)),
    )

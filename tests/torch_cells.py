"""How does PyTorch mix cells? Attention over all cells or some, and running sums."""

from itertools import product
from typing import Any

import pytest

from rfcalc.layers.base import Layer

torch = pytest.importorskip("torch")
Tensor = torch.Tensor
F = torch.nn.functional

__all__ = ["attend", "lines", "near", "onesided"]


def lines(layer: Layer, x: Tensor, function: Any) -> Tensor:
    """Apply a function to the part of ``x`` at each position of the axes that are not covered."""
    dims = x.ndim - 2
    kept = [axis for axis in range(dims) if layer.over and not layer.over[axis]]
    if not kept:
        return function(x)
    axis = kept[0] + 2
    rest = type(layer)(over=(*layer.over[: axis - 2], True, *layer.over[axis - 1 :]))
    parts = [lines(rest, part, function) for part in x.split(1, axis)]
    return torch.cat(parts, axis)


def onesided(layer: Layer, x: Tensor) -> Tensor:
    """Running sums along every covered axis, of the cells up to each one or from it on."""
    for axis in range(2, x.ndim):
        if not layer.over or layer.over[axis - 2]:
            turned = x if layer.side == "before" else x.flip(axis)
            summed = turned.cumsum(axis)
            x = summed if layer.side == "before" else summed.flip(axis)
    return x


def _allowed(sizes: Any, side: str) -> Tensor:
    """Which cell may look at which: none later (before) or earlier (after) on any axis."""
    cells = list(product(*map(range, sizes)))
    fits = (lambda a, b: b <= a) if side == "before" else (lambda a, b: b >= a)
    return torch.tensor([[all(map(fits, one, two)) for two in cells] for one in cells])


def near(layer: Layer, axis: int, n: int) -> Tensor:
    """Which cell of an axis looks at which near it, as Neighborhood Attention words it.

    Among the cells that lie a multiple of the dilation away: the nearest ones, so many before,
    and as many as are wanted after; where those are missing at a border, ones further inside.
    """
    width, step = layer.window[axis], layer.dilation[axis] if layer.dilation else 1
    after = layer.after[axis] if layer.after else (width - 1) // 2
    seen = torch.zeros(n, n, dtype=torch.bool)
    for o in range(n):
        row = list(range(o % step, n, step))
        at = row.index(o)
        begin, end = at - (width - 1 - after), at + after + 1
        if layer.edge == "shift":
            while begin < 0:
                begin, end = begin + 1, end + 1
            while end > len(row):
                begin, end = begin - 1, end - 1
        seen[o, row[max(0, begin) : end]] = True
    return seen


def attend(
    x: Tensor, weights: dict[str, Tensor], side: str = "both", seen: Tensor | None = None
) -> Tensor:
    """Attention of one head over all cells, those on one side, or those that are seen."""
    flat = x.flatten(2)
    q, k, v = (
        torch.einsum("oc,bcn->bno", weights[name], flat) for name in ("query", "key", "value")
    )
    mask = seen if side == "both" else _allowed(x.shape[2:], side)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).mT.reshape(x.shape)

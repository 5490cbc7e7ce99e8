"""What does PyTorch make of the layers that keep or mix all cells? By op, for the oracle."""

from itertools import product
from typing import Any

import pytest

from rfcalc.layers.base import Layer

torch = pytest.importorskip("torch")
Tensor = torch.Tensor
F = torch.nn.functional

__all__ = ["POINTWISE", "WHOLE", "attend", "lines", "near"]


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


def _gate(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    mean = x.flatten(2).mean(2)
    gate = torch.sigmoid(F.linear(F.relu(F.linear(mean, w["squeeze"])), w["excite"]))
    return x * gate.reshape(*gate.shape, *[1] * (x.ndim - 2))


def _running(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    flat = x.flatten(2)
    return (flat.cumsum(2) + flat.flip(2).cumsum(2).flip(2)).reshape(x.shape)


def _norm(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    flat = x.flatten(2)
    if flat.shape[2] == 1:  # PyTorch refuses to normalise a single value: the result is 0
        return torch.zeros_like(x)
    return F.instance_norm(flat).reshape(x.shape)


def _collapsed(x: Tensor) -> Tensor:
    return x.flatten(1).reshape(x.shape[0], -1, *[1] * (x.ndim - 2))


WHOLE: dict[str, Any] = {
    "global_pool": lambda x, w: x.mean(tuple(range(2, x.ndim)), keepdim=True),
    "flatten": lambda x, w: _collapsed(x),
    "linear": lambda x, w: _collapsed(
        F.linear(x.flatten(1), w["weight"], w["bias"]).reshape(x.shape[0], -1, *[1] * (x.ndim - 2))
    ),
    "attention": attend,
    "squeeze_excite": _gate,
    "instance_norm": _norm,
    "group_norm": lambda x, w: F.group_norm(x, 1, w["weight"], w["bias"]),
    "spatial_norm": lambda x, w: F.softmax(x.flatten(2), 2).reshape(x.shape),
    "sequence": _running,
}

POINTWISE: dict[str, Any] = {
    "leaky_relu": lambda p, x, w: F.leaky_relu(x, p.negative_slope),
    "elu": lambda p, x, w: F.elu(x, p.alpha),
    "batchnorm": lambda p, x, w: F.batch_norm(
        x, w["mean"], w["variance"], w["weight"], w["bias"], eps=p.eps
    ),
    "dropout": lambda p, x, w: F.dropout(x, p.p, training=False),
    "channel_shuffle": lambda p, x, w: torch.channel_shuffle(
        x.flatten(2)[..., None], p.groups
    ).reshape(x.shape),
    "identity": lambda p, x, w: x,
    "relu": lambda p, x, w: F.relu(x),
    "relu6": lambda p, x, w: F.relu6(x),
    "gelu": lambda p, x, w: F.gelu(x),
    "silu": lambda p, x, w: F.silu(x),
    "sigmoid": lambda p, x, w: torch.sigmoid(x),
    "tanh": lambda p, x, w: torch.tanh(x),
    "softplus": lambda p, x, w: F.softplus(x, threshold=50),
    "hardswish": lambda p, x, w: F.hardswish(x),
    "hardsigmoid": lambda p, x, w: F.hardsigmoid(x),
    "mish": lambda p, x, w: F.mish(x),
    "prelu": lambda p, x, w: F.prelu(x, w["weight"]),
    "layernorm": lambda p, x, w: F.layer_norm(
        x.movedim(1, -1), (x.shape[1],), w["weight"], w["bias"]
    ).movedim(-1, 1),
    "softmax": lambda p, x, w: F.softmax(x, 1),
}

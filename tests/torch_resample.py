"""What does PyTorch make of a change of resolution? By interpolation, or one phase at a time."""

from itertools import product
from typing import Any

import pytest

from rfcalc.layers.base import Layer

torch = pytest.importorskip("torch")
Tensor = torch.Tensor
F = torch.nn.functional

__all__ = ["shuffle", "unshuffle", "upsampled"]


def shuffle(x: Tensor, factor: tuple[int, ...]) -> Tensor:
    """Depth to space, one phase of the output at a time."""
    made = x.new_zeros(
        x.shape[0],
        x.shape[1] // torch.Size(factor).numel(),
        *(n * r for n, r in zip(x.shape[2:], factor, strict=True)),
    )
    for number, phase in enumerate(product(*map(range, factor))):
        into = tuple(slice(p, None, r) for p, r in zip(phase, factor, strict=True))
        made[(..., *into)] = x[:, number :: torch.Size(factor).numel()]
    return made


def unshuffle(x: Tensor, factor: tuple[int, ...]) -> Tensor:
    phases = [
        x[(..., *(slice(p, None, r) for p, r in zip(phase, factor, strict=True)))]
        for phase in product(*map(range, factor))
    ]
    return torch.stack(phases, 2).flatten(1, 2)


def upsampled(layer: Layer, x: Tensor) -> Tensor:
    dims = x.ndim - 2
    names = {1: "linear", 2: "bilinear", 3: "trilinear"}
    mode = layer.mode if layer.mode.startswith("nearest") else names[dims]
    given: dict[str, Any] = (
        {"size": layer.size_to} if layer.size_to else {"scale_factor": layer.scale}
    )
    if layer.mode == "bicubic" or layer.antialias:
        mode = "bicubic" if layer.mode == "bicubic" else "bilinear"
        given |= {"mode": mode, "align_corners": layer.align_corners, "antialias": layer.antialias}
        # PyTorch's antialiased pass along the height is wrong where the width is 1, or becomes 1
        # (2.13).
        wide = layer.size_to[1] if layer.size_to and dims == 2 else x.shape[-1]
        if dims == 2 and x.shape[3] > 1 and wide > 1:
            return F.interpolate(x, **given)
        for axis in range(dims):
            line = x.movedim(2 + axis, -1)
            rows = line.reshape(1, -1, 1, line.shape[-1])
            one = {
                name: (1, given[name][axis]) for name in ("size", "scale_factor") if name in given
            }
            rows = F.interpolate(rows, **given | one)
            x = rows.reshape(*line.shape[:-1], -1).movedim(-1, 2 + axis)
        return x
    if mode.startswith("nearest"):
        return F.interpolate(x, mode=mode, **given)
    return F.interpolate(x, mode=mode, align_corners=layer.align_corners, **given)

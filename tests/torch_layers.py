"""What does PyTorch make of a layer? The oracle of the NumPy backend's forward, op by op."""

from itertools import product
from math import floor
from typing import Any

import pytest

from rfcalc.layers.base import Layer
from tests.rules import RULES

torch = pytest.importorskip("torch")
Tensor = torch.Tensor
F = torch.nn.functional

__all__ = ["apply", "framed", "groups_of_cells", "padding", "per_axis", "pool_padding"]


def per_axis(values: Any, dims: int, default: int) -> list[int]:
    return list(values) if values else [default] * dims


def padding(layer: Layer, sizes: tuple[int, ...], stride: list[int]) -> list[tuple[int, int]]:
    """Return the padding of a convolution or pool, in cells before and after each axis."""
    found: list[tuple[int, int]] = []
    dilation = per_axis(layer.dilation, len(sizes), 1)
    for axis, (n, s, d) in enumerate(zip(sizes, stride, dilation, strict=True)):
        spare = d * (layer.kernel[axis] - 1)
        match layer.padding:
            case None:
                found.append((spare // 2, spare // 2))
            case "valid":
                found.append((0, 0))
            case "causal":
                found.append((spare, 0))
            case "same":
                total = max(spare + 1 - (n % s or s), 0)
                found.append((total // 2, total - total // 2))
            case "same_lower":
                total = max(spare + 1 - (n % s or s), 0)
                found.append((total - total // 2, total // 2))
            case pairs:
                found.append(tuple(pairs[axis]))
    return found


def framed(
    x: Tensor, pads: list[tuple[int, int]], mode: str = "zeros", fill: float = 0.0
) -> Tensor:
    """Pad the last axes; one axis at a time, so that every mode serves any number of axes."""
    flat = [cells for pair in reversed(pads) for cells in pair]
    if mode == "zeros":
        return F.pad(x, flat, value=fill)
    for axis, pair in enumerate(pads):
        line = x.movedim(2 + axis, -1)
        rows = line.reshape(1, -1, line.shape[-1])
        rows = F.pad(rows, list(pair), mode=mode)
        x = rows.reshape(*line.shape[:-1], -1).movedim(-1, 2 + axis)
    return x


def pool_padding(layer: Layer, sizes: tuple[int, ...]) -> tuple[list[int], list[tuple[int, int]]]:
    """Return a pool's stride and its padding, extended or cut so that all its windows just fit."""
    dims = len(sizes)
    stride = per_axis(layer.stride, dims, 0)
    stride = [s or k for s, k in zip(stride, layer.kernel, strict=True)]
    dilation = per_axis(layer.dilation, dims, 1)
    pads: list[tuple[int, int]] = []
    for axis, (before, after) in enumerate(padding(layer, sizes, stride)):
        n, s = sizes[axis], stride[axis]
        reach = dilation[axis] * (layer.kernel[axis] - 1) + 1
        windows = floor((n + before + after - reach) / s) + 1
        if layer.ceil_mode and (n + before + after - reach) % s and windows * s < n + before:
            windows += 1
        pads.append((before, (windows - 1) * s + reach - n - before))
    return stride, pads


def groups_of_cells(layer: Layer, sizes: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    """Return the windows of a window attention as lists of cells."""
    found: dict[Any, list[tuple[int, ...]]] = {}
    for cell in product(*map(range, sizes)):
        key: list[tuple[int, int]] = []
        for axis, o in enumerate(cell):
            step = layer.dilation[axis] if layer.dilation else 1
            shift = layer.shift[axis] if layer.shift else 0
            block, inside = divmod(o - shift, layer.window[axis] * step)
            key.append((block, inside % step))
        found.setdefault(tuple(key), []).append(cell)
    return list(found.values())


def apply(layer: Layer, inputs: list[Tensor], w: dict[str, Tensor]) -> Tensor:
    """Return what PyTorch computes for a layer with the given weights."""
    return RULES[layer.op].torch(layer, inputs, w)

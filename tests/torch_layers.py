"""What does PyTorch make of a layer? The oracle of the NumPy backend's forward, op by op."""

from itertools import product
from math import floor
from typing import Any

import pytest

from rfcalc.layers.base import Layer
from tests.torch_cells import POINTWISE, WHOLE, attend, lines, near, onesided
from tests.torch_resample import shuffle, unshuffle, upsampled

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


def _conv_transpose(layer: Layer, x: Tensor, w: dict[str, Tensor]) -> Tensor:
    dims = x.ndim - 2
    stride, dilation = per_axis(layer.stride, dims, 1), per_axis(layer.dilation, dims, 1)
    extra = per_axis(layer.output_padding, dims, 0)
    function = getattr(F, f"conv_transpose{dims}d")
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, layer.kernel, strict=True)]
    if layer.padding is None:
        pads = [(max(0, r - s) // 2,) * 2 for r, s in zip(reach, stride, strict=True)]
    elif isinstance(layer.padding, tuple):
        pads = list(layer.padding)
    else:
        pads = [(0, 0)] * dims
    if layer.padding not in ("same", "causal") and all(a == b for a, b in pads):
        even = [a for a, _ in pads]
        return function(x, w["weight"], w.get("bias"), stride, even, extra, layer.groups, dilation)
    # A transposed convolution is the gradient of a convolution; here the full one, then cut.
    y = function(x, w["weight"], None, stride, 0, 0, layer.groups, dilation)
    for axis, n in enumerate(x.shape[2:]):
        before, after = pads[axis]
        length = y.shape[2 + axis] + extra[axis] - before - after
        if layer.padding in ("same", "causal"):
            length = n * stride[axis] + extra[axis]
            before = max(0, reach[axis] - stride[axis]) // 2 if layer.padding == "same" else 0
        y = y.movedim(2 + axis, -1)
        y = F.pad(y, [0, max(0, before + length - y.shape[-1])])[..., before : before + length]
        y = y.movedim(-1, 2 + axis)
    return y if "bias" not in w else y + w["bias"].reshape(-1, *[1] * dims)


def _avgpool(layer: Layer, x: Tensor) -> Tensor:
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    stride, pads = pool_padding(layer, sizes)
    asked = padding(layer, sizes, stride)
    plain = all(a == b and 2 * a <= k for (a, b), k in zip(asked, layer.kernel, strict=True))
    if plain and not any(d > 1 for d in layer.dilation):
        function = getattr(F, f"avg_pool{dims}d")
        even = [a for a, _ in asked]
        return function(x, layer.kernel, stride, even, layer.ceil_mode, layer.count_include_pad)
    inside = framed(
        torch.ones(1, 1, *sizes, dtype=x.dtype), asked, fill=float(layer.count_include_pad)
    )
    beyond = [(0, p[1] - a[1]) for p, a in zip(pads, asked, strict=True)]
    counts = _sum(layer, framed(inside, beyond), stride)
    return _sum(layer, framed(x, pads), stride) / counts.clamp(min=1)


def _sum(layer: Layer, x: Tensor, stride: list[int]) -> Tensor:
    dims = x.ndim - 2
    ones = torch.ones(x.shape[1], 1, *layer.kernel, dtype=x.dtype)
    function = getattr(F, f"conv{dims}d")
    return function(x, ones, None, stride, 0, per_axis(layer.dilation, dims, 1), x.shape[1])


def apply(layer: Layer, inputs: list[Tensor], w: dict[str, Tensor]) -> Tensor:
    """Return what PyTorch computes for a layer with the given weights."""
    x = inputs[0]
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    match layer.op:
        case "conv":
            stride = per_axis(layer.stride, dims, 1)
            x = framed(x, padding(layer, sizes, stride), layer.padding_mode)
            function = getattr(F, f"conv{dims}d")
            dilation = per_axis(layer.dilation, dims, 1)
            return function(x, w["weight"], w.get("bias"), stride, 0, dilation, layer.groups)
        case "conv_transpose":
            return _conv_transpose(layer, x, w)
        case "maxpool":
            stride, pads = pool_padding(layer, sizes)
            asked = padding(layer, sizes, stride)
            function = getattr(F, f"max_pool{dims}d")
            dilation = per_axis(layer.dilation, dims, 1)
            if all(a == b and 2 * a <= k for (a, b), k in zip(asked, layer.kernel, strict=True)):
                even = [a for a, _ in asked]
                return function(x, layer.kernel, stride, even, dilation, layer.ceil_mode)
            return function(framed(x, pads, fill=-torch.inf), layer.kernel, stride, 0, dilation)
        case "avgpool":
            return _avgpool(layer, x)
        case "adaptive_pool":
            return getattr(F, f"adaptive_avg_pool{dims}d")(x, layer.output)
        case "upsample":
            return upsampled(layer, x)
        case "pixel_shuffle":
            if dims == 2 and layer.factor[0] == layer.factor[1]:
                return F.pixel_shuffle(x, layer.factor[0])
            return shuffle(x, layer.factor)
        case "pixel_unshuffle":
            if dims == 2 and layer.factor[0] == layer.factor[1]:
                return F.pixel_unshuffle(x, layer.factor[0])
            return unshuffle(x, layer.factor)
        case "pad":
            none = (0,) * dims
            pads = list(zip(layer.before or none, layer.after or none, strict=True))
            return framed(x, pads, layer.padding_mode)
        case "crop":
            none = (0,) * dims
            ends = zip(layer.before or none, layer.after or none, sizes, strict=True)
            return x[(..., *(slice(before, n - after) for before, after, n in ends))]
        case "slice":
            parts = (
                slice(
                    layer.start[axis] if layer.start else None,
                    layer.stop[axis] if layer.stop else None,
                    layer.step[axis] if layer.step else None,
                ).indices(n)
                for axis, n in enumerate(sizes)
            )
            return x[(..., *(slice(*part) for part in parts))]
        case "roll":
            return torch.roll(x, layer.shift, tuple(range(2, 2 + dims)))
        case "flip":
            return torch.flip(x, [2 + a for a in range(dims) if not layer.over or layer.over[a]])
        case "window_attention":
            made = torch.zeros_like(x)
            for cells in groups_of_cells(layer, sizes):
                at = (..., *torch.tensor(cells).T)
                made[at] = attend(x[at], w)
            return made
        case "banded_attention":
            seen = torch.ones(1, 1, dtype=torch.bool)
            for axis, n in enumerate(sizes):
                seen = torch.kron(seen, near(layer, axis, n))
            return attend(x, w, seen=seen)
        case "add":
            return sum(inputs[1:], x)
        case "mul":
            for other in inputs[1:]:
                x = x * other
            return x
        case "concat":
            grid = torch.broadcast_shapes(*(part.shape[2:] for part in inputs))
            return torch.cat([part.expand(*part.shape[:2], *grid) for part in inputs], 1)
        case "sequence" if layer.side != "both":
            return onesided(layer, x)
        case "attention":
            return lines(layer, x, lambda part: attend(part, w, layer.side))
        case op if op in WHOLE:
            return lines(layer, x, lambda part: WHOLE[op](part, w))
        case op:
            return POINTWISE[op](layer, x, w)

"""What is the gradient of a network of ones? PyTorch's own, for any network of rfcalc.

Shares no code with rfcalc: of a layer it reads the parameters only. Every operation becomes its
positive linear counterpart with one channel, as THEORY 1 defines path counts, and torch's
autograd counts the paths. Exact in float64 below 2^53; beyond, ``gradient`` refuses.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

from rfcalc.layers.base import Layer
from rfcalc.network import Network
from tests.torch_cells import near, onesided
from tests.torch_layers import apply, framed, groups_of_cells, padding, per_axis, pool_padding

torch = pytest.importorskip("torch")
Tensor = torch.Tensor
F = torch.nn.functional

__all__ = ["gradient", "gradients", "ones", "outputs"]

SAME_FRAME = ("pad", "crop", "slice", "roll", "flip")
WHOLE = ("attention", "instance_norm", "group_norm", "spatial_norm", "sequence")
COLLAPSED = ("global_pool", "flatten", "linear")


def outputs(network: Network, source: int = 0) -> list[Tensor | None]:
    """Return every node's value in the network of ones; ``None`` for what the source misses.

    The source is a leaf that requires gradients, zero everywhere: the network is linear.
    """
    made: list[Tensor | None] = [None] * len(network.nodes)
    size = network.nodes[source].size
    assert size is not None
    made[source] = torch.zeros((1, 1, *size), dtype=torch.float64, requires_grad=True)
    for position in range(source + 1, len(network.nodes)):
        node = network.nodes[position]
        inputs = [part for i in node.inputs if (part := made[i]) is not None]
        if not inputs:
            continue
        if node.layer.merges:
            # What does not come from the source still has a size to spread a lone cell over.
            shapes = [network.nodes[i].size for i in node.inputs]
            grid = torch.broadcast_shapes(*[shape for shape in shapes if shape is not None])
            made[position] = sum(
                (part.expand(1, 1, *grid) for part in inputs[1:]), inputs[0].expand(1, 1, *grid)
            )
        else:
            made[position] = ones(node.layer, inputs[0])
        assert tuple(made[position].shape[2:]) == node.size, node
    return made


def gradients(network: Network, source: int = 0) -> Any:
    """Return a function of a node and a position that counts the paths to it from the source."""
    made = outputs(network, source)
    leaf = made[source]
    assert leaf is not None

    def count(target: int, at: Sequence[int]) -> np.ndarray:
        value = made[target]
        if value is None:
            return np.zeros(leaf.shape[2:], np.int64)
        if value is leaf:
            paths = torch.zeros_like(leaf)
            paths[(0, 0, *at)] = 1
        else:
            (paths,) = torch.autograd.grad(value[(0, 0, *at)], leaf, retain_graph=True)
        assert paths.max() < 2**53, "beyond what float64 counts exactly"
        return paths[0, 0].numpy().astype(np.int64)

    return count


def gradient(network: Network, target: int, at: Sequence[int], source: int = 0) -> np.ndarray:
    """Return the number of paths from every cell of the source to one output, int64."""
    return gradients(network, source)(target, at)


def ones(layer: Layer, x: Tensor) -> Tensor:
    """Return the positive linear counterpart of a layer, shape (1, 1, *spatial)."""
    dims, sizes = x.ndim - 2, tuple(x.shape[2:])
    if layer.op == "conv":
        stride = per_axis(layer.stride, dims, 1)
        x = framed(x, padding(layer, sizes, stride), layer.padding_mode)
        return _windows(layer, x, stride)
    if layer.op in ("maxpool", "avgpool"):
        stride, pads = pool_padding(layer, sizes)
        return _windows(layer, framed(x, pads), stride)
    if layer.op == "conv_transpose":
        plain = type(layer)(
            kernel=layer.kernel,
            stride=layer.stride,
            dilation=layer.dilation,
            padding=layer.padding,
            output_padding=layer.output_padding,
        )
        return apply(plain, [x], {"weight": torch.ones(1, 1, *layer.kernel, dtype=x.dtype)})
    if layer.op in ("upsample", "adaptive_pool"):
        for axis, n in enumerate(sizes):
            x = torch.tensordot(x, _matrix(layer, axis, n), ([2 + axis], [1])).movedim(-1, 2 + axis)
        return x
    if layer.op == "pixel_shuffle":
        for axis, r in enumerate(layer.factor):
            x = x.repeat_interleave(r, 2 + axis)
        return x
    if layer.op == "pixel_unshuffle":
        parts = product(*map(range, layer.factor))
        steps = (zip(part, layer.factor, strict=True) for part in parts)
        return sum(x[(..., *(slice(p, None, r) for p, r in step))] for step in steps)
    if layer.op in SAME_FRAME:
        return apply(layer, [x], {})
    if layer.op == "window_attention":
        made = torch.zeros_like(x)
        for cells in groups_of_cells(layer, sizes):
            at = (0, 0, *torch.tensor(cells).T)
            made[at] = made[at] + x[at].sum()
        return made
    if layer.op == "banded_attention":
        for axis, n in enumerate(sizes):
            x = torch.tensordot(x, near(layer, axis, n).to(x), ([2 + axis], [1]))
            x = x.movedim(-1, 2 + axis)
        return x
    if getattr(layer, "side", "both") != "both":
        return onesided(layer, x)
    if layer.op in COLLAPSED or layer.op in WHOLE or layer.op == "squeeze_excite":
        axes = [2 + axis for axis in range(dims) if not layer.over or layer.over[axis]]
        total = x.sum(axes, keepdim=True) if axes else x
        if layer.op in COLLAPSED:
            return total
        return total.expand(x.shape) + (x if layer.op == "squeeze_excite" else 0)
    return x


def _windows(layer: Layer, x: Tensor, stride: list[int]) -> Tensor:
    dims = x.ndim - 2
    weight = torch.ones(1, 1, *layer.kernel, dtype=x.dtype)
    function = getattr(F, f"conv{dims}d")
    return function(x, weight, None, stride, 0, per_axis(layer.dilation, dims, 1))


def _matrix(layer: Layer, axis: int, n: int) -> Tensor:
    """Return which input each output weighs on one axis: PyTorch's own answer to the identity."""
    identity = torch.eye(n, dtype=torch.float64)[None]
    if layer.op == "adaptive_pool":
        weight = F.adaptive_avg_pool1d(identity, layer.output[axis])[0].T
        return (weight > 0).double()
    given: dict[str, Any] = (
        {"size": layer.size_to[axis]} if layer.size_to else {"scale_factor": layer.scale[axis]}
    )
    if layer.mode.startswith("nearest"):
        # PyTorch finds these indices in float32 and may round them; here they are integers.
        m = layer.size_to[axis] if layer.size_to else int(n * layer.scale[axis])
        top, bottom = (n, m) if layer.size_to else (2**20, round(layer.scale[axis] * 2**20))
        half = layer.mode == "nearest-exact"
        at = [min((2 * o + half) * top // (2 * bottom), n - 1) for o in range(m)]
        return torch.eye(n, dtype=torch.float64)[at]
    if layer.mode == "bicubic" or layer.antialias:
        given = {name: (1, value) for name, value in given.items()}
        given |= {"align_corners": layer.align_corners, "antialias": layer.antialias}
        given["mode"] = "bicubic" if layer.mode == "bicubic" else "bilinear"
        weight = F.interpolate(identity[:, :, None], **given)[0, :, 0].T
    else:
        weight = F.interpolate(identity, mode="linear", align_corners=layer.align_corners, **given)
        weight = weight[0].T
    return (weight.abs() > 1e-9).double()

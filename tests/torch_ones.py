"""What is the gradient of a network of ones? PyTorch's own, for any network of rfcalc.

Shares no code with rfcalc: of a layer it reads the parameters only. Every operation becomes its
positive linear counterpart with one channel, as THEORY 1 defines path counts, and torch's
autograd counts the paths. Exact in float64 below 2^53; beyond, ``gradient`` refuses.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from rfcalc.layers.base import Layer
from rfcalc.network import Network
from tests.rules import RULES

torch = pytest.importorskip("torch")
Tensor = torch.Tensor

__all__ = ["gradient", "gradients", "ones", "outputs"]


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
    return RULES[layer.op].ones(layer, x)

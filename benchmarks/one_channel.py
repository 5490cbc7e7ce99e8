"""How do today's tools find a field? Automatic differentiation, here of one channel a layer."""

from collections.abc import Callable
from typing import Any

from rfcalc.network import Network

__all__ = ["gradient"]


def gradient(network: Network, size: int, double: bool = False) -> Callable[[], Any]:
    """Return what runs a network forward and one output position back, and returns the gradient.

    Every layer has one channel and positive weights: channels do not matter to the receptive
    field, and a network as wide as the real one would only take longer.
    """
    import torch
    from torch.nn import functional

    kind = torch.float64 if double else torch.float32
    torch.set_flush_denormal(True)  # numbers that are vanishing would slow torch down

    def run() -> Any:
        x = torch.ones(1, 1, size, size, dtype=kind, requires_grad=True)
        made = [x]
        for node in network.nodes[1:]:
            layer: Any = node.layer
            read = [made[i] for i in node.inputs]
            if layer.op == "conv":
                kernel = layer.kernel
                pad = [p[0] for p in layer.padding] if layer.padding else [k // 2 for k in kernel]
                weight = torch.full((1, 1, *kernel), 0.7 / (kernel[0] * kernel[1]), dtype=kind)
                strides = [layer.step(axis) for axis in range(2)]
                made.append(functional.conv2d(read[0], weight, stride=strides, padding=pad))
            elif layer.op == "maxpool":
                # As the tools do: an average passes gradient to every cell, a maximum to one.
                step = [layer.step(axis) for axis in range(2)]
                made.append(functional.avg_pool2d(read[0], layer.kernel, step, 1))
            elif layer.merges:
                made.append(sum(read[1:], read[0]))
            else:
                made.append(read[0])
        y = made[network.output]
        middle = [n // 2 for n in y.shape[2:]]
        y[0, 0, middle[0], middle[1]].backward()
        assert x.grad is not None
        return x.grad[0, 0].numpy()

    return run

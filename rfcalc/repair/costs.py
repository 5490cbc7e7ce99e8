"""How much work is a network? Its multiply-adds, or those of layers with equally many channels."""

from fractions import Fraction
from math import prod

from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network import Network, Node

__all__ = ["cost"]


def cost(network: Network) -> Fraction:
    """Return the multiply-adds of all convolutions per cell of the input.

    Cells of the output (of the input where it is transposed) times elements of the kernel, and
    times channels where every convolution tells its own. Ratios of one network's costs are exact
    where they do, else for equally many channels everywhere.

    >>> from rfcalc.loading import load
    >>> cost(load("k3,k5s2"))
    Fraction(61, 4)
    """
    convolutions = [node for node in network.nodes if isinstance(node.layer, Conv | ConvTranspose)]
    told = all(_channels(node) for node in convolutions)
    total = Fraction(0)
    for node in convolutions:
        counted = network.nodes[node.inputs[0]] if isinstance(node.layer, ConvTranspose) else node
        cells = prod((1 / jump for jump in counted.jump if jump), start=Fraction(1))
        assert isinstance(node.layer, Conv | ConvTranspose)
        total += cells * prod(node.layer.kernel) * (_channels(node) if told else 1)
    return total


def _channels(node: Node) -> int:
    """Return the products of channels of a convolution, 0 where they are not told."""
    layer = node.layer
    assert isinstance(layer, Conv | ConvTranspose)
    if layer.in_channels is None or layer.out_channels is None:
        return 0
    return layer.in_channels * layer.out_channels // layer.groups

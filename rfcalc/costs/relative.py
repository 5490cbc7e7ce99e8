"""How much work is a network per cell of its input? A size by which changes of it are ranked."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network import Network, Node, channels

__all__ = ["per_cell"]


def per_cell(network: Network) -> Fraction:
    """Return the multiply-adds of all convolutions per cell of the input.

    As ``cost`` counts them, on an input so large that borders do not matter, or of a size that is
    not known. Where not every convolution tells its channels, they are taken for equally many
    everywhere: ratios of one network's changes are meant.

    >>> from rfcalc.loading import load
    >>> per_cell(load("k3,k5s2"))
    Fraction(61, 4)
    """
    convolutions = [node for node in network.nodes if isinstance(node.layer, Conv | ConvTranspose)]
    found = channels(network)
    pairs = {node.name: _pairs(node, found) for node in convolutions}
    told = all(pairs.values())
    total = Fraction(0)
    for node in convolutions:
        counted = network.nodes[node.inputs[0]] if isinstance(node.layer, ConvTranspose) else node
        cells = prod((1 / jump for jump in counted.jump if jump), start=Fraction(1))
        assert isinstance(node.layer, Conv | ConvTranspose)
        total += cells * prod(node.layer.kernel) * (pairs[node.name] if told else 1)
    return total


def _pairs(node: Node, found: Sequence[int | None]) -> int:
    """Return pairs of channels that a convolution joins, 0 where they are not told."""
    layer = node.layer
    assert isinstance(layer, Conv | ConvTranspose)
    given = layer.in_channels or found[node.inputs[0]]
    if given is None or layer.out_channels is None:
        return 0
    return given * layer.out_channels // layer.groups

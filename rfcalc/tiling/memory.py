"""How many numbers does a cell of a stream hold? Its channels, and what lies beside it."""

from math import prod

from rfcalc.energies.channels import channels
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network import Network

__all__ = ["NUMBER", "Widths"]

NUMBER = 4
"""Bytes of one number: those of float32."""


class Widths:
    """Numbers per cell of the axis of time, by node; ``None`` where the network does not say.

    A cell of a map with several axes is a whole slice of it.
    """

    def __init__(self, network: Network, time: int) -> None:
        self._network = network
        self._time = time
        self._known: dict[int, int | None] = {}
        self._asked: dict[int, int] = {}
        for node in network.nodes:
            layer = node.layer
            if isinstance(layer, (Conv, ConvTranspose)) and layer.in_channels is not None:
                self._asked.setdefault(node.inputs[0], layer.in_channels)

    def of(self, position: int) -> int | None:
        """Return the numbers of one cell of a node."""
        node = self._network.nodes[position]
        deep = self._asked.get(position) or channels(self._network, position, self._known)
        if deep is None:
            return None
        others = [axis for axis in range(self._network.dims) if axis != self._time]
        if not others:
            return deep
        return None if node.size is None else deep * prod(node.size[axis] for axis in others)

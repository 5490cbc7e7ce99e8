"""How much of a transposed convolution's overlap is cut off at the front, and how much behind?"""

from rfcalc.layers.frame import Crop, Slice
from rfcalc.layers.window import ConvTranspose
from rfcalc.network import Network

__all__ = ["trims"]


def trims(network: Network, position: int, axis: int) -> tuple[int, int] | None:
    """Return the cells cut off at the front and at the end, ``None`` for other layers.

    Blocks of ``s`` outputs overlap by ``d (k - 1) + 1 - s`` cells, which have to be cut off
    somewhere. What is cut at the front makes outputs come early, so that they look ahead; all of
    it cut at the end, the layer is causal. A crop or a slice that alone reads the layer counts.
    """
    layer = network.nodes[position].layer
    if not isinstance(layer, ConvTranspose):
        return None
    before, after = layer.pads(None, axis)
    found = before, after - layer.extra(axis)
    readers = [node for node in network.nodes if position in node.inputs]
    if len(readers) == 1 and position not in network.outputs:
        cut = _cut(readers[0].layer, axis)
        found = found[0] + cut[0], found[1] + cut[1]
    return found


def _cut(layer: object, axis: int) -> tuple[int, int]:
    """Return what a crop or a slice cuts off, nothing for other layers."""
    if isinstance(layer, Crop):
        return (
            layer.before[axis] if layer.before else 0,
            layer.after[axis] if layer.after else 0,
        )
    if isinstance(layer, Slice) and not (layer.step and layer.step[axis] != 1):
        start = layer.start[axis] if layer.start else 0
        stop = layer.stop[axis] if layer.stop else None
        if start >= 0 and (stop is None or stop < 0):
            return start, -(stop or 0)
    return 0, 0

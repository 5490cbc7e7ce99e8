"""How many channels has a map? As far as the convolutions before it say."""

from math import prod

from rfcalc.layers.pointwise import Concat
from rfcalc.layers.resample import PixelShuffle, PixelUnshuffle
from rfcalc.layers.whole import Flatten, Linear
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network import Network, Node

__all__ = ["channels"]


def channels(network: Network, position: int, known: dict[int, int | None]) -> int | None:
    """Return the channels of a node, ``None`` where no layer says how many.

    ``known`` holds what has been found, and is added to. No more is looked at than lies between
    the node and the convolutions before it.
    """
    stack = [position]
    while stack:
        node = network.nodes[stack[-1]]
        missing = [i for i in _read(node) if i not in known]
        if missing:
            stack += missing
        else:
            known[stack.pop()] = _written(node, [known[i] for i in _read(node)])
    return known[position]


def _read(node: Node) -> tuple[int, ...]:
    """Return the inputs that the number of channels follows from."""
    if isinstance(node.layer, (Conv, ConvTranspose, Flatten, Linear)):
        return ()
    # The operands of a sum are alike; the last is the body of a block.
    return node.inputs if isinstance(node.layer, Concat) else node.inputs[-1:]


def _written(node: Node, given: list[int | None]) -> int | None:
    layer = node.layer
    if isinstance(layer, (Conv, ConvTranspose)):
        return layer.out_channels
    known = [number for number in given if number is not None]
    if not known or len(known) < len(given):
        return None
    if isinstance(layer, PixelShuffle):
        return known[0] // prod(layer.factor)
    if isinstance(layer, PixelUnshuffle):
        return known[0] * prod(layer.factor)
    return sum(known)

"""What does a layer of a network file cost? As far as its channels and its size are known."""

from collections.abc import Sequence
from math import prod

from rfcalc.layers.whole import (
    Attention,
    BandedAttention,
    GroupNorm,
    InstanceNorm,
    Linear,
    SqueezeExcite,
    WindowAttention,
)
from rfcalc.layers.whole import Sequence as Recurrence
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network import Network, Work

__all__ = ["layer_work"]

_SCALED = frozenset({"batchnorm", "layernorm", "group_norm"})
"""Norms with a scale and an offset for each channel, as PyTorch has them."""

_UNTOLD = (
    Attention,
    BandedAttention,
    WindowAttention,
    SqueezeExcite,
    Linear,
    Recurrence,
    InstanceNorm,
)
"""Layers whose weights a network file says nothing of."""


def layer_work(network: Network, position: int, channels: Sequence[int | None]) -> Work:
    """Return what a layer costs for one sample; ``channels`` are those of every node."""
    node = network.nodes[position]
    layer, out = node.layer, channels[position]
    cells = None if node.size is None else prod(node.size)
    values = None if out is None or cells is None else out * cells
    given = channels[node.inputs[0]] if node.inputs else None
    unsaid = _unknown_memory(out, cells)
    if isinstance(layer, Conv | ConvTranspose):
        given = layer.in_channels or given
        counted = cells
        if isinstance(layer, ConvTranspose):
            size = network.nodes[node.inputs[0]].size
            counted = None if size is None else prod(size)
        return _convolution_work(node.name, layer, given, counted, values)
    if isinstance(layer, _UNTOLD) or layer.op == "prelu":
        return Work(None, None, values, f"a network file does not tell the weights of {layer.op}")
    if layer.op in _SCALED or isinstance(layer, GroupNorm):
        if given is None:
            return Work(None, 0, values, "the channels of its input are not known")
        return Work(((node.name, 2 * given),), 0, values, unsaid)
    return Work((), 0, values, unsaid)


def _convolution_work(
    name: str,
    layer: Conv | ConvTranspose,
    given: int | None,
    cells: int | None,
    values: int | None,
) -> Work:
    out = layer.out_channels
    if given is None or out is None:
        lacking = "the channels of its input are" if given is None else "its out_channels are"
        return Work(None, None, values, f"{lacking} not known")
    count = given * out // layer.groups * prod(layer.kernel)
    weights = ((name, count + out * layer.bias),)
    if cells is None:
        return Work(weights, None, values, "the size of the input is not known")
    return Work(weights, count * cells, values)


def _unknown_memory(out: int | None, cells: int | None) -> str:
    """Return why the memory of a layer is not known, empty when it is."""
    if out is None:
        return "its channels are not known"
    return "" if cells is not None else "the size of the input is not known"

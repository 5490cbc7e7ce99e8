"""How many channels has each map of a network file? As far as it says, without contradictions."""

from math import prod

from rfcalc.errors import Diagnostic, RfcalcError, many
from rfcalc.layers.pointwise import Concat
from rfcalc.layers.resample import PixelShuffle, PixelUnshuffle
from rfcalc.layers.whole import Flatten, Linear
from rfcalc.layers.window import Conv, ConvTranspose
from rfcalc.network.graph import Input, Network, Node

__all__ = ["channels"]


def channels(network: Network) -> list[int | None]:
    """Return the channels of every node, ``None`` where the file does not say how many.

    Raises
    ------
    RfcalcError
        RF310: channels that contradict each other, each with its place.
    """
    found: list[int | None] = []
    faults: list[Diagnostic] = []
    for node in network.nodes:
        given = [found[i] for i in node.inputs]
        try:
            found.append(_put_out(network, node, given))
        except _Contradiction as fault:
            fact = f"'{node.name}' ({node.layer.op}): {fault}"
            help = "correct in_channels, out_channels or groups of one of the two"
            faults.append(Diagnostic("RF310", fact, help, node.at))
            found.append(getattr(node.layer, "out_channels", None))
    if faults:
        raise RfcalcError(faults)
    return found


class _Contradiction(Exception):
    """Two channels that cannot both be."""


def _put_out(network: Network, node: Node, given: list[int | None]) -> int | None:
    layer = node.layer
    if isinstance(layer, Input):
        return layer.channels
    known = [number for number in given if number is not None]
    if isinstance(layer, Conv | ConvTranspose):
        return _convolution_channels(layer, given[0])
    if isinstance(layer, Concat):
        return sum(known) if len(known) == len(given) else None
    if isinstance(layer, PixelShuffle) and known:
        block = prod(layer.factor)
        if known[0] % block:
            fact = f"its input has {many(known[0], 'channel')}, which {block} does not divide"
            raise _Contradiction(fact)
        return known[0] // block
    if isinstance(layer, PixelUnshuffle) and known:
        return known[0] * prod(layer.factor)
    if isinstance(layer, Linear):
        return None
    if isinstance(layer, Flatten):
        return _flatten_channels(network, node, known)
    if layer.merges:
        return _merge_channels(network, node, given)
    return known[0] if known else None


def _convolution_channels(layer: Conv | ConvTranspose, given: int | None) -> int | None:
    if given is not None and layer.in_channels not in (None, given):
        fact = f"its in_channels are {layer.in_channels}, its input has {many(given, 'channel')}"
        raise _Contradiction(fact)
    if given is not None and given % layer.groups:
        fact = f"its input has {many(given, 'channel')}, which {layer.groups} groups do not divide"
        raise _Contradiction(fact)
    return layer.out_channels


def _merge_channels(network: Network, node: Node, given: list[int | None]) -> int | None:
    """Return the channels of a sum or product; an operand of one channel is spread over them."""
    known = {
        network.nodes[i].name: number
        for i, number in zip(node.inputs, given, strict=True)
        if number is not None
    }
    wide = {name: number for name, number in known.items() if number != 1}
    if len(set(wide.values())) > 1:
        parts = ", ".join(f"'{name}' has {number}" for name, number in wide.items())
        raise _Contradiction(f"its inputs differ in channels: {parts}")
    if wide:
        return next(iter(wide.values()))
    return 1 if known and len(known) == len(given) else None


def _flatten_channels(network: Network, node: Node, known: list[int]) -> int | None:
    size = network.nodes[node.inputs[0]].size
    layer = node.layer
    assert isinstance(layer, Flatten)
    if not known or size is None:
        return None
    return known[0] * prod(n for axis, n in enumerate(size) if layer.covers(axis))

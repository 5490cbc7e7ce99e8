"""What would a network be with other dilations? The changed layers, without reading a text."""

from collections.abc import Mapping, Sequence

import msgspec

from rfcalc.cells import Cells
from rfcalc.footprint import Axis
from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.layers.base import Layer
from rfcalc.network import Network, Node
from rfcalc.repair.sites import Effect, Site, padding_of
from rfcalc.taps import IDENTITY, Taps

__all__ = ["Steps", "dilated", "moved", "rates", "solid"]

Steps = Mapping[int, int]
"""How far each site moves, by its number; sites that stay are left out."""


def rates(network: Network, found: Sequence[Site], steps: Steps) -> dict[int, tuple[int, ...]]:
    """Return the dilations of every layer that a change moves, by position."""
    made: dict[int, list[int]] = {}
    for number, step in steps.items():
        for position, effect in found[number].effect.items() if step else ():
            now = made.setdefault(position, list(dilation_of(network.nodes[position].layer)))
            for axis, by in enumerate(effect.dilation):
                now[axis] += step * by
    return {position: tuple(now) for position, now in made.items()}


def moved(network: Network, found: Sequence[Site], steps: Steps, filled: bool = False) -> Network:
    """Return the network with the dilations of a change, and the padding that follows them.

    With ``filled`` the changed layers read all cells between those that they read: fields are
    the same, and no dilation is too wide for a bitset.
    """
    made = rates(network, found, steps)
    pads: dict[int, list[tuple[Effect, int]]] = {}
    for number, step in steps.items():
        for position, effect in found[number].effect.items() if step else ():
            if effect.padding is not None:
                pads.setdefault(position, []).append((effect, step))
    nodes = list(network.nodes)
    for position, now in made.items():
        nodes[position] = _spread(network, nodes[position], now, pads.get(position, ()), filled)
    return msgspec.structs.replace(network, nodes=tuple(nodes))


def _spread(
    network: Network,
    node: Node,
    now: tuple[int, ...],
    pads: Sequence[tuple[Effect, int]],
    filled: bool,
) -> Node:
    """Return a node with other dilations and padding."""
    layer: Layer = msgspec.structs.replace(node.layer, dilation=now)
    for effect, step in pads:
        given = padding_of(layer)
        if isinstance(given, tuple):
            pairs = zip(given, effect.padding or (), strict=True)
            padding = tuple((a + step * da, b + step * db) for (a, b), (da, db) in pairs)
            layer = msgspec.structs.replace(layer, padding=padding)
    if filled:
        reach = tuple(rate * (k - 1) + 1 for rate, k in zip(now, kernel_of(layer), strict=True))
        layer = msgspec.structs.replace(layer, kernel=reach, dilation=())
    before = network.nodes[node.inputs[0]].size
    taps: list[Axis] = []
    for axis in range(network.dims):
        here = layer.taps(None if before is None else before[axis], axis)
        # Axes that are alike hold one value, by which it is seen at a glance that they are.
        taps.append(taps[0] if taps and here == taps[0] else here)
    return msgspec.structs.replace(node, layer=layer, taps=tuple(taps))


def dilated(network: Network, positions: Sequence[int]) -> Network:
    """Return the network in which the layers at some positions are dilated on every axis."""
    nodes = list(network.nodes)
    for position in positions:
        layer = nodes[position].layer
        wide = tuple(max(2, rate) for rate in dilation_of(layer))
        if max(kernel_of(layer), default=1) > 1:
            layer = msgspec.structs.replace(layer, dilation=wide)
            nodes[position] = msgspec.structs.replace(nodes[position], layer=layer)
    return msgspec.structs.replace(network, nodes=tuple(nodes))


def solid(network: Network) -> Network:
    """Return the network with every hole of its layers filled, whose fields are those it has."""
    known: dict[int, Axis] = {}
    nodes = list(network.nodes)
    for position, node in enumerate(nodes):
        if all(axis is IDENTITY for axis in node.taps):
            continue
        taps: list[Axis] = []
        for axis in node.taps:
            if id(axis) not in known:
                known[id(axis)] = _filled(axis)
            taps.append(known[id(axis)])
        nodes[position] = msgspec.structs.replace(node, taps=tuple(taps))
    return msgspec.structs.replace(network, nodes=tuple(nodes))


def _filled(axis: Axis) -> Axis:
    if not isinstance(axis, Taps) or all(cells.solid for cells in axis.phases):
        return axis
    return Taps(axis.advance, tuple(Cells.run(c.start, c.extent) for c in axis.phases))

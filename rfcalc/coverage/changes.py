"""Which smallest changes let every head cover a share of the objects? What ``fix `rf=``` finds."""

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from rfcalc.conversion import convert
from rfcalc.coverage.heads import Head, measure_heads
from rfcalc.coverage.result import LayerChange, Way
from rfcalc.errors import RfcalcError
from rfcalc.gridding.stages import dilation_of
from rfcalc.layers.window import Conv, ConvTranspose, Pool
from rfcalc.network import Network, Node, without_global
from rfcalc.objects import Objects
from rfcalc.repair import Solution, reached
from rfcalc.spec.frame import Given

__all__ = ["Text", "find_ways"]

PARAMETERS = ("kernel", "stride", "dilation")
MEASURED = 1 << 20
"""Most cells of a changed field whose effective field is measured."""


class Text(msgspec.Struct, frozen=True):
    """A network file, its name, and the input size that goes before its own."""

    text: str
    file: str
    size: Given = None


def find_ways(
    network: Network,
    objects: Objects,
    needed: int,
    share: Fraction,
    text: Text | None,
    layer: str | None,
    source: str | None,
    ignore_global: bool,
) -> tuple[tuple[Way, ...], str]:
    """Return the changes after which the heads cover a share, and how far they were looked for.

    A network that was read from no network file, and one of which a single head is asked about,
    is written as one first, with one entry per layer.

    Parameters
    ----------
    needed : the field, on every axis, that covers the share.
    layer : the one head that has to; its part of the network alone is looked at.
    """
    lines = text is not None and layer is None
    try:
        if text is None or layer is not None:
            text = Text(convert(_alone(network, layer), flat=True).text, network.name)
        found = reached(text.text, text.file, needed, size=text.size)
    except RfcalcError as fault:
        return (), f"no change was looked for: {fault.diagnostics[0].message}"
    ways: list[Way] = []
    seen = set[tuple[LayerChange, ...]]()
    for one in found.repairs:
        after = one.after.network
        after = without_global(after) if ignore_global else after
        heads = measure_heads(after, objects, None, source, MEASURED)
        way = _way(one, found.before.network, heads, lines)
        # Numbers that decide the same layers give the same network.
        if all(head.covered >= share for head in heads) and way.layers not in seen:
            seen.add(way.layers)
            ways.append(way)
    return tuple(ways), found.reason


def _way(one: Solution, before: Network, heads: tuple[Head, ...], lines: bool) -> Way:
    return Way(
        kind=one.kind,
        change=one.change,
        multiply_adds=one.cost,
        layers=tuple(_differences(before, one.after.network)),
        lines=tuple(sorted({change.line for change in one.changes})) if lines else (),
        heads=heads,
    )


def _differences(before: Network, after: Network) -> Iterator[LayerChange]:
    """Yield the parameters in which the layers of two networks of one structure differ."""
    for mine, theirs in zip(before.nodes, after.nodes, strict=True):
        if mine.layer == theirs.layer:
            continue
        for name, old, new in zip(PARAMETERS, _values(mine), _values(theirs), strict=True):
            if old != new:
                yield LayerChange(theirs.name, name, old, new)


def _values(node: Node) -> tuple[tuple[int, ...], ...]:
    """Return kernel, stride and dilation per axis of a layer that has windows."""
    layer = node.layer
    if not isinstance(layer, Conv | ConvTranspose | Pool):
        return ((),) * len(PARAMETERS)
    axes = range(len(layer.kernel))
    return layer.kernel, tuple(map(layer.step, axes)), dilation_of(layer)


def _alone(network: Network, layer: str | None) -> Network:
    """Return the part of a network that a layer reads, with the layer as its output."""
    if layer is None:
        return network
    target = network.index(layer, network.output)
    kept = {target}
    for position in range(target, -1, -1):
        if position in kept:
            kept.update(network.nodes[position].inputs)
    order = sorted(kept)
    place = {position: number for number, position in enumerate(order)}
    nodes = tuple(
        msgspec.structs.replace(
            network.nodes[position],
            inputs=tuple(place[i] for i in network.nodes[position].inputs),
        )
        for position in order
    )
    return msgspec.structs.replace(network, nodes=nodes, outputs=(place[target],), aliases={})

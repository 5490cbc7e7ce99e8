"""What is left of a network once every layer that reads the whole input is set aside?"""

import msgspec

from rfcalc.layers.pointwise import Pointwise
from rfcalc.network.graph import Input, Network, Node
from rfcalc.taps import IDENTITY, Taps

__all__ = ["global_notes", "without_global"]


def without_global(network: Network) -> Network:
    """Return the network without what reads the whole input: the field of the rest.

    A layer that reads everything and keeps its grid (a gate, instance norm, attention) keeps
    each cell's own path on the axes that it reads whole; one that leaves no grid (global pooling,
    a dense layer) contributes nothing, and an output behind such layers alone yields to the last
    node before them. One that leaves no grid on some axes alone, as a mean over frequency, stays
    as it is: it changes the resolution there. The result names those layers in ``assumed``.
    """
    dropped = global_notes(network)
    if not dropped:
        return network
    nodes: list[Node] = []
    alive: list[bool] = []
    for position, node in enumerate(network.nodes):
        if position in dropped:
            own = tuple(taps if isinstance(taps, Taps) else IDENTITY for taps in node.taps)
            inputs = () if _grids_lost(node) else node.inputs
            node = msgspec.structs.replace(node, layer=Pointwise(), inputs=inputs, taps=own)
        nodes.append(node)
        alive.append(isinstance(node.layer, Input) or any(alive[i] for i in node.inputs))
    outputs: dict[int, None] = {}
    for output in network.outputs:
        while not alive[output] and network.nodes[output].inputs:
            output = max(network.nodes[output].inputs)
        outputs[output] = None
    return msgspec.structs.replace(
        network,
        nodes=tuple(nodes),
        outputs=tuple(outputs),
        assumed=(*network.assumed, *dropped.values()),
    )


def global_notes(network: Network) -> dict[int, str]:
    """Return what is assumed of each layer that ``without_global`` sets aside, by position."""
    return {
        position: f"the global context of '{node.name}' is ignored"
        for position, node in enumerate(network.nodes)
        if not all(isinstance(taps, Taps) for taps in node.taps)
        and _grids_lost(node) in (0, network.dims)
    }


def _grids_lost(node: Node) -> int:
    """Return the number of axes that a layer reads whole and on which it leaves no grid."""
    ends = zip(node.taps, node.jump, strict=True)
    return sum(not isinstance(taps, Taps) and jump is None for taps, jump in ends)

"""What is left of a network once every layer that reads the whole input is set aside?"""

import msgspec

from rfcalc.layers.pointwise import Pointwise
from rfcalc.network.graph import Input, Network, Node
from rfcalc.taps import IDENTITY, Taps

__all__ = ["without_global"]


def without_global(network: Network) -> Network:
    """Return the network without what reads the whole input: the field of the rest.

    A layer that reads everything and keeps its grid (a gate, instance norm, attention) keeps
    each cell's own path on the axes that it reads whole; one that leaves no grid (global pooling,
    a dense layer) contributes nothing, and an output behind such layers alone yields to the last
    node before them. One that leaves no grid on some axes alone, as a mean over frequency, stays
    as it is: it changes the resolution there. The result names those layers in ``assumed``.
    """
    nodes: list[Node] = []
    dropped: list[str] = []
    alive: list[bool] = []
    for node in network.nodes:
        whole = [axis for axis, taps in enumerate(node.taps) if not isinstance(taps, Taps)]
        gone = [axis for axis in whole if node.jump[axis] is None]
        if whole and len(gone) in (0, network.dims):
            dropped.append(f"the global context of '{node.name}' is ignored")
            own = tuple(taps if isinstance(taps, Taps) else IDENTITY for taps in node.taps)
            inputs = () if gone else node.inputs
            node = msgspec.structs.replace(node, layer=Pointwise(), inputs=inputs, taps=own)
        nodes.append(node)
        alive.append(isinstance(node.layer, Input) or any(alive[i] for i in node.inputs))
    if not dropped:
        return network
    outputs: dict[int, None] = {}
    for output in network.outputs:
        while not alive[output] and network.nodes[output].inputs:
            output = max(network.nodes[output].inputs)
        outputs[output] = None
    return msgspec.structs.replace(
        network,
        nodes=tuple(nodes),
        outputs=tuple(outputs),
        assumed=(*network.assumed, *dropped),
    )

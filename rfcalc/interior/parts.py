"""Which part of a network lies between two nodes? What it costs follows the part alone."""

import msgspec

from rfcalc.network import Input, Network

__all__ = ["inside", "part"]


def inside(network: Network, source: int, target: int) -> list[int]:
    """Return the nodes behind ``source`` on a path from it to ``target``, in topological order."""
    above = {target}
    stack = [target]
    while stack:
        for i in network.nodes[stack.pop()].inputs:
            if i >= source and i not in above:
                above.add(i)
                stack.append(i)
    reached = {source}
    found: list[int] = []
    for position in sorted(above - {source}):
        if not reached.isdisjoint(network.nodes[position].inputs):
            reached.add(position)
            found.append(position)
    return found


def part(network: Network, source: int, target: int) -> Network:
    """Return a network of the source, its first node, and of what leads from it to the target.

    The target is the last node; where the two are not joined only the source is left. A node
    that stands for all other inputs comes second. Jumps stay in cells of the whole network's
    input.
    """
    positions = inside(network, source, target)
    nodes = network.nodes
    place = {position: number for number, position in enumerate(positions, start=2)}
    place[source] = 0
    first = msgspec.structs.replace(nodes[source], layer=Input(), inputs=())
    beside = msgspec.structs.replace(first, name="")
    kept = [
        msgspec.structs.replace(nodes[p], inputs=tuple([place.get(i, 1) for i in nodes[p].inputs]))
        for p in positions
    ]
    last = len(kept) + 1 if kept else 0
    return Network(network.name, network.dims, (first, beside, *kept), (last,), {}, network.assumed)

"""Which names of a network are too long for a network file, and what stands for them there?"""

import msgspec

from rfcalc.conversion.plan import free
from rfcalc.network import Network
from rfcalc.spec.drafting import NAME_LIMIT

__all__ = ["shorten_names"]

_ROOM = 8
"""Characters left for the number of a name that is taken."""


def shorten_names(network: Network) -> tuple[Network, tuple[str, ...]]:
    """Return a network whose names a file holds, and those that were cut to their ends.

    The end of a name says most: exporters write the modules around a layer before it.
    """
    long = [node.name for node in network.nodes if len(node.name) > NAME_LIMIT]
    further = [name for name in network.aliases if len(name) > NAME_LIMIT]
    if not long and not further and len(network.name) <= NAME_LIMIT:
        return network, ()
    taken = {node.name for node in network.nodes} | set(network.aliases)
    cut: dict[str, str] = {}
    for name in long:
        cut[name] = free(name[_ROOM - NAME_LIMIT :].lstrip("/. "), taken)
        taken.add(cut[name])
    nodes = tuple(
        msgspec.structs.replace(node, name=cut.get(node.name, node.name)) for node in network.nodes
    )
    aliases = {name: i for name, i in network.aliases.items() if len(name) <= NAME_LIMIT}
    named = msgspec.structs.replace(
        network, name=network.name[:NAME_LIMIT], nodes=nodes, aliases=aliases
    )
    return named, tuple(long)

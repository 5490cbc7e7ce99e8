"""Which layers may read less than their masks say, by what a reader assumed?"""

import re
from collections.abc import Iterable

from rfcalc.network import Network

__all__ = ["assumed_nodes"]

OUTPUT = "the output of shape "
"""How an assumption begins that is about the order of a result's cells."""


def assumed_nodes(network: Network) -> frozenset[int]:
    """Return the positions of nodes that an assumption may have made too wide.

    An assumption names the step that it was made at: the nodes of that step and all behind them
    are meant. A step that has no node of its own made those wide that come after it, and what
    follows in the same module is the first of these.
    """
    found: set[int] = set()
    for fact in network.assumed:
        if fact.startswith(OUTPUT):
            found |= {*network.outputs}
        place, said, _ = fact.partition(": ")
        if said and " " not in place:
            own = [i for i, node in enumerate(network.nodes) if _within(node.name, place)]
            found |= _behind(network, own) if own else _after(network, place)
    return frozenset(found)


def _within(name: str, place: str) -> bool:
    """Whether a node is of a step or module; several of one step are numbered.

    >>> _within("a.sum", "a"), _within("sum_1.rows", "sum"), _within("ab", "a")
    (True, True, False)
    """
    return re.match(rf"{re.escape(place)}(_\d+)?(\.|$)", name) is not None


def _behind(network: Network, nodes: Iterable[int]) -> set[int]:
    """Return the nodes and all that depend on them; a node stands behind what it reads."""
    found = {*nodes}
    for position, node in enumerate(network.nodes):
        if not found.isdisjoint(node.inputs):
            found.add(position)
    return found


def _after(network: Network, place: str) -> set[int]:
    """Return every node from the first of the module on in which a step is."""
    while place := place.rpartition(".")[0]:
        own = [i for i, node in enumerate(network.nodes) if _within(node.name, place)]
        if own:
            return {*range(own[0], len(network.nodes))}
    return {*range(len(network.nodes))}

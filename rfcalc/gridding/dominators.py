"""Which nodes lie on every path? Dominators and post-dominators of graphs in topological order."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

__all__ = ["ROOT", "climb", "dominators", "meet", "postdominators"]

ROOT = -(1 << 62)
"""Stands before all sources: what several sources share and nothing else."""


def meet(a: int, b: int, dominator: Mapping[int, int]) -> int:
    """Return the last node that dominates both ``a`` and ``b``, ``ROOT`` when there is none.

    Positions grow along every edge, so the later of two nodes is never above the earlier.
    Source: Cooper, Harvey and Kennedy 2001, A Simple, Fast Dominance Algorithm.
    """
    while a != b:
        if a > b:
            a = dominator[a]
        else:
            b = dominator[b]
    return a


def dominators(
    nodes: Iterable[int], inputs: Callable[[int], Sequence[int]], sources: Collection[int]
) -> dict[int, int]:
    """Return the immediate dominator of every node that a path from a source reaches.

    Parameters
    ----------
    nodes : positions in increasing order.
    inputs : the edges into a node; those from nodes that no source reaches do not count.
    """
    found = dict.fromkeys(sources, ROOT)
    for node in nodes:
        if node in found:
            continue
        common: int | None = None
        for i in inputs(node):
            if i in found:
                common = i if common is None else meet(common, i, found)
        if common is not None:
            found[node] = common
    return found


def postdominators(
    nodes: Sequence[int], readers: Callable[[int], Sequence[int]], target: int
) -> dict[int, int]:
    """Return for every node that leads to ``target`` the first node that all such paths share.

    Parameters
    ----------
    nodes : positions in increasing order.
    readers : the edges out of a node; those to nodes that do not lead to the target do not count.
    """
    # The mirror image: negated positions grow along every path from the target backwards.
    mirror = dominators(
        (-node for node in reversed(nodes)),
        lambda node: [-reader for reader in readers(-node)],
        (-target,),
    )
    return {-node: -common for node, common in mirror.items() if common != ROOT}


def climb(node: int, stop: int, above: Mapping[int, int]) -> list[int]:
    """Return the nodes from ``node`` up a tree of dominators to ``stop``, both included."""
    line = [node]
    while line[-1] != stop:
        line.append(above[line[-1]])
    return line

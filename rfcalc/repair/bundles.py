"""Which layers of a pair of maps follow each other, and which stand side by side?"""

from collections.abc import Sequence

__all__ = ["bundles", "reduced"]

Edges = dict[int, list[int]]
"""What every node reads, in topological order."""
Bundle = list[list[int]]
"""Branches side by side, each a list of layers that follow each other."""


def reduced(edges: Edges) -> Edges:
    """Return the edges without those from a node to what another input was computed from it."""
    above: dict[int, set[int]] = {}
    kept: Edges = {}
    for position, read in edges.items():
        behind: set[int] = set()
        for i in read:
            behind |= above.get(i, set())
        kept[position] = [i for i in read if i not in behind]
        above[position] = behind | set(read)
    return kept


def bundles(
    edges: Edges, source: int, between: Sequence[int], wide: set[int]
) -> list[Bundle] | None:
    """Return the window layers between two cuts of the graph, ``None`` where they nest deeper.

    A cut is a node that no edge passes.
    """
    last = {source: 0}
    for position, read in edges.items():
        for i in read:
            last[i] = position
    found: list[Bundle] = []
    reach = last[source]
    held: list[int] = []
    for position in between:
        held.append(position)
        reach = max(reach, position)
        if reach == position:
            bundle = _bundle(edges, held, wide)
            if bundle is None:
                return None
            found += bundle
            held = []
        reach = max(reach, last.get(position, 0))
    return found


def _bundle(edges: Edges, held: Sequence[int], wide: set[int]) -> list[Bundle] | None:
    """Return the layers of a part without a cut inside: one after the other, or side by side."""
    mine = [position for position in held if position in wide]
    depth = _depth(edges, held, wide)
    if depth == len(mine):
        return [[[position]] for position in mine]
    if depth == 1:
        return [[[position] for position in mine]]
    parts = [part for part in _components(edges, held[:-1]) if _depth(edges, part, wide)]
    branches = [[position for position in part if position in wide] for part in parts]
    pairs = zip(parts, branches, strict=True)
    ordered = all(_depth(edges, part, wide) == len(branch) for part, branch in pairs)
    ordered = ordered and sum(map(len, branches)) == len(mine)
    return [branches] if ordered else None


def _depth(edges: Edges, held: Sequence[int], wide: set[int]) -> int:
    """Return the most window layers on a path."""
    depth: dict[int, int] = {}
    for position in held:
        depth[position] = max(depth.get(i, 0) for i in edges[position]) + (position in wide)
    return max(depth.values(), default=0)


def _components(edges: Edges, held: Sequence[int]) -> list[list[int]]:
    """Return the nodes that edges join, each set in order."""
    parent = {position: position for position in held}

    def find(position: int) -> int:
        while parent[position] != position:
            parent[position] = parent[parent[position]]
            position = parent[position]
        return position

    for position in held:
        for i in edges[position]:
            if i in parent:
                parent[find(position)] = find(i)
    joined: dict[int, list[int]] = {}
    for position in held:
        joined.setdefault(find(position), []).append(position)
    return list(joined.values())

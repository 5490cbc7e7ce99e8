"""Which nodes lie on every path, and which cells does a pair read? By deletion and by sets.

The oracle of stages and lattice runs: nothing of rfcalc but the graph and its layers' parameters.
"""

from itertools import combinations, product
from math import gcd

from rfcalc.network import Input
from tests.brute import field

__all__ = ["Paths", "index_of", "pixels"]


class Paths:
    """The paths of a network without global layers."""

    def __init__(self, network):
        self.nodes = network.nodes
        self.count = len(network.nodes)
        self.inputs = [p for p, n in enumerate(self.nodes) if isinstance(n.layer, Input)]

    def behind(self, starts, without=None):
        """The nodes that a path from one of the starts reaches, a deleted node left out."""
        found = {s for s in starts if s != without}
        for p in range(self.count):
            if p != without and any(i in found for i in self.nodes[p].inputs):
                found.add(p)
        return found

    def between(self, a, b):
        """The nodes on paths from a to b, both included; none when there is no path."""
        after = self.behind([a])
        return {p for p in after if b in self.behind([p])} if b in after else set()

    def guards(self, a, b, starts):
        """Whether a lies on every path from the starts to b."""
        return a == b or b not in self.behind(starts, without=a)

    def at_jump(self, a, b, jump):
        """Whether every path from a to b stays at a jump."""
        between = self.between(a, b)
        return bool(between) and all(self.nodes[p].jump == jump for p in between)


def pixels(network, source, target):
    """The cells of the source that output 0 of the target reads, one set per phase."""
    periods = [
        max(1, relative.denominator)
        for relative in (
            n / m
            for n, m in zip(network.nodes[target].jump, network.nodes[source].jump, strict=True)
        )
    ]
    return [field(network, target, phase, source) for phase in product(*map(range, periods))]


def index_of(cells):
    """Index of the lattice that differences of cells generate, on the axes on which they differ.

    The greatest common divisor of the determinants of as many differences as there are axes; 0
    where they span less.
    """
    cells = sorted(cells)
    axes = [a for a in range(len(cells[0])) if len({c[a] for c in cells}) > 1]
    steps = {tuple(c[a] - cells[0][a] for a in axes) for c in cells} - {(0,) * len(axes)}
    index = 0
    for rows in combinations(sorted(steps, key=lambda step: sum(map(abs, step))), len(axes)):
        index = gcd(index, determinant(rows))
        if index == 1:
            break
    return index


def determinant(rows):
    """The determinant of a square matrix, along its first row."""
    if not rows:
        return 1
    first, rest = rows[0], rows[1:]
    return sum(
        (-1) ** a * value * determinant([row[:a] + row[a + 1 :] for row in rest])
        for a, value in enumerate(first)
        if value
    )

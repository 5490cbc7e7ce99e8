"""What lies one behind the other within a stage? Lines of nodes that all paths pass, and gaps."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import gcd

import msgspec

from rfcalc.gridding.dominators import climb, dominators, postdominators
from rfcalc.gridding.stages import is_dilated
from rfcalc.interior import inside
from rfcalc.lattices import Lattice
from rfcalc.network import Network
from rfcalc.taps import Taps

__all__ = ["WORK_LIMIT", "Gap", "Line", "Lines"]

WORK_LIMIT = 1 << 19
"""Most nodes that are looked at again for layers which no common line leads through."""


class Gap(msgspec.Struct, frozen=True):
    """The part between two neighbours of a line, and the lattice of the cells it reads."""

    start: int
    end: int
    lattice: Lattice


class Line(msgspec.Struct, frozen=True, eq=False):
    """Nodes through which all paths of a part lead: the gaps that read more than one cell.

    ``start``, ``end`` are those of the part. ``outer`` is the line one gap of which this one
    refines, ``place`` how many of its gaps lie before that one; ``whole`` is the lattice of all
    paths through that gap, those around this line included. ``pair`` gives the lattice between
    two nodes where paths lead around the layer that the line was drawn for.
    """

    start: int
    end: int
    gaps: tuple[Gap, ...]
    outer: "Line | None"
    place: int
    whole: Lattice
    pair: Callable[[int, int], Lattice] | None = None


class Lines:
    """The lines through the dilated layers of a stage: its own, and those of its branches.

    Where the branches between two neighbours of a line hold dilated layers each branch has a
    line of its own. A branch without a node that all its paths pass has one for each of its
    dilated layers. ``complete`` is false once that was too much work.
    """

    def __init__(self, local: Network, source: int, target: int) -> None:
        self._local = local
        self._source, self._target = source, target
        self._between = inside(local, source, target)
        here = {source, *self._between}
        self._inputs = {
            p: [i for i in dict.fromkeys(local.nodes[p].inputs) if i in here] for p in self._between
        }
        self._readers: dict[int, list[int]] = {p: [] for p in here}
        for position in self._between:
            for i in self._inputs[position]:
                self._readers[i].append(position)
        self._work = 0
        self.complete = True

    def __iter__(self) -> Iterator[Line]:
        """Yield the line of the stage, then those of its branches, outer ones first."""
        none = Lattice(self._local.dims)
        whole = _Part(
            self._source, self._target, frozenset(self._between[:-1]), True, None, 0, none
        )
        parts = [whole]
        while parts:
            part = parts.pop()
            nodes = self._passed(part)
            if nodes is not None:
                line, inner = self._line(part, nodes)
                yield line
                parts += inner
            else:
                yield from self._each(part)

    def _edges(self, part: "_Part") -> Callable[[int], list[int]]:
        """Return the inputs of a node that are paths of a part."""

        def inputs(node: int) -> list[int]:
            return [
                i
                for i in self._inputs[node]
                if i in part.inner or (i == part.start and (part.direct or node != part.end))
            ]

        return inputs

    def _passed(self, part: "_Part") -> list[int] | None:
        """Return the nodes that all paths of a part pass, ``None`` when there are none inside."""
        nodes = [*sorted(part.inner), part.end]
        above = dominators(nodes, self._edges(part), (part.start,))
        line = climb(part.end, part.start, above)[::-1]
        return line if len(line) > 2 or part.direct else None

    def _line(self, part: "_Part", nodes: Sequence[int]) -> "tuple[Line, list[_Part]]":
        """Return the line through some nodes, and the branches that lie in its gaps."""
        inputs = self._edges(part)
        gaps: list[Gap] = []
        inner: list[tuple[int, Lattice, int, int, list[int]]] = []
        for start, end in pairwise(nodes):
            region = self._region(start, end, inputs)
            lattice = self._spread(start, [*region, end], inputs)[end][1]
            if any(is_dilated(self._local.nodes[p].layer) for p in region):
                inner.append((len(gaps), lattice, start, end, region))
            if lattice.rows:
                gaps.append(Gap(start, end, lattice))
        line = Line(part.start, part.end, tuple(gaps), part.outer, part.place, part.whole)
        branches = [
            _Part(start, end, frozenset(branch), False, line, place, lattice)
            for place, lattice, start, end, region in inner
            for branch in self._branches(region)
        ]
        return line, branches

    def _region(self, start: int, end: int, inputs: Callable[[int], Sequence[int]]) -> list[int]:
        """Return the nodes on a path from ``start`` to ``end``, which every such path passes."""
        found: set[int] = set()
        stack = [end]
        while stack:
            for i in inputs(stack.pop()):
                if i != start and i not in found:
                    found.add(i)
                    stack.append(i)
        return sorted(found)

    def _spread(
        self, start: int, nodes: Sequence[int], inputs: Callable[[int], Sequence[int]]
    ) -> "dict[int, tuple[tuple[int, ...], Lattice]]":
        """Return one cell of ``start`` that each of some nodes reads, and the lattice of all.

        Sums of sets differ by sums of differences, so one cell and the lattice of differences
        of every node are enough.
        """
        dims = self._local.dims
        known: dict[int, tuple[tuple[int, ...], Lattice]] = {start: ((0,) * dims, Lattice(dims))}
        for node in nodes:
            first, own = _steps(self._local.nodes[node].taps)
            cell: tuple[int, ...] | None = None
            joined = own
            apart: set[tuple[int, ...]] = set()
            for i in inputs(node):
                if i not in known:
                    continue
                there, lattice = known[i]
                joined |= lattice
                cell = there if cell is None else cell
                if there != cell:
                    apart.add(tuple([a - b for a, b in zip(there, cell, strict=True)]))
            if cell is not None:
                at = tuple([a + b for a, b in zip(cell, first, strict=True)])
                known[node] = at, joined | Lattice.of(apart, dims) if apart else joined
        return known

    def _branches(self, region: Collection[int]) -> Iterator[list[int]]:
        """Yield the parts of a gap that no edge joins, where they hold a dilated layer."""
        left = set(region)
        for seed in region:
            if seed not in left:
                continue
            left.discard(seed)
            branch, stack = [seed], [seed]
            while stack:
                node = stack.pop()
                for other in (*self._inputs[node], *self._readers[node]):
                    if other in left:
                        left.discard(other)
                        branch.append(other)
                        stack.append(other)
            if any(is_dilated(self._local.nodes[p].layer) for p in branch):
                yield sorted(branch)

    def _each(self, part: "_Part") -> Iterator[Line]:
        """Yield the line of every dilated layer of a branch that no common line leads through."""
        inputs = self._edges(part)
        nodes = [*sorted(part.inner), part.end]
        above = dominators(nodes, inputs, (part.start,))
        after = postdominators([part.start, *nodes], self._readers.__getitem__, part.end)
        known: dict[int, dict[int, tuple[tuple[int, ...], Lattice]]] = {}

        def pair(start: int, end: int) -> Lattice:
            if start not in known:
                self._work += len(nodes)
                known[start] = self._spread(start, [p for p in nodes if p > start], inputs)
            return known[start][end][1]

        for position in nodes[:-1]:
            if not is_dilated(self._local.nodes[position].layer):
                continue
            self._work += len(nodes)
            if self._work > WORK_LIMIT:
                self.complete = False
                return
            before = climb(position, part.start, above)[::-1]
            line = [*before, *climb(position, part.end, after)[1:]]
            gaps = tuple(
                Gap(start, end, lattice)
                for start, end in pairwise(line)
                if (lattice := pair(start, end)).rows
            )
            yield Line(part.start, part.end, gaps, part.outer, part.place, part.whole, pair)


class _Part(msgspec.Struct, frozen=True, eq=False):
    """What lies between two nodes: all of it, or one branch.

    ``direct`` edges from its start to its end do not belong to a branch.
    """

    start: int
    end: int
    inner: frozenset[int]
    direct: bool
    outer: Line | None
    place: int
    whole: Lattice


@lru_cache(maxsize=1024)
def _steps(taps: Sequence[object]) -> tuple[tuple[int, ...], Lattice]:
    """Return one cell that output 0 of a layer reads, and the lattice of their differences.

    Where outputs differ by phase, as in windows of attention, it is the lattice of all cells that
    any of them reads, each as seen from its own place.
    """
    first: list[int] = []
    rows: list[tuple[int, ...]] = []
    for axis, relation in enumerate(taps):
        assert isinstance(relation, Taps)
        cells = relation.phases[0]
        first.append(cells.start)
        apart = [read.start - phase - cells.start for phase, read in enumerate(relation.phases)]
        step = gcd(*[read.spacing for read in relation.phases], *apart)
        if step:
            rows.append(tuple(step if a == axis else 0 for a in range(len(taps))))
    return tuple(first), Lattice(len(taps), tuple(rows))

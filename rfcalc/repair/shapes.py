"""What does a pair of maps need to have no hole? A chain of links (T1), or a look at its mask."""

from collections.abc import Sequence

import msgspec

from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.growth import inside, relative
from rfcalc.network import Network
from rfcalc.repair.own import reads_itself, squares
from rfcalc.repair.sites import Site
from rfcalc.taps import IDENTITY, Taps

__all__ = ["Chain", "Link", "Masked", "Step", "shape"]


class Step(msgspec.Struct, frozen=True):
    """The step of a window layer on an axis, in cells of the source, as the sites move it.

    A kernel of ``weight + 1`` taps; ``moves`` holds sites with the cells that one unit of each
    adds to ``base``.
    """

    base: int
    weight: int
    moves: tuple[tuple[int, int], ...]

    def at(self, steps: Sequence[int]) -> int:
        """Return the step after a change, given as one entry per site."""
        return self.base + sum(by * steps[number] for number, by in self.moves)

    def between(self, low: Sequence[int], high: Sequence[int]) -> tuple[int, int]:
        """Return the least and the most that the step may be."""
        least = most = self.base
        for number, by in self.moves:
            least += by * (low if by > 0 else high)[number]
            most += by * (high if by > 0 else low)[number]
        return least, most


Link = tuple[Step, ...]
"""Layers side by side, of which the widest decides."""


class Chain(msgspec.Struct, frozen=True):
    """Links one after the other: no hole iff no step exceeds the field of the smaller ones."""

    links: tuple[Link, ...]

    @property
    def sites(self) -> set[int]:
        """The sites that move a step."""
        return {number for link in self.links for step in link for number, _ in step.moves}

    def solid(self, steps: Sequence[int]) -> bool:
        """Whether no step exceeds the field built by the smaller ones (T1)."""
        field = 1
        for step, weight in sorted(
            (max(step.at(steps) for step in link), link[0].weight) for link in self.links
        ):
            if not 1 <= step <= field:
                return False
            field += weight * step
        return True

    def hopeful(self, low: Sequence[int], high: Sequence[int]) -> bool:
        """Whether sites between two bounds, each for itself, may leave no hole.

        The largest step that fits goes first to build the largest field.
        """
        spans: list[tuple[int, int, int]] = []
        for link in self.links:
            smallest, largest = link[0].between(low, high)
            for step in link[1:]:
                ends = step.between(low, high)
                smallest, largest = max(smallest, ends[0]), max(largest, ends[1])
            if largest < 1:
                return False
            spans.append((smallest, largest, link[0].weight))
        spans.sort()
        field = 1
        for least, most, weight in spans:
            if least > field:
                return False
            field += weight * (most if most < field else field)
        return True

    def implies(self, other: "Chain") -> bool:
        """Whether the same steps with kernels no smaller make the other chain solid too."""
        return len(self.links) == len(other.links) and all(
            [step.moves for step in mine] == [step.moves for step in theirs]
            and [step.base for step in mine] == [step.base for step in theirs]
            and mine[0].weight <= theirs[0].weight
            for mine, theirs in zip(self.links, other.links, strict=True)
        )


class Masked(msgspec.Struct, frozen=True):
    """A pair of maps of which only the mask itself tells whether it has holes.

    ``stage`` says that it counts only while it is a dilated stage.
    """

    source: int
    target: int
    sites: frozenset[int]
    stage: bool


def shape(
    local: Network, found: Sequence[Site], source: int, target: int, stage: bool
) -> tuple[Chain, ...] | Masked:
    """Return what a pair of maps needs: one chain per axis, or a look at its mask.

    A path around layers that read their own cell adds nothing (T7): what an input of a merge
    reads is left out where another input is computed from it. Layers side by side leave no hole,
    on two axes or more with square kernels, iff the widest of each bundle leave none as a chain:
    they alone read the outermost row of the field.
    """
    between = inside(local, source, target)
    wide = [p for p in between if max(kernel_of(local.nodes[p].layer), default=1) > 1]
    sites = frozenset(n for n, site in enumerate(found) if not site.effect.keys().isdisjoint(wide))
    masked = Masked(source, target, sites, stage)
    known = {source, *between}
    edges = {
        p: list(dict.fromkeys(i for i in local.nodes[p].inputs if i in known)) for p in between
    }
    narrow = [p for p in between if p not in set(wide)]
    if any(len(read) > 1 for read in edges.values()):
        alone = all(axis == IDENTITY for p in narrow for axis in local.nodes[p].taps)
        if not alone or not all(reads_itself(local, found, p) for p in wide):
            return masked
        edges = _reduced(edges)
    elif not all(_single(axis) for p in narrow for axis in local.nodes[p].taps):
        return masked
    bundles = _bundles(edges, source, between, set(wide))
    if bundles is None:
        return masked
    if any(len(bundle) > 1 for bundle in bundles) and not squares(local, found, wide):
        return masked
    chains: list[Chain] = []
    for axis in range(local.dims):
        links = [_link(local, found, source, bundle, axis) for bundle in bundles]
        known_links = [link for link in links if link is not None]
        if len(known_links) < len(links):
            return masked
        chain = Chain(tuple(link for link in known_links if link))
        if chain not in chains:
            chains.append(chain)
    return tuple(c for c in chains if not any(o is not c and o.implies(c) for o in chains))


def _single(axis: object) -> bool:
    """Whether an axis of a layer moves cells and mixes none."""
    return isinstance(axis, Taps) and axis.period == 1 and axis.phases[0].count == 1


def _reduced(edges: dict[int, list[int]]) -> dict[int, list[int]]:
    """Return the edges without those from a node to what another input was computed from it."""
    above: dict[int, set[int]] = {}
    kept: dict[int, list[int]] = {}
    for position, read in edges.items():
        behind: set[int] = set()
        for i in read:
            behind |= above.get(i, set())
        kept[position] = [i for i in read if i not in behind]
        above[position] = behind | set(read)
    return kept


def _bundles(
    edges: dict[int, list[int]], source: int, between: Sequence[int], wide: set[int]
) -> list[list[int]] | None:
    """Return the window layers between two cuts of the graph, ``None`` where they nest."""
    found: list[list[int]] = []
    last = {source: 0}
    for position, read in edges.items():
        for i in read:
            last[i] = position
    reach, depth = last[source], {source: 0}
    held: list[int] = []
    for position in between:
        depth[position] = max(depth[i] for i in edges[position]) + (position in wide)
        if position in wide:
            held.append(position)
        reach = max(reach, position)
        if reach == position:
            if len(held) > 1 and depth[position] == len(held):
                found += [[p] for p in held]
            elif held and depth[position] == 1:
                found.append(held)
            elif held:
                return None
            held, depth = [], {position: 0}
        reach = max(reach, last.get(position, 0))
    return found


def _link(
    local: Network, found: Sequence[Site], source: int, bundle: Sequence[int], axis: int
) -> Link | None:
    """Return the steps of layers side by side, empty without taps on the axis."""
    steps: list[Step] = []
    for position in bundle:
        node = local.nodes[position]
        weight = kernel_of(node.layer)[axis] - 1
        jump = relative(local.nodes[node.inputs[0]], local.nodes[source])[axis]
        taps = node.taps[axis]
        if not jump or jump < 0 or jump.denominator > 1:
            return None
        if not isinstance(taps, Taps) or taps.period > 1:
            return None
        moves = tuple(
            (number, int(jump) * by)
            for number, site in enumerate(found)
            if position in site.effect and (by := site.effect[position].dilation[axis])
        )
        if weight:
            steps.append(Step(int(jump) * dilation_of(node.layer)[axis], weight, moves))
    if len({step.weight for step in steps}) > 1 or 0 < len(steps) < len(bundle):
        return None
    return tuple(steps)

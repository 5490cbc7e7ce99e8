"""What does a pair of maps need to have no hole? A chain of links (T1), or a look at its mask."""

from collections.abc import Sequence

import msgspec

from rfcalc.gridding.stages import dilation_of, kernel_of
from rfcalc.interior import inside, relative
from rfcalc.network import Network
from rfcalc.repair.bundles import bundles, reduced
from rfcalc.repair.own import centred, reads_itself
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
    """Links one after the other: no hole iff no step exceeds the field of the smaller ones.

    ``pair`` is the source and the target that they lie between.
    """

    links: tuple[Link, ...]
    pair: tuple[int, int]

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
    reads is left out where another input is computed from it. Branches side by side that are
    alike on two axes or more leave no hole iff the widest of each bundle leave none as a chain:
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
        edges = reduced(edges)
    elif not all(_single(axis) for p in narrow for axis in local.nodes[p].taps):
        return masked
    found_bundles = bundles(edges, source, between, set(wide))
    if found_bundles is None:
        return masked
    beside = [p for bundle in found_bundles if len(bundle) > 1 for branch in bundle for p in branch]
    if beside and (local.dims == 1 or not all(centred(local, found, p) for p in beside)):
        return masked
    chains: list[Chain] = []
    sided: list[list[Link]] = []
    for axis in range(local.dims):
        links = [_link(local, found, source, bundle, axis) for bundle in found_bundles]
        told = [link for link in links if link is not None]
        if len(told) < len(links):
            return masked
        sided.append([link for link in told if len(link) > 1])
        chain = Chain(tuple(link for link in told if link), (source, target))
        if chain not in chains:
            chains.append(chain)
    if any(links != sided[0] for links in sided):
        return masked
    return tuple(c for c in chains if not any(o is not c and o.implies(c) for o in chains))


def _single(axis: object) -> bool:
    """Whether an axis of a layer moves cells and mixes none."""
    return isinstance(axis, Taps) and axis.period == 1 and axis.phases[0].count == 1


def _link(
    local: Network,
    found: Sequence[Site],
    source: int,
    bundle: Sequence[Sequence[int]],
    axis: int,
) -> Link | None:
    """Return the steps of branches side by side, empty without taps on the axis."""
    steps: list[Step] = []
    for branch in bundle:
        own = [_step(local, found, source, position, axis) for position in branch]
        told = [step for step in own if step is not None]
        if len(told) < len(own):
            return None
        spread = [step for step in told if step.weight]
        if len(spread) > 1:
            return None
        steps += spread
    if len({step.weight for step in steps}) > 1 or 0 < len(steps) < len(bundle):
        return None
    return tuple(steps)


def _step(
    local: Network, found: Sequence[Site], source: int, position: int, axis: int
) -> Step | None:
    """Return the step of a layer, ``None`` where its cells do not lie on the source's grid."""
    node = local.nodes[position]
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
    weight = kernel_of(node.layer)[axis] - 1
    return Step(int(jump) * dilation_of(node.layer)[axis], weight, moves)

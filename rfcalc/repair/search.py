"""What is the least change of dilations that leaves no stage with holes?"""

from collections.abc import Iterator, Sequence
from math import gcd
from typing import TypeAlias

import msgspec

from rfcalc.gridding.stages import Stage, dilation_of, kernel_of
from rfcalc.growth import footprint, growth, widest
from rfcalc.network import Network, Node, without_global
from rfcalc.repair.sites import Site
from rfcalc.taps import Taps

__all__ = ["TRIAL_LIMIT", "Fields", "Search", "candidates", "fields", "keeps", "moved"]

TRIAL_LIMIT = 150_000
"""Most changes that are tried before the search says how far it is complete."""
UNION_LIMIT = 4_000
"""Most of them for which the footprint of parallel branches is computed."""


class Search(msgspec.Struct):
    """How far a search has come: complete up to a total change of ``complete``."""

    trials: int = 0
    unions: int = 0
    complete: int = 0
    exhausted: bool = False


def candidates(
    network: Network,
    found: Sequence[Site],
    stages: Sequence[Stage],
    most: int,
    search: Search,
) -> Iterator[tuple[int, ...]]:
    """Yield changes of the sites, least total first, under which no stage has a hole.

    A chain is judged by theorem T1; parallel branches by their footprint. Totals below what any
    chain needs at least are passed over.
    """
    top = sum(max(most - site.value, site.value - 1, 0) for site in found)
    chains = [_Steps.of(network, stage, found) for stage in stages if stage.chain]
    unions = [stage for stage in stages if not stage.chain]
    branched = [_Steps.of(network, stage, found) for stage in unions]
    local = without_global(network)
    needed = max((chain.needed for chain in chains), default=0)
    search.complete = min(needed - 1, top) if needed else 0
    for total in range(needed, top + 1):
        for steps in _changes(found, total, most, 0):
            search.trials += 1
            if search.trials > TRIAL_LIMIT:
                return
            if not all(chain.solid(steps) for chain in chains):
                continue
            if not all(branches.coprime(steps) for branches in branched):
                continue
            if unions:
                search.unions += 1
                if search.unions > UNION_LIMIT:
                    return
                if not _united(moved(local, found, steps), unions):
                    continue
            yield steps
        search.complete = total
    search.exhausted = True


def _changes(found: Sequence[Site], total: int, most: int, first: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to spend a total change on the sites from ``first`` on."""
    if first == len(found):
        yield ()
        return
    if total == 0:
        yield (0,) * (len(found) - first)
        return
    value = found[first].value
    last = first == len(found) - 1
    for size in (total,) if last else range(total + 1):
        for step in dict.fromkeys((size, -size)):
            if 1 <= value + step <= max(most, value):
                for rest in _changes(found, total - size, most, first + 1):
                    yield (step, *rest)


_Rates: TypeAlias = tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...]
"""Layers of an axis: the step as it is, the kernel, and which sites move it by how much."""


class _Steps(msgspec.Struct, frozen=True):
    """The steps of a stage as functions of the sites, one tuple of layers per axis."""

    axes: tuple[_Rates, ...]

    @staticmethod
    def of(network: Network, stage: Stage, found: Sequence[Site]) -> "_Steps":
        axes: list[_Rates] = []
        for axis in range(network.dims):
            layers: list[tuple[int, int, tuple[tuple[int, int], ...]]] = []
            for position in stage.layers:
                layer = network.nodes[position].layer
                kernel = kernel_of(layer)[axis]
                if kernel > 1:
                    moves = tuple(
                        (number, site.effect[position][axis])
                        for number, site in enumerate(found)
                        if position in site.effect and site.effect[position][axis]
                    )
                    layers.append((dilation_of(layer)[axis], kernel, moves))
            axes.append(tuple(layers))
        return _Steps(tuple(dict.fromkeys(axes)))

    @property
    def needed(self) -> int:
        """A total change below which a chain has holes on some axis.

        Without holes the ``j``-th smallest step is at most the product of ``j - 1`` kernels
        (theorem T6); sorted lists are nearest to each other in their order; and one unit of
        change moves no more layers than the site that moves the most.
        """
        most = 0
        for layers in self.axes:
            field, over = 1, 0
            kernels = sorted((kernel for _, kernel, _ in layers), reverse=True)
            for rate, kernel in zip(sorted(rate for rate, _, _ in layers), kernels, strict=True):
                over += max(0, rate - field)
                field *= kernel
            gains: dict[int, int] = {}
            for _, _, moves in layers:
                for number, by in moves:
                    gains[number] = gains.get(number, 0) + abs(by)
            most = max(most, -(-over // max(gains.values(), default=1)))
        return most

    def solid(self, steps: Sequence[int]) -> bool:
        """Whether no step exceeds the field built by the smaller ones, on every axis."""
        for layers in self.axes:
            rates: list[tuple[int, int]] = []
            for rate, kernel, moves in layers:
                for number, by in moves:
                    rate += steps[number] * by
                rates.append((rate, kernel))
            rates.sort()
            field = 1
            for rate, kernel in rates:
                if not 1 <= rate <= field:
                    return False
                field += (kernel - 1) * rate
        return True

    def coprime(self, steps: Sequence[int]) -> bool:
        """Whether the steps have no common factor on any axis, which every mask needs (T4)."""
        for layers in self.axes:
            rates = [
                rate + sum(steps[number] * by for number, by in moves) for rate, _, moves in layers
            ]
            if min(rates) < 1 or gcd(*rates) > 1:
                return False
        return True


def moved(network: Network, found: Sequence[Site], steps: Sequence[int]) -> Network:
    """Return the network with the dilations of a change; centred layers stay centred."""
    nodes = list(network.nodes)
    rates: dict[int, list[int]] = {}
    for site, step in zip(found, steps, strict=True):
        for position, effect in site.effect.items() if step else ():
            now = rates.setdefault(position, list(dilation_of(nodes[position].layer)))
            for axis, by in enumerate(effect):
                now[axis] += step * by
    for position, now in rates.items():
        nodes[position] = _spread(nodes[position], tuple(now))
    return msgspec.structs.replace(network, nodes=tuple(nodes))


def _spread(node: Node, rates: tuple[int, ...]) -> Node:
    """Return a node with other dilations, its taps moved so that their centre stays."""
    taps: list[Taps] = []
    for axis, old in enumerate(node.taps):
        if not isinstance(old, Taps) or old.period != 1 or not all(rate >= 1 for rate in rates):
            return node
        kernel = kernel_of(node.layer)[axis]
        cells = old.phases[0]
        grown = (kernel - 1) * rates[axis] + 1 - cells.extent
        fresh = type(cells).progression(cells.start - grown // 2, rates[axis], kernel)
        taps.append(Taps(old.advance, (fresh,)))
    layer = msgspec.structs.replace(node.layer, dilation=rates)
    return msgspec.structs.replace(node, layer=layer, taps=tuple(taps))


def _united(local: Network, stages: Sequence[Stage]) -> bool:
    """Whether the footprints of stages with parallel branches have no holes."""
    return not any(
        widest(footprint(local, stage.source, stage.target))[2].holes for stage in stages
    )


Fields: TypeAlias = tuple[tuple[int, ...], ...]


def fields(network: Network) -> Fields:
    """Return the field of every layer, global context left aside; empty where nothing is read."""
    return tuple(row.rf or () for row in growth(without_global(network)).rows)


def keeps(before: Fields, after: Fields, percent: int) -> bool:
    """Whether every layer's field is at least that share of what it was, on every axis."""
    return len(before) == len(after) and all(
        100 * mine >= percent * theirs
        for old, new in zip(before, after, strict=True)
        for theirs, mine in zip(old, new, strict=False)
    )

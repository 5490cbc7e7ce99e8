"""What is there to repair in a text? The maps that have holes, and the numbers that move them."""

from collections.abc import Sequence

import msgspec

from rfcalc.gridding.stages import dilation_of, kernel_of, stages
from rfcalc.interior import footprint, inside
from rfcalc.network import Input, Network, without_global
from rfcalc.repair.masks import holed
from rfcalc.repair.parts import Part, parts, spans
from rfcalc.repair.shapes import Chain, Masked, shape
from rfcalc.repair.sites import Site, sites
from rfcalc.repair.trial import dilated
from rfcalc.spec.frame import Given

__all__ = ["Pair", "Task", "task"]

Pair = tuple[int, int]
"""Source and target of what is to have no hole."""


class Task(msgspec.Struct, frozen=True):
    """A text, its network, and what has to be decided so that some pairs of maps have no hole.

    ``pair`` is the one that was asked about, ``None`` for all stages. Of the sites those in
    ``moves`` move its layers, and those in ``chosen`` may be changed. ``straight`` says whether
    dilations follow the numbers in proportion; ``open`` whether every pair can be moved; ``apart``
    whether there are window layers outside the pairs, which are left alone.
    """

    text: str
    file: str
    size: Given
    network: Network
    local: Network
    pair: Pair | None
    held: tuple[Pair, ...]
    found: tuple[Site, ...]
    moves: tuple[int, ...]
    chosen: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    made: tuple[Part, ...]
    most: int
    straight: bool
    open: bool
    apart: bool = False

    @property
    def ties(self) -> tuple[str, ...]:
        """What lets one number decide several layers."""
        return tuple(dict.fromkeys(self.found[n].tie for n in self.moves if self.found[n].tie))

    @property
    def tied(self) -> bool:
        """Whether a text with one entry per layer has more to choose from."""
        return bool(self.ties) or not self.straight or not self.open


def task(
    text: str,
    file: str,
    size: Given,
    network: Network,
    held: Sequence[Pair],
    most: int | None = None,
    pair: Pair | None = None,
    everywhere: bool = False,
) -> Task:
    """Return what has to be decided so that pairs of maps with holes have none.

    Only layers between these pairs are changed, unless it is to be ``everywhere``; what else
    their numbers move must not get holes.
    """
    local = without_global(network)
    inputs = [i for i, node in enumerate(local.nodes) if isinstance(node.layer, Input)]
    around = [(i, o) for i in inputs for o in local.outputs if i < o] if everywhere else held
    near = sorted({p for ends in around for p in _wide(local, ends)})
    found, straight = sites(text, file, network, size, near)
    moves = [
        number
        for number, site in enumerate(found)
        if any(
            by and kernel > 1
            for p in site.effect.keys() & set(near)
            for by, kernel in zip(
                site.effect[p].dilation, kernel_of(local.nodes[p].layer), strict=True
            )
        )
    ]
    touched = sorted({p for number in moves for p in found[number].effect})
    rates = [dilation_of(local.nodes[p].layer) for p in {*near, *touched}]
    largest = most or 3 * max((max(rate) for rate in rates), default=1)
    ends = spans(local, found, moves, largest)
    chosen = tuple(number for number in moves if ends[number] != (0, 0))
    needs = _needs(local, found, touched, held, pair)
    moved = [need for need in needs if not need.sites.isdisjoint(chosen)]
    fixed = [need for need in needs if need.sites.isdisjoint(chosen)]
    open = all(_as_it_is(local, need, len(found)) for need in fixed)
    made = parts(found, chosen, moved, ends)
    return Task(
        text=text,
        file=file,
        size=size,
        network=network,
        local=local,
        pair=pair,
        held=tuple(held),
        found=tuple(found),
        moves=tuple(moves),
        chosen=chosen,
        ends=tuple(ends),
        made=made,
        most=largest,
        straight=straight,
        open=open,
        apart=any(
            max(kernel_of(node.layer), default=1) > 1 and p not in near
            for p, node in enumerate(local.nodes)
        ),
    )


def _wide(local: Network, ends: Pair) -> list[int]:
    """Return the window layers between two nodes."""
    between = inside(local, *ends)
    return [p for p in between if max(kernel_of(local.nodes[p].layer), default=1) > 1]


def _needs(
    local: Network,
    found: Sequence[Site],
    touched: Sequence[int],
    held: Sequence[Pair],
    pair: Pair | None,
) -> list[Chain | Masked]:
    """Return what has to be without holes: stages, as there may be, and the pair asked about."""
    near = set(touched)
    asked: list[tuple[Pair, bool]] = [] if pair is None else [(pair, False)]
    now = {(stage.source, stage.target) for stage in stages(local)}
    for stage in stages(dilated(local, touched)):
        ends = stage.source, stage.target
        if near.isdisjoint(stage.layers) and ends not in held:
            continue
        if pair is None or not (ends in now and holed(footprint(local, *ends))):
            asked.append((ends, True))
    needs: list[Chain | Masked] = []
    for ends, stage in asked:
        made = shape(local, found, *ends, stage)
        needs += [made] if isinstance(made, Masked) else made
    return list(dict.fromkeys(needs))


def _as_it_is(local: Network, need: Chain | Masked, sites: int) -> bool:
    """Whether what no site moves has no hole."""
    if isinstance(need, Chain):
        return need.solid([0] * sites)
    return not holed(footprint(local, need.source, need.target))

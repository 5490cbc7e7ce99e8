"""Which numbers have to be chosen together? The parts of a repair that share no site."""

from collections.abc import Sequence

import msgspec

from rfcalc.gridding.stages import dilation_of
from rfcalc.network import Network
from rfcalc.repair.shapes import Chain, Masked
from rfcalc.repair.sites import Site
from rfcalc.repair.units import Unit, units

__all__ = ["Part", "parts", "spans"]


class Part(msgspec.Struct, frozen=True):
    """Sites that no other part shares, in order of the layers they move, and what they need.

    ``units`` is set where all that they need follows from one chain, in which each link is the
    business of sites of its own.
    """

    sites: tuple[int, ...]
    chains: tuple[Chain, ...]
    masks: tuple[Masked, ...]
    units: tuple[Unit, ...] | None


def parts(
    found: Sequence[Site],
    chosen: Sequence[int],
    needs: Sequence[Chain | Masked],
    ends: Sequence[tuple[int, int]],
) -> tuple[Part, ...]:
    """Return the parts into which chosen sites fall by what they need."""
    parent = {number: number for number in chosen}

    def find(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for need in needs:
        first, *others = sorted(need.sites & parent.keys()) or [-1]
        for other in others:
            parent[find(other)] = find(first)
    burdens = [site.burden for site in found]
    grouped: dict[int, list[int]] = {}
    for number in sorted(chosen, key=lambda n: (min(found[n].effect), n)):
        grouped.setdefault(find(number), []).append(number)
    made: list[Part] = []
    for group in grouped.values():
        mine = [need for need in needs if not need.sites.isdisjoint(group)]
        chains = tuple(need for need in mine if isinstance(need, Chain))
        masks = tuple(need for need in mine if isinstance(need, Masked))
        alone = units(chains, ends, burdens) if chains and not masks else None
        made.append(Part(tuple(group), chains, masks, alone))
    return tuple(made)


def spans(
    network: Network, found: Sequence[Site], chosen: Sequence[int], most: int
) -> list[tuple[int, int]]:
    """Return how far each site may go down and up, so that what it writes is from 1 to ``most``.

    What it leaves as it is may be larger. Sites that are not chosen stay.
    """
    made: list[tuple[int, int]] = []
    for number, site in enumerate(found):
        if number not in chosen:
            made.append((0, 0))
            continue
        low, high = 1 - site.value, 1 << 22
        for position, effect in site.effect.items():
            for rate, by in zip(
                dilation_of(network.nodes[position].layer), effect.dilation, strict=True
            ):
                if by > 0:
                    low, high = max(low, -((rate - 1) // by)), min(high, (most - rate) // by)
                elif by < 0:
                    low, high = max(low, -((most - rate) // -by)), min(high, (rate - 1) // -by)
        made.append((low, high) if low <= high else (0, 0))
    return made

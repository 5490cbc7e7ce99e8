"""Which numbers decide a chain, link by link? Units that share no site, and what each may do."""

from collections.abc import Iterator, Sequence
from math import prod

import msgspec

from rfcalc.repair.shapes import Chain

__all__ = ["STATE_LIMIT", "Branch", "Moves", "Unit", "kinds", "units"]

STATE_LIMIT = 1 << 12
"""Most selections of unlike units that a search goes through."""

Moves = tuple[tuple[int, int], ...]
"""Sites and how far each is moved."""


class Branch(msgspec.Struct, frozen=True, order=True):
    """A step that one site decides: ``base + scale * move``, between the least and the most.

    ``site`` is -1 for a step that cannot be changed; ``burden`` as of a site.
    """

    base: int
    scale: int
    low: int
    high: int
    burden: int = 1
    site: int = -1


class Unit(msgspec.Struct, frozen=True):
    """Links that the same sites decide: one step, taken with all their taps together.

    ``weight`` is the sum of ``k - 1``. Of several branches the widest is the step.
    """

    weight: int
    branches: tuple[Branch, ...]

    @property
    def base(self) -> int:
        """The step as it is."""
        return max(branch.base for branch in self.branches)

    @property
    def widest(self) -> Branch:
        """The branch that is raised with the least change to make the step larger."""
        free = [branch for branch in self.branches if branch.site >= 0]
        return max(free or self.branches)

    @property
    def least(self) -> int:
        """The smallest step there can be."""
        return max(branch.base + branch.scale * branch.low for branch in self.branches)

    def choices(self, room: int, spare: int) -> Iterator[tuple[int, int, Moves]]:
        """Yield steps worth taking, with their change: the nearest that fits, and larger ones.

        A smaller one than fits would change more and reach less.
        """
        if self.base <= room:
            yield self.base, 0, ()
            top = self.widest
            for move in range(max(1, -(-(self.base - top.base + 1) // top.scale)), top.high + 1):
                step = top.base + top.scale * move
                if move > spare or step > room:
                    return
                yield step, move, ((top.site, move),)
            return
        for step in sorted(
            {room, *(branch.base for branch in self.branches if branch.base < room)}
        ):
            lowered = self._lowered(step)
            if lowered is not None and lowered[1] <= spare:
                yield lowered

    def _lowered(self, room: int) -> tuple[int, int, Moves] | None:
        """Return the step below ``room`` with the least change, what it changes, and how."""
        moves: list[tuple[int, int]] = []
        most = 0
        for branch in self.branches:
            if branch.base > room:
                move = min((room - branch.base) // branch.scale, branch.high)
                if branch.site < 0 or move < branch.low:
                    return None
                moves.append((branch.site, move))
                most = max(most, branch.base + branch.scale * move)
            else:
                most = max(most, branch.base)
        return most, -sum(move for _, move in moves), tuple(moves)


def units(
    chains: Sequence[Chain], ends: Sequence[tuple[int, int]], burdens: Sequence[int]
) -> tuple[Unit, ...] | None:
    """Return the units of the chain that all others follow from, ``None`` where there is none.

    With the same steps a chain of smaller kernels is the harder one. There is none either where
    links share sites in another way than all of them. ``ends`` holds for each site how far it
    may go down and up, ``burdens`` what its change counts for
    among others alike.
    """
    made = [each for chain in chains if (each := _grouped(chain, ends, burdens)) is not None]
    if len(made) < len(chains):
        return None
    for one in made:
        if all(
            one.keys() == other.keys() and all(other[key] >= one[key] for key in one)
            for other in made
        ):
            found = tuple(Unit(weight, branches) for branches, weight in one.items())
            states = prod(len(alike) + 1 for alike in kinds(found))
            return found if states <= STATE_LIMIT else None
    return None


def _grouped(
    chain: Chain, ends: Sequence[tuple[int, int]], burdens: Sequence[int]
) -> dict[tuple[Branch, ...], int] | None:
    """Return the taps of all links that the same sites decide in the same way, less one each."""
    grouped: dict[tuple[Branch, ...], int] = {}
    held: dict[int, tuple[Branch, ...]] = {}
    for link in chain.links:
        branches: list[Branch] = []
        weight = link[0].weight
        for step in link:
            if not step.moves:
                branches.append(Branch(step.base, 1, 0, 0))
                continue
            ((site, scale), *more) = step.moves
            if more or scale < 1 or (len(link) > 1 and scale > 1):
                return None
            branches.append(Branch(step.base, scale, *ends[site], burdens[site], site))
        key = tuple(sorted(branches))
        sites = [branch.site for branch in key if branch.site >= 0]
        if len(set(sites)) < len(sites) or any(held.setdefault(s, key) != key for s in sites):
            return None
        if not sites:
            key = (key[-1],)
        grouped[key] = grouped.get(key, 0) + weight
    return grouped


def kinds(found: Sequence[Unit]) -> list[list[Unit]]:
    """Return units that may stand for each other, in order of their step."""
    kinds: dict[object, list[Unit]] = {}
    for unit in sorted(found, key=lambda unit: (unit.base, unit.branches)):
        one = unit.branches[0]
        key: object = (unit.weight, unit.branches)
        if len(unit.branches) == 1:
            ends = one.base + one.scale * one.low, one.base + one.scale * one.high
            apart = one.base if one.site >= 0 and one.high < 0 else None
            key = (unit.weight, one.scale, one.base % one.scale, *ends, apart)
            if one.site < 0:
                key = (unit.weight, "fixed")
        elif all(branch.site >= 0 for branch in unit.branches):
            key = (unit.weight, tuple((b.base, b.low, b.high) for b in unit.branches))
        kinds.setdefault(key, []).append(unit)
    return list(kinds.values())

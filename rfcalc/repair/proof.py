"""Is there a reason for which no dilations at all can repair a network?"""

from math import floor, prod

from rfcalc.errors import by
from rfcalc.interior import extents, footprint, inside, relative
from rfcalc.path_counts import total
from rfcalc.repair.fields import Fields
from rfcalc.repair.fronts import reach
from rfcalc.repair.task import Pair, Task
from rfcalc.repair.trial import moved, solid
from rfcalc.repair.units import units

__all__ = ["confined", "crowded"]


def crowded(work: Task, fields: Fields) -> str:
    """Return why a pair has too few paths for the field that it has to keep, empty if it has not.

    The number of paths does not depend on dilations, and a mask has no more cells.
    """
    needed = _needed(work, fields)
    if needed is None:
        return ""
    (ends,) = work.held
    paths = total(work.local, *ends)
    if paths is None or paths >= prod(needed):
        return ""
    source, target = (work.local.nodes[p].name for p in ends)
    return (
        f"whatever the dilations: {paths:,} paths lead from '{source}' to '{target}', fewer than "
        f"the {prod(needed):,} cells of a field of {by(needed)}; more layers or wider kernels are "
        "needed"
    )


def confined(work: Task, fields: Fields) -> bool:
    """Whether an axis of a pair cannot have the field that it has to keep without a hole."""
    needed = _needed(work, fields)
    if needed is None:
        return False
    # Of several chains it is not said which axis is whose: each needs the least of all at least.
    chains = [chain for part in work.made for chain in part.chains]
    own = [chain for chain in chains if chain.pair == work.held[0]]
    made = [units((chain,), work.ends, [1] * len(work.found)) for chain in own]
    return any(found is not None and reach(found) < min(needed) for found in made)


def _needed(work: Task, fields: Fields) -> tuple[int, ...] | None:
    """Return the field that the one pair with holes needs, ``None`` where it may be any.

    No number moves a layer beside it. Where the fields fall with that of the pair, from as it is
    to as small as it can be, its paths are the longest of all in between.
    """
    if len(work.held) != 1:
        return None
    (ends,) = work.held
    within = {*inside(work.local, *ends)}
    if any(not within.issuperset(work.found[number].effect) for number in work.chosen):
        return None
    lowest = {n: work.ends[n][0] for n in work.chosen if work.ends[n][0] < 0}
    wide, narrow = _extents(work, ends, {}), _extents(work, ends, lowest)
    small = fields.after(lowest)
    source = work.local.nodes[ends[0]]
    dims = work.local.dims
    needed = [1] * dims
    for row, was in enumerate(fields.was):
        axis = row % dims
        jump = relative(source, work.local.nodes[0])[axis]
        if was and jump and was - small[row] == jump * (wide[axis] - narrow[axis]):
            spare = floor((was - fields.least[row]) / jump)
            needed[axis] = max(needed[axis], wide[axis] - spare)
    return tuple(needed)


def _extents(work: Task, ends: Pair, steps: dict[int, int]) -> tuple[int, ...]:
    filled = moved(solid(work.local), work.found, steps, filled=True)
    seen = footprint(filled, *ends)
    return tuple(max(extents(seen, axis)) for axis in range(work.local.dims))

"""Does a pair of maps have holes after a change? Its mask is looked at, once per change."""

from collections.abc import Sequence
from math import prod

from rfcalc.errors import RfcalcError
from rfcalc.footprint import Footprint
from rfcalc.gridding.stages import stages
from rfcalc.interior import extents, footprint, worst
from rfcalc.network import Network
from rfcalc.path_counts import total
from rfcalc.repair.shapes import Masked
from rfcalc.repair.sites import Site
from rfcalc.repair.trial import moved, solid

__all__ = ["Masks", "holed"]


class Masks:
    """Looks at masks, and counts how often; ``unknown`` tells of masks beyond the limits."""

    def __init__(self, local: Network, found: Sequence[Site]) -> None:
        self.looks = 0
        self.unknown = False
        self._local = local
        self._filled = solid(local)
        self._found = found
        self._known: dict[tuple[Masked, tuple[int, ...]], bool] = {}
        self._paths: dict[Masked, int | None] = {}

    def solid(self, pair: Masked, steps: Sequence[int]) -> bool:
        """Whether the pair has no hole, or is no stage, after a change of its sites."""
        key = pair, tuple(steps[number] for number in sorted(pair.sites))
        if key not in self._known:
            self._known[key] = self._solid(pair, {n: steps[n] for n in pair.sites if steps[n]})
        return self._known[key]

    def _solid(self, pair: Masked, steps: dict[int, int]) -> bool:
        try:
            network = moved(self._local, self._found, steps)
            if not self._crowded(pair, steps):
                self.looks += 1
                if not holed(footprint(network, pair.source, pair.target)):
                    return True
        except RfcalcError:
            self.unknown = True
            return False
        if not pair.stage:
            return False
        return (pair.source, pair.target) not in {(s.source, s.target) for s in stages(network)}

    def _crowded(self, pair: Masked, steps: dict[int, int]) -> bool:
        """Whether a field has more cells than paths lead to it."""
        if pair not in self._paths:
            self._paths[pair] = total(self._local, pair.source, pair.target)
        limit = self._paths[pair]
        if limit is None:
            return False
        filled = moved(self._filled, self._found, steps, filled=True)
        seen = footprint(filled, pair.source, pair.target)
        axes = range(self._local.dims if seen.boxes and seen.bounded else 0)
        return prod(max(extents(seen, axis)) for axis in axes) > limit


def holed(found: Footprint) -> bool:
    """Whether the phase that fares worst has holes; what has no end, or reads nothing, has."""
    if not found.bounded or not found.boxes:
        return True
    return found.read(worst(found)).holes

"""Which dilated stages sample their own input with holes? For pictures, without their measures."""

from rfcalc.gridding.stages import Stage, stages
from rfcalc.interior import footprint, worst
from rfcalc.network import Network, without_global

__all__ = ["staged"]


def staged(network: Network) -> tuple[tuple[Stage, bool], ...]:
    """Return every dilated stage, and whether its end samples its beginning with holes.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> [holes for _, holes in staged(load("k3d2,k3d2"))]
    [True]
    """
    found = stages(network)
    local = without_global(network) if found else network
    told: list[tuple[Stage, bool]] = []
    for stage in found:
        seen = footprint(local, stage.source, stage.target)
        known = seen.unbounded is None and not seen.reason
        told.append((stage, known and seen.read(worst(seen)).holes))
    return tuple(told)

"""How many paths lead to an output? Their number alone, without counting them cell by cell."""

from math import prod

from rfcalc.interior import inside
from rfcalc.network import Network
from rfcalc.taps import Taps

__all__ = ["total"]


def total(network: Network, source: int, target: int) -> int | None:
    """Return the number of paths from the source to an interior output.

    ``None`` where outputs differ by phase or see the whole source, and where there is no path.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> total(load("k3,k3d2"), 0, 2)
    81
    """
    found: dict[int, int] = {source: 1}
    for position in inside(network, source, target):
        node = network.nodes[position]
        alike = all(isinstance(axis, Taps) and axis.period == 1 for axis in node.taps)
        if not alike or node.layer.gate:
            return None
        taps = prod(axis.phases[0].count for axis in node.taps if isinstance(axis, Taps))
        found[position] = taps * sum(found[i] for i in node.inputs if i in found)
    return found.get(target)

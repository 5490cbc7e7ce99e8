"""Which outputs are compared? The middle, corners, an edge; and where padding cuts them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfcalc.errors import RfcalcError
from rfcalc.footprint import Footprint
from rfcalc.interior import footprints
from rfcalc.network import Network

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = ["behind", "interiors", "kind", "outputs"]


def behind(network: Network, origin: int, target: int | None) -> list[int]:
    """Return the nodes to compare: those that depend on the source, or the one that is named."""
    nodes = range(origin + 1, len(network.nodes)) if target is None else [target]
    seen = network.behind(origin)
    return [position for position in nodes if position != origin and seen[position]]


def outputs(size: Sequence[int], most: int, generator: "Generator") -> list[tuple[int, ...]]:
    """Return different positions of a grid: the middle, corners, an edge, then random ones."""
    middle = tuple(n // 2 for n in size)
    first, last = tuple(0 for _ in size), tuple(n - 1 for n in size)
    found = dict.fromkeys([middle, first, last, (0, *middle[1:])])
    for _ in range(2 * most):
        found.setdefault(tuple(int(generator.integers(n)) for n in size))
    return list(found)[:most]


def interiors(network: Network, origin: int) -> dict[int, Footprint]:
    """Return what every layer reads where nothing is cut, as far as there is an answer."""
    found = footprints(network, origin, None)
    try:
        return dict(found)
    except RfcalcError:
        return {}  # it serves to name the kind of a position only


def kind(
    network: Network,
    interiors: dict[int, Footprint],
    place: tuple[int, tuple[int, ...]],
    cells: int,
) -> str:
    """Return whether an output is a corner, sees the border or stands in the interior.

    Parameters
    ----------
    interiors : by node, what it reads where nothing is cut.
    place : a node and a position on its grid.
    cells : in the output's mask.
    """
    node, at = place
    size = network.nodes[node].size or at
    ends = [o in (0, n - 1) for o, n in zip(at, size, strict=True)]
    if all(ends):
        return "corner"
    interior = interiors.get(node)
    if interior is None or not interior.bounded:
        return "border" if any(ends) else "interior"
    return "interior" if interior.read(at).count == cells else "border"

"""Which layers change the mask? Those that a figure of all layers draws, or a spread of them."""

from rfcalc.footprint import Footprint
from rfcalc.interior import footprints
from rfcalc.network import Network

__all__ = ["MOST", "changing"]

MOST = 24
"""Most layers in one figure; of a deeper network a spread of them is drawn."""


def changing(
    network: Network, layer: str | None, source: str | None, most: int = MOST
) -> tuple[list[str], int]:
    """Return the layers that change the mask on the way to ``layer``, and how many are left out."""
    target = network.index(layer, network.output)
    origin = network.index(source, 0)
    if target < origin or not network.between(origin, target)[target]:
        raise network.unjoined(origin, target)
    names: list[str] = []
    seen: set[Footprint] = set()
    between = network.between(origin, target)
    for position, found in footprints(network, origin, None, target):
        if position == origin or not between[position] or not found.bounded or not found.boxes:
            continue
        if found not in seen:
            seen.add(found)
            names.append(network.nodes[position].name)
    if not names:
        names = [network.nodes[target].name]
    if len(names) <= most:
        return names, 0
    last = len(names) - 1
    chosen = sorted({round(n * last / (most - 1)) for n in range(most)})
    return [names[n] for n in chosen], len(names) - len(chosen)

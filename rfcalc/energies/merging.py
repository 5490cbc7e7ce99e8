"""What share of a node's energy does each of its inputs take? Sums, concatenations, gates."""

from collections.abc import Sequence

from rfcalc.energies.channels import channels
from rfcalc.layers.pointwise import Concat, Mul
from rfcalc.network import Network

__all__ = ["gated", "inputs_of", "widths"]


def inputs_of(
    network: Network, position: int, wanted: Sequence[int], known: dict[int, int | None]
) -> list[tuple[int, float]]:
    """Return the inputs that energy passes to, and the share of each.

    A sum hands all of it to every input, and a product does as if it were a sum; a gate without
    a grid of its own takes nothing where there is something that it gates. The inputs of a
    concatenation take their share of the channels, equal shares where those are not known.

    Parameters
    ----------
    wanted : the inputs that are asked about, as often as they are read.
    known : channels of nodes, as far as they have been found.
    """
    node = network.nodes[position]
    if len(node.inputs) == 1:
        return [(i, 1.0) for i in wanted]
    if isinstance(node.layer, Concat):
        given = widths(network, position, known) or [1] * len(node.inputs)
        shares = {i: number / sum(given) for i, number in zip(node.inputs, given, strict=True)}
        return [(i, shares[i]) for i in wanted]
    if gated(network, position):
        wanted = [i for i in wanted if None not in network.nodes[i].jump] or wanted
    return [(i, 1.0) for i in wanted]


def widths(network: Network, position: int, known: dict[int, int | None]) -> list[int] | None:
    """Return the channels of every input of a node, ``None`` where some are not known."""
    found = [channels(network, i, known) for i in network.nodes[position].inputs]
    return [number for number in found if number] if all(found) else None


def gated(network: Network, position: int) -> bool:
    """Return whether a node multiplies a map by a gate without a grid of its own."""
    node = network.nodes[position]
    if not isinstance(node.layer, Mul):
        return False
    bare = [None in network.nodes[i].jump for i in node.inputs]
    return any(bare) and not all(bare)

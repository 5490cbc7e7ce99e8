"""From where is each layer compared? From the source, and in a deep network from what it reads."""

from collections.abc import Mapping

import msgspec

from rfcalc.errors import many
from rfcalc.network import Input, Network

__all__ = ["STEPS_LIMIT", "Step", "alone", "note", "steps"]

STEPS_LIMIT = 1 << 12
"""Most layers, counted anew for every layer compared, that counts are pulled back through."""

Outputs = tuple[tuple[int, ...], ...]


class Step(msgspec.Struct, frozen=True, eq=False):
    """Layers of a network compared from one node of it, each at some outputs."""

    network: Network
    origin: int
    places: Mapping[int, Outputs]
    source: str = ""


def steps(network: Network, origin: int, places: Mapping[int, Outputs]) -> list[Step]:
    """Return what to compare: whole ways from the source, and single layers where all are too long.

    In a network that is deeper than ``STEPS_LIMIT`` allows the last layer is compared from the
    source, and those at a half of its depth, a quarter, and so on, which together is a way as long
    as two of the last layer; every layer is compared from each layer that it reads.
    """
    order = list(places)
    if sum(position - origin for position in order) <= STEPS_LIMIT:
        return [Step(network, origin, places)]
    chosen = {position: places[position] for position in _halvings(order)}
    found = [Step(network, origin, chosen)]
    behind = network.behind(origin)
    for position in order:
        made = alone(network, position)
        target = len(made.nodes) - 1
        read = dict.fromkeys(network.nodes[position].inputs)
        found += [
            Step(made, number, {target: places[position]}, network.nodes[i].name)
            for number, i in enumerate(read)
            if behind[i] and (i != origin or position not in chosen)
        ]
    return found


def _halvings(order: list[int]) -> list[int]:
    found: list[int] = []
    count = len(order)
    while count:
        found.insert(0, order[count - 1])
        count //= 2
    return found


def alone(network: Network, position: int) -> Network:
    """Return a layer as a network of its own, whose inputs are what it reads."""
    node = network.nodes[position]
    read = list(dict.fromkeys(node.inputs))
    given = [
        msgspec.structs.replace(network.nodes[i], layer=Input(), inputs=(), lone=()) for i in read
    ]
    own = msgspec.structs.replace(node, inputs=tuple(map(read.index, node.inputs)))
    return Network(network.name, network.dims, (*given, own), (len(given),))


def note(step: Step) -> str:
    """Return how a deep network is compared."""
    name, whole = step.network.nodes[step.origin].name, many(len(step.places), "layer")
    return (
        f"the network is deep: each layer is compared from what it reads, {whole} from '{name}'; of"
        " every layer all outputs are compared from there by random sums of their path counts"
    )

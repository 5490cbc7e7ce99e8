"""Which graph is written down? That of a network, in the terms that a network file has."""

from collections.abc import Container, Sequence

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.layers import LAYERS, Layer
from rfcalc.layers.pointwise import Concat, Pointwise
from rfcalc.network import Draft, Input, Network, build

__all__ = ["Placed", "Plan", "free", "plan"]


class Placed(msgspec.Struct, frozen=True):
    """A layer, what it was called, and the positions it reads."""

    name: str
    layer: Layer
    inputs: tuple[int, ...]


class Plan(msgspec.Struct, frozen=True):
    """The layers to write, sources first, and what stands for them.

    ``origin`` maps positions of the network to positions here: a layer that is left out is
    stood for by what it reads.
    """

    network: Network
    placed: tuple[Placed, ...]
    sources: int
    outputs: tuple[int, ...]
    aliases: dict[str, int]
    origin: dict[int, int]
    lenient: bool


def plan(network: Network, pointwise: bool = True, sharing: bool = True) -> Plan:
    """Return the layers of a network as a file can say them; every footprint stays.

    Parameters
    ----------
    pointwise : keep layers that keep every cell to itself and are no output.
    sharing : let a concatenation that begins with another one read that one.

    Notes
    -----
    A merge of one input is an identity; several inputs of a layer that merges nothing are laid
    side by side before it; what no input reaches (behind a global context that was ignored)
    is left out.
    """
    made: list[Placed] = []
    origin: dict[int, int] = {}
    taken = {node.name for node in network.nodes} | set(network.aliases)
    joined: dict[tuple[int, ...], int] = {}
    sources = [i for i, node in enumerate(network.nodes) if isinstance(node.layer, Input)]
    for position in sources:
        origin[position] = len(made)
        made.append(Placed(network.nodes[position].name, network.nodes[position].layer, ()))
    ends = set(network.outputs)
    for position, node in enumerate(network.nodes):
        inputs = tuple(origin[i] for i in node.inputs if i in origin)
        if position in origin or not inputs:
            continue
        layer = node.layer
        passing = isinstance(layer, Pointwise) and (not layer.merges or len(inputs) == 1)
        if passing and not pointwise and len(inputs) == 1 and position not in ends:
            origin[position] = inputs[0]
            continue
        if (layer.merges and len(inputs) == 1) or layer.op not in LAYERS:
            layer = LAYERS["identity"]()
        elif isinstance(layer, Concat) and sharing:
            inputs = _shared(inputs, joined)
        if not layer.merges and len(inputs) > 1:
            made.append(Placed(free(f"{node.name}.join", taken), Concat(), inputs))
            inputs = (len(made) - 1,)
        if isinstance(layer, Concat):
            joined.setdefault(inputs, len(made))
        origin[position] = len(made)
        made.append(Placed(node.name, layer, inputs))
    if len(made) == len(sources):
        made.append(Placed(free("identity", taken), LAYERS["identity"](), (0,)))
    outputs = dict.fromkeys(origin[i] for i in network.outputs if i in origin)
    aliases = {name: origin[i] for name, i in network.aliases.items() if i in origin}
    return Plan(
        network,
        tuple(made),
        len(sources),
        tuple(outputs),
        aliases,
        origin,
        _lenient(network, made),
    )


def _lenient(network: Network, made: Sequence[Placed]) -> bool:
    """Whether branches meet whose jumps differ, which a file has to allow."""
    drafts = [Draft(one.name, one.layer, one.inputs) for one in made]
    sizes = [node.size for node in network.nodes if isinstance(node.layer, Input)]
    try:
        build(network.name, network.dims, drafts, sizes)
    except RfcalcError:
        return True
    return False


def _shared(inputs: tuple[int, ...], joined: dict[tuple[int, ...], int]) -> tuple[int, ...]:
    """Return the inputs with those that are already side by side as one."""
    for count in range(len(inputs) - 1, 1, -1):
        if inputs[:count] in joined:
            return _shared((joined[inputs[:count]], *inputs[count:]), joined)
    return inputs


def free(name: str, taken: Container[str]) -> str:
    """Return the name, with a number where it is taken.

    >>> free("stride", {"stride"})
    'stride2'
    """
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found

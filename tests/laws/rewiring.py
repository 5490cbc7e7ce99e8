"""How is a network changed so that its answers stay? Layers put in, axes exchanged."""

import msgspec

from rfcalc.network import Draft, Input, build

__all__ = ["drafts_of", "inserted", "sizes_of", "transposed"]


def drafts_of(network):
    return [Draft(node.name, node.layer, node.inputs) for node in network.nodes]


def sizes_of(network):
    return [node.size for node in network.nodes if isinstance(node.layer, Input)]


def inserted(network, position, layers, instead=None):
    """Return the network with a chain of layers between a node and all that read it.

    The chain's last layer takes the node's name, the node another one: questions about the name
    are about the end of the chain. ``instead`` takes the place of the node's layer.
    """
    made = []
    place = {}
    for number, draft in enumerate(drafts_of(network)):
        inputs = tuple(place[i] for i in draft.inputs)
        last = number == position and not isinstance(draft.layer, Input)
        name = f"{draft.name} before" if last else draft.name
        layer = instead if last and instead is not None else draft.layer
        made.append(Draft(name, layer, inputs))
        if number == position:
            for step, layer in enumerate(layers):
                end = last and step == len(layers) - 1
                own = draft.name if end else f"{draft.name} {step}"
                made.append(Draft(own, layer, (len(made) - 1,)))
        place[number] = len(made) - 1
    outputs = [place[i] for i in network.outputs]
    sizes = sizes_of(network)
    return build(network.name, network.dims, made, sizes, outputs, lenient=True)


def transposed(network, order):
    """Return the network with its axes in another order."""
    made = []
    for draft in drafts_of(network):
        changed = {}
        for field in draft.layer.__struct_fields__:
            value = getattr(draft.layer, field)
            if isinstance(value, tuple) and value:
                changed[field] = tuple(value[axis] for axis in order)
        made.append(
            Draft(draft.name, msgspec.structs.replace(draft.layer, **changed), draft.inputs)
        )
    sizes = [size and tuple(size[axis] for axis in order) for size in sizes_of(network)]
    return build(network.name, network.dims, made, sizes, network.outputs, lenient=True)

"""What is left of a network without its global context? Gates and pooled branches taken away."""

from collections.abc import Sequence

from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, Network, Node, build
from rfcalc.taps import Taps

__all__ = ["without_global"]


def without_global(network: Network) -> Network:
    """Return the network whose global layers contribute nothing beyond each cell.

    A layer that reads the whole map and keeps its grid (attention, instance norm,
    squeeze-excite) becomes the identity. One that leaves no grid (global pooling, a dense
    layer) contributes nothing, and neither does what depends on such layers alone: a merge goes
    on with its other inputs, and an output of that kind yields to the last layer before it
    that has a grid. ``assumed`` names every such layer, so the result is not exact; a network
    without global layers is returned as it is.

    Examples
    --------
    >>> from rfcalc.spec import read_text
    >>> text = "[{kernel: 3}, squeeze_excite, {kernel: 3}, global_pool]"
    >>> network = without_global(read_text(text, "net.yaml"))
    >>> [node.layer.op for node in network.nodes], network.assumed
    (['input', 'conv', 'identity', 'conv'], ('squeeze_excite1', 'global_pool1'))
    """
    wide = [node for node in network.nodes if not all(isinstance(t, Taps) for t in node.taps)]
    if not wide:
        return network
    drafts: list[Draft] = []
    place: list[int] = []
    gone: list[bool] = []
    for node in network.nodes:
        left = list(dict.fromkeys(place[i] for i in node.inputs if not gone[i]))
        whole = not all(isinstance(t, Taps) for t in node.taps)
        lost = not isinstance(node.layer, Input) and (not left or (whole and _gridless(node)))
        gone.append(lost)
        if lost:
            # Stands where its last input with a grid stands, for outputs and names alone.
            place.append(max(place[i] for i in node.inputs))
            continue
        alone = whole or (node.layer.merges and len(left) == 1)
        layer = LAYERS["identity"]() if alone else node.layer
        place.append(len(drafts))
        drafts.append(Draft(node.name, layer, tuple(left), node.at))
    sizes = [node.size for node in network.nodes if isinstance(node.layer, Input)]
    aliases = {name: place[i] for name, i in network.aliases.items()}
    aliases |= {n.name: place[i] for i, n in enumerate(network.nodes) if gone[i]}
    outputs = _kept([place[i] for i in network.outputs])
    assumed = (*network.assumed, *(node.name for node in wide))
    return build(network.name, network.dims, drafts, sizes, outputs, aliases, assumed, lenient=True)


def _gridless(node: Node) -> bool:
    """Whether a layer that reads the whole map leaves no grid on the axes it reads."""
    return any(
        not isinstance(taps, Taps) and jump is None
        for taps, jump in zip(node.taps, node.jump, strict=True)
    )


def _kept(places: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(places))

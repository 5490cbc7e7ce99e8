"""How is a network shown that nothing was asked of? Its layers, what they read, and their sizes."""

from fractions import Fraction

import msgspec

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.layers.base import Layer
from rfcalc.network import Network, Node
from rfcalc.render.document import Column, Document, Layers, Table, by_axis, fraction_data, granted

__all__ = ["network_document"]

_COLUMNS = (
    Column("layer", "left", 100),
    Column("op", "left", 99),
    Column("inputs", "left", 97),
    Column("size", keep=98),
    Column("jump", keep=96),
)


def network_document(network: Network) -> Document:
    """Return the document of a network: a row per layer, in topological order."""
    rows = tuple(_row(network, node) for node in network.nodes)
    layers = Layers(tuple(node.name for node in network.nodes), lambda joined: rows[joined[-1]])
    title = f"{network.name}: {network.dims}-D, {len(rows)} layers"
    parts = (Table(title, _COLUMNS, rows, layers), *granted(network.assumed))
    return Document(parts, lambda: _data(network))


def _row(network: Network, node: Node) -> tuple[str, ...]:
    read = ", ".join(network.nodes[i].name for i in node.inputs) or "-"
    return node.name, node.layer.op, read, by_axis(node.size), by_axis(node.jump)


def _data(network: Network) -> dict[str, Data]:
    names = [node.name for node in network.nodes]
    return {
        "rfcalc": __version__,
        "network": network.name,
        "dims": network.dims,
        "input": network.input,
        "read": network.read or None,
        "layout": network.layouts or None,
        "layers": [
            {
                "name": node.name,
                "op": node.layer.op,
                "inputs": [names[i] for i in node.inputs],
                "arguments": _arguments(node.layer),
                "size": node.size,
                "jump": [None if jump is None else fraction_data(jump) for jump in node.jump],
            }
            for node in network.nodes
        ],
        "outputs": [names[i] for i in network.outputs],
        "aliases": {name: names[i] for name, i in network.aliases.items()},
        "unread": [msgspec.to_builtins(step) for step in network.unread],
        "exact": network.exact,
        "assumed": network.assumed,
    }


def _arguments(layer: Layer) -> dict[str, Data]:
    """Return the parameters of a layer by name, those that nobody gave with their defaults."""
    found = {name: getattr(layer, name) for name in layer.__struct_fields__}
    return msgspec.to_builtins(found, enc_hook=_encode, str_keys=True)


def _encode(value: object) -> object:
    return fraction_data(value) if isinstance(value, Fraction) else repr(value)

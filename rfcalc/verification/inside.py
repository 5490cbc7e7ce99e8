"""Which values inside the model of a file hold the cells of its outputs, before they are laid out?

A file may hold the sizes to which it flattens its outputs. What it computes before takes any size.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.importers.axes import Tensor
from rfcalc.importers.ending import piece_of
from rfcalc.layers.pointwise import Pointwise
from rfcalc.network import Network, Result

__all__ = ["Inside", "give_nodes", "give_values", "inside"]


class Inside(msgspec.Struct, frozen=True):
    """A network whose results are values inside the model, and the names of these."""

    network: Network
    values: tuple[str, ...]


def inside(
    backend: str,
    net: str,
    network: Network,
    layers: Sequence[str],
    shapes: Sequence[Sequence[int]],
    reading: Mapping[str, Any],
) -> Inside | None:
    """Return the values that hold the cells of layers, ``None`` where there is none for one.

    Parameters
    ----------
    network : what was read from the file.
    shapes : of the inputs, as they were given when it was read.
    reading : ``layout``, ``assume_pointwise`` and ``value``, as they were given.
    """
    try:
        known, values = _read(backend, net, shapes, reading)
    except RfcalcError:  # pragma: no cover - it was read before
        return None
    results: list[Result] = []
    names: list[str] = []
    for layer in layers:
        position = known.index(layer, known.output)
        name = _value_of(known, values, position)
        if name is None:
            return None
        held = piece_of(values[name], known.nodes[position].size or ())
        place = network.index(layer, network.output)
        results.append(Result((msgspec.structs.replace(held, output=place),)))
        names.append(name)
    return Inside(msgspec.structs.replace(network, results=tuple(results)), tuple(names))


def give_nodes(module: Any, values: Sequence[str]) -> None:
    """Let a graph of PyTorch give nodes inside it, without what they do not need."""
    nodes = {node.name: node for node in module.graph.nodes}
    last = next(node for node in reversed(module.graph.nodes) if node.op == "output")
    last.args = (tuple(nodes[name] for name in values),)
    module.graph.eliminate_dead_code()


def give_values(proto: Any, values: Sequence[str]) -> None:
    """Let an ONNX model give values inside it, without what they do not need."""
    needed, nodes = set(values), list[Any]()
    for node in reversed(proto.graph.node):
        if needed.intersection(node.output):
            nodes.append(node)
            needed.update(_read_names(node))
    info: Any = import_module("onnx").ValueInfoProto
    del proto.graph.output[:], proto.graph.node[:]
    proto.graph.node.extend(reversed(nodes))
    proto.graph.output.extend(info(name=name) for name in dict.fromkeys(values))


def _read_names(node: Any) -> Iterator[str]:
    """Yield the names that a node reads, those inside its branches and bodies included."""
    yield from node.input
    for held in node.attribute:
        for graph in [held.g, *held.graphs]:
            yield from (output.name for output in graph.output)
            for inner in graph.node:
                yield from _read_names(inner)


def _read(
    backend: str, net: str, shapes: Sequence[Sequence[int]], reading: Mapping[str, Any]
) -> tuple[Network, dict[str, Any]]:
    """Return the network of a file, and its values by name."""
    assume, layout = reading["assume_pointwise"], reading["layout"]
    if backend == "onnx":
        from rfcalc.importers.onnx.model import program_in
        from rfcalc.importers.onnx.reader import read_values

        network, values, _ = read_values(program_in(net, reading["value"]), shapes, assume, layout)
        return network, values
    from rfcalc.importers.torch import pt2
    from rfcalc.importers.torch.reader import read_values as read_calls

    network, values, _ = read_calls(pt2.program_in(net, shapes), layout, assume)
    return network, dict(values)


def _value_of(network: Network, values: Mapping[str, Any], position: int) -> str | None:
    """Return the value that holds a node's cells as axes, or those that it takes one by one."""
    while True:
        for name, value in values.items():
            if isinstance(value, Tensor) and value.node == position and _has_axes(network, value):
                return name
        node = network.nodes[position]
        if not isinstance(node.layer, Pointwise) or len(set(node.inputs)) != 1:
            return None
        position = node.inputs[0]


def _has_axes(network: Network, value: Tensor) -> bool:
    """Whether each axis of a value's grid is a dimension of its own."""
    size = network.nodes[value.node or 0].size or ()
    alone = [dim[0].axis for dim in value.dims if len(dim) == 1 and dim[0].axis is not None]
    wanted = [axis for axis, cells in enumerate(size) if cells > 1]
    return sorted(alone) == wanted and all(
        factor.stride == 1 for dim in value.dims for factor in dim if factor.axis is not None
    )

"""What of a network moves with the size of its input? A second size tells."""

from collections.abc import Mapping, Sequence
from itertools import count, zip_longest
from typing import Any

import msgspec

from rfcalc.errors import by
from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.torch.program import Program
from rfcalc.layers.base import Layer
from rfcalc.layers.frame import Slice
from rfcalc.layers.resample import Upsample
from rfcalc.network import Network, Node

__all__ = ["at_any_size", "branched", "larger"]


def larger(
    args: Sequence[Any],
    kwargs: Mapping[str, Any] | None,
    spaces: Sequence[Value],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return arguments of twice the size along each dimension that is space.

    Parameters
    ----------
    spaces : how each input lies on the network's grid, in order.
    """
    import torch
    from torch.utils import _pytree as trees

    number = count()

    def doubled(x: Any) -> Any:
        if not isinstance(x, torch.Tensor):
            return x
        place = next(number)
        value = spaces[place] if place < len(spaces) else None
        dims = value.dims if isinstance(value, Tensor) else ()
        for d, dim in enumerate(dims):
            if any(factor.axis is not None for factor in dim):
                x = torch.cat([x, x], d)
        return x

    return trees.tree_map(doubled, (tuple(args), dict(kwargs or {})))


def at_any_size(network: Network, second: Network) -> Network:
    """Return a network with the slices that stop relative to the end as such.

    A layer that differs otherwise at the second size is named in ``assumed``: it holds at the
    size at hand alone.

    Examples
    --------
    >>> from rfcalc.spec import read_inline
    >>> one, two = (read_inline("k3", (n,)) for n in (32, 64))
    >>> at_any_size(one, two).assumed
    ()
    """
    size = by(network.input or ())
    pairs = list(zip(network.nodes, second.nodes, strict=False))
    alike = len(network.nodes) == len(second.nodes) and all(
        (a.inputs, type(a.layer)) == (b.inputs, type(b.layer)) for a, b in pairs
    )
    if not alike:
        return network  # steps that need no layer at one of the sizes: nothing to compare
    nodes: list[Node] = []
    tied: list[str] = []
    for one, other in pairs:
        layer = one.layer
        if layer != other.layer:
            layer = _fitted(network, second, one, other)
        if layer is None:
            tied.append(f"{one.name}: its {one.layer.op} holds at an input of {size} alone")
        nodes.append(one if layer is None else msgspec.structs.replace(one, layer=layer))
    return msgspec.structs.replace(
        network, nodes=tuple(nodes), assumed=(*network.assumed, *dict.fromkeys(tied))
    )


def branched(network: Network, first: Program, second: Program) -> Network:
    """Return a network that tells whether its model runs other operators at another size."""
    one, other = (
        [(call.target, call.stack) for call in p.calls if call.target not in _WHOLE]
        for p in (first, second)
    )
    if one == other:
        return network
    at = next((a for a, b in zip_longest(one, other) if a != b), None) or one[-1]
    place = at[1][-1][0] if at[1] else ""
    where = f"'{place}'" if place else "the model"
    size = by(network.input or ())
    fact = f"{where} runs other operators at another size: what is told holds at {size}"
    return msgspec.structs.replace(network, assumed=(*network.assumed, fact))


_WHOLE = frozenset(("aten.slice", "aten.alias"))
"""A slice that leaves nothing out is an alias."""


def _fitted(network: Network, second: Network, one: Node, other: Node) -> Layer | None:
    """Return the layer that is both at their sizes, ``None`` where none is found."""
    if isinstance(one.layer, Upsample) and isinstance(other.layer, Upsample):
        # A size that is asked for says itself that it is one.
        free = msgspec.structs.replace(other.layer, size_to=one.layer.size_to)
        return one.layer if one.layer.size_to and free == one.layer else None
    if not isinstance(one.layer, Slice) or not isinstance(other.layer, Slice):
        return None
    sizes = [net.nodes[node.inputs[0]].size for net, node in ((network, one), (second, other))]
    if sizes[0] is None or sizes[1] is None or one.layer.step != other.layer.step:
        return None
    bounds = {"start": list[int | None](one.layer.start), "stop": list[int | None](one.layer.stop)}
    for axis, (few, many) in enumerate(zip(*sizes, strict=True)):
        for name, given in bounds.items():
            there: Any = getattr(other.layer, name)
            a, b = (given[axis] if given else None), (there[axis] if there else None)
            if a == b:
                continue
            if a is None or b is None or a - few != b - many:
                return None
            given[axis] = a - few if a < few else None
    return msgspec.structs.replace(
        one.layer,
        start=tuple(n or 0 for n in bounds["start"]),
        stop=tuple(bounds["stop"]),
    )

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

    Examples
    --------
    >>> from rfcalc.spec import read_inline
    >>> one, two = (read_inline("k3", (n,)) for n in (32, 64))
    >>> at_any_size(one, two) == one
    True
    """
    pairs = list(zip(network.nodes, second.nodes, strict=False))
    alike = len(network.nodes) == len(second.nodes) and all(
        (a.inputs, type(a.layer)) == (b.inputs, type(b.layer)) for a, b in pairs
    )
    if not alike:
        return network  # steps that need no layer at one of the sizes: nothing to compare
    nodes = [
        msgspec.structs.replace(one, layer=_fitted(network, second, one, other))
        for one, other in pairs
    ]
    return msgspec.structs.replace(network, nodes=tuple(nodes))


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
    fact = f"{where} runs other operators at another size: the answer holds at {size}"
    return msgspec.structs.replace(network, assumed=(*network.assumed, fact))


_WHOLE = frozenset(("aten.slice", "aten.alias"))
"""A slice that leaves nothing out is an alias."""


def _fitted(network: Network, second: Network, one: Node, other: Node) -> Layer:
    """Return a layer whose slice stops relative to the end, if it does so at both sizes."""
    layer, there = one.layer, other.layer
    if not isinstance(layer, Slice) or not isinstance(there, Slice) or layer == there:
        return layer
    few, many = network.nodes[one.inputs[0]].size, second.nodes[other.inputs[0]].size
    if few is None or many is None or (layer.start, layer.step) != (there.start, there.step):
        return layer
    stops = [
        a - n if a != b and a is not None and b is not None and a - n == b - m < 0 else a
        for a, b, n, m in zip(layer.stop, there.stop, few, many, strict=True)
    ]
    return msgspec.structs.replace(layer, stop=tuple(stops))

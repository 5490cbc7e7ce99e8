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

OTHERWISE = "at another size"
NAMED = 3
"""Most layers that a sentence names."""


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

    Layers whose parameters are otherwise at the second size, as those of a computed padding, are
    named in ``assumed``. Those that go by the size themselves (``Layer.resized``) are not.

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
        # Steps that need no layer at one of the sizes, as a padding of no cells.
        return _at_its_own(network, "the model needs other layers")
    nodes = [
        msgspec.structs.replace(one, layer=_fitted(network, second, one, other))
        for one, other in pairs
    ]
    changed = [
        f"'{one.name}'"
        for one, (was, other) in zip(nodes, pairs, strict=True)
        if one.layer != _fitted(second, network, other, was) and not one.layer.resized
    ]
    network = msgspec.structs.replace(network, nodes=tuple(nodes))
    if not changed:
        return network
    few, more = changed[:NAMED], len(changed) - NAMED
    named = ", ".join(few) + (f" and {more} more" if more > 0 else "")
    return _at_its_own(network, f"the parameters of {named} are others")


def _at_its_own(network: Network, fact: str) -> Network:
    """Return a network that tells what is otherwise at another size than its own, once."""
    told = f"{OTHERWISE}: what is told holds at {by(network.input or ())}"
    if any(known.endswith(told) for known in network.assumed):
        return network
    return msgspec.structs.replace(network, assumed=(*network.assumed, f"{fact} {told}"))


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
    return _at_its_own(network, f"{where} runs other operators")


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

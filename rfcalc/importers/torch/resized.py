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
from rfcalc.layers.whole import GlobalPool
from rfcalc.layers.window import Pool
from rfcalc.network import Network, Node

__all__ = ["at_any_size", "branched", "larger"]


def larger(
    args: Sequence[object],
    kwargs: Mapping[str, object] | None,
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
    """Return a network with what goes by the size of its input as such.

    Slices stop relative to the end, and a pool over the whole input is a global one. Where
    windows are otherwise wider at the second size, ``assumed`` tells for which size they hold.

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
    nodes = tuple(
        msgspec.structs.replace(one, layer=_fitted(network, second, one, other))
        for one, other in pairs
    )
    network = msgspec.structs.replace(network, nodes=nodes)
    for one, (_, other) in zip(nodes, pairs, strict=True):
        word = next((w for w in _WINDOWS if _differs(w, one.layer, other.layer)), None)
        if word is not None:
            return _at_its_own(network, f"'{one.name}' has another {word}")
    return network


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


def _at_its_own(network: Network, fact: str) -> Network:
    """Return a network that tells what is otherwise at another size than its own."""
    told = f"{fact} at another size: the answer holds at {by(network.input or ())}"
    return msgspec.structs.replace(network, assumed=(*network.assumed, told))


_WINDOWS = ("kernel", "window", "stride", "dilation", "shift")
"""Parameters by which a layer reads more cells, or others."""


def _differs(word: str, one: Layer, other: Layer) -> bool:
    """Whether layers of one kind have another value of a parameter, if they have it at all."""
    return type(one) is type(other) and getattr(one, word, None) != getattr(other, word, None)


_WHOLE = frozenset(("aten.slice", "aten.alias"))
"""A slice that leaves nothing out is an alias."""


def _fitted(network: Network, second: Network, one: Node, other: Node) -> Layer:
    """Return a layer as one that goes by the size of its input, if it does so at both sizes."""
    layer, there = one.layer, other.layer
    if layer == there or not one.inputs:
        return layer
    few, many = network.nodes[one.inputs[0]].size, second.nodes[other.inputs[0]].size
    if few is None or many is None:
        return layer
    if isinstance(layer, Pool) and isinstance(there, Pool):
        over = tuple(k != m for k, m in zip(layer.kernel, there.kernel, strict=True))
        whole = _pools(layer, few, over) and _pools(there, many, over)
        return GlobalPool(over=over) if whole else layer
    if not isinstance(layer, Slice) or not isinstance(there, Slice):
        return layer
    if (layer.start, layer.step) != (there.start, there.step):
        return layer
    stops = [
        a - n if a != b and a is not None and b is not None and a - n == b - m < 0 else a
        for a, b, n, m in zip(layer.stop, there.stop, few, many, strict=True)
    ]
    return msgspec.structs.replace(layer, stop=tuple(stops))


def _pools(layer: Pool, size: Sequence[int], over: Sequence[bool]) -> bool:
    """Whether a pool reads the whole of the axes in ``over``, and single cells on all others."""
    return any(over) and all(
        k == n == layer.reach(axis) and layer.pads(n, axis) == (0, 0)
        if whole
        else (k, layer.step(axis)) == (1, 1)
        for axis, (k, n, whole) in enumerate(zip(layer.kernel, size, over, strict=True))
    )

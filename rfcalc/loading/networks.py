"""Which network does a user's value stand for? A network, what names or holds one, or a module."""

import sys
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from rfcalc.errors import fail
from rfcalc.loading import load, shapes_of
from rfcalc.loading.given import is_held
from rfcalc.network import Network

if TYPE_CHECKING:
    import torch

__all__ = ["NetworkLike", "Sizes", "as_network", "is_module", "is_network_like"]

NetworkLike: TypeAlias = (
    "Network | str | PathLike[str] | Mapping[str, Any] | Sequence[Any] | torch.nn.Module"
)
"""What a public function takes for a network."""

Sizes: TypeAlias = Sequence[int] | Sequence[Sequence[int]]
"""One shape, or one per input."""


def as_network(net: NetworkLike, input: Sizes | None = None) -> Network:
    """Return the network that a value stands for; a network stands for itself.

    Parameters
    ----------
    net : a network; a path, a chain or ``"zoo:NAME"``, as for ``load``; a mapping or a list of
        layers, as a network file holds it; or a ``torch.nn.Module``.
    input : input size, cells per axis; for a module the shape of the example input, batch and
        channels included, or the tensors themselves. One per input for several inputs.

    Raises
    ------
    TypeError
        ``net`` is none of these.
    RfcalcError
        RF403: a module without ``input``; RF406: ``input`` for a network that was read already;
        and what ``load`` and ``from_torch`` raise.

    Examples
    --------
    >>> as_network("k3,k3d2") == as_network(as_network("k3,k3d2"))
    True
    >>> as_network([{"kernel": 3}], input=(8, 8)).input
    (8, 8)
    """
    if isinstance(net, Network):
        if input is not None:
            fact = f"input is given for '{net.name}', a network that was read already"
            raise fail("RF406", fact, "omit it, or give it to load")
        return net
    if isinstance(net, str | PathLike) or is_held(net):
        return load(cast("Any", net), input=input)
    if is_module(net):
        return _of_module(net, input)
    raise TypeError(
        f"net is of type {type(net).__name__}; it takes a Network, a path, a chain "
        "('k3,k3d2'), 'zoo:NAME', a mapping or a list as a network file holds it, "
        "or a torch.nn.Module"
    )


def is_network_like(value: object) -> bool:
    """Whether a value is of a type that can stand for a network."""
    return isinstance(value, Network | str | PathLike) or is_held(value) or is_module(value)


def is_module(net: object) -> bool:
    """Whether a value is a PyTorch module, which none is where nothing has imported torch."""
    torch: Any = sys.modules.get("torch")
    module = getattr(getattr(torch, "nn", None), "Module", None)
    return module is not None and isinstance(net, module)


def _of_module(net: Any, input: Any) -> Network:
    """Return the network of a module at example inputs of the shapes that are given."""
    from rfcalc.importers import from_torch
    from rfcalc.importers.torch.target import example

    if input is None:
        fact = f"net is a {type(net).__name__}, which is run on an example input"
        raise fail("RF403", fact, "give its shape, batch and channels too: input=(1, 3, 224, 224)")
    torch: Any = sys.modules["torch"]
    several = isinstance(input, tuple | list) and any(
        isinstance(one, torch.Tensor) for one in cast("Sequence[Any]", input)
    )
    if several or isinstance(input, torch.Tensor):
        return from_torch(net, input)
    return from_torch(net, example(shapes_of(cast("Sizes", input)), net))

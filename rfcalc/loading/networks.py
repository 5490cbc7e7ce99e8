"""Which network does a user's value stand for? A network, what names or holds one, or a module."""

from os import PathLike

from rfcalc.loading import NetworkLike, Sizes, load
from rfcalc.loading.given import is_held
from rfcalc.loading.models import is_module
from rfcalc.network import Network

__all__ = ["NetworkLike", "Sizes", "as_network", "is_module", "is_network_like"]


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
        As ``load``.

    Examples
    --------
    >>> as_network("k3,k3d2") == as_network(as_network("k3,k3d2"))
    True
    >>> as_network([{"kernel": 3}], input=(8, 8)).input
    (8, 8)
    """
    return load(net, input=input)


def is_network_like(value: object) -> bool:
    """Whether a value is of a type that can stand for a network."""
    return isinstance(value, Network | str | PathLike) or is_held(value) or is_module(value)

"""Which networks do a function's arguments stand for? Each one, or one sequence of them."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, cast

from rfcalc.loading import is_network
from rfcalc.loading.networks import NetworkLike, Sizes, is_module
from rfcalc.loading.several import load_all
from rfcalc.network import Network

__all__ = ["are_networks", "given_of", "networks_of"]


def networks_of(
    nets: "Sequence[NetworkLike | Sequence[NetworkLike]]", input: "Sizes | None" = None
) -> list[Network]:
    """Return the networks that the arguments of a function stand for.

    Of ``input`` each takes what it understands; a network that was read already keeps its own.

    Raises
    ------
    RfcalcError, TypeError
        As ``load_all``.

    Examples
    --------
    >>> [network.name for network in networks_of([["k3", {"layers": [{"kernel": 3}]}]])]
    ['k3', 'network']
    """
    return load_all(given_of(nets), input=input)


def given_of(nets: "Sequence[NetworkLike | Sequence[NetworkLike]]") -> "list[NetworkLike]":
    """Return each value that stands for a network, whether in one sequence or by itself."""
    if len(nets) == 1 and are_networks(nets[0]):
        return list(cast("Sequence[NetworkLike]", nets[0]))
    return list(cast("Sequence[NetworkLike]", nets))


def are_networks(value: object) -> bool:
    """Whether a value is a sequence of networks; a list of layers, which is one network, is not.

    >>> are_networks(["k3", "zoo:unet"]), are_networks([{"kernel": 3}, "relu"])
    (True, False)
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    held = cast("Sequence[Any]", value)
    return bool(held) and all(map(_is_network, held))


def _is_network(value: object) -> bool:
    """Whether a value is a network by itself, and could be no layer of one."""
    if isinstance(value, str):
        return is_network(value)
    if isinstance(value, Mapping):
        return "layers" in value
    if isinstance(value, Network | PathLike) or is_module(value):
        return True
    return isinstance(value, Sequence) and not isinstance(value, bytes)

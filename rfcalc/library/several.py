"""Which networks do a function's arguments stand for? Each one, or one sequence of them."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, cast

from rfcalc.errors import RfcalcError
from rfcalc.loading import is_network
from rfcalc.loading.networks import NetworkLike, Sizes, as_network, is_module
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
        As ``as_network`` and ``load_all``.

    Examples
    --------
    >>> [network.name for network in networks_of([["k3", {"layers": [{"kernel": 3}]}]])]
    ['k3', 'network']
    """
    given = given_of(nets)
    named = [one for one in given if isinstance(one, str | PathLike)]
    read = iter(load_all([_named(one) for one in named], input=input) if named else ())
    return [next(read) if isinstance(one, str | PathLike) else _held(one, input) for one in given]


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


def _named(value: "str | PathLike[str]") -> str | Path:
    return value if isinstance(value, str) else Path(value)


def _held(value: "NetworkLike", input: "Sizes | None") -> Network:
    """Return a network by what it understands of the size."""
    if isinstance(value, Network) or input is None or is_module(value):
        return as_network(value, None if isinstance(value, Network) else input)
    try:
        return as_network(value, input)
    except RfcalcError:
        # The whole shape of a model that stands beside it: its space comes last.
        network = as_network(value)
        return as_network(value, cast("Sequence[int]", input)[-network.dims :])

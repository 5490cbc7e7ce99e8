"""Which network file stands for what a user gives? Its text, by which a repair can change it."""

import json
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import cast

from rfcalc.conversion import convert
from rfcalc.loading import kind_of, shapes_of, source_text
from rfcalc.loading.given import NAME, is_held, written
from rfcalc.loading.kinds import TEXTS
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.network import Network

__all__ = ["is_json", "text_of"]


def text_of(
    net: "NetworkLike", input: "Sizes | None" = None
) -> tuple[str, str, tuple[tuple[int, ...], ...] | None]:
    """Return the text of a network file, the name that diagnostics show, and the size to set.

    A network that was read already and a model are written as a file, as by ``convert``; the
    size is then in the text.

    Raises
    ------
    RfcalcError
        RF465: the network has something that no network file holds; and what ``load`` raises.
    """
    size = shapes_of(input) or None
    if is_held(net):
        return written(cast("Mapping[str, object] | Sequence[object]", net)), NAME, size
    if isinstance(net, str | PathLike) and kind_of(fspath(net), isinstance(net, str)) in TEXTS:
        return *source_text(fspath(net)), size
    network = net if isinstance(net, Network) and input is None else as_network(net, input)
    return convert(network).text, network.name, None


def is_json(text: str) -> bool:
    """Whether a network file is JSON as well as YAML.

    >>> is_json('{"layers": []}'), is_json("layers: []")
    (True, False)
    """
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
